from datetime import timedelta

import pytest

from app.matching.rules import is_searching
from tests.support.work import MONDAY


@pytest.mark.parametrize(
    ("ago", "searching"),
    [(timedelta(0), True), (timedelta(seconds=59), True), (timedelta(minutes=1), False)],
)
def test_a_search_is_given_a_minute(ago: timedelta, searching: bool) -> None:
    assert is_searching(MONDAY - ago, MONDAY) is searching


def test_what_never_changed_is_not_searched_for() -> None:
    assert is_searching(None, MONDAY) is False
