"""What the limit of a gemeente leaves for loans, and which it holds up; all in minutes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.gemeenten import queries as gemeenten
from app.gemeenten.rules import now_called
from app.hours import queries as hours
from app.loans.models import Loan, Terms
from app.loans.rules import UNDER_WAY, CostBasis, LoanState, Room, most_minutes
from app.loans.seen import SeenLoan, all_where


@dataclass(frozen=True)
class HeldUp:
    """A loan that would bring the borrower past its limit; all in minutes."""

    seen: SeenLoan
    asked: int
    # What was lent more than borrowed, once all that is promised and this is worked.
    balance_then: int
    limit: int


def room_for(session: Session, loan: Loan, terms: Terms, today: date) -> Room | None:
    """Whether these terms fit within the limit of the borrower; None when nothing limits them.

    What was promised to other loans, and is not booked yet, is not left. What was promised to this
    one stays so, whatever the limit became.
    """
    mergers = gemeenten.mergers(session, today)
    borrower = now_called(loan.borrower_code, mergers)
    limit = hours.limit(session, borrower)
    is_owed = now_called(loan.lender_code, mergers) != borrower
    if terms.cost_basis is not CostBasis.CLOSED_PURSE or limit is None or not is_owed:
        return None
    most = most_minutes(terms.hours_per_week, terms.starts_on, terms.ends_on)
    asked = max(0, most - hours.booked(session, [loan.id]).get(loan.id, 0))
    promises = _promises(session, borrower, today)
    if asked <= promises.pop(loan.id, 0):
        return None
    left = hours.balance(session, borrower) + limit - sum(promises.values())
    return Room(max(0, left), asked)


def is_held_up() -> ColumnElement[bool]:
    """Whether the limit of the borrower keeps a signature from what lies on the table."""
    return and_(
        Loan.held_up_at.is_not(None),
        Loan.state.in_(UNDER_WAY),
        Loan.version.is_distinct_from(Loan.agreed_version),
    )


def all_held_up(session: Session) -> list[SeenLoan]:
    """What a limit holds up, of whichever gemeente, what was asked last first."""
    return all_where(session, is_held_up())


def held_up(session: Session, borrower_code: str, today: date) -> list[HeldUp]:
    """What the limit of this gemeente holds up, what was asked last first."""
    mergers, limit = gemeenten.mergers(session, today), hours.limit(session, borrower_code)
    found = [
        (seen, room_for(session, seen.loan, seen.terms, today))
        for seen in all_held_up(session)
        if now_called(seen.loan.borrower_code, mergers) == borrower_code
    ]
    promises = _promises(session, borrower_code, today)
    left = hours.balance(session, borrower_code) - sum(promises.values())
    return [
        HeldUp(seen, room.asked, left + promises.get(seen.loan.id, 0) - room.asked, limit)
        for seen, room in found
        if room is not None and not room.fits and limit is not None
    ]


def promised(session: Session, borrower_code: str, today: date) -> int:
    """How many minutes loans that are not closed may still take from this gemeente."""
    return sum(_promises(session, borrower_code, today).values())


def _promises(session: Session, borrower_code: str, today: date) -> dict[UUID, int]:
    """How many minutes each of these loans may still take at most."""
    mergers = gemeenten.mergers(session, today)
    codes = {borrower_code, *(one for one in mergers if now_called(one, mergers) == borrower_code)}
    most = _most_of_each(session, codes)
    booked = hours.booked(session, list(most))
    return {loan_id: max(0, minutes - booked.get(loan_id, 0)) for loan_id, minutes in most.items()}


def _most_of_each(session: Session, codes: Collection[str]) -> dict[UUID, int]:
    """How many minutes each loan with closed purse takes at most from what is one gemeente now."""
    found = (
        select(Loan.id, Loan.last_day, Terms.hours_per_week, Terms.starts_on)
        .join(Terms, and_(Terms.loan_id == Loan.id, Terms.version == Loan.agreed_version))
        .where(
            Loan.borrower_code.in_(codes),
            # Two that became one owe each other nothing.
            Loan.lender_code.not_in(codes),
            # Of what ended hours are still written, until it is closed.
            Loan.state.in_((LoanState.ACTIVE, LoanState.ENDED)),
            Terms.cost_basis == CostBasis.CLOSED_PURSE,
        )
    )
    return {
        loan_id: most_minutes(hours_per_week, starts_on, last_day)
        for loan_id, last_day, hours_per_week, starts_on in session.execute(found)
        if last_day is not None
    }
