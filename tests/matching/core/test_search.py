from datetime import timedelta

import pytest

from app.matching.core.search import NOT_SHOWN, Search, search_state, still_holds, told_with
from tests.matching.core.builders import a_missing, a_reason, a_score, asked, offered
from tests.support.work import MONDAY

TOLD = a_score(a_reason(asked="Wmo", offered="zorg"), a_missing("inkoop"))


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


@pytest.mark.parametrize(
    ("offers", "asks", "holds"),
    [
        (("zorg",), ("Wmo", "inkoop"), True),
        (("Zorg", "wonen"), ("wmo", "inkoop", "wonen"), True),
        (("wonen",), ("Wmo", "inkoop"), False),
        (("zorg",), ("Wmo",), False),
        (("zorg",), ("inkoop",), False),
    ],
)
def test_a_score_holds_as_long_as_all_that_it_names_is_there(
    offers: tuple[str, ...], asks: tuple[str, ...], holds: bool
) -> None:
    assert still_holds(TOLD, map(offered, offers), map(asked, asks)) is holds


def test_a_score_is_told_without_a_word_that_its_reader_may_not_see() -> None:
    score = a_score(
        a_reason(asked="Wmo", offered="Zorg"),
        a_reason(asked="wonen", offered="de brug van Jan"),
        a_missing("inkoop"),
    )

    told = told_with(score, [offered("zorg")])

    assert [one.offered for one in told.reasons] == ["Zorg", NOT_SHOWN, None]
    assert [one.points for one in told.reasons] == [one.points for one in score.reasons]
