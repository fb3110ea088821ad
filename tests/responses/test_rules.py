"""When somebody who says "later" hears of it again."""

from datetime import timedelta

import pytest

from app.responses.rules import again_on
from tests.support.work import TODAY


@pytest.mark.parametrize(
    ("open_for", "waits"),
    [(60, 14), (17, 14), (16, 13), (5, 2), (4, 1), (3, None), (2, None), (0, None)],
)
def test_later_is_two_weeks_on_but_leaves_three_days_to_answer(
    open_for: int, waits: int | None
) -> None:
    day = again_on(TODAY, TODAY + timedelta(days=open_for))

    assert day == (TODAY + timedelta(days=waits) if waits else None)
