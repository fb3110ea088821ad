"""Reading what professionals say to opgaven."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.matching import standing
from app.matching.core.facts import Score
from app.opgaven import queries as opgaven
from app.opgaven.queries import SeenOpgave
from app.people import queries as people
from app.people.visibility import Relation, SeenProfile
from app.responses.models import Response
from app.responses.rules import Answer


@dataclass(frozen=True)
class OwnAnswer:
    """What the viewer says to an opgave; nothing of that when they may not read it any more."""

    response: Response
    seen: SeenOpgave | None


@dataclass(frozen=True)
class Interested:
    """Who wants to hear more of an opgave, and how they fit while it is open."""

    colleague: SeenProfile
    shown_at: datetime
    score: Score | None


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
    seen = opgaven.seen_opgaven(session, viewer, [row.opgave_id for row in rows])
    return [OwnAnswer(row, seen.get(row.opgave_id)) for row in rows]


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
    """Who shows interest, the last first, for who looks after the opgave; others get `NotFound`.

    They agreed to be known here, whoever sees their profile otherwise.
    """
    opgave = opgaven.opgave_to_edit(session, viewer, opgave_id)
    rows = session.scalars(
        select(Response)
        .where(Response.opgave_id == opgave.id, Response.answer == Answer.INTERESTED)
        .order_by(Response.answered_at.desc(), Response.user_id)
    ).all()
    user_ids = [row.user_id for row in rows]
    seen = people.seen_profiles(session, viewer, user_ids, today, Relation.INTERESTED)
    fits = standing.matches_of_people(session, list(seen), opgave.id, today)
    return [
        Interested(seen[row.user_id], row.answered_at, fits.get(row.user_id))
        for row in rows
        if row.user_id in seen
    ]
