"""Booking, taking back, agreeing on a limit and settling a year."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.queries import actor_of
from app.core.actor import SYSTEM, Actor, Role
from app.core.errors import Conflict, InvalidInput, NotFound
from app.core.faults import FaultyDraft
from app.core.outbox import OutboxMessage
from app.hours import queries, service
from app.hours.models import HourAccount, HourSettling, HourTransfer
from app.hours.rules import HOUR, TransferKind, balances
from tests.hours.builders import booked, lent, two_gemeenten
from tests.support.builders import a_gemeente, a_user
from tests.support.work import MONDAY, make_work

LAST_YEAR = datetime(2025, 6, 2, 9, tzinfo=UTC)


def rows(session: Session) -> list[HourTransfer]:
    return list(session.scalars(select(HourTransfer).order_by(HourTransfer.booked_at)))


def told(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxMessage.name).order_by(OutboxMessage.id)))


def settle(session: Session, year: int = 2025, actor: Actor | None = None) -> None:
    mark = queries.proposal(session, year).mark
    service.settle_year(make_work(session, actor or a_beheerder(session)), year, mark)


def undo(session: Session, year: int = 2025) -> None:
    service.undo_settling(make_work(session, a_beheerder(session)), year)


def a_beheerder(session: Session) -> Actor:
    return actor_of(a_user(session, Role.BEHEERDER))


def test_hours_that_are_booked_are_owed(session: Session) -> None:
    borrower, lender = two_gemeenten(session)

    transfer = booked(session, borrower, lender, 8)

    assert queries.balance(session, lender) == 8 * HOUR
    assert queries.balance(session, borrower) == -8 * HOUR
    assert (transfer.kind, transfer.booked_at) == (TransferKind.LENT, MONDAY)
    assert told(session) == ["hours.booked"]


def test_a_week_of_a_loan_is_booked_once(session: Session) -> None:
    week = lent(*two_gemeenten(session))
    service.book(make_work(session), week)

    with pytest.raises(Conflict):
        service.book(make_work(session), week)

    assert len(rows(session)) == 1


def test_what_no_loan_names_can_be_booked_again(session: Session) -> None:
    borrower, lender = two_gemeenten(session)
    for _ in range(2):
        service.book(make_work(session), lent(borrower, lender, loan_id=None))

    assert queries.balance(session, lender) == 16 * HOUR


def test_what_cannot_be_lent_is_not_booked(session: Session) -> None:
    borrower, _ = two_gemeenten(session)

    with pytest.raises(InvalidInput):
        service.book(make_work(session), lent(borrower, borrower))


def test_other_hours_for_a_week_take_the_place_of_the_first(session: Session) -> None:
    borrower, lender = two_gemeenten(session)
    loan = uuid4()

    for hours in (8, 6):
        service.rebook(make_work(session), lent(borrower, lender, hours, loan_id=loan))

    assert queries.balance(session, lender) == 6 * HOUR
    assert [one.kind for one in rows(session)].count(TransferKind.REVERSAL) == 1
    assert told(session) == ["hours.booked", "hours.reversed", "hours.booked"]


def test_the_same_hours_for_a_week_do_nothing(session: Session) -> None:
    week = lent(*two_gemeenten(session))
    for _ in range(2):
        service.rebook(make_work(session), week)

    assert told(session) == ["hours.booked"]


def test_no_hours_for_a_week_take_it_back(session: Session) -> None:
    borrower, lender = two_gemeenten(session)
    loan = uuid4()
    for hours in (0, 8, 0, 0):
        service.rebook(make_work(session), lent(borrower, lender, hours, loan_id=loan))

    assert queries.balance(session, lender) == 0
    assert told(session) == ["hours.booked", "hours.reversed"]


def test_another_week_of_the_loan_stands_by_itself(session: Session) -> None:
    borrower, lender = two_gemeenten(session)
    first = lent(borrower, lender)
    service.rebook(make_work(session), first)
    next_week = lent(borrower, lender, 4, loan_id=first.loan_id, week=MONDAY.date())
    service.rebook(make_work(session), next_week)

    assert queries.balance(session, lender) == 12 * HOUR


def test_what_is_taken_back_is_booked_the_other_way(session: Session) -> None:
    transfer = booked(session, *two_gemeenten(session))

    back = service.reverse(make_work(session), transfer.id)

    assert (back.debit_code, back.credit_code) == (transfer.credit_code, transfer.debit_code)
    assert (back.minutes, back.reverses_id) == (transfer.minutes, transfer.id)
    assert (back.loan_id, back.week) == (transfer.loan_id, transfer.week)
    assert set(balances(rows(session)).values()) == {0}


def test_nothing_is_taken_back_twice(session: Session) -> None:
    transfer = booked(session, *two_gemeenten(session))
    service.reverse(make_work(session), transfer.id)

    with pytest.raises(Conflict):
        service.reverse(make_work(session), transfer.id)


def test_what_takes_back_is_not_taken_back(session: Session) -> None:
    transfer = booked(session, *two_gemeenten(session))
    back = service.reverse(make_work(session), transfer.id)

    with pytest.raises(Conflict):
        service.reverse(make_work(session), back.id)


def test_one_settling_of_a_year_is_not_taken_back_alone(session: Session) -> None:
    booked(session, *two_gemeenten(session), now=LAST_YEAR)
    settle(session)
    one = next(row for row in rows(session) if row.kind is TransferKind.SETTLEMENT)

    with pytest.raises(Conflict):
        service.reverse(make_work(session), one.id)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE hour_transfer SET minutes = minutes + 1",
        "UPDATE hour_transfer SET booked_by = NULL",
        "DELETE FROM hour_transfer",
        "TRUNCATE hour_transfer",
        "TRUNCATE opgave CASCADE",
    ],
)
def test_the_database_changes_no_row(session: Session, statement: str) -> None:
    """By the role with which the product itself is at the database."""
    booked(session, *two_gemeenten(session))

    with pytest.raises(IntegrityError, match="is never changed"), session.begin_nested():
        session.execute(text(statement))

    assert len(rows(session)) == 1


@pytest.mark.parametrize(
    ("changed", "broken"),
    [
        ({"minutes": 0}, "has_minutes"),
        ({"minutes": -60}, "has_minutes"),
        ({"other": "same"}, "between_two"),
        ({"week": "2026-11-17"}, "begins_on_monday"),
        ({"kind": "reversal"}, "reversal_names_what"),
        ({"kind": "settlement"}, "settlement_names_year"),
    ],
)
def test_the_database_takes_no_row_that_cannot_be(
    session: Session, changed: dict[str, object], broken: str
) -> None:
    borrower, lender = two_gemeenten(session)
    values = {"minutes": 60, "week": "2026-11-16", "kind": "lent", **changed}
    values |= {"debit": borrower, "credit": borrower if "other" in changed else lender}
    values |= {"id": uuid4(), "at": MONDAY}

    with pytest.raises(IntegrityError, match=broken), session.begin_nested():
        session.execute(
            text(
                "INSERT INTO hour_transfer"
                " (id, debit_code, credit_code, minutes, kind, opgave_title, week, booked_at)"
                " VALUES (:id, :debit, :credit, :minutes, :kind, '', CAST(:week AS date), :at)"
            ),
            values,
        )


def test_who_leaves_stays_behind_as_an_id(session: Session) -> None:
    person = a_user(session)
    work = make_work(session, person)
    transfer = service.book(work, lent(*two_gemeenten(session)))
    person_id = person.id

    session.execute(text('DELETE FROM "user" WHERE id = :id'), {"id": person_id})
    session.refresh(transfer)

    assert transfer.booked_by == person_id


def test_a_gemeentebeheerder_agrees_on_a_limit(session: Session) -> None:
    person = a_user(session, Role.GEMEENTEBEHEERDER)
    for hours in (100, 100, 40, None):
        service.agree_limit(make_work(session, person), person.gemeente_code, hours)

    session.expire_all()
    account = session.get_one(HourAccount, person.gemeente_code)
    assert (account.credit_limit_minutes, account.changed_by) == (None, person.id)
    # The same limit once more is no news.
    assert told(session) == ["limit.agreed"] * 3


@pytest.mark.parametrize("role", [Role.OPGAVEHOUDER, Role.BEHEERDER])
def test_nobody_else_agrees_on_a_limit(session: Session, role: Role) -> None:
    person = a_user(session, role)

    with pytest.raises(NotFound):
        service.agree_limit(make_work(session, person), person.gemeente_code, 100)


def test_a_gemeentebeheerder_agrees_on_none_for_another(session: Session) -> None:
    person = a_user(session, Role.GEMEENTEBEHEERDER)

    with pytest.raises(NotFound):
        service.agree_limit(make_work(session, person), a_gemeente(session).code, 100)


def test_a_limit_below_nothing_is_refused(session: Session) -> None:
    person = a_user(session, Role.GEMEENTEBEHEERDER)

    with pytest.raises(FaultyDraft):
        service.agree_limit(make_work(session, person), person.gemeente_code, -1)


def test_a_year_that_is_settled_leaves_nothing_owed(session: Session) -> None:
    one, two, three = (a_gemeente(session).code for _ in range(3))
    booked(session, one, two, 40, LAST_YEAR)
    booked(session, two, three, 30, LAST_YEAR)
    booked(session, three, one, 10, LAST_YEAR)

    settle(session)

    assert [queries.balance(session, code) for code in (one, two, three)] == [0, 0, 0]
    assert [row.kind for row in rows(session)].count(TransferKind.SETTLEMENT) == 2
    assert told(session)[-1] == "year.settled"


def test_what_was_booked_after_the_year_stays_owed(session: Session) -> None:
    borrower, lender = two_gemeenten(session)
    booked(session, borrower, lender, 40, LAST_YEAR)
    booked(session, borrower, lender, 8)

    settle(session)

    assert queries.balance(session, lender) == 8 * HOUR


def test_the_year_ends_at_midnight_in_the_netherlands(session: Session) -> None:
    borrower, lender = two_gemeenten(session)
    booked(session, borrower, lender, 1, datetime(2025, 12, 31, 22, 59, 59, tzinfo=UTC))
    booked(session, borrower, lender, 2, datetime(2025, 12, 31, 23, tzinfo=UTC))

    assert queries.balances(session, 2025)[lender] == 1 * HOUR


def test_settling_twice_is_once(session: Session) -> None:
    booked(session, *two_gemeenten(session), now=LAST_YEAR)
    mark = queries.proposal(session, 2025).mark
    for _ in range(2):
        service.settle_year(make_work(session, a_beheerder(session)), 2025, mark)

    assert len(session.scalars(select(HourSettling)).all()) == 1
    assert told(session) == ["hours.booked", "year.settled"]


def test_a_proposal_that_nobody_saw_is_not_settled(session: Session) -> None:
    borrower, lender = two_gemeenten(session)
    booked(session, borrower, lender, 8, LAST_YEAR)
    mark = queries.proposal(session, 2025).mark
    booked(session, borrower, lender, 4, LAST_YEAR)

    with pytest.raises(Conflict, match="veranderd"):
        service.settle_year(make_work(session, a_beheerder(session)), 2025, mark)


@pytest.mark.parametrize("roles", [{Role.GEMEENTEBEHEERDER}, {Role.OPGAVEHOUDER}, set()])
def test_only_a_beheerder_settles_and_undoes(session: Session, roles: set[Role]) -> None:
    actor = Actor(uuid4(), "GM0344", frozenset(roles))

    with pytest.raises(NotFound):
        settle(session, actor=actor)
    with pytest.raises(NotFound):
        service.undo_settling(make_work(session, actor), 2025)


def test_a_year_that_runs_is_not_settled(session: Session) -> None:
    booked(session, *two_gemeenten(session))

    with pytest.raises(Conflict, match="nog niet voorbij"):
        settle(session, 2026)


def test_a_year_without_debts_is_not_settled(session: Session) -> None:
    with pytest.raises(Conflict, match="niets te verrekenen"):
        settle(session)


def test_nothing_is_booked_in_a_year_that_is_settled(session: Session) -> None:
    """Whose work began before midnight and goes on after the settling."""
    borrower, lender = two_gemeenten(session)
    booked(session, borrower, lender, now=LAST_YEAR)
    settle(session)

    with pytest.raises(Conflict, match="verrekend"):
        booked(session, borrower, lender, now=LAST_YEAR)


def test_what_was_lent_in_a_settled_year_can_be_taken_back_after_it(session: Session) -> None:
    borrower, lender = two_gemeenten(session)
    transfer = booked(session, borrower, lender, 8, LAST_YEAR)
    settle(session)

    service.reverse(make_work(session), transfer.id)

    assert queries.balance(session, borrower) == 8 * HOUR


def test_a_settling_that_is_undone_leaves_balances_as_they_were(session: Session) -> None:
    borrower, lender = two_gemeenten(session)
    booked(session, borrower, lender, 40, LAST_YEAR)
    settle(session)

    for _ in range(2):
        undo(session)

    assert queries.balance(session, lender) == 40 * HOUR
    assert told(session)[-1] == "settling.undone"
    assert told(session).count("settling.undone") == 1


def test_what_was_undone_can_be_settled_again(session: Session) -> None:
    borrower, lender = two_gemeenten(session)
    booked(session, borrower, lender, 40, LAST_YEAR)
    settle(session)
    undo(session)

    settle(session)

    assert queries.balance(session, lender) == 0


def test_years_are_settled_and_undone_in_order(session: Session) -> None:
    borrower, lender = two_gemeenten(session)
    booked(session, borrower, lender, 10, datetime(2024, 6, 3, 9, tzinfo=UTC))
    settle(session, 2024)
    booked(session, borrower, lender, 5, LAST_YEAR)
    settle(session, 2025)

    with pytest.raises(Conflict, match="later jaar"):
        undo(session, 2024)
    with pytest.raises(Conflict, match="later jaar"):
        settle(session, 2023)
    settled = [row.minutes for row in rows(session) if row.kind is TransferKind.SETTLEMENT]
    assert sorted(settled) == [5 * HOUR, 10 * HOUR]


def test_the_room_above_needs_no_person(session: Session) -> None:
    """Weeks may be booked by what the clock brings about."""
    transfer = service.book(make_work(session, SYSTEM), lent(*two_gemeenten(session)))

    assert transfer.booked_by is None
