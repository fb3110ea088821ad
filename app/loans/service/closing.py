"""A loan that is over: both agree on its hours, or time decides when one of them says nothing."""

from datetime import date
from uuid import UUID

from sqlalchemy import update

from app.core.dutch import dutch_date
from app.core.errors import Conflict
from app.core.faults import refuse
from app.core.work import Work
from app.loans import due, queries
from app.loans.events import CompletionReported, HoursAgreed, HoursReopened, LoanClosed
from app.loans.models import Loan, Remark, WorkedWeek
from app.loans.rules import (
    CLOSERS,
    CLOSES_AFTER,
    LoanState,
    Manager,
    Party,
    hours_mark,
    objection_faults,
    return_faults,
)
from app.loans.service.finding import as_one_of
from app.loans.service.talking import remark

NOT_OVER = "Afsluiten kan na de laatste dag van de inzet."
NO_HOURS_YET = "De inzet is nog niet begonnen. Er zijn nog geen uren."
NOT_A_CLOSER = "De gedetacheerde en de opdrachtgever sluiten af. Klopt er iets niet? Zeg het dan."
HOURS_CHANGED = "De uren zijn intussen veranderd. Kijk ze na en beslis opnieuw."
FIRST_YOURS = "Bevestig eerst zelf dat je uren kloppen."
TOO_SOON = "Geef de ander nog even de tijd. Vanaf {day} hoef je niet langer te wachten."


def agree_on_hours(
    work: Work, loan_id: UUID, party: Party, seen_hours: str, returned_on: date | None = None
) -> None:
    """Say that the hours that were read are right; with both the loan is closed.

    `seen_hours` is the `hours_mark` of what was read: hours that moved to another week were not.
    The professional says with it since when they are back.
    """
    loan = _as_closer(work, loan_id, party)
    if loan.state is LoanState.CLOSED and loan.closed_by is not None:
        return
    _refuse_unless_over(loan)
    if seen_hours != hours_mark(queries.minutes_of(work.session, loan.id)):
        raise Conflict(f"the hours of loan {loan.id} changed", said=HOURS_CHANGED)
    if party is Party.PROFESSIONAL:
        refuse(return_faults(returned_on, loan.last_day))
        loan.returned_on = returned_on
    if party not in loan.waits_to_close:
        return
    _put_agreement(work, loan, party)
    if not loan.waits_to_close:
        _close(work, loan, party)


def report_completion(work: Work, loan_id: UUID, party: Party) -> None:
    """Say that all is done when the other says nothing; from then on time closes it."""
    loan = _as_closer(work, loan_id, party)
    _refuse_unless_over(loan)
    if loan.reported_on is not None:
        return
    if party in loan.waits_to_close:
        raise Conflict(f"the {party} of loan {loan.id} did not agree", said=FIRST_YOURS)
    first = loan.may_report_from
    if first is None or work.today < first:
        raise Conflict(
            f"loan {loan.id} is over since short", said=TOO_SOON.format(day=dutch_date(first))
        )
    loan.reported_on = work.today
    work.emit(CompletionReported(loan_id=loan.id, party=party.value), loan.user_id)


def dispute_hours(
    work: Work,
    loan_id: UUID,
    remark_id: UUID,
    party: Party,
    words: str,
    manager: Manager | None = None,
) -> None:
    """Say what is not right; the professional writes them anew, and both agree again.

    While it runs too, from its first day: what is wrong need not wait until all is over.
    """
    loan = as_one_of(work, loan_id, party, manager)
    refuse(objection_faults(words))
    is_said = work.session.get(Remark, remark_id) is not None
    if not is_said:
        _refuse_without_hours(work, loan)
    remark(work, loan_id, remark_id, party, words, manager, is_objection=True)
    if not is_said:
        _note_read(work, loan)
        reopen(work, loan, party)


def _note_read(work: Work, loan: Loan) -> None:
    """Weeks that were filled in since somebody looked are no longer without hours to who looks."""
    filled = WorkedWeek.loan_id == loan.id, WorkedWeek.minutes_before == 0
    work.session.execute(update(WorkedWeek).where(*filled).values(minutes_before=None))


def reopen(work: Work, loan: Loan, party: Party) -> None:
    """Who agreed on other hours has to look again, and time begins anew; else nothing."""
    if not loan.is_closing:
        return
    loan.professional_closed_at = loan.borrower_closed_at = loan.reported_on = None
    tell_reopened(work, loan, party)


def tell_reopened(work: Work, loan: Loan, party: Party) -> None:
    """Who it asks to look again hears which party that comes from; nobody asks it themselves."""
    work.of_itself().emit(HoursReopened(loan_id=loan.id, party=party.value), loan.user_id)


def report_what_fell_silent(work: Work) -> int:
    """Report done what nobody says anything of, so that time closes it too; how many."""
    reported = 0
    for loan_id in due.fallen_silent(work.session, work.today):
        loan = work.fetch_to_change(Loan, loan_id)
        # Somebody may have said something while this waited for the row.
        if due.is_silent(work.session, loan, work.today):
            loan.reported_on = work.today
            work.emit(CompletionReported(loan_id=loan.id, party=""), loan.user_id)
            reported += 1
    return reported


def close_what_nobody_disputes(work: Work) -> int:
    """Close what was reported done long ago, and nobody objected to; how many."""
    closed = 0
    for loan_id in due.closing_of_itself(work.session, work.today):
        loan = work.fetch_to_change(Loan, loan_id)
        # Somebody may have objected or agreed while this waited for the row.
        reported_on = loan.reported_on if loan.state is LoanState.ENDED else None
        if reported_on is not None and reported_on + CLOSES_AFTER <= work.today:
            _close(work, loan, None)
            closed += 1
    return closed


def _as_closer(work: Work, loan_id: UUID, party: Party) -> Loan:
    if party not in CLOSERS:
        raise Conflict(f"the lender does not close loan {loan_id}", said=NOT_A_CLOSER)
    return as_one_of(work, loan_id, party)


def _put_agreement(work: Work, loan: Loan, party: Party) -> None:
    if party is Party.PROFESSIONAL:
        loan.professional_closed_at = work.now
    else:
        loan.borrower_closed_at = work.now
    # What changed before was read now.
    work.session.execute(
        update(WorkedWeek).where(WorkedWeek.loan_id == loan.id).values(minutes_before=None)
    )
    work.emit(HoursAgreed(loan_id=loan.id, party=party.value), loan.user_id)


def _close(work: Work, loan: Loan, party: Party | None) -> None:
    loan.move_to(LoanState.CLOSED)
    loan.closed_at, loan.closed_by = work.now, party
    closed = LoanClosed(loan_id=loan.id, party=party.value if party else "")
    work.of_itself().emit(closed, loan.user_id)


def _refuse_without_hours(work: Work, loan: Loan) -> None:
    if loan.state is not LoanState.ACTIVE:
        _refuse_unless_over(loan)
    elif not queries.weeks_to_write(work.session, loan, work.today):
        raise Conflict(f"loan {loan.id} begins later", said=NO_HOURS_YET)


def _refuse_unless_over(loan: Loan) -> None:
    if loan.state in {LoanState.ASKED, LoanState.ACTIVE}:
        raise Conflict(f"loan {loan.id} is not over", said=NOT_OVER)
    if loan.state is not LoanState.ENDED:
        raise Conflict(f"loan {loan.id} is {loan.state}", said=loan.no_such_step)
