"""What other terms change, beside what stood there."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.dutch import dutch_date
from app.loans import queries, service
from app.loans.lines import (
    COSTS,
    Change,
    changes,
    end_talk_moved,
    end_talk_would_move,
    lines_that_hold,
)
from app.loans.models import Loan
from app.loans.rules import CostBasis, Party, Reason, Refusal, TermsDraft
from tests.loans.builders import TERMS, Parties, a_loan, a_running_loan, parties, sign_rest
from tests.support.work import TODAY, make_work

A_DAY = timedelta(days=1)
TWELVE = replace(TERMS, hours_per_week=12)
EIGHT_TO_TWELVE = [Change("Uren per week", "8", "12")]


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


def change(session: Session, loan: Loan, user: User, draft: TermsDraft) -> None:
    party = Party.PROFESSIONAL if user.id == loan.user_id else Party.BORROWER
    service.change(make_work(session, user), loan.id, party, loan.version, draft)


def changed_for(session: Session, loan: Loan, reader: Party = Party.LENDER) -> list[Change]:
    session.flush()
    return changes(queries.of_any(session, loan.id), reader)


def test_each_line_that_differs_stands_beside_what_it_was(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    assert changed_for(session, loan) == []
    assert TERMS.starts_on is not None
    later = TERMS.starts_on + A_DAY
    draft = replace(
        TERMS,
        hours_per_week=12,
        starts_on=later,
        cost_basis=CostBasis.COST,
        euros_per_hour=Decimal("62.50"),
        learning_goal="",
    )
    change(session, loan, who.borrower, draft)

    shared = COSTS[CostBasis.CLOSED_PURSE]
    found = changed_for(session, loan)
    assert [(one.name, one.said) for one in found] == [
        ("Uren per week", "12 (was 8)"),
        ("Begint op", f"{dutch_date(later)} (was {dutch_date(TERMS.starts_on)})"),
        ("Kosten", f"{COSTS[CostBasis.COST]} (was {shared})"),
        ("Euro per uur", "62,50 (nieuw)"),
        ("Leerdoel", f"Vervalt (was {TERMS.learning_goal})"),
    ]


def test_who_changes_twice_changes_what_stood_there_before(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    for hours in (10, 12):
        draft = replace(TERMS, hours_per_week=hours)
        change(session, loan, who.professional, draft)

    assert changed_for(session, loan) == EIGHT_TO_TWELVE


def test_who_signed_reads_what_changed_since(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    service.sign_as_lender(make_work(session), loan.id, 1, who.manager)
    change(session, loan, who.borrower, replace(TERMS, hours_per_week=10))
    change(session, loan, who.professional, TWELVE)

    assert changed_for(session, loan, Party.LENDER) == EIGHT_TO_TWELVE
    assert changed_for(session, loan, Party.BORROWER) == [Change("Uren per week", "10", "12")]


def test_of_what_runs_it_is_what_holds(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    draft = replace(TERMS, starts_on=TODAY, hours_per_week=12)
    change(session, loan, who.borrower, draft)
    assert changed_for(session, loan) == EIGHT_TO_TWELVE

    work, friday = make_work(session, who.professional), TODAY + 4 * A_DAY
    why = Refusal(Reason.TOO_BUSY)
    service.end_early(work, loan.id, Party.PROFESSIONAL, friday, why)
    assert changed_for(session, loan) == []
    change(session, loan, who.borrower, draft)
    assert [(one.name, one.was) for one in changed_for(session, loan)] == [
        ("Uren per week", "8"),
        ("Duurt tot en met", dutch_date(friday)),
        ("Terug op", dutch_date(friday + 3 * A_DAY)),
    ]


def test_an_extension_says_to_which_day_the_end_talk_goes(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    was = loan.end_talk_on
    assert TERMS.ends_on is not None
    longer = TERMS.ends_on + 42 * A_DAY
    extended = replace(TERMS, starts_on=TODAY, ends_on=longer, returns_on=longer + A_DAY)
    assert end_talk_would_move(queries.of_any(session, loan.id), TODAY) == ""

    change(session, loan, who.professional, extended)
    would = end_talk_would_move(queries.of_any(session, loan.id), TODAY)
    sign_rest(session, who, loan.id, loan.version)

    seen = queries.of_any(session, loan.id)
    days = f"naar {dutch_date(loan.end_talk_on)}. Dat was {dutch_date(was)}."
    assert would == f"Het eindgesprek verschuift dan {days}"
    assert end_talk_moved(seen) == f"Het eindgesprek verschuift {days}"
    assert end_talk_would_move(seen, TODAY) == ""


def test_fewer_hours_do_not_move_the_end_talk(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    change(session, loan, who.professional, replace(TERMS, starts_on=TODAY, hours_per_week=4))
    assert end_talk_would_move(queries.of_any(session, loan.id), TODAY) == ""
    sign_rest(session, who, loan.id, loan.version)

    assert end_talk_moved(queries.of_any(session, loan.id)) == ""


def test_a_second_stop_says_what_the_first_was(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    why, work = Refusal(Reason.TOO_BUSY), make_work(session, who.professional)
    first, second = TODAY + 11 * A_DAY, TODAY + 4 * A_DAY
    service.end_early(work, loan.id, Party.PROFESSIONAL, first, why)
    once = dict(lines_that_hold(queries.of_any(session, loan.id)))
    service.end_early(work, loan.id, Party.PROFESSIONAL, second, why)
    twice = dict(lines_that_hold(queries.of_any(session, loan.id)))

    agreed = f"afgesproken was {dutch_date(TERMS.ends_on)}"
    assert once["Laatste dag"] == f"{dutch_date(first)} ({agreed})"
    assert twice["Laatste dag"] == f"{dutch_date(second)} (was {dutch_date(first)}, {agreed})"
