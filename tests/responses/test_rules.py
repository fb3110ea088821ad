"""When somebody who says "later" hears of it again, and how long an invitation waits."""

from datetime import date, timedelta

import pytest

from app.responses.rules import WhyClosed, again_on, answer_by, may_react_again
from tests.support.work import MONDAY, TODAY


@pytest.mark.parametrize(
    ("open_for", "waits"),
    [(60, 14), (17, 14), (16, 13), (5, 2), (4, 1), (3, None), (2, None), (0, None)],
)
def test_later_is_two_weeks_on_but_leaves_three_days_to_answer(
    open_for: int, waits: int | None
) -> None:
    day = again_on(TODAY, TODAY + timedelta(days=open_for))

    assert day == (TODAY + timedelta(days=waits) if waits else None)


@pytest.mark.parametrize(
    ("invited_on", "last_day"),
    [
        (date(2026, 11, 23), date(2026, 12, 7)),
        (date(2026, 11, 22), date(2026, 12, 4)),
        # Over Christmas and New Year offices are closed.
        (date(2026, 12, 18), date(2027, 1, 5)),
    ],
)
def test_an_invitation_waits_ten_workdays(invited_on: date, last_day: date) -> None:
    assert answer_by(invited_on, None) == last_day


def test_an_invitation_waits_no_longer_than_its_opgave() -> None:
    assert answer_by(TODAY, TODAY + timedelta(days=3)) == TODAY + timedelta(days=3)


@pytest.mark.parametrize(
    ("reason", "changed", "may"),
    [
        (WhyClosed.HOURS, -1, False),
        (WhyClosed.HOURS, 1, True),
        (WhyClosed.FILLED, -1, True),
    ],
)
def test_who_was_told_no_may_react_to_another_opgave(
    reason: WhyClosed, changed: int, *, may: bool
) -> None:
    assert may_react_again(reason, MONDAY, MONDAY + timedelta(hours=changed)) is may
