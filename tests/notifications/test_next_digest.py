from datetime import UTC, datetime, timedelta

import pytest

from app.notifications.rules import Frequency, Weekday, next_digest
from tests.support.work import MONDAY

# MONDAY is nine o'clock in Amsterdam; seven o'clock there is six o'clock UTC in winter.
EARLY = MONDAY - timedelta(hours=4)


def at_six(day: int) -> datetime:
    return datetime(2026, 11, day, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("frequency", "weekday", "now", "expected"),
    [
        (Frequency.DAILY, Weekday.MONDAY, EARLY, at_six(23)),
        (Frequency.DAILY, Weekday.MONDAY, MONDAY, at_six(24)),
        (Frequency.WEEKLY, Weekday.MONDAY, EARLY, at_six(23)),
        (Frequency.WEEKLY, Weekday.MONDAY, MONDAY, at_six(30)),
        (Frequency.WEEKLY, Weekday.SUNDAY, MONDAY, at_six(29)),
        (Frequency.NEVER, Weekday.MONDAY, MONDAY, None),
    ],
)
def test_the_next_digest_comes_at_seven_on_the_next_chosen_day(
    frequency: Frequency, weekday: Weekday, now: datetime, expected: datetime | None
) -> None:
    assert next_digest(frequency, weekday, now) == expected


def test_seven_o_clock_stays_seven_o_clock_when_the_clock_is_put_forward() -> None:
    saturday = datetime(2026, 3, 28, 12, tzinfo=UTC)

    assert next_digest(Frequency.DAILY, Weekday.MONDAY, saturday) == datetime(
        2026, 3, 29, 5, tzinfo=UTC
    )
