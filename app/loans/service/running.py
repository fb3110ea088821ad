"""A loan that runs: hours written week by week, an end that comes early, and the end."""

from datetime import date
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.core.dutch import dutch_date
from app.core.errors import Conflict
from app.core.faults import Fault, refuse
from app.core.work import Work
from app.core.workdays import next_workday
from app.hours import service as hours
from app.hours.rules import Lent
from app.loans import due, queries
from app.loans.events import (
    EndMoved,
    EndTalkNears,
    EndTalkPlanned,
    HoursWritten,
    LoanCalledOff,
    LoanEnded,
)
from app.loans.models import Loan, Terms, WorkedWeek
from app.loans.rules import (
    FROM_TODAY,
    CostBasis,
    LoanState,
    Manager,
    Party,
    Refusal,
    end_faults,
    end_talk_until,
    has_begun,
    refusal_faults,
    worked_faults,
)
from app.loans.service import weeks
from app.loans.service.closing import reopen, tell_reopened
from app.loans.service.finding import as_one_of, as_professional
from app.opgaven import life

NOT_RUNNING = "Deze inzet loopt niet. Er is niets veranderd."
HAS_BEGUN = "Deze inzet is al begonnen. Je kunt hem wel eerder laten stoppen."
NOT_BEGUN = (
    "Deze inzet is nog niet begonnen. Laat hem niet doorgaan, of stel andere afspraken voor."
)
OUTSIDE = "Deze week valt buiten de inzet, of moet nog komen."


def write_hours(work: Work, loan_id: UUID, monday: date, minutes: int) -> None:
    """What was worked in that week; the last word counts, and the same word twice is one."""
    loan = as_professional(work, loan_id)
    if loan.state is LoanState.CLOSED:
        raise Conflict(f"loan {loan_id} is closed", said=loan.no_such_step)
    if loan.state not in {LoanState.ACTIVE, LoanState.ENDED} or loan.last_day is None:
        raise Conflict(f"loan {loan_id} does not run", said=NOT_RUNNING)
    refuse(_hours_faults(work, loan, monday, minutes))
    known = work.session.get(WorkedWeek, (loan.id, monday), populate_existing=True)
    if known is not None and known.minutes == minutes:
        return
    before = _minutes_before(work, loan, known, minutes)
    asks_to_look = before is not None and _asks_to_look(work, loan)
    row = insert(WorkedWeek).values(
        loan_id=loan.id,
        monday=monday,
        minutes=minutes,
        minutes_before=before,
        written_at=work.now,
    )
    work.session.execute(
        row.on_conflict_do_update(
            index_elements=[WorkedWeek.loan_id, WorkedWeek.monday],
            set_={
                "minutes": row.excluded.minutes,
                "minutes_before": row.excluded.minutes_before,
                "written_at": row.excluded.written_at,
            },
        )
    )
    written = HoursWritten(
        loan_id=loan.id, monday=monday, minutes=minutes, is_correction=bool(before)
    )
    work.emit(written)
    _book(work, loan, monday, minutes)
    if asks_to_look and not loan.is_closing:
        tell_reopened(work, loan, Party.PROFESSIONAL)
    reopen(work, loan, Party.PROFESSIONAL)


def _asks_to_look(work: Work, loan: Loan) -> bool:
    """Whether other hours are an answer, or news to who was asked to look at them; once a form."""
    seen = queries.of_any(work.session, loan.id)
    if loan.state is not LoanState.ENDED:
        return seen.objection is not None
    return all(seen.written_at[monday] < work.now for monday in seen.weeks_before)


def _minutes_before(work: Work, loan: Loan, known: WorkedWeek | None, minutes: int) -> int | None:
    """What the others read of this week, when they agreed on the hours or objected to them.

    Or when it ended, and they were asked to look at them. Nothing while none of that was so, and
    of what stands again as it did then.
    """
    read = known.minutes if known else 0
    is_asked = _was_there_at_end(loan, known)
    if known is not None and known.minutes_before is not None and not is_asked:
        read = known.minutes_before
    elif not is_asked and not queries.is_looked_at(work.session, loan):
        return None
    return read if read != minutes else None


def _was_there_at_end(loan: Loan, known: WorkedWeek | None) -> bool:
    """Whether it stands there as it did when the others were asked to look at it."""
    if known is None or loan.state is not LoanState.ENDED or loan.ended_at is None:
        return False
    return known.written_at <= loan.ended_at


def _book(work: Work, loan: Loan, monday: date, minutes: int) -> None:
    """In the urenbank only what is neither paid for nor given, by the terms that hold now."""
    terms = work.fetch(Terms, (loan.id, loan.agreed_version))
    counts = terms.cost_basis is CostBasis.CLOSED_PURSE
    lent = Lent(
        borrower_code=loan.borrower_code,
        lender_code=loan.lender_code,
        minutes=minutes if counts else 0,
        opgave_id=loan.opgave_id,
        loan_id=loan.id,
        week=monday,
    )
    hours.rebook(work.of_itself(), lent)


