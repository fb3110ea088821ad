"""What is booked between gemeenten, and what they owe each other."""

from dataclasses import dataclass
from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.actor import Actor, Role
from app.core.errors import InvalidInput
from app.hours.rules import (
    MOST_LIMIT_HOURS,
    Entry,
    Lent,
    Quarter,
    TransferKind,
    balances,
    check,
    entry_of,
    limit_faults,
    may_agree_limit,
    may_settle,
    quarter_of,
    quarters,
    room_left,
)

MONDAY = date(2026, 11, 16)


@dataclass(frozen=True)
class Booked:
    debit_code: str
    credit_code: str
    minutes: int


def test_who_lends_is_owed_what_the_other_owes() -> None:
    found = balances([Booked("B", "A", 600), Booked("C", "A", 60), Booked("A", "B", 120)])

    assert found == {"A": 540, "B": -480, "C": -60}


@given(
    st.lists(
        st.tuples(st.sampled_from("ABCDE"), st.sampled_from("ABCDE"), st.integers(1, 3_000)).filter(
            lambda one: one[0] != one[1]
        )
    )
)
def test_all_balances_are_together_nothing(booked: list[tuple[str, str, int]]) -> None:
    assert sum(balances(Booked(*one) for one in booked).values()) == 0


@pytest.mark.parametrize(
    ("kind", "is_credit", "is_settling", "entry"),
    [
        (TransferKind.LENT, True, False, Entry.LENT),
        (TransferKind.LENT, False, False, Entry.BORROWED),
        (TransferKind.REVERSAL, False, False, Entry.LENT),
        (TransferKind.REVERSAL, True, False, Entry.BORROWED),
        (TransferKind.SETTLEMENT, True, True, Entry.SETTLED),
        (TransferKind.REVERSAL, False, True, Entry.SETTLED),
    ],
)
def test_what_takes_back_stands_where_that_stood(
    kind: TransferKind, is_credit: bool, is_settling: bool, entry: Entry
) -> None:
    assert entry_of(kind, is_credit=is_credit, is_settling=is_settling) is entry


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2026, 1, 1), Quarter(2026, 1)),
        (date(2026, 3, 31), Quarter(2026, 1)),
        (date(2026, 4, 1), Quarter(2026, 2)),
        (date(2026, 12, 31), Quarter(2026, 4)),
    ],
)
def test_a_day_lies_in_its_quarter(day: date, quarter: Quarter) -> None:
    assert Quarter.of(day) == quarter
    assert quarter.starts_on <= day <= quarter.ends_on


def test_quarters_follow_each_other_without_a_gap() -> None:
    found = quarters(Quarter(2025, 3), Quarter(2026, 2))

    assert found == [Quarter(2026, 2), Quarter(2026, 1), Quarter(2025, 4), Quarter(2025, 3)]
    assert [(one.following.starts_on - one.ends_on).days for one in found] == [1] * 4
    assert quarters(Quarter(2026, 2), Quarter(2026, 1)) == []


@pytest.mark.parametrize(("year", "number"), [(1, 1), (2026, 0), (2026, 5), (9999, 1)])
def test_a_quarter_that_nobody_means_is_none(year: int, number: int) -> None:
    assert quarter_of(year, number) is None


@pytest.mark.parametrize(
    ("balance", "limit", "room"),
    [(-600, None, None), (0, 6_000, 6_000), (-600, 6_000, 5_400), (60, 0, 60), (-90, 60, 0)],
)
def test_the_room_is_what_the_balance_leaves_of_the_limit(
    balance: int, limit: int | None, room: int | None
) -> None:
    assert room_left(balance, limit) == room


@pytest.mark.parametrize(
    "lent",
    [
        Lent("A", "B", 0),
        Lent("A", "B", -60),
        Lent("A", "A", 60),
        Lent("A", "B", 60, week=date(2026, 11, 17)),
    ],
)
def test_what_cannot_be_lent_is_refused(lent: Lent) -> None:
    with pytest.raises(InvalidInput):
        check(lent)


def test_hours_of_a_week_can_be_lent() -> None:
    check(Lent("A", "B", 60, loan_id=uuid4(), week=MONDAY))


@pytest.mark.parametrize(
    ("hours", "is_right"),
    [(None, True), (0, True), (MOST_LIMIT_HOURS, True), (-1, False), (MOST_LIMIT_HOURS + 1, False)],
)
def test_a_limit_is_a_number_of_hours_or_none(hours: int | None, is_right: bool) -> None:
    assert (limit_faults(hours) == []) is is_right


@pytest.mark.parametrize(
    ("role", "at", "may"),
    [
        (Role.GEMEENTEBEHEERDER, "A", True),
        (Role.GEMEENTEBEHEERDER, "B", False),
        (Role.OPGAVEHOUDER, "A", False),
        (Role.BEHEERDER, "A", False),
    ],
)
def test_a_gemeentebeheerder_agrees_for_the_own_gemeente(role: Role, at: str, may: bool) -> None:
    assert may_agree_limit(Actor(uuid4(), "A", frozenset({role})), at) is may


def test_a_beheerder_of_the_platform_settles() -> None:
    assert [role for role in Role if may_settle(Actor(uuid4(), "A", frozenset({role})))] == [
        Role.BEHEERDER
    ]
