"""Days on which municipal offices work."""

from datetime import date, timedelta
from functools import lru_cache

from dateutil.easter import easter

A_DAY = timedelta(days=1)
WEEKDAYS = range(1, 6)
# Days after Easter on which offices are closed: Monday, Hemelvaart and Pinksteren's Monday.
AFTER_EASTER = (1, 39, 50)
# Once in so many years the fifth of May is a day off.
LUSTRUM = 5
SUNDAY = 7


def is_workday(day: date) -> bool:
    return day.isoweekday() in WEEKDAYS and day not in free_days(day.year)


def next_workday(day: date) -> date:
    """The first one after this day."""
    later = day + A_DAY
    while not is_workday(later):
        later += A_DAY
    return later


def workday_from(day: date) -> date:
    """This day when offices work on it, or else the first one after it."""
    return day if is_workday(day) else next_workday(day)


def workday_until(day: date) -> date:
    """This day when offices work on it, or else the last one before it."""
    while not is_workday(day):
        day -= A_DAY
    return day


def monday_of(day: date) -> date:
    """With which the week of this day begins."""
    return day - day.weekday() * A_DAY


def after_workdays(day: date, count: int) -> date:
    """The workday after so many whole ones: begun on a Monday, five end with the next one."""
    for _ in range(count + 1):
        day = next_workday(day)
    return day


@lru_cache(maxsize=8)
def free_days(year: int) -> frozenset[date]:
    """Of the whole country; bridging days differ by gemeente."""
    fixed = {date(year, 1, 1), date(year, 12, 25), date(year, 12, 26), _kings_day(year)}
    moving = {easter(year) + days * A_DAY for days in AFTER_EASTER}
    liberation = set() if year % LUSTRUM else {date(year, 5, 5)}
    return frozenset(fixed | moving | liberation)


def _kings_day(year: int) -> date:
    """A day earlier when it would be a Sunday."""
    day = date(year, 4, 27)
    return day - A_DAY if day.isoweekday() == SUNDAY else day
