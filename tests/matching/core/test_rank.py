from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.matching.core.facts import Reason, Score
from app.matching.core.rank import MIN_VALUE, rank, worth_telling
from tests.matching.core.builders import a_missing, a_reason, a_score


def scored(value: int, tier: int = 1, profile: int = 1) -> Score:
    return a_score(a_reason(points=value), tier=tier, profile_id=UUID(int=profile))


def test_every_must_have_goes_before_a_higher_value() -> None:
    whole, high, low = scored(40, 1), scored(90, 2), scored(35, 1)

    assert rank([high, low, whole]) == [whole, low, high]


def test_the_id_settles_a_tie() -> None:
    first, second = scored(50, profile=1), scored(50, profile=2)

    assert rank([second, first]) == [first, second]


@pytest.mark.parametrize(("limit", "kept"), [(None, 3), (2, 2), (0, 0), (9, 3)])
def test_only_the_best_are_kept(limit: int | None, kept: int) -> None:
    scores = [scored(70), scored(60), scored(50)]

    assert rank(scores, limit) == scores[:kept]


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(1, 2), st.integers(0, 9))), st.randoms())
def test_the_order_does_not_depend_on_the_order_before(
    facts: list[tuple[int, int, int]], random: Random
) -> None:
    scores = [scored(value, tier, profile) for value, tier, profile in facts]
    shuffled = random.sample(scores, len(scores))

    assert rank(shuffled) == rank(scores)


@pytest.mark.parametrize(
    ("reasons", "worth"),
    [
        ((a_reason(points=MIN_VALUE),), True),
        ((a_reason(points=MIN_VALUE - 1),), False),
        ((a_reason(points=90, must=False),), True),
        ((a_reason(points=60, must=False), a_missing("omgevingsrecht")), False),
        ((a_reason(points=20, must=False), a_reason(points=10)), True),
    ],
)
def test_worth_telling_is_enough_points_and_a_must_have(
    reasons: tuple[Reason, ...], worth: bool
) -> None:
    assert worth_telling(a_score(*reasons)) is worth
