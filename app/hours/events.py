"""What the urenbank tells."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.core.outbox import Event


@dataclass(frozen=True)
class HoursBooked(Event):
    name: ClassVar[str] = "hours.booked"
    comes_of_itself: ClassVar[bool] = True
    transfer_id: UUID


@dataclass(frozen=True)
class HoursReversed(Event):
    """What was booked is taken back, by a transfer the other way."""

    name: ClassVar[str] = "hours.reversed"
    comes_of_itself: ClassVar[bool] = True
    transfer_id: UUID
    reverses_id: UUID


@dataclass(frozen=True)
class AccountMerged(Event):
    """What a gemeente that merged was owed, or owed, is of its successor now."""

    name: ClassVar[str] = "account.merged"
    gemeente_code: str
    successor_code: str
    minutes: int


@dataclass(frozen=True)
class LimitAgreed(Event):
    """How much a gemeente may owe; no minutes is no limit."""

    name: ClassVar[str] = "limit.agreed"
    gemeente_code: str
    minutes: int | None


@dataclass(frozen=True)
class YearSettled(Event):
    """All balances of a year were brought to nothing."""

    name: ClassVar[str] = "year.settled"
    settling_id: UUID
    year: int


@dataclass(frozen=True)
class SettlingUndone(Event):
    name: ClassVar[str] = "settling.undone"
    settling_id: UUID
    year: int
