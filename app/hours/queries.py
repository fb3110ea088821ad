"""Reading the urenbank: balances, what was booked in a quarter, and what a year would settle."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.core.clock import day_begins, dutch_day
from app.gemeenten import queries as gemeenten
from app.hours import netting, rules
from app.hours.models import HourAccount, HourSettling, HourTransfer
from app.hours.netting import Settling
from app.hours.rules import Entry, Quarter, TransferKind, entry_of


@dataclass(frozen=True)
class Line:
    """One booking as one of the two sees it: what it adds to their balance."""

    booked_at: datetime
    entry: Entry
    is_correction: bool
    other_code: str
    other_name: str
    loan_id: UUID | None
    opgave_id: UUID | None
    opgave_title: str
    week: date | None
    minutes: int

    @property
    def booked_on(self) -> date:
        return dutch_day(self.booked_at)


@dataclass(frozen=True)
class Statement:
    """A quarter of one gemeente: how it began, what was booked in it, how it ended."""

    gemeente_code: str
    gemeente_name: str
    quarter: Quarter
    opening: int
    lines: tuple[Line, ...]

    @property
    def closing(self) -> int:
        return self.opening + sum(line.minutes for line in self.lines)

    @property
    def made_at(self) -> datetime:
        """When the last of it was booked: the statement is the same ever after."""
        begins = day_begins(self.quarter.starts_on)
        return max((line.booked_at for line in self.lines), default=begins)

    def sum_of(self, entry: Entry) -> int:
        return sum(line.minutes for line in self.lines if line.entry is entry)


@dataclass(frozen=True)
class YearProposal:
    """What would bring the balances of a year to nothing, or what did."""

    year: int
    settlings: tuple[Settling, ...]
    # How many loans there were to settle, one by one.
    loans: int
    names: dict[str, str]

    @property
    def mark(self) -> str:
        """Another word when it is another proposal."""
        return sha256(repr(self.settlings).encode()).hexdigest()[:16]


def balance(session: Session, gemeente_code: str, before: datetime | None = None) -> int:
    """What was lent more than borrowed, in minutes; of what was booked before that moment."""
    is_lender = HourTransfer.credit_code == gemeente_code
    found = select(
        func.coalesce(
            func.sum(case((is_lender, HourTransfer.minutes), else_=-HourTransfer.minutes)), 0
        )
    ).where(_touches(gemeente_code))
    if before is not None:
        found = found.where(HourTransfer.booked_at < before)
    return session.scalar(found) or 0


def balances(session: Session, year: int) -> dict[str, int]:
    """Of every gemeente at the end of a year, whatever of it was settled since taken off."""
    counted = or_(
        HourTransfer.booked_at < day_begins(date(year + 1, 1, 1)),
        HourTransfer.settling_id.is_not(None),
    )
    sums = (
        select(
            HourTransfer.debit_code,
            HourTransfer.credit_code,
            func.sum(HourTransfer.minutes).label("minutes"),
        )
        .where(counted)
        .group_by(HourTransfer.debit_code, HourTransfer.credit_code)
    )
    return rules.balances(session.execute(sums))


def left_at(session: Session, codes: Collection[str]) -> set[str]:
    """Those of these gemeenten that have a balance or a limit."""
    limited = select(HourAccount.gemeente_code).where(
        HourAccount.gemeente_code.in_(codes), HourAccount.credit_limit_minutes.is_not(None)
    )
    found = set(session.scalars(limited))
    return found | {code for code in codes if code not in found and balance(session, code)}


def limit(session: Session, gemeente_code: str) -> int | None:
    account = session.get(HourAccount, gemeente_code)
    return account.credit_limit_minutes if account else None


def booked(session: Session, loan_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many minutes stand booked of each of these loans."""
    taken_back = HourTransfer.kind == TransferKind.REVERSAL
    minutes = func.sum(case((taken_back, -HourTransfer.minutes), else_=HourTransfer.minutes))
    found = select(HourTransfer.loan_id, minutes).where(HourTransfer.loan_id.in_(loan_ids))
    return dict(session.execute(found.group_by(HourTransfer.loan_id)).all())


def standing(session: Session, loan_id: UUID, week: date) -> HourTransfer | None:
    """What is booked for this week of a loan and was not taken back."""
    return session.scalar(
        select(HourTransfer).where(
            HourTransfer.loan_id == loan_id,
            HourTransfer.week == week,
            HourTransfer.kind == TransferKind.LENT,
            ~_is_reversed(),
        )
    )


def is_reversed(session: Session, transfer_id: UUID) -> bool:
    found = select(HourTransfer.id).where(HourTransfer.reverses_id == transfer_id)
    return session.scalar(found) is not None


def first_day(session: Session, gemeente_code: str | None = None) -> date | None:
    """When the first hours were booked, of one gemeente or of all."""
    found = select(func.min(HourTransfer.booked_at))
    if gemeente_code is not None:
        found = found.where(_touches(gemeente_code))
    first = session.scalar(found)
    return dutch_day(first) if first else None


