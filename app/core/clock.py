"""The only place that asks the time; aware UTC inside, Dutch at the edge."""

from datetime import UTC, date, datetime, time
from time import perf_counter
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def utc_now() -> datetime:
    return datetime.now(UTC)


def dutch_time(moment: datetime) -> datetime:
    return moment.astimezone(AMSTERDAM)


def dutch_day(moment: datetime) -> date:
    return dutch_time(moment).date()


def day_begins(day: date) -> datetime:
    """The moment at which a Dutch day begins."""
    return datetime.combine(day, time(), AMSTERDAM).astimezone(UTC)


class Stopwatch:
    """How many seconds each part of a piece of work took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._since = perf_counter()

    def note(self, part: str) -> None:
        """What was done since the last note was this part."""
        now = perf_counter()
        self.seconds[part] = round(self.seconds.get(part, 0) + now - self._since, 3)
        self._since = now
