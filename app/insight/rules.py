"""The stages of the road to a colleague, and which numbers may be shown."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from statistics import median

# A number of fewer than so many tells too much of those whom it counts.
FEWEST = 5
# What is looked back on.
PERIOD = timedelta(days=365)


class Stage(StrEnum):
    """How far an opgave came that opened, in order."""

    PUBLISHED = "opgave.published"
    INTEREST = "interest.shown"
    TALKING = "opgave.talking"
    FILLED = "opgave.filled"
    STARTED = "opgave.started"
    DONE = "opgave.ended"


def may_be_shown(count: int) -> bool:
    return count >= FEWEST


def percent(part: int, whole: int) -> int | None:
    """In whole percents; nothing of a few, which would tell of each."""
    return round(100 * part / whole) if may_be_shown(whole) else None


def middle_days(spans: Sequence[timedelta]) -> int | None:
    """Half of them took longer; nothing for a few, which would tell of each."""
    if not may_be_shown(len(spans)):
        return None
    return round(median(span.total_seconds() for span in spans) / timedelta(days=1).total_seconds())
