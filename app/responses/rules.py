"""What a professional can say to an opgave, and until when that holds."""

from datetime import date, timedelta
from enum import StrEnum

LATER_TAKES = timedelta(weeks=2)
# Who hears of it again needs a few days to answer.
TIME_TO_ANSWER = timedelta(days=3)


class Answer(StrEnum):
    INTERESTED = "interested"
    LATER = "later"


def again_on(today: date, closes_on: date | None) -> date | None:
    """The day on which who says "later" hears of it again; None when that is too late to answer."""
    day = today + LATER_TAKES
    if closes_on is not None:
        day = min(day, closes_on - TIME_TO_ANSWER)
    return day if day > today else None
