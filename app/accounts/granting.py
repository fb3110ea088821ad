"""What it is to give a role: a grant that begins, one that goes on for longer, one that is over."""

from datetime import date
from uuid import UUID

from sqlalchemy import select, update

from app.accounts.events import RoleChanged, RoleExpired, RoleProlonged
from app.accounts.models import RoleGrant, User
from app.core.actor import Role
from app.core.errors import Conflict
from app.core.work import Work

HAS_NO_ACCESS = "Het account van deze collega staat stop. Laat de collega eerst weer toe."


def changes(
    user: User, role: Role, ends_on: date, today: date, network_id: UUID | None = None
) -> bool:
    """Whether to give the role until then is more than they have."""
    held = [one for one in user.grants if one.runs_for(user.gemeente_code, today)]
    same = [one for one in held if (one.role, one.network_id) == (role, network_id)]
    return not any(one.ends_on >= ends_on for one in same)


def give(
    work: Work,
    user: User,
    role: Role,
    ends_on: date,
    *,
    network_id: UUID | None = None,
    granted_by: UUID | None,
    confirmed_by: UUID | None = None,
    reason: str = "",
) -> None:
    """The role up to and with this day; who has it keeps it until then, never for shorter.

    `Conflict` for who is kept out.
    """
    if user.shut_out_at is not None:
        raise Conflict("a role of who is kept out", said=HAS_NO_ACCESS)
    open_ones = [one for one in user.grants if one.ended_at is None]
    for grant in [one for one in open_ones if (one.role, one.network_id) == (role, network_id)]:
        if grant.runs_for(user.gemeente_code, work.today):
            _prolong(work, grant, ends_on)
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
            granted_by=granted_by,
            granted_at=work.now,
            confirmed_by=confirmed_by,
            reason=reason,
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


def _prolong(work: Work, grant: RoleGrant, ends_on: date) -> None:
    if ends_on > grant.ends_on:
        grant.ends_on, grant.warned_on = ends_on, None
        work.emit(RoleProlonged(user_id=grant.user_id, role=grant.role.value, ends_on=ends_on))


def note_gemeenten(work: Work) -> None:
    """Note of what the release before gave where its person works; that release knew it not."""
    works_for = select(User.gemeente_code).where(User.id == RoleGrant.user_id).scalar_subquery()
    unknown = update(RoleGrant).where(RoleGrant.gemeente_code.is_(None))
    work.session.execute(unknown.values(gemeente_code=works_for))
