"""The only place that asks the time; aware UTC inside, Dutch at the edge."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def utc_now() -> datetime:
    return datetime.now(UTC)


def dutch_time(moment: datetime) -> datetime:
    return moment.astimezone(AMSTERDAM)


def dutch_day(moment: datetime) -> date:
    return dutch_time(moment).date()
