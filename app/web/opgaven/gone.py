"""What stands in the place of an opgave that was taken down, for who has a part in it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from app.conversations import queries as conversations
from app.core.actor import Actor
from app.loans import queries as loans
from app.loans.rules import Party
from app.loans.seen import SeenLoan
from app.loans.words import how_it_stands
from app.opgaven import queries
from app.responses import invitations
from app.responses import queries as responses


@dataclass(frozen=True)
class WayOn:
    """Where the reader reads on; what is said of it may be nothing."""

    said: str
    href: str
    label: str


@dataclass(frozen=True)
class GonePage:
    # None of the words that were taken down.
    title: str
    gemeente_name: str
    ways_on: list[WayOn]


def gone_page(session: Session, viewer: Actor, opgave_id: UUID, today: date) -> GonePage | None:
    """None for who has no part in it: they learn nothing, also not that there was something."""
    seen = queries.by_ids(session, [opgave_id]).get(opgave_id)
    if viewer.user_id is None or seen is None or not seen.is_gone_for(viewer):
        return None
    ways_on = [
        _to_loan(one, party, today) for one, party in loans.parts_in(session, viewer, opgave_id)
    ]
    ways_on += _to_reaction(session, viewer, viewer.user_id, opgave_id)
    if not ways_on:
        return None
    return GonePage(seen.title_for(viewer), seen.gemeente.name, ways_on)


def _to_loan(seen: SeenLoan, party: Party, today: date) -> WayOn:
    is_own = party is Party.PROFESSIONAL
    return WayOn(
        said=how_it_stands(seen, party, today),
        href=url_for("loans.show", loan_id=seen.loan.id),
        label="Naar je inzet" if is_own else f"Naar de inzet van {seen.professional_name}",
    )


def _to_reaction(session: Session, viewer: Actor, user_id: UUID, opgave_id: UUID) -> list[WayOn]:
    """Their answer, question or invitation, and how it ended."""
    found = []
    if opgave_id in responses.outcomes_of(session, viewer, [opgave_id]):
        href = url_for("outcomes.show", opgave_id=opgave_id)
        found.append(WayOn("", href, "Lees hoe het voor jou afliep"))
    has_answered = opgave_id in responses.own(session, viewer, [opgave_id])
    if has_answered or invitations.last_to(session, user_id, opgave_id) is not None:
        found.append(WayOn("", url_for("responses.index"), "Naar je reacties"))
    talk = conversations.about(session, opgave_id, user_id)
    if talk is not None:
        href = url_for("conversations.show", conversation_id=talk.id)
        found.append(WayOn("", href, "Naar het gesprek"))
    return found
