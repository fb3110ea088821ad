"""What is booked between gemeenten, what they owe each other, and who may agree on a limit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from app.core.actor import Actor
from app.core.errors import InvalidInput
from app.core.faults import Fault, range_fault
from app.core.rights import Right, may, may_in

MONTHS = 3
QUARTERS = 4
FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_LIMIT_HOURS = 100_000
HOUR = 60

SETTLED_ALREADY = "De uren van {year} zijn al verrekend."
LATER_IS_SETTLED = "Een later jaar is al verrekend. Maak dat eerst ongedaan."
NOT_OVER = "Het jaar {year} is nog niet voorbij."
NOTHING_TO_SETTLE = "Over {year} staat er niets meer open. Er is niets te verrekenen."
HAS_MERGED = "Je gemeente is opgegaan in {name}. Daar wordt de limiet afgesproken."
CHANGED_MEANWHILE = "Het voorstel is intussen veranderd. Hieronder staat het nieuwe."


class TransferKind(StrEnum):
    LENT = "lent"
    REVERSAL = "reversal"
    SETTLEMENT = "settlement"
    # What a gemeente that merged was owed or owed, to its successor.
    MERGER = "merger"


class Entry(StrEnum):
    """What a booking is to one of its two gemeenten."""

    LENT = "lent"
    BORROWED = "borrowed"
    SETTLED = "settled"
    MERGED = "merged"


class Sides(Protocol):
    """A row of the bank, or a sum of them: both sides of a double entry."""

    @property
    def debit_code(self) -> str: ...

    @property
    def credit_code(self) -> str: ...

    @property
    def minutes(self) -> int: ...


@dataclass(frozen=True)
class Lent:
    """Hours that somebody of the lender worked for the borrower, most often in one week."""

    borrower_code: str
    lender_code: str
    minutes: int
    opgave_id: UUID | None = None
    loan_id: UUID | None = None
    week: date | None = None


@dataclass(frozen=True, order=True)
class Quarter:
    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        return cls(day.year, (day.month - 1) // MONTHS + 1)

    @property
    def starts_on(self) -> date:
        return date(self.year, (self.number - 1) * MONTHS + 1, 1)

    @property
    def following(self) -> "Quarter":
        if self.number == QUARTERS:
            return Quarter(self.year + 1, 1)
        return Quarter(self.year, self.number + 1)

    @property
    def ends_on(self) -> date:
        return self.following.starts_on - timedelta(days=1)


def quarter_of(year: int, number: int) -> Quarter | None:
    """The quarter with these numbers, or nothing for numbers that nobody means."""
    is_real = FIRST_YEAR <= year <= LAST_YEAR and 1 <= number <= QUARTERS
    return Quarter(year, number) if is_real else None


def quarters(first: Quarter, last: Quarter) -> list[Quarter]:
    """From the last back to the first."""
    found = []
    while first <= last:
        found.append(first)
        first = first.following
    return found[::-1]


def entry_of(kind: TransferKind, *, is_credit: bool, is_settling: bool) -> Entry:
    """A reversal is told where the booking stood that it takes back."""
    if kind is TransferKind.MERGER:
        return Entry.MERGED
    if is_settling:
        return Entry.SETTLED
    is_lender = is_credit is not (kind is TransferKind.REVERSAL)
    return Entry.LENT if is_lender else Entry.BORROWED


def balances(transfers: Iterable[Sides]) -> dict[str, int]:
    """What each gemeente lent more than it borrowed, in minutes; together always nothing."""
    found: dict[str, int] = {}
    for one in transfers:
        found[one.credit_code] = found.get(one.credit_code, 0) + one.minutes
        found[one.debit_code] = found.get(one.debit_code, 0) - one.minutes
    return found


def room_left(balance: int, limit: int | None) -> int | None:
    """How many minutes may still be borrowed; nothing when no limit was agreed."""
    return None if limit is None else max(0, balance + limit)


def check(lent: Lent) -> None:
    """What no page can bring about, but a mistake in a room above can."""
    if lent.minutes <= 0:
        raise InvalidInput(f"{lent.minutes} minutes cannot be lent")
    if lent.borrower_code == lent.lender_code:
        raise InvalidInput(f"{lent.lender_code} cannot lend to itself")
    if lent.week is not None and lent.week.weekday() != 0:
        raise InvalidInput(f"{lent.week} is no Monday")


def limit_faults(hours: int | None) -> list[Fault]:
    """No number is no limit."""
    return [] if hours is None else range_fault("hours", hours, 0, MOST_LIMIT_HOURS)


def may_agree_limit(actor: Actor, gemeente_code: str) -> bool:
    return may_in(actor, Right.AGREE_LIMIT, gemeente_code)


def may_settle(actor: Actor) -> bool:
    return may(actor, Right.SETTLE_HOURS)
