"""Bringing balances to nothing with few settlings."""

from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.hours.netting import MOST_TRIED, Settling, groups, settle
from app.hours.rules import balances as balances_of
from tests.bench.netting import GEMEENTEN, GOAL, a_year, settles


def after(balances: dict[str, int], settlings: list[Settling]) -> dict[str, int]:
    """Who owed makes good, so that their balance rises."""
    left = dict(balances)
    for one in settlings:
        left[one.debtor] += one.minutes
        left[one.creditor] -= one.minutes
    return left


def even(numbers: list[int]) -> dict[str, int]:
    """Balances of so many gemeenten and one more, which are together nothing."""
    balances = {f"GM{place:04}": minutes for place, minutes in enumerate(numbers)}
    return {**balances, "GM9999": -sum(numbers)}


def most_groups(balances: dict[str, int]) -> int:
    """By trying every row: how often the sum so far is nothing."""
    minutes = [one for one in balances.values() if one]
    best = 0
    for row in permutations(minutes):
        total, found = 0, 0
        for one in row:
            total += one
            found += not total
        best = max(best, found)
    return best


def test_where_nobody_owes_nothing_is_settled() -> None:
    assert settle({}) == []
    assert settle({"A": 0, "B": 0}) == []


def test_balances_that_are_not_even_are_refused() -> None:
    with pytest.raises(ValueError, match="not nothing"):
        settle({"A": 60, "B": -30})


def test_two_that_are_opposite_settle_with_each_other() -> None:
    assert settle({"A": 90, "B": -60, "C": -90, "D": 60}) == [
        Settling("C", "A", 90),
        Settling("B", "D", 60),
    ]


def test_groups_are_found_that_are_no_pairs() -> None:
    """Largest against largest alone would take five."""
    balances = {"A": 60, "B": 120, "C": -180, "D": -240, "E": 70, "F": 170}

    assert sorted(len(group) for group in groups(balances)) == [3, 3]
    assert len(settle(balances)) == 4


def test_groups_of_three_and_four_are_found_among_many() -> None:
    chance = Random(1)
    balances = {}
    for number in range(12):
        size = 3 + number % 2
        parts = [chance.randrange(1, 10**9) for _ in range(size - 1)]
        for place, minutes in enumerate([*parts, -sum(parts)]):
            balances[f"{number}-{place}"] = minutes

    assert len(balances) > MOST_TRIED
    assert len(settle(balances)) == len(balances) - 12


@given(st.lists(st.integers(-9_000, 9_000), max_size=60))
def test_every_balance_comes_to_nothing(numbers: list[int]) -> None:
    balances = even(numbers)

    settlings = settle(balances)

    assert set(after(balances, settlings).values()) == {0}
    assert all(one.minutes > 0 for one in settlings)


@given(st.lists(st.integers(-40, 40).map(lambda hours: hours * 60), max_size=60))
def test_there_is_one_settling_fewer_than_gemeenten_in_each_group(numbers: list[int]) -> None:
    balances = even(numbers)
    owing = [one for one in balances.values() if one]
    found = groups(balances)

    assert sorted(minutes for group in found for minutes, _ in group) == sorted(owing)
    assert all(sum(minutes for minutes, _ in group) == 0 for group in found)
    assert len(settle(balances)) <= len(owing) - len(found)


@settings(max_examples=60)
@given(st.lists(st.integers(-6, 6), max_size=6))
def test_of_a_few_no_way_is_better(numbers: list[int]) -> None:
    balances = even(numbers)
    owing = sum(1 for one in balances.values() if one)

    assert len(settle(balances)) == owing - most_groups(balances)


@given(st.lists(st.integers(-9, 9), max_size=40), st.randoms(use_true_random=False))
def test_the_order_in_which_balances_come_plays_no_part(numbers: list[int], chance: Random) -> None:
    balances = even(numbers)
    mixed = list(balances.items())
    chance.shuffle(mixed)

    assert settle(dict(mixed)) == settle(balances)


def test_who_owes_only_makes_good_and_who_is_owed_only_receives() -> None:
    balances = even([Random(2).randrange(-5_000, 5_000) for _ in range(60)])
    settlings = settle(balances)

    assert {one.debtor for one in settlings} & {one.creditor for one in settlings} == set()


def test_among_all_gemeenten_of_the_country_many_groups_are_found() -> None:
    chance = Random(3)
    balances = even([chance.randrange(-400, 400) * 60 for _ in range(341)])

    assert len(groups(balances)) > len(balances) / 3


@pytest.mark.parametrize("seed", range(3))
def test_a_year_takes_far_fewer_settlings_than_loans(seed: int) -> None:
    loans = a_year(GEMEENTEN, seed)
    owed = balances_of(loans)

    found = settle(owed)

    assert settles(owed, found)
    assert len(found) <= (1 - GOAL) * len(loans)
