"""A professional asks to work for another gemeente, and may take that back."""

from uuid import UUID

from app.accounts.models import User
from app.accounts.rules import tidy_email
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import Fault, refuse
from app.core.work import Work
from app.loans import queries
from app.loans.events import LoanAsked, LoanStopped, LoanWithdrawn
from app.loans.models import Loan
from app.loans.rules import Asked, LoanState, NamedManager, Party, Reason, faults
from app.loans.service.finding import as_professional
from app.loans.service.manager import manager_faults
from app.loans.service.terms import lay_down
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.opgaven.rules import takes_answers

OF_OWN_GEMEENTE = "Deze opgave is van je eigen gemeente. Uren lenen gaat tussen gemeenten."
NOT_OPEN = "Deze opgave is niet meer open. Uren afspreken kan niet meer."
UNDER_WAY = "Voor deze opgave loopt al een aanvraag van jou."
NOT_INTERESTED_YET = "Laat eerst weten dat je belangstelling hebt, en praat met de opgavehouder."


def ask(work: Work, loan_id: UUID, opgave_id: UUID, asked: Asked) -> Loan:
    """Lay the first terms on the table, signed by who asks; the same form twice asks once."""
    actor = work.actor
    if actor.user_id is None or actor.gemeente_code is None:
        raise NotAllowed("ask for a loan")
    opgave = opgaven.shown_opgave(work.session, actor, opgave_id).opgave
    user = work.fetch_to_change(User, actor.user_id)
    known = work.session.get(Loan, loan_id)
    if known is not None:
        return _again(known, user, opgave)
    _refuse_unfit(work, user, opgave)
    refuse(_faults(work, user, actor.gemeente_code, asked))
    loan = Loan(
        id=loan_id,
        opgave_id=opgave.id,
        user_id=user.id,
        lender_code=actor.gemeente_code,
        borrower_code=opgave.gemeente_code,
        manager_name=asked.manager_name,
        manager_email=tidy_email(asked.manager_email),
        state=LoanState.ASKED,
        version=1,
        asked_at=work.now,
    )
    work.session.add(loan)
    work.session.flush()
    lay_down(work, loan, Party.PROFESSIONAL, asked.terms)
    work.emit(LoanAsked(loan_id=loan.id))
    return loan


def faults_of(work: Work, asked: Asked) -> list[Fault]:
    """Everything that is wrong with what somebody asks."""
    user = work.fetch(User, work.actor.user_id)
    return _faults(work, user, user.gemeente_code, asked)


def withdraw(work: Work, loan_id: UUID) -> None:
    """Take the question back, as long as it is not agreed on; twice does no harm."""
    loan = as_professional(work, loan_id)
    if loan.state is LoanState.WITHDRAWN:
        return
    loan.move_to(LoanState.WITHDRAWN)
    loan.ended_at, loan.ended_by = work.now, Party.PROFESSIONAL
    work.emit(LoanWithdrawn(loan_id=loan.id))


def end_what_was_asked(work: Work, opgave_id: UUID) -> int:
    """Of an opgave that is over nobody waits for signatures any more; for how many that was so."""
    found = queries.asked_for(work.session, opgave_id)
    for loan_id in found:
        loan = work.fetch_to_change(Loan, loan_id)
        # It may have been signed or withdrawn while this waited for the row.
        if loan.state is LoanState.ASKED:
            loan.move_to(LoanState.REFUSED)
            loan.ended_at, loan.reason = work.now, Reason.OPGAVE_ENDED
            work.emit(LoanStopped(loan_id=loan.id), loan.user_id)
    return len(found)


def _faults(work: Work, user: User, lender_code: str, asked: Asked) -> list[Fault]:
    named = NamedManager(asked.manager_name, asked.manager_email)
    return faults(asked.terms, work.today) + manager_faults(work, user, lender_code, named)


def _again(known: Loan, user: User, opgave: Opgave) -> Loan:
    if (known.user_id, known.opgave_id) != (user.id, opgave.id):
        raise NotFound(f"loan {known.id}")
    return known


def _refuse_unfit(work: Work, user: User, opgave: Opgave) -> None:
    if opgave.gemeente_code == work.actor.gemeente_code:
        raise Conflict(said=OF_OWN_GEMEENTE)
    if not takes_answers(opgave.status, opgave.closes_on, work.today):
        raise Conflict(said=NOT_OPEN)
    if queries.under_way(work.session, opgave.id, user.id) is not None:
        raise Conflict(said=UNDER_WAY)
    if not queries.is_interested(work.session, opgave.id, user.id):
        raise Conflict(said=NOT_INTERESTED_YET)
