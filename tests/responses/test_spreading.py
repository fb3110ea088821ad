"""Whose turn it is, and how even a spread is: against values that were counted by hand."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.matching.core.facts import Score
from app.responses.spreading import ALIKE, Invited, gini, in_turn
from tests.support.work import MONDAY

A_DAY = timedelta(days=1)
OPGAVE = UUID(int=9)


def a_score(number: int, value: int, tier: int = 1) -> Score:
    return Score(UUID(int=number), OPGAVE, value, tier, ())


def order(ranked: list[Score], invited: dict[int, Invited]) -> list[tuple[int, bool]]:
    turns = in_turn(ranked, {UUID(int=number): one for number, one in invited.items()})
    return [(turn.score.profile_id.int, turn.asked_less) for turn in turns]


def test_without_invitations_the_best_comes_first() -> None:
    assert order([a_score(1, 90), a_score(2, 88)], {}) == [(1, False), (2, False)]


def test_of_those_who_fit_alike_who_was_invited_least_comes_first() -> None:
    ranked = [a_score(1, 90), a_score(2, 88), a_score(3, 86)]

    assert order(ranked, {1: Invited(2, MONDAY), 2: Invited(1, MONDAY)}) == [
        (3, True),
        (2, True),
        (1, False),
    ]


def test_as_often_and_longer_ago_comes_first() -> None:
    ranked = [a_score(1, 90), a_score(2, 90)]
    invited = {1: Invited(1, MONDAY), 2: Invited(1, MONDAY - A_DAY)}

    assert order(ranked, invited) == [(2, True), (1, False)]


def test_who_was_invited_less_passes_nobody_who_fits_better() -> None:
    ranked = [a_score(1, 90), a_score(2, 90 - ALIKE)]

    assert order(ranked, {1: Invited(3, MONDAY)}) == [(1, False), (2, False)]


def test_nobody_passes_over_a_tier() -> None:
    ranked = [a_score(1, 61), a_score(2, 61, tier=2)]

    assert order(ranked, {1: Invited(3, MONDAY)}) == [(1, False), (2, False)]


def test_who_stands_ahead_by_points_alone_is_not_called_asked_less() -> None:
    ranked = [a_score(1, 90), a_score(2, 88)]

    assert order(ranked, {2: Invited(3, MONDAY)}) == [(1, False), (2, False)]


@given(st.lists(st.tuples(st.integers(60, 100), st.integers(0, 4)), max_size=30))
def test_everybody_stays_and_moves_less_than_a_band(people: list[tuple[int, int]]) -> None:
    ranked = [
        a_score(number, value) for number, (value, _) in enumerate(sorted(people, reverse=True))
    ]
    invited = {
        score.profile_id: Invited(times, MONDAY)
        for score, (_, times) in zip(ranked, sorted(people, reverse=True), strict=True)
    }

    turns = [turn.score for turn in in_turn(ranked, invited)]

    assert sorted(turns, key=lambda one: one.profile_id) == ranked
    for place, score in enumerate(turns):
        assert all(score.value - other.value > -ALIKE for other in turns[place:])


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([1, 1, 1, 1], 0),
        ([0, 0, 0, 4], 0.75),
        ([0, 1], 0.5),
        ([1, 2, 3, 4], 0.25),
        ([3, 0, 1], 0.5),
    ],
)
def test_the_gini_of_a_few(counts: list[int], expected: float) -> None:
    assert gini(counts) == pytest.approx(expected, abs=0.0001)


@pytest.mark.parametrize("counts", [[], [0, 0, 0]])
def test_nothing_to_share_has_no_spread(counts: list[int]) -> None:
    assert gini(counts) is None