def call_off(
    work: Work, loan_id: UUID, party: Party, why: Refusal, manager: Manager | None = None
) -> None:
    """Before its first day each of the three may let it not go on; its weeks and seat are free."""
    loan = as_one_of(work, loan_id, party, manager)
    if loan.state is LoanState.CALLED_OFF and loan.ended_by is party:
        return
    refuse(refusal_faults(why))
    if loan.state is LoanState.ACTIVE and _has_begun(work, loan):
        raise Conflict(f"loan {loan_id} has begun", said=HAS_BEGUN)
    loan.move_to(LoanState.CALLED_OFF)
    weeks.give_back(work, loan)
    loan.last_day = loan.end_talk_on = loan.returns_on = None
    loan.ended_at, loan.ended_by = work.now, party
    loan.reason, loan.reason_words = why.reason, why.words
    # Other terms that were on the table are off.
    loan.version = loan.agreed_version or loan.version
    called_off = LoanCalledOff(loan_id=loan.id, party=party.value, reason=str(why.reason))
    work.emit(called_off, loan.user_id)
    life.leave_seat(work, loan.opgave_id)


def end_early(
    work: Work,
    loan_id: UUID,
    party: Party,
    last_day: date | None,
    why: Refusal,
    manager: Manager | None = None,
    returns_on: date | None = None,
) -> None:
    """Each of the three may end it, with a reason; its weeks after that day are free again.

    Who says no day of return is back on the first workday after the last day.
    """
    loan = as_one_of(work, loan_id, party, manager)
    if loan.state is not LoanState.ACTIVE or loan.last_day is None:
        raise Conflict(f"loan {loan_id} does not run", said=NOT_RUNNING)
    if not _has_begun(work, loan):
        raise Conflict(f"loan {loan_id} has not begun", said=NOT_BEGUN)
    refuse(refusal_faults(why) + end_faults(loan.last_day, last_day, returns_on, work.today))
    if last_day is None:
        return
    back_on = returns_on or next_workday(last_day)
    if last_day == loan.last_day and (loan.ended_by is None or back_on == loan.returns_on):
        return
    weeks.end_on(work, loan, last_day)
    loan.last_day, loan.returns_on = last_day, back_on
    loan.put_end_talk(end_talk_until(loan.end_talk_on, last_day, work.today), work.today)
    loan.ended_at, loan.ended_by = work.now, party
    loan.reason, loan.reason_words = why.reason, why.words
    # Other terms that were on the table are off.
    loan.version = loan.agreed_version or loan.version
    moved = EndMoved(loan_id=loan.id, last_day=last_day, party=party.value, reason=str(why.reason))
    work.emit(moved, loan.user_id)


def end_what_is_over(work: Work) -> int:
    """End every loan whose last day has passed; how many."""
    ended = 0
    for loan_id in due.over(work.session, work.today):
        loan = work.fetch_to_change(Loan, loan_id)
        # It may have been made longer while this waited for the row.
        if loan.state is LoanState.ACTIVE and loan.last_day and loan.last_day < work.today:
            loan.move_to(LoanState.ENDED)
            loan.ended_at = work.now
            work.emit(LoanEnded(loan_id=loan.id), loan.user_id)
            if loan.ended_by is not None:
                life.leave_seat(work, loan.opgave_id)
            ended += 1
    return ended


def finish_opgaven(work: Work) -> int:
    """End every opgave that is worked on, and of which everybody is done; how many.

    When somebody left early the opgavehouder decides, until its own last day.
    """
    found = due.done_opgaven(work.session, work.today)
    return sum(life.finish_of_itself(work, opgave_id) for opgave_id in found)


def plan_end_talk(
    work: Work, loan_id: UUID, party: Party, day: date | None, manager: Manager | None = None
) -> None:
    """Put the talk about what comes after on another day; the same day once more is no news."""
    loan = as_one_of(work, loan_id, party, manager)
    if loan.state is not LoanState.ACTIVE or loan.last_day is None:
        raise Conflict(f"loan {loan_id} does not run", said=NOT_RUNNING)
    if day is None or not work.today <= day <= loan.last_day:
        said = FROM_TODAY.format(last_day=dutch_date(loan.last_day))
        refuse([Fault("end_talk_on", said)])
        return
    if day == loan.end_talk_on:
        return
    loan.put_end_talk(day, work.today)
    work.emit(EndTalkPlanned(loan_id=loan.id, day=day, party=party.value), loan.user_id)


def tell_end_talks(work: Work) -> int:
    """Say of each talk that nears that it does, once for each day it is planned on; how many."""
    told = 0
    for loan_id in due.end_talks_to_tell(work.session, work.today):
        loan = work.fetch_to_change(Loan, loan_id)
        day = loan.end_talk_on
        if loan.state is not LoanState.ACTIVE or day is None or day == loan.end_talk_told_for:
            continue
        loan.end_talk_told_for = day
        work.emit(EndTalkNears(loan_id=loan.id, day=day))
        told += 1
    return told


def _has_begun(work: Work, loan: Loan) -> bool:
    terms = work.fetch(Terms, (loan.id, loan.agreed_version))
    return has_begun(terms.starts_on, queries.minutes_of(work.session, loan.id), work.today)


def _hours_faults(work: Work, loan: Loan, monday: date, minutes: int) -> list[Fault]:
    found = worked_faults(minutes)
    if monday not in queries.weeks_to_write(work.session, loan, work.today):
        found.append(Fault("monday", OUTSIDE))
    return found
