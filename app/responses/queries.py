"""Reading what professionals say to opgaven."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.matching import queries as matching
from app.matching import standing
from app.matching.core.facts import Score
from app.matching.queries import OpgaveMatch
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.opgaven.queries import SeenOpgave
from app.people import queries as people
from app.people.rules import ProfileState
from app.people.visibility import Relation, SeenProfile
from app.responses.models import Invitation, KeptReaction, Outcome, Response
from app.responses.rules import Answer, InvitationState, may_react_again


@dataclass(frozen=True)
class OwnAnswer:
    """What the viewer says to an opgave; nothing of that when they may not read it any more."""

    response: Response
    seen: SeenOpgave | None
    # What stands for it when a beheerder took it down.
    gone: SeenOpgave | None = None


@dataclass(frozen=True)
class Interested:
    """Who wants to hear more of an opgave, and how they fit while it is open."""

    colleague: SeenProfile
    shown_at: datetime
    score: Score | None


@dataclass(frozen=True)
class Closed:
    """Whose interest came to nothing, as who looks after the opgave sees them, and why."""

    colleague: SeenProfile
    outcome: Outcome


def own(session: Session, viewer: Actor, opgave_ids: Iterable[UUID]) -> dict[UUID, Response]:
    """What the viewer says now to these opgaven."""
    rows = session.scalars(
        select(Response).where(
            Response.user_id == viewer.user_id, Response.opgave_id.in_(list(opgave_ids))
        )
    )
    return {row.opgave_id: row for row in rows}


def all_own(session: Session, viewer: Actor) -> list[OwnAnswer]:
    """Everything that the viewer says now, the last first."""
    rows = session.scalars(
        select(Response)
        .where(Response.user_id == viewer.user_id)
        .order_by(Response.answered_at.desc(), Response.opgave_id)
    ).all()
    ids = [row.opgave_id for row in rows]
    seen = opgaven.seen_opgaven(session, viewer, ids)
    every = opgaven.by_ids(session, ids)
    gone = {one: about for one, about in every.items() if about.is_gone_for(viewer)}
    return [OwnAnswer(row, seen.get(row.opgave_id), gone.get(row.opgave_id)) for row in rows]


def known_interest(
    session: Session, viewer: Actor, opgave_ids: Iterable[UUID], today: date
) -> set[tuple[UUID, UUID]]:
    """Opgave and person: who shows interest, as far as it is told to who looks after the opgave."""
    rows = session.execute(
        select(Response.opgave_id, Response.user_id).where(
            Response.opgave_id.in_(list(opgave_ids)), Response.answer == Answer.INTERESTED
        )
    ).all()
    people_of_all = {user_id for _, user_id in rows}
    seen = people.seen_profiles(session, viewer, people_of_all, today, Relation.INTERESTED)
    return {(opgave_id, user_id) for opgave_id, user_id in rows if user_id in seen}


def interested_in(
    session: Session, viewer: Actor, opgave_id: UUID, today: date
) -> list[Interested]:
    """Who shows interest, the last first, for who looks after the opgave; others get `NotFound`."""
    opgave = opgaven.opgave_to_edit(session, viewer, opgave_id)
    rows = session.scalars(
        select(Response)
        .where(Response.opgave_id == opgave.id, Response.answer == Answer.INTERESTED)
        .order_by(Response.answered_at.desc(), Response.user_id)
    ).all()
    seen = introduced(session, viewer, [row.user_id for row in rows], today)
    fits = standing.matches_of_people(session, list(seen), opgave.id, today)
    return [
        Interested(seen[row.user_id], row.answered_at, fits.get(row.user_id))
        for row in rows
        if row.user_id in seen
    ]


def closed_in(session: Session, viewer: Actor, opgave_id: UUID, today: date) -> list[Closed]:
    """Whose interest came to nothing, the last first, for who looks after the opgave."""
    opgave = opgaven.opgave_to_edit(session, viewer, opgave_id)
    rows = session.scalars(
        select(Outcome)
        .join(
            Response,
            and_(Response.user_id == Outcome.user_id, Response.opgave_id == Outcome.opgave_id),
        )
        .where(Outcome.opgave_id == opgave.id, Response.answer == Answer.CLOSED)
        .order_by(Outcome.said_at.desc(), Outcome.user_id)
    ).all()
    seen = introduced(session, viewer, [row.user_id for row in rows], today)
    return [Closed(seen[row.user_id], row) for row in rows if row.user_id in seen]


def is_closed_by(outcome: Outcome, opgave: Opgave) -> bool:
    """Whether who was told this cannot react: the opgave is still the same."""
    return not may_react_again(outcome.reason, outcome.said_at, opgave.changed_at)


def stands_for(opgave_id: UUID) -> ColumnElement[bool]:
    """Whether a response is interest in this opgave."""
    return and_(Response.opgave_id == opgave_id, Response.answer == Answer.INTERESTED)


def waits_for(opgave_id: UUID) -> ColumnElement[bool]:
    """Whether an invitation for this opgave has no end yet."""
    return and_(Invitation.opgave_id == opgave_id, Invitation.state == InvitationState.WAITING)


def waiting_for(session: Session, opgave_id: UUID) -> set[UUID]:
    """Whoever an opgave lets go when it ends, whether they show themselves or not."""
    interested = select(Response.user_id).where(stands_for(opgave_id))
    invited = select(Invitation.user_id).where(waits_for(opgave_id))
    return set(session.scalars(interested.union(invited)))


def introduced(
    session: Session, viewer: Actor, user_ids: Iterable[UUID], today: date
) -> dict[UUID, SeenProfile]:
    """Those of these who showed interest whom who looks after the opgave sees.

    They agreed to be known here, whoever sees their profile otherwise.
    """
    return people.seen_profiles(session, viewer, user_ids, today, Relation.INTERESTED)


def free_matches(session: Session, viewer: Actor, today: date) -> list[OpgaveMatch]:
    """What fits the viewer of what is open, and what they said nothing to; best first."""
    profile = people.own_profile(session, viewer.user_id) if viewer.user_id else None
    if profile is None or profile.state is not ProfileState.PUBLISHED:
        return []
    found = matching.stored_matches_of_person(session, viewer, today)
    ids = [one.seen.opgave.id for one in found]
    said, closed = own(session, viewer, ids), outcomes_of(session, viewer, ids)
    return [
        one for one in found if one.seen.opgave.id not in said and one.seen.opgave.id not in closed
    ]


def kept_by(session: Session, viewer: Actor) -> set[UUID]:
    """The opgaven of which the viewer keeps the reaction for longer."""
    kept = select(KeptReaction.opgave_id).where(KeptReaction.user_id == viewer.user_id)
    return set(session.scalars(kept))


def outcomes_of(session: Session, viewer: Actor, opgave_ids: Iterable[UUID]) -> dict[UUID, Outcome]:
    """How it ended between the viewer and these opgaven, of those where it did."""
    rows = session.scalars(
        select(Outcome).where(
            Outcome.user_id == viewer.user_id, Outcome.opgave_id.in_(list(opgave_ids))
        )
    )
    return {row.opgave_id: row for row in rows}
