"""The rows of a loan, locked, for who may take this step."""

from uuid import UUID

from sqlalchemy import func, select

from app.core.errors import Conflict, NotFound
from app.core.rights import Right, may_in
from app.core.work import Work
from app.loans.models import Loan, Terms
from app.loans.rules import UNDER_WAY, Manager, Party

CHANGED_MEANWHILE = (
    "De afspraken zijn intussen gewijzigd. Hieronder staan de nieuwe. Lees ze en beslis opnieuw."
)


def as_professional(work: Work, loan_id: UUID) -> Loan:
    loan = work.fetch_to_change(Loan, loan_id)
    if work.actor.user_id is None or loan.user_id != work.actor.user_id:
        raise NotFound(f"loan {loan_id}")
    return loan


def as_borrower(work: Work, loan_id: UUID) -> Loan:
    loan = work.fetch_to_change(Loan, loan_id)
    if work.actor.user_id is None or not may_in(work.actor, Right.READ_LOAN, loan.gemeente_code):
        raise NotFound(f"loan {loan_id}")
    return loan


def as_lender(work: Work, loan_id: UUID, manager: Manager) -> Loan:
    """The door has seen who it is: by the seal of a link, or by a sign-in with that address."""
    loan = work.fetch_to_change(Loan, loan_id)
    if loan.manager_email != manager.email:
        raise NotFound(f"loan {loan_id}")
    # Who takes a step for the lender was reached.
    loan.manager_unreached_at = None
    return loan


def as_one_of(work: Work, loan_id: UUID, party: Party, manager: Manager | None = None) -> Loan:
    if party is Party.PROFESSIONAL:
        return as_professional(work, loan_id)
    if party is Party.BORROWER:
        return as_borrower(work, loan_id)
    if manager is None:
        raise NotFound(f"loan {loan_id}")
    return as_lender(work, loan_id, manager)


def terms_to_change(work: Work, loan: Loan, seen_version: int) -> Terms:
    """The terms that are on the table, when they are the ones that the party has read."""
    if loan.state not in UNDER_WAY:
        raise Conflict(f"loan {loan.id} is over", said=loan.no_such_step)
    if seen_version != loan.version:
        raise Conflict(f"loan {loan.id} has version {loan.version}", said=CHANGED_MEANWHILE)
    return work.fetch_to_change(Terms, (loan.id, seen_version))


def next_version(work: Work, loan: Loan) -> int:
    """Versions are never used twice, also when a proposal was refused."""
    newest = select(func.max(Terms.version)).where(Terms.loan_id == loan.id)
    return (work.session.scalar(newest) or 0) + 1
