"""What the pages about how reactions end show."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.errors import NotFound
from app.labels import label
from app.loans.queries import waiting_besides
from app.matching.core.words import YOU, one_line
from app.notifications import queries as news
from app.opgaven import queries as opgaven
from app.opgaven.rules import OpgaveStatus
from app.responses import queries
from app.responses.models import Outcome
from app.responses.queries import Closed, Interested
from app.responses.rules import MOST_NEXT, OF_OPGAVE
from app.responses.words import WHY, why


@dataclass(frozen=True)
class NextLine:
    """What fits the reader now, and why."""

    title: str
    href: str
    gemeente_name: str
    closing_on: date | None
    why: str


@dataclass(frozen=True)
class OutcomePage:
    title: str
    # Nothing when the reader may not read the opgave any more.
    opgave_href: str
    gemeente_name: str
    why: str
    lines: list[str]
    next: list[NextLine]
    # Fewer than we would tell of.
    is_few: bool


@dataclass(frozen=True)
class ClosedLine:
    """Whose interest came to nothing, in the list of who looks after the opgave."""

    user_id: UUID
    name: str
    gemeente_name: str
    why: str
    said_at: datetime
    conversation_id: UUID | None


@dataclass(frozen=True)
class WhoHears:
    """Who hears it when an opgave ends, and what they read."""

    names: list[str]
    # Who waits too, and is not known by name here.
    others: int
    why: str


def outcome_page(session: Session, viewer: Actor, opgave_id: UUID, today: date) -> OutcomePage:
    """How it ended for the viewer; `NotFound` while it did not."""
    outcome = session.get(Outcome, (viewer.user_id, opgave_id)) if viewer.user_id else None
    if outcome is None:
        raise NotFound(f"outcome of {opgave_id}")
    about = opgaven.by_ids(session, [opgave_id])[opgave_id]
    readable = opgaven.seen_opgaven(session, viewer, [opgave_id])
    found = [
        NextLine(
            title=one.seen.opgave.title,
            href=url_for("opgaven.show", opgave_id=one.seen.opgave.id),
            gemeente_name=one.seen.gemeente.name,
            closing_on=one.seen.opgave.closes_on,
            why=one_line(one.score, YOU),
        )
        for one in news.next_matches(session, viewer, today)
    ]
    return OutcomePage(
        title=about.title_for(viewer),
        opgave_href=url_for("opgaven.show", opgave_id=opgave_id) if readable else "",
        gemeente_name=about.gemeente.name,
        why=why(outcome.reason, is_down=about.opgave.taken_down_at is not None),
        lines=outcome.words.split("\n") if outcome.words else [],
        next=found,
        is_few=len(found) < MOST_NEXT,
    )


def closed_line(one: Closed, conversation_id: UUID | None) -> ClosedLine:
    return ClosedLine(
        user_id=one.colleague.user_id,
        name=one.colleague.name,
        gemeente_name=one.colleague.gemeente_name,
        why=label(one.outcome.reason),
        said_at=one.outcome.said_at,
        conversation_id=conversation_id,
    )


def interested_one(
    session: Session, viewer: Actor, opgave_id: UUID, user_id: UUID, today: date
) -> Interested:
    """Who shows interest, for who looks after the opgave; others get `NotFound`."""
    for one in queries.interested_in(session, viewer, opgave_id, today):
        if one.colleague.user_id == user_id:
            return one
    raise NotFound(f"interest of {user_id}")


def closed_one(
    session: Session, viewer: Actor, opgave_id: UUID, user_id: UUID, today: date
) -> Closed:
    for one in queries.closed_in(session, viewer, opgave_id, today):
        if one.colleague.user_id == user_id:
            return one
    raise NotFound(f"outcome of {user_id}")


def who_hears(
    session: Session, viewer: Actor, opgave_id: UUID, then: OpgaveStatus, today: date
) -> WhoHears:
    """Who waits for an opgave, besides who has to do with a loan."""
    interested = queries.interested_in(session, viewer, opgave_id, today)
    named = {one.colleague.user_id: one.colleague.name for one in interested}
    waiting = waiting_besides(session, opgave_id)
    others = waiting - set(named)
    names = [name for user_id, name in named.items() if user_id in waiting]
    return WhoHears(names=names, others=len(others), why=WHY[OF_OPGAVE[then]])
