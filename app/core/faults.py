"""What is wrong with a draft: the field, and what the person may read about it."""

from dataclasses import dataclass
from datetime import date

from app.core.dutch import number as written
from app.core.errors import InvalidInput

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True)
class Fault:
    field: str
    said: str


class FaultyDraft(InvalidInput):
    """A draft that cannot be taken; `faults` names every field at once."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(said=" ".join(fault.said for fault in faults))
        self.faults = faults


def refuse(faults: list[Fault]) -> None:
    """Raise when there is anything wrong."""
    if faults:
        raise FaultyDraft(faults)


def length_fault(field: str, text: str, limit: int, needed: str = "") -> list[Fault]:
    """Too long, or empty while `needed` (the sentence to say then) is given."""
    if needed and not text:
        return [Fault(field, needed)]
    if len(text) > limit:
        most, now = written(limit), written(len(text))
        said = f"Gebruik hier hoogstens {most} tekens. Het zijn er nu {now}."
        return [Fault(field, said)]
    return []


def range_fault(field: str, number: int | None, least: int, most: int) -> list[Fault]:
    between = f"van {written(least)} tot en met {written(most)}"
    if number is None:
        return [Fault(field, f"Vul een getal in {between}.")]
    return [] if least <= number <= most else [Fault(field, f"Kies een getal {between}.")]


def day_fault(field: str, day: date | None) -> list[Fault]:
    """A year that nobody means, such as the year 27; no day at all is no fault."""
    if day is None or FIRST_DAY <= day <= LAST_DAY:
        return []
    return [Fault(field, f"Kies een datum van {FIRST_DAY.year} tot en met {LAST_DAY.year}.")]
