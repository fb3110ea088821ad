"""Booking hours, taking a booking back, agreeing on a limit, and settling a year."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import day_begins
from app.core.errors import Conflict, NotFound
from app.core.faults import refuse
from app.core.locks import HOURS_LOCK
from app.core.work import Work
from app.gemeenten import queries as gemeenten
from app.gemeenten.models import Gemeente
from app.gemeenten.rules import now_called
from app.hours import queries
from app.hours.events import (
    AccountMerged,
    HoursBooked,
    HoursReversed,
    LimitAgreed,
    SettlingUndone,
    YearSettled,
)
from app.hours.models import HourAccount, HourSettling, HourTransfer
from app.hours.netting import Settling
from app.hours.rules import (
    CHANGED_MEANWHILE,
    HAS_MERGED,
    HOUR,
    LATER_IS_SETTLED,
    NOT_OVER,
    NOTHING_TO_SETTLE,
    SETTLED_ALREADY,
    Lent,
    TransferKind,
    check,
    limit_faults,
    may_agree_limit,
    may_settle,
)
from app.opgaven.models import Opgave


def book(work: Work, lent: Lent) -> HourTransfer:
    """The borrower owes the lender these hours; of one week of a loan only once."""
    lent = _as_called_now(work, lent)
    check(lent)
    _hold(work, lent)
    if _standing(work, lent) is not None:
        raise Conflict(f"week {lent.week} of loan {lent.loan_id} is booked")
    return _book(work, lent)


def rebook(work: Work, lent: Lent) -> None:
    """The hours of a week of a loan are these, whatever they were; the same number does nothing.

    No hours takes back what was booked; and two that became one gemeente owe each other nothing.
    """
    lent = _as_called_now(work, lent)
    if lent.borrower_code == lent.lender_code:
        lent = replace(lent, minutes=0)
    if lent.minutes:
        check(lent)
    _hold(work, lent)
    known = _standing(work, lent)
    if (known.minutes if known else 0) == lent.minutes:
        return
    if known is not None:
        _reverse(work, known)
    if lent.minutes:
        _book(work, lent)


def reverse(work: Work, transfer_id: UUID) -> HourTransfer:
    """Take back what was lent: at most once, and never what takes back itself."""
    _begin_booking(work)
    transfer = work.fetch(HourTransfer, transfer_id)
    if transfer.kind is not TransferKind.LENT:
        raise Conflict(f"transfer {transfer_id} is a {transfer.kind}")
    return _reverse(work, transfer)


def agree_limit(work: Work, gemeente_code: str, hours: int | None) -> None:
    """How many hours the gemeente may borrow more than it lent; nothing is no limit."""
    if not may_agree_limit(work.actor, gemeente_code):
        raise NotFound(f"hours of {gemeente_code}")
    refuse(limit_faults(hours))
    successor = _successor(work, gemeente_code)
    if successor != gemeente_code:
        name = gemeenten.by_code(work.session, successor).name
        raise Conflict(f"{gemeente_code} has merged", said=HAS_MERGED.format(name=name))
    _set_limit(work, gemeente_code, None if hours is None else hours * HOUR)


def _set_limit(work: Work, gemeente_code: str, minutes: int | None) -> None:
    values = {
        "credit_limit_minutes": minutes,
        "changed_at": work.now,
        "changed_by": work.actor.user_id,
    }
    row = insert(HourAccount).values(gemeente_code=gemeente_code, **values)
    changed = work.session.scalar(
        row.on_conflict_do_update(
            index_elements=[HourAccount.gemeente_code],
            set_=values,
            where=HourAccount.credit_limit_minutes.is_distinct_from(minutes),
        ).returning(HourAccount.gemeente_code)
    )
    if changed is not None:
        work.emit(LimitAgreed(gemeente_code=gemeente_code, minutes=minutes))


def hold_limit(work: Work, gemeente_code: str) -> None:
    """Nobody else changes this limit, or agrees on hours by it, until this work is done."""
    code = _successor(work, gemeente_code)
    work.session.get(HourAccount, code, with_for_update=True, populate_existing=True)


def follow_mergers(work: Work) -> int:
    """Bring what is left of gemeenten that merged to their successors; of how many.

    By rows like all others: a quarter that is over stays as it was.
    """
    mergers = gemeenten.mergers(work.session, work.today)
    if not queries.left_at(work.session, mergers):
        return 0
    work.session.execute(select(func.pg_advisory_xact_lock(HOURS_LOCK)))
    # Read again: now nobody books.
    left = sorted(queries.left_at(work.session, mergers))
    for code in left:
        minutes = queries.balance(work.session, code)
        successor = now_called(code, mergers)
        _carry(work, code, successor, minutes)
        work.emit(AccountMerged(gemeente_code=code, successor_code=successor, minutes=minutes))
    _hand_over_limits(work, left, mergers)
    return len(left)


def settle_year(work: Work, year: int, mark: str) -> None:
    """Bring every balance of a year to nothing, by the proposal that was seen. Twice is once."""
    _hold_alone(work)
    if queries.settling_of(work.session, year) is not None:
        return
    _refuse_to_settle(work, year)
    proposal = queries.proposal(work.session, year)
    if not proposal.settlings:
        raise Conflict(said=NOTHING_TO_SETTLE.format(year=year))
    if proposal.mark != mark:
        raise Conflict(said=CHANGED_MEANWHILE)
    settling = HourSettling(
        id=work.new_id(), year=year, settled_at=work.now, settled_by=work.actor.user_id
    )
    work.session.add(settling)
    work.session.flush()
    for one in proposal.settlings:
        _add(work, _settlement(settling, one))
    work.emit(YearSettled(settling_id=settling.id, year=year))


def undo_settling(work: Work, year: int) -> None:
    """Take back what was settled, so that the balances are as they were. Twice is once."""
    _hold_alone(work)
    settling = queries.settling_of(work.session, year)
    if settling is None:
        return
    if (queries.last_settled(work.session) or year) > year:
        raise Conflict(said=LATER_IS_SETTLED)
    for transfer in queries.transfers_of(work.session, settling):
        _reverse(work, transfer)
    settling.undone_at, settling.undone_by = work.now, work.actor.user_id
    work.emit(SettlingUndone(settling_id=settling.id, year=year))


def _book(work: Work, lent: Lent) -> HourTransfer:
    transfer = _add(
        work,
        HourTransfer(
            debit_code=lent.borrower_code,
            credit_code=lent.lender_code,
            minutes=lent.minutes,
            kind=TransferKind.LENT,
            opgave_id=lent.opgave_id,
            opgave_title=_title_of(work, lent.opgave_id),
            loan_id=lent.loan_id,
            week=lent.week,
        ),
    )
    work.emit(HoursBooked(transfer_id=transfer.id))
    return transfer


def _reverse(work: Work, transfer: HourTransfer) -> HourTransfer:
    # Of two who take back the same the second waits here, and finds what the first did.
    work.fetch_to_change(HourTransfer, transfer.id)
    if queries.is_reversed(work.session, transfer.id):
        raise Conflict(f"transfer {transfer.id} was taken back")
    reversal = _add(
        work,
        HourTransfer(
            debit_code=transfer.credit_code,
            credit_code=transfer.debit_code,
            minutes=transfer.minutes,
            kind=TransferKind.REVERSAL,
            reverses_id=transfer.id,
            settling_id=transfer.settling_id,
            opgave_id=transfer.opgave_id,
            opgave_title=transfer.opgave_title,
            loan_id=transfer.loan_id,
            week=transfer.week,
        ),
    )
    work.emit(HoursReversed(transfer_id=reversal.id, reverses_id=transfer.id))
    return reversal


def _title_of(work: Work, opgave_id: UUID | None) -> str:
    return work.fetch(Opgave, opgave_id).title if opgave_id else ""


def _hand_over_limits(work: Work, left: Collection[str], mergers: Mapping[str, str]) -> None:
    """Who merged has no limit any more; the successor may begin with it."""
    limited = [code for code in left if queries.limit(work.session, code) is not None]
    for successor in sorted({now_called(code, mergers) for code in limited}):
        _begin_with_limits(work, successor, mergers)
    for code in limited:
        _set_limit(work, code, None)


def _begin_with_limits(work: Work, successor_code: str, mergers: Mapping[str, str]) -> None:
    """A gemeente that begins with the merger begins with the limits of all who made it.

    What it agreed on itself stands, and one of them without a limit leaves it none.
    """
    merged = [code for code, successor in mergers.items() if successor == successor_code]
    makers = [code for code in merged if _made(work, code, successor_code)]
    limits = [queries.limit(work.session, code) for code in makers]
    known = [minutes for minutes in limits if minutes is not None]
    has_own = work.session.get(HourAccount, successor_code) is not None
    if known and len(known) == len(limits) and not has_own:
        _set_limit(work, successor_code, sum(known))


def _made(work: Work, code: str, successor_code: str) -> bool:
    """Whether the successor began when this one ended; else it was there already."""
    ended = work.fetch(Gemeente, code).valid_until
    begins = work.fetch(Gemeente, successor_code).valid_from
    return ended is not None and begins is not None and begins >= ended


def _carry(work: Work, code: str, successor_code: str, minutes: int) -> None:
    """What the one is owed is owed to the other from now on; less than nothing is a debt."""
    if not minutes:
        return
    sides = (code, successor_code) if minutes > 0 else (successor_code, code)
    _add(
        work,
        HourTransfer(
            debit_code=sides[0],
            credit_code=sides[1],
            minutes=abs(minutes),
            kind=TransferKind.MERGER,
        ),
    )


def _successor(work: Work, code: str) -> str:
    return now_called(code, gemeenten.mergers(work.session, work.today))


def _as_called_now(work: Work, lent: Lent) -> Lent:
    return replace(
        lent,
        borrower_code=_successor(work, lent.borrower_code),
        lender_code=_successor(work, lent.lender_code),
    )


def _settlement(settling: HourSettling, one: Settling) -> HourTransfer:
    """Who owed made good, and is credited for it."""
    return HourTransfer(
        debit_code=one.creditor,
        credit_code=one.debtor,
        minutes=one.minutes,
        kind=TransferKind.SETTLEMENT,
        settling_id=settling.id,
    )


def _add(work: Work, transfer: HourTransfer) -> HourTransfer:
    transfer.id = work.new_id()
    transfer.booked_at, transfer.booked_by = work.now, work.actor.user_id
    work.session.add(transfer)
    work.session.flush()
    if transfer.kind is not TransferKind.MERGER:
        _carry_on(work, transfer)
    return transfer


def _carry_on(work: Work, transfer: HourTransfer) -> None:
    """What takes back or settles what stood with a gemeente that merged ends at its successor."""
    for code, minutes in (
        (transfer.debit_code, -transfer.minutes),
        (transfer.credit_code, transfer.minutes),
    ):
        successor = _successor(work, code)
        if successor != code:
            _carry(work, code, successor, minutes)


def _standing(work: Work, lent: Lent) -> HourTransfer | None:
    if lent.loan_id is None or lent.week is None:
        return None
    return queries.standing(work.session, lent.loan_id, lent.week)


def _hold(work: Work, lent: Lent) -> None:
    """Of two who book the same week of a loan the second finds what the first booked."""
    _begin_booking(work)
    if lent.loan_id is not None:
        key = func.hashtext(f"{lent.loan_id} {lent.week}")
        work.session.execute(select(func.pg_advisory_xact_lock(HOURS_LOCK, key)))


def _begin_booking(work: Work) -> None:
    """Nothing is booked in a year while that is settled, or after."""
    work.session.execute(select(func.pg_advisory_xact_lock_shared(HOURS_LOCK)))
    year = queries.last_settled(work.session)
    if year is not None and work.now < day_begins(date(year + 1, 1, 1)):
        raise Conflict(said=SETTLED_ALREADY.format(year=year))


def _hold_alone(work: Work) -> None:
    """Nobody else books or settles until this work is done."""
    if not may_settle(work.actor):
        raise NotFound("settling")
    work.session.execute(select(func.pg_advisory_xact_lock(HOURS_LOCK)))


def _refuse_to_settle(work: Work, year: int) -> None:
    if work.today.year <= year:
        raise Conflict(said=NOT_OVER.format(year=year))
    if (queries.last_settled(work.session) or year) > year:
        raise Conflict(said=LATER_IS_SETTLED)
