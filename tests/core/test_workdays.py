"""Workdays are counted as Dutch offices know them."""

from datetime import date, timedelta

import pytest

from app.core.workdays import (
    after_workdays,
    free_days,
    is_workday,
    monday_of,
    next_workday,
    workday_from,
    workday_until,
)


def test_the_free_days_of_a_year() -> None:
    assert sorted(free_days(2026)) == [
        date(2026, 1, 1),
        date(2026, 4, 6),
        date(2026, 4, 27),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 12, 25),
        date(2026, 12, 26),
    ]


@pytest.mark.parametrize(
    ("day", "until", "since"),
    [
        (date(2026, 11, 27), date(2026, 11, 27), date(2026, 11, 27)),
        (date(2026, 11, 28), date(2026, 11, 27), date(2026, 11, 30)),
        # Easter, with its Monday.
        (date(2026, 4, 5), date(2026, 4, 3), date(2026, 4, 7)),
    ],
)
def test_the_nearest_workday_on_either_side(day: date, until: date, since: date) -> None:
    assert (workday_until(day), workday_from(day)) == (until, since)


def test_the_fifth_of_may_is_free_once_in_five_years() -> None:
    assert [year for year in range(2024, 2032) if date(year, 5, 5) in free_days(year)] == [
        2025,
        2030,
    ]


def test_kings_day_is_never_a_sunday() -> None:
    assert date(2025, 4, 26) in free_days(2025)
    assert date(2025, 4, 27) not in free_days(2025)


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2026, 11, 23), date(2026, 12, 1)),
        # Begun in the weekend as on the Friday before.
        (date(2026, 11, 27), date(2026, 12, 7)),
        (date(2026, 11, 28), date(2026, 12, 7)),
        # Kerst and nieuwjaar in between.
        (date(2026, 12, 21), date(2026, 12, 30)),
        (date(2026, 12, 28), date(2027, 1, 6)),
    ],
)
def test_five_whole_workdays_come_first(day: date, later: date) -> None:
    assert after_workdays(day, 5) == later


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        (date(2026, 11, 23), date(2026, 11, 23)),
        (date(2026, 11, 29), date(2026, 11, 23)),
        (date(2027, 1, 1), date(2026, 12, 28)),
    ],
)
def test_a_week_begins_on_monday(day: date, monday: date) -> None:
    assert monday_of(day) == monday


def test_what_comes_after_is_a_workday_and_nothing_is_passed_over() -> None:
    day = date(2026, 1, 1)
    for _ in range(800):
        later = next_workday(day)
        assert is_workday(later)
        between = [day + timedelta(days=one) for one in range(1, (later - day).days)]
        assert not any(is_workday(one) for one in between)
        day += timedelta(days=1)
