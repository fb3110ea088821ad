"""Numbers in which nobody can be found."""

from datetime import timedelta

import pytest

from app.insight.rules import may_be_shown, middle_days, percent

DAY = timedelta(days=1)


@pytest.mark.parametrize(("count", "shown"), [(0, False), (4, False), (5, True)])
def test_a_small_number_is_not_shown(count: int, shown: bool) -> None:
    assert may_be_shown(count) is shown


@pytest.mark.parametrize(
    ("days", "middle"), [([1, 2, 3, 40], None), ([1, 2, 3, 4, 40], 3), ([1, 2, 4, 5, 9, 9], 4)]
)
def test_the_middle_is_told_of_enough(days: list[int], middle: int | None) -> None:
    assert middle_days([day * DAY for day in days]) == middle


@pytest.mark.parametrize(
    ("part", "whole", "told"), [(4, 4, None), (5, 5, 100), (0, 5, 0), (2, 3, None), (5, 6, 83)]
)
def test_a_share_is_told_of_enough(part: int, whole: int, told: int | None) -> None:
    assert percent(part, whole) == told
