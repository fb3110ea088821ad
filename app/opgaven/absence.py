"""Reading which opgaven nobody looks after, because who does is away, and who can say who does."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, exists, or_, select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import User
from app.accounts.rules import NOWHERE, ProposalState
from app.core.actor import Actor, Role
from app.core.clock import dutch_day, utc_now
from app.core.reach import within
from app.core.rights import Right
from app.gemeenten import queries as gemeenten
from app.gemeenten.models import Gemeente
from app.opgaven import queries
from app.opgaven.models import Opgave, Takeover
from app.opgaven.queries import SeenOpgave
from app.opgaven.rules import ABSENT_AFTER, EDITORS, ENDED, OpgaveStatus

# More than this nobody reads on a page.
MOST_SHOWN = 100


def nobody_is_there() -> ColumnElement[bool]:
    """Of an `Opgave` that is not over: whether all who look after it are away."""
    now = utc_now()
    away = and_(~_is_there(Opgave.owner_id, now), ~_is_there(Opgave.co_owner_id, now))
    return and_(Opgave.status.not_in(ENDED), away)


def _is_there(user_id: SQLColumnExpression[UUID | None], now: datetime) -> ColumnElement[bool]:
    """Whether somebody works for the gemeente of the opgave, with the role, and comes here."""
    there = exists().where(
        User.id == user_id, _comes(now), User.gemeente_code == Opgave.gemeente_code
    )
    return there.correlate_except(User)


def _comes(now: datetime) -> ColumnElement[bool]:
    return and_(
        User.shut_out_at.is_(None),
        ~User.email.endswith(f"@{NOWHERE}"),
        User.signed_in_at >= now - ABSENT_AFTER,
        accounts.has_a_role(User.id, EDITORS),
    )


def is_left(session: Session, opgave_id: UUID) -> bool:
    """Whether nobody is there for this opgave."""
    found = select(Opgave.id).where(Opgave.id == opgave_id, nobody_is_there())
    return session.scalar(found) is not None


def left_among(session: Session, opgave_ids: Collection[UUID]) -> set[UUID]:
    found = select(Opgave.id).where(Opgave.id.in_(opgave_ids), nobody_is_there())
    return set(session.scalars(found))


def left_in_reach(session: Session, actor: Actor) -> list[SeenOpgave]:
    """Opgaven that nobody is there for: all of the gemeente that the actor looks after, and what
    came out in the gemeenten of their networks.
    """
    own = within(actor, Right.EDIT_OPGAVE, Opgave.gemeente_code)
    came_out = and_(Opgave.published_at.is_not(None), Opgave.taken_down_at.is_(None))
    is_written = Opgave.status == OpgaveStatus.CONCEPT
    near = and_(within(actor, Right.PROPOSE_TAKEOVER, Opgave.gemeente_code), came_out, ~is_written)
    found = (
        select(Opgave, Gemeente)
        .join(Gemeente, Gemeente.code == Opgave.gemeente_code)
        .where(nobody_is_there(), or_(own, near))
        .order_by(Gemeente.sort_name, Opgave.title, Opgave.id)
        .limit(MOST_SHOWN)
    )
    return [SeenOpgave(*row) for row in session.execute(found)]


def who_are_there(session: Session, opgave: Opgave) -> list[User]:
    """Colleagues who can take it over and come here."""
    found = select(User.id).where(User.gemeente_code == opgave.gemeente_code, _comes(utc_now()))
    there = set(session.scalars(found))
    return [one for one in queries.who_can_take_over(session, opgave) if one.id in there]


def waiting_of(session: Session, opgave_id: UUID) -> Takeover | None:
    """What waits for a second person, also when its time is over."""
    found = select(Takeover).where(
        Takeover.opgave_id == opgave_id, Takeover.state == ProposalState.WAITING
    )
    return session.scalar(found)


def waiting_in_reach(session: Session, actor: Actor) -> list[tuple[Takeover, SeenOpgave]]:
    """What waits, and the actor may know of, the oldest first."""
    found = (
        select(Takeover, Opgave, Gemeente)
        .join(Opgave, Opgave.id == Takeover.opgave_id)
        .join(Gemeente, Gemeente.code == Opgave.gemeente_code)
        .where(
            Takeover.state == ProposalState.WAITING,
            Takeover.lapses_on >= dutch_day(utc_now()),
            within(actor, Right.DECIDE_TAKEOVER, Opgave.gemeente_code),
        )
        .order_by(Takeover.proposed_at, Takeover.id)
    )
    return [(one, SeenOpgave(opgave, home)) for one, opgave, home in session.execute(found)]


def lapsed(session: Session) -> list[UUID]:
    """Of what waits and cannot be confirmed any more, the opgaven."""
    over = or_(Takeover.lapses_on < dutch_day(utc_now()), Opgave.status.in_(ENDED))
    found = select(Takeover.opgave_id).join(Opgave, Opgave.id == Takeover.opgave_id)
    return list(session.scalars(found.where(Takeover.state == ProposalState.WAITING, over)))


def deciders(session: Session, takeover: Takeover, opgave: Opgave) -> list[User]:
    """Who can be the second person: the gemeentebeheerders of the gemeente; where there are none,
    the other coordinators of its networks and the beheerders, but not whom it is about.
    """
    code = opgave.gemeente_code
    near = _without(
        accounts.with_role(session, Role.GEMEENTEBEHEERDER, code), {takeover.proposed_by}
    )
    if near:
        return near
    networks = gemeenten.networks_of(session, code, dutch_day(utc_now()))
    found = [user for one in networks for user, _ in accounts.coordinators_of(session, one.id)]
    found += accounts.with_role(session, Role.BEHEERDER)
    return _without(found, {takeover.proposed_by, takeover.to_id})


def _without(found: Collection[User], but: Collection[UUID | None]) -> list[User]:
    """Each once, and nobody who is kept out."""
    known = {one.id: one for one in found if one.id not in but and one.shut_out_at is None}
    return list(known.values())