def statement(session: Session, gemeente_code: str, quarter: Quarter) -> Statement:
    """What is booked belongs to the quarter of the day on which it was, so that it stays there."""
    begins = day_begins(quarter.starts_on)
    rows = session.scalars(
        select(HourTransfer)
        .where(
            _touches(gemeente_code),
            HourTransfer.booked_at >= begins,
            HourTransfer.booked_at < day_begins(quarter.following.starts_on),
        )
        .order_by(
            HourTransfer.booked_at,
            HourTransfer.week,
            # Other hours for a week take back the first ones at the same moment.
            HourTransfer.kind == TransferKind.LENT,
            HourTransfer.id,
        )
    ).all()
    return Statement(
        gemeente_code=gemeente_code,
        gemeente_name=gemeenten.by_code(session, gemeente_code).name,
        quarter=quarter,
        opening=balance(session, gemeente_code, begins),
        lines=_lines(session, gemeente_code, rows),
    )


def closings(
    session: Session, gemeente_code: str, quarters: Sequence[Quarter]
) -> dict[Quarter, int]:
    """The balance at the end of each quarter, in one question."""
    is_lender = HourTransfer.credit_code == gemeente_code
    signed = case((is_lender, HourTransfer.minutes), else_=-HourTransfer.minutes)
    sums = [
        func.coalesce(
            func.sum(signed).filter(
                HourTransfer.booked_at < day_begins(quarter.following.starts_on)
            ),
            0,
        )
        for quarter in quarters
    ]
    if not sums:
        return {}
    found = session.execute(select(*sums).where(_touches(gemeente_code))).one()
    return dict(zip(quarters, found, strict=True))


def settling_of(session: Session, year: int) -> HourSettling | None:
    """The one that stands."""
    return session.scalar(
        select(HourSettling).where(HourSettling.year == year, HourSettling.undone_at.is_(None))
    )


def last_settled(session: Session) -> int | None:
    """The last year of which the hours are settled."""
    return session.scalar(
        select(func.max(HourSettling.year)).where(HourSettling.undone_at.is_(None))
    )


def proposal(session: Session, year: int) -> YearProposal:
    found = tuple(netting.settle(balances(session, year)))
    return YearProposal(year, found, _loans_of(session, year), _names(session, found))


def settled(session: Session, settling: HourSettling) -> YearProposal:
    """What was settled."""
    rows = session.scalars(
        select(HourTransfer)
        .where(
            HourTransfer.settling_id == settling.id, HourTransfer.kind == TransferKind.SETTLEMENT
        )
        .order_by(HourTransfer.minutes.desc(), HourTransfer.id)
    )
    # Who owed is credited, and who was owed is debited, so that both come to nothing.
    found = tuple(Settling(row.credit_code, row.debit_code, row.minutes) for row in rows)
    return YearProposal(
        settling.year, found, _loans_of(session, settling.year), _names(session, found)
    )


def transfers_of(session: Session, settling: HourSettling) -> list[HourTransfer]:
    return list(
        session.scalars(
            select(HourTransfer)
            .where(
                HourTransfer.settling_id == settling.id,
                HourTransfer.kind == TransferKind.SETTLEMENT,
            )
            .order_by(HourTransfer.id)
        )
    )


def _touches(gemeente_code: str) -> ColumnElement[bool]:
    return or_(HourTransfer.debit_code == gemeente_code, HourTransfer.credit_code == gemeente_code)


def _is_reversed() -> ColumnElement[bool]:
    reversal = aliased(HourTransfer)
    return select(reversal.id).where(reversal.reverses_id == HourTransfer.id).exists()


def _lines(session: Session, code: str, rows: Sequence[HourTransfer]) -> tuple[Line, ...]:
    others = [row.debit_code if row.credit_code == code else row.credit_code for row in rows]
    names = gemeenten.names_of(session, others)
    return tuple(
        Line(
            booked_at=row.booked_at,
            entry=entry_of(
                row.kind,
                is_credit=row.credit_code == code,
                is_settling=row.settling_id is not None,
            ),
            is_correction=row.kind is TransferKind.REVERSAL,
            other_code=other,
            other_name=names[other],
            loan_id=row.loan_id,
            opgave_id=row.opgave_id,
            opgave_title=row.opgave_title,
            week=row.week,
            minutes=row.minutes if row.credit_code == code else -row.minutes,
        )
        for row, other in zip(rows, others, strict=True)
    )


def _loans_of(session: Session, year: int) -> int:
    """How many loans have hours booked since the last settled year before this one."""
    before = session.scalar(
        select(func.max(HourSettling.year)).where(
            HourSettling.undone_at.is_(None), HourSettling.year < year
        )
    )
    counted = and_(
        HourTransfer.kind == TransferKind.LENT,
        ~_is_reversed(),
        HourTransfer.booked_at < day_begins(date(year + 1, 1, 1)),
    )
    found = select(
        func.count(func.distinct(func.coalesce(HourTransfer.loan_id, HourTransfer.id)))
    ).where(counted)
    if before is not None:
        found = found.where(HourTransfer.booked_at >= day_begins(date(before + 1, 1, 1)))
    return session.scalar(found) or 0


def _names(session: Session, settlings: Sequence[Settling]) -> dict[str, str]:
    codes = {code for one in settlings for code in (one.debtor, one.creditor)}
    return gemeenten.names_of(session, codes)


def settled_with(session: Session, settling_id: UUID) -> set[str]:
    """The gemeenten between which a year was settled."""
    rows = session.execute(
        select(HourTransfer.debit_code, HourTransfer.credit_code).where(
            HourTransfer.settling_id == settling_id
        )
    )
    return {code for row in rows for code in row}


def limit_changed_since(session: Session, gemeente_code: str, moment: datetime) -> bool:
    changed_at = select(HourAccount.changed_at).where(HourAccount.gemeente_code == gemeente_code)
    found = session.scalar(changed_at)
    return found is not None and found > moment
