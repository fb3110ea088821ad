"""What may be agreed on, and which weeks a period touches."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.core.rights import Right
from app.loans.rules import (
    CLOSERS,
    LONGEST_AGO,
    LONGEST_DAYS,
    CostBasis,
    Party,
    Reason,
    Refusal,
    faults,
    is_far_above,
    mondays_of,
    parties_with,
    refusal_faults,
    weeks_begun,
)
from tests.loans.builders import TERMS
from tests.support.work import TODAY

COST = replace(TERMS, cost_basis=CostBasis.COST)


def test_terms_without_a_fault() -> None:
    assert faults(TERMS, TODAY) == []
    assert faults(replace(COST, euros_per_hour=Decimal("62.50")), TODAY) == []


@pytest.mark.parametrize("euros", [None, Decimal(0), Decimal("250.01")])
def test_costs_have_a_price(euros: Decimal | None) -> None:
    found = faults(replace(COST, euros_per_hour=euros), TODAY)

    assert [fault.field for fault in found] == ["euros_per_hour"]


@pytest.mark.parametrize(("days", "is_fine"), [(LONGEST_DAYS, True), (LONGEST_DAYS + 1, False)])
def test_a_loan_lasts_three_years_at_most(days: int, *, is_fine: bool) -> None:
    ends_on = TODAY + timedelta(days=days)
    draft = replace(TERMS, starts_on=TODAY, ends_on=ends_on, returns_on=ends_on + timedelta(days=1))

    assert (faults(draft, TODAY) == []) is is_fine


def test_a_period_may_have_begun_but_not_be_over() -> None:
    begun = replace(TERMS, starts_on=TODAY - timedelta(days=10))
    over = replace(begun, ends_on=TODAY - timedelta(days=1), returns_on=TODAY)

    assert faults(begun, TODAY) == []
    assert [fault.field for fault in faults(over, TODAY)] == ["ends_on"]


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "count"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), 1),
        (date(2026, 11, 29), date(2026, 11, 30), 2),
        (date(2026, 12, 30), date(2027, 1, 4), 2),
    ],
)
def test_every_week_with_a_day_in_it(starts_on: date, ends_on: date, count: int) -> None:
    found = mondays_of(starts_on, ends_on)

    assert len(found) == count
    assert {monday.isoweekday() for monday in found} == {1}
    assert found[0] <= starts_on <= found[0] + timedelta(days=6)
    assert found[-1] <= ends_on <= found[-1] + timedelta(days=6)


@pytest.mark.parametrize(
    ("today", "begun"),
    [
        (date(2026, 11, 25), 0),
        (date(2026, 11, 26), 1),
        (date(2026, 11, 29), 1),
        (date(2026, 11, 30), 2),
        (date(2026, 12, 31), 3),
    ],
)
def test_a_week_begins_with_its_first_day_of_work(today: date, begun: int) -> None:
    """From a Thursday up to a Wednesday: on the Monday before it nobody works yet."""
    weeks = mondays_of(date(2026, 11, 26), date(2026, 12, 9))

    assert weeks_begun(date(2026, 11, 26), date(2026, 12, 9), today) == weeks[:begun]


@pytest.mark.parametrize(
    ("agreed", "most"), [(1, 1.5), (8, 12), (16, 24), (24, 32), (32, 40), (40, 48)]
)
def test_a_busy_week_is_no_slip(agreed: int, most: float) -> None:
    assert not is_far_above(int(most * 60), agreed)
    assert is_far_above(int(most * 60) + 15, agreed)


def test_a_no_has_a_reason_and_another_reason_has_words() -> None:
    assert refusal_faults(Refusal(Reason.HOURS)) == []
    assert [fault.field for fault in refusal_faults(Refusal())] == ["reason"]
    assert [fault.field for fault in refusal_faults(Refusal(Reason.OTHER))] == ["words"]
    assert refusal_faults(Refusal(Reason.OTHER, "Zo is het")) == []


def test_work_may_begin_a_little_before_it_is_written_down() -> None:
    long_ago = TODAY - LONGEST_AGO - timedelta(days=1)
    assert faults(replace(TERMS, starts_on=TODAY - LONGEST_AGO), TODAY) == []

    [fault] = faults(replace(TERMS, starts_on=long_ago), TODAY)

    assert fault.field == "starts_on"
    assert fault.said.startswith("Kies een dag vanaf 23 augustus 2026.")
    # What began in time may be extended long after.
    assert faults(replace(TERMS, starts_on=long_ago), TODAY, long_ago) == []


@pytest.mark.parametrize(
    ("right", "parties"),
    [
        (Right.READ_LOAN, set(Party)),
        (Right.WITHDRAW_LOAN, {Party.PROFESSIONAL}),
        (Right.CLOSE_LOAN, set(CLOSERS)),
        (Right.DISPUTE_HOURS, {Party.LENDER, Party.BORROWER}),
        (Right.WRITE_HOURS, {Party.PROFESSIONAL}),
    ],
)
def test_the_rights_say_which_party_takes_a_step(right: Right, parties: set[Party]) -> None:
    assert parties_with(right) == parties
