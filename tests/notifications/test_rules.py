"""When a digest is due, for whom, and how long a mail may wait."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import AMSTERDAM
from app.notifications.rules import (
    FIRST_WAIT,
    LONGEST_WAIT,
    MAIL_RULES,
    ROADS,
    Channel,
    Due,
    Family,
    Frequency,
    MailKind,
    Weekday,
    digest_due,
    digest_lives,
    due_on,
    is_quiet,
    lives,
    morning_of,
    next_morning,
    wait_after,
    wants_on,
)


def utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (utc(11, 23, 5, 59), None),
        (utc(11, 23, 6), Due("2026-11-23", Weekday.MONDAY)),
        (utc(11, 23, 8, 59), Due("2026-11-23", Weekday.MONDAY)),
        (utc(11, 23, 9), None),
        (utc(11, 22, 23, 30), None),
        # In summer seven o'clock in Amsterdam is five o'clock UTC.
        (utc(7, 5, 4, 59), None),
        (utc(7, 5, 5), Due("2026-07-05", Weekday.SUNDAY)),
        (utc(7, 5, 8), None),
        # The clock goes forward in this night.
        (utc(3, 29, 4, 59), None),
        (utc(3, 29, 5), Due("2026-03-29", Weekday.SUNDAY)),
        (utc(3, 28, 6), Due("2026-03-28", Weekday.SATURDAY)),
        # And back in this one.
        (utc(10, 25, 5, 59), None),
        (utc(10, 25, 6), Due("2026-10-25", Weekday.SUNDAY)),
        (utc(10, 24, 5), Due("2026-10-24", Weekday.SATURDAY)),
    ],
)
def test_a_digest_is_due_from_seven_to_ten_in_amsterdam(now: datetime, due: Due | None) -> None:
    assert digest_due(now) == due


@given(st.dates(date(2024, 1, 1), date(2034, 1, 1)))
def test_every_day_has_one_digest_that_begins_in_the_morning(day: date) -> None:
    morning = morning_of(day)

    assert digest_due(morning) == due_on(day)
    assert digest_due(morning - timedelta(seconds=1)) is None
    assert digest_due(morning + timedelta(hours=3)) is None


@pytest.mark.parametrize("day", list(Weekday))
def test_who_wants_a_digest_on_a_day(day: Weekday) -> None:
    wanted = {
        frequency: [chosen for chosen in Weekday if wants_on(frequency, chosen, day)]
        for frequency in Frequency
    }

    assert wanted == {
        Frequency.DAILY: list(Weekday),
        Frequency.WEEKLY: [day],
        Frequency.NEVER: [],
    }


@given(attempts=st.integers(1, 10_000), seed=st.integers())
def test_a_mail_waits_longer_each_time_up_to_a_limit(attempts: int, seed: int) -> None:
    waits = wait_after(attempts, Random(seed))
    middle = min(LONGEST_WAIT, FIRST_WAIT * int(2 ** min(attempts - 1, 10)))

    assert middle / 2 <= waits <= middle * 1.5


def test_mails_do_not_all_come_back_at_once() -> None:
    chance = Random(1)

    assert len({wait_after(3, chance) for _ in range(50)}) == 50


def test_every_kind_of_mail_has_its_rule() -> None:
    assert set(MAIL_RULES) == set(MailKind)


@pytest.mark.parametrize(
    ("kind", "hours"),
    [
        (MailKind.SIGN_IN, 0.5),
        (MailKind.ACCESS_ASKED, 48),
        (MailKind.ACCESS_DECIDED, 48),
        (MailKind.FACTOR_CHANGED, 48),
        (MailKind.IDENTITY_JOINED, 48),
        (MailKind.SIGNED_IN_ELSEWHERE, 48),
        (MailKind.ACCOUNT_ENDED, 48),
        (MailKind.HANDED_OVER, 72),
        (MailKind.COLLEAGUE_INVITED, 72),
        (MailKind.SHUT_OUT, 48),
        (MailKind.ACCOUNT_UNUSED, 72),
        (MailKind.ROLE_ENDING, 72),
        (MailKind.ROLE_PROPOSED, 72),
        (MailKind.TAKEOVER, 72),
        (MailKind.DIGEST, 12),
    ],
)
def test_each_mail_grows_as_old_as_what_it_tells(kind: MailKind, hours: float) -> None:
    assert lives(kind) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("hour", "minute", "hours"),
    [(7, 0, 12), (9, 30, 9.5), (18, 59, 1 / 60), (19, 0, 12), (23, 0, 12)],
)
def test_a_digest_lives_until_the_evening(hour: int, minute: int, hours: float) -> None:
    assert digest_lives(here("2026-11-23", hour, minute)) == timedelta(hours=hours)


def here(day: str, hour: int, minute: int = 0) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, minute=minute, tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        (here("2026-11-23", 6, 59), True),
        (here("2026-11-23", 7), False),
        (here("2026-11-23", 18, 59), False),
        (here("2026-11-23", 19), True),
        (here("2026-11-21", 12), True),
        (here("2026-11-22", 12), True),
    ],
)
def test_evenings_nights_and_weekends_are_quiet(moment: datetime, found: bool) -> None:
    assert is_quiet(moment.astimezone(UTC)) is found


@pytest.mark.parametrize(
    ("moment", "morning"),
    [
        (here("2026-11-23", 5), here("2026-11-23", 7)),
        (here("2026-11-23", 19, 1), here("2026-11-24", 7)),
        (here("2026-11-20", 19, 1), here("2026-11-23", 7)),
        (here("2026-11-21", 12), here("2026-11-23", 7)),
        (here("2026-11-22", 23, 59), here("2026-11-23", 7)),
        # The clocks change on the Sunday in between.
        (here("2026-03-28", 12), datetime(2026, 3, 30, 5, tzinfo=UTC)),
        (here("2026-10-24", 12), datetime(2026, 10, 26, 6, tzinfo=UTC)),
    ],
)
def test_what_comes_in_quiet_hours_waits_for_the_morning_of_a_working_day(
    moment: datetime, morning: datetime
) -> None:
    assert next_morning(moment.astimezone(UTC)) == morning
    assert not is_quiet(morning)


def test_every_family_has_a_road_for_who_chose_nothing() -> None:
    assert {family: roads[0] for family, roads in ROADS.items()} == {
        Family.MATCHES: Channel.DIGEST,
        Family.COLLEAGUES: Channel.DIGEST,
        Family.INVITATIONS: Channel.AT_ONCE,
        Family.RESPONSES: Channel.AT_ONCE,
        Family.OWN: Channel.AT_ONCE,
        Family.TOGETHER: Channel.DIGEST,
        Family.MESSAGES: Channel.AT_ONCE,
        Family.LOANS: Channel.DIGEST,
        Family.INVITATIONS: Channel.AT_ONCE,
        Family.OUTCOMES: Channel.AT_ONCE,
        Family.URENBANK: Channel.AT_ONCE,
    }
