"""What a gemeente that merged was owed or owed follows it, and nothing that was told changes."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.actor import Role
from app.core.errors import Conflict
from app.core.workdays import monday_of
from app.gemeenten.models import Gemeente
from app.hours import queries, service
from app.hours.models import HourTransfer
from app.hours.rules import HOUR, Entry, Quarter, TransferKind, balances
from app.loans import service as loans
from tests.hours.builders import booked, lent, merge
from tests.loans.builders import a_running_loan, parties
from tests.support.builders import a_gemeente, a_user
from tests.support.work import MONDAY, TODAY, make_work

SUMMER = datetime(2026, 7, 6, 9, tzinfo=UTC)
LAST_YEAR = datetime(2025, 6, 2, 9, tzinfo=UTC)
BEFORE = Quarter(2026, 3)
NOW = Quarter(2026, 4)


def follow(session: Session) -> int:
    followed = service.follow_mergers(make_work(session))
    session.flush()
    return followed


def test_a_balance_follows_and_what_was_told_stays(session: Session) -> None:
    borrower, lender = a_gemeente(session).code, a_gemeente(session).code
    booked(session, borrower, lender, 8, SUMMER)
    told = [queries.statement(session, code, BEFORE) for code in (borrower, lender)]
    successors = merge(session, borrower), merge(session, lender)

    assert [follow(session) for _ in range(2)] == [2, 0]

    assert [queries.statement(session, code, BEFORE) for code in (borrower, lender)] == told
    known = (borrower, lender, *successors)
    assert [queries.balance(session, code) // HOUR for code in known] == [0, 0, -8, 8]
    assert sum(balances(session.scalars(select(HourTransfer))).values()) == 0
    now = queries.statement(session, successors[1], NOW)
    assert (now.sum_of(Entry.MERGED), now.closing) == (8 * HOUR, 8 * HOUR)


def test_what_merges_later_stays_until_then(session: Session) -> None:
    borrower = a_gemeente(session).code
    booked(session, borrower, a_gemeente(session).code)
    merge(session, borrower)
    session.get_one(Gemeente, borrower).valid_until = TODAY + timedelta(days=1)
    session.flush()

    assert follow(session) == 0


def test_what_is_corrected_afterwards_ends_at_the_successor(session: Session) -> None:
    borrower, lender = a_gemeente(session).code, a_gemeente(session).code
    hours = lent(borrower, lender, 8)
    service.book(make_work(session), hours)
    successor = merge(session, borrower)
    follow(session)

    for minutes in (5, 9):
        work = make_work(session)
        service.rebook(work, lent(borrower, lender, minutes, loan_id=hours.loan_id))

    known = (borrower, successor, lender)
    assert [queries.balance(session, code) // HOUR for code in known] == [0, -9, 9]
    assert follow(session) == 0


def test_two_that_became_one_owe_each_other_nothing(session: Session) -> None:
    borrower, lender = a_gemeente(session).code, a_gemeente(session).code
    hours = lent(borrower, lender, 8)
    service.book(make_work(session), hours)
    successor = merge(session, borrower)
    gone = session.get_one(Gemeente, lender)
    gone.valid_until, gone.successor_code = TODAY, successor
    follow(session)

    service.rebook(make_work(session), lent(borrower, lender, 5, loan_id=hours.loan_id))

    known = (borrower, lender, successor)
    assert [queries.balance(session, code) for code in known] == [0, 0, 0]


def test_a_year_is_settled_after_a_merger_too(session: Session) -> None:
    borrower, lender = a_gemeente(session).code, a_gemeente(session).code
    booked(session, borrower, lender, 8, LAST_YEAR)
    successor = merge(session, borrower)
    follow(session)
    beheerder = make_work(session, actor_of(a_user(session, Role.BEHEERDER)))

    service.settle_year(beheerder, 2025, queries.proposal(session, 2025).mark)
    assert [queries.balance(session, code) for code in (borrower, successor, lender)] == [0, 0, 0]

    service.undo_settling(beheerder, 2025)
    known = (borrower, successor, lender)
    assert [queries.balance(session, code) // HOUR for code in known] == [0, -8, 8]


@pytest.mark.parametrize(
    ("begins", "limits", "limit"),
    [
        (TODAY, (100, 50), 150),
        (TODAY, (100, 0), 100),
        (TODAY, (100, None), None),
        (TODAY, (None, 50), None),
        (None, (100, 50), None),
    ],
)
def test_a_new_gemeente_begins_with_the_limits_of_both(
    session: Session, begins: object, limits: tuple[int | None, ...], limit: int | None
) -> None:
    old = [a_gemeentebeheerder(session, a_gemeente(session).code) for _ in limits]
    for person, hours in zip(old, limits, strict=True):
        agree(session, person, hours)
    successor = merge(session, old[0].gemeente_code or "", valid_from=begins)
    gone = session.get_one(Gemeente, old[1].gemeente_code)
    gone.valid_until, gone.successor_code = TODAY, successor
    session.flush()

    limited = sum(hours is not None for hours in limits)
    assert [follow(session) for _ in range(2)] == [limited, 0]

    found = queries.limit(session, successor)
    assert found == (limit * HOUR if limit else None)
    with pytest.raises(Conflict) as refused:
        agree(session, old[0], 10)
    assert "opgegaan in" in refused.value.said


@pytest.mark.parametrize("own", [200, None])
def test_what_a_new_gemeente_agreed_on_itself_stands(session: Session, own: int | None) -> None:
    old = a_gemeentebeheerder(session, a_gemeente(session).code)
    agree(session, old, 50)
    successor = merge(session, old.gemeente_code or "", valid_from=TODAY)
    agree(session, a_gemeentebeheerder(session, successor), own)

    assert [follow(session) for _ in range(2)] == [1, 0]

    assert queries.limit(session, successor) == (own * HOUR if own else None)
    assert queries.limit(session, old.gemeente_code or "") is None


def a_gemeentebeheerder(session: Session, code: str) -> User:
    return a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=code)


def agree(session: Session, person: User, hours: int | None) -> None:
    service.agree_limit(make_work(session, person), person.gemeente_code or "", hours)


def test_hours_of_a_loan_that_runs_are_booked_where_they_belong(session: Session) -> None:
    who = parties(session)
    loan = a_running_loan(session, who, starts_on=TODAY)
    successor = merge(session, loan.borrower_code)

    work = make_work(session, who.professional, MONDAY)
    loans.write_hours(work, loan.id, monday_of(TODAY), 8 * HOUR)

    assert queries.balance(session, successor) == -8 * HOUR
    assert queries.balance(session, loan.borrower_code) == 0
    [row] = session.scalars(select(HourTransfer))
    assert row.kind is TransferKind.LENT
