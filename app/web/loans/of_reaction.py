"""The loan that came of a reaction, where that reaction is shown."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.clock import dutch_day, utc_now
from app.loans import queries
from app.loans.rules import OVER, UNDER_WAY, Party
from app.loans.seen import SeenLoan
from app.loans.words import how_it_stands


@dataclass(frozen=True)
class LoanNote:
    """How a loan stands, and where it is."""

    loan_id: UUID
    asked_at: datetime
    # Who is waited for, or until when it runs.
    said: str
    # It runs or waits for signatures: the reaction ends by its steps only.
    is_under_way: bool
    # Its last day has passed: there is nothing of the reaction to take back.
    is_over: bool
    waits_for_reader: bool


def own_notes(
    session: Session, user_id: UUID | None, opgave_ids: Collection[UUID]
) -> dict[UUID, LoanNote]:
    """By opgave the loan that this professional asked last, whatever became of it."""
    if user_id is None:
        return {}
    found = queries.newest_of(session, {(opgave_id, user_id) for opgave_id in opgave_ids})
    return {
        opgave_id: loan_note(loans[0], Party.PROFESSIONAL)
        for (opgave_id, _), loans in found.items()
    }


def loan_note(seen: SeenLoan, reader: Party) -> LoanNote:
    said = how_it_stands(seen, reader, dutch_day(utc_now()))
    return LoanNote(
        loan_id=seen.loan.id,
        asked_at=seen.loan.asked_at,
        said=said,
        is_under_way=seen.loan.state in UNDER_WAY,
        is_over=seen.loan.state in OVER,
        waits_for_reader=seen.waits_for_party(reader),
    )
