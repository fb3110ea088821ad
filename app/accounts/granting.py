"""What it is to give a role: a grant that begins, one that goes on for longer, one that is over."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import case, func, or_, select, update

from app.accounts.events import RoleChanged, RoleExpired, RoleProlonged
from app.accounts.models import RoleGrant, User
from app.accounts.rules import Hands
from app.core.actor import Role
from app.core.errors import Conflict
from app.core.work import Work

HAS_NO_ACCESS = "Het account van deze collega staat stop. Laat de collega eerst weer toe."


@dataclass(frozen=True)
class Given:
    """Who gives a role or more time for it, with whom, and why."""

    hands: Hands
    by: UUID | None
    confirmed_by: UUID | None = None
    reason: str = ""


def by_one(work: Work, reason: str) -> Given:
    """By whoever acts, alone: a person, or an operator."""
    by = work.actor.user_id
    return Given(Hands.OPERATOR if by is None else Hands.ONE, by, reason=reason)


def by_two(work: Work, proposed_by: UUID | None, reason: str) -> Given:
    """By who proposed it, and by whoever acts: another person, or an operator for want of one."""
    second = work.actor.user_id
    hands = Hands.WITH_OPERATOR if second is None else Hands.TWO
    return Given(hands, proposed_by, second, reason)


def changes(
    user: User, role: Role, ends_on: date, today: date, network_id: UUID | None = None
) -> bool:
    """Whether to give the role until then is more than they have."""
    held = [one for one in user.grants if one.runs_for(user.gemeente_code, today)]
    same = [one for one in held if (one.role, one.network_id) == (role, network_id)]
    return not any(one.ends_on >= ends_on for one in same)


def look_at_access(user: User) -> None:
    """`Conflict` for who is kept out: nobody gives them a role, and nobody proposes one."""
    if user.shut_out_at is not None:
        raise Conflict("a role of who is kept out", said=HAS_NO_ACCESS)


def give(
    work: Work,
    user: User,
    role: Role,
    ends_on: date,
    given: Given,
    network_id: UUID | None = None,
) -> None:
    """The role up to and with this day; who has it keeps it until then, never for shorter.

    `Conflict` for who is kept out.
    """
    look_at_access(user)
    open_ones = [one for one in user.grants if one.ended_at is None]
    for grant in [one for one in open_ones if (one.role, one.network_id) == (role, network_id)]:
        if grant.runs_for(user.gemeente_code, work.today):
            _prolong(work, grant, ends_on, given)
            return
        expire(work, grant)
    work.session.flush()
    work.session.add(
        RoleGrant(
            id=work.new_id(),
            user_id=user.id,
            role=role,
            gemeente_code=user.gemeente_code,
            network_id=network_id,
            granted_by=given.by,
            granted_at=work.now,
            confirmed_by=given.confirmed_by,
            reason=given.reason,
            hands=given.hands,
            ends_on=ends_on,
        )
    )
    work.emit(RoleChanged(user_id=user.id, role=role.value, is_given=True))


def expire(work: Work, grant: RoleGrant) -> None:
    """Note that its last day is over, or that its person works elsewhere."""
    grant.ended_at = work.now
    user = work.fetch(User, grant.user_id)
    expired = RoleExpired(user_id=user.id, grant_id=grant.id)
    work.of_itself(user.gemeente_code).emit(expired)


def _prolong(work: Work, grant: RoleGrant, ends_on: date, given: Given) -> None:
    if ends_on > grant.ends_on:
        grant.ends_on, grant.warned_on = ends_on, None
        grant.prolonged_at, grant.prolonged_by = work.now, given.by
        grant.prolonging_confirmed_by = given.confirmed_by
        grant.prolonging_reason, grant.prolonging_hands = given.reason, given.hands
        work.emit(RoleProlonged(user_id=grant.user_id, role=grant.role.value, ends_on=ends_on))


def note_what_is_unknown(work: Work) -> None:
    """Note of what the release before gave where its person works and whose hands it came from;
    that release knew neither.
    """
    works_for = select(User.gemeente_code).where(User.id == RoleGrant.user_id).scalar_subquery()
    hands = case(
        (RoleGrant.confirmed_by.is_not(None), Hands.TWO),
        (RoleGrant.granted_by.is_(None), Hands.OPERATOR),
        else_=Hands.ONE,
    )
    unknown = update(RoleGrant).where(
        or_(RoleGrant.gemeente_code.is_(None), RoleGrant.hands.is_(None))
    )
    work.session.execute(
        unknown.values(
            gemeente_code=func.coalesce(RoleGrant.gemeente_code, works_for),
            hands=func.coalesce(RoleGrant.hands, hands),
        )
    )
