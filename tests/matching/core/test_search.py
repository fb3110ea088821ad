from datetime import timedelta

import pytest

from app.matching.core.search import Search, search_state
from tests.support.work import MONDAY


@pytest.mark.parametrize(
    ("ago", "state"),
    [
        (timedelta(0), Search.RUNNING),
        (timedelta(seconds=30), Search.RUNNING),
        (timedelta(seconds=31), Search.SLOW),
    ],
)
def test_a_search_is_given_half_a_minute(ago: timedelta, state: Search) -> None:
    assert search_state(MONDAY - ago, MONDAY) is state


def test_a_search_for_which_nothing_waits_is_done() -> None:
    assert search_state(None, MONDAY) is Search.DONE
