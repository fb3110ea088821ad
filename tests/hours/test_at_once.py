"""What two do at the same moment comes one after the other."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.actor import Actor, Role
from app.core.errors import Conflict
from app.core.work import Work
from app.hours import queries, service
from app.hours.models import HourSettling, HourTransfer
from app.hours.rules import HOUR, Lent, TransferKind
from tests.conftest import DatabaseMaker
from tests.hours.builders import lent, merge, two_gemeenten
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_user

LAST_YEAR = datetime(2025, 6, 2, 9, tzinfo=UTC)


@pytest.fixture
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database()) as shared:
        yield shared


@pytest.fixture
def week(shared: SharedDatabase) -> Lent:
    with shared.work() as work:
        return lent(*two_gemeenten(work.session))


@pytest.fixture
def beheerder(shared: SharedDatabase) -> Actor:
    with shared.work() as work:
        return actor_of(work.session.get_one(User, a_user(work.session, Role.BEHEERDER).id))


def kinds(shared: SharedDatabase) -> list[TransferKind]:
    with shared.work() as work:
        return sorted(work.session.scalars(select(HourTransfer.kind)))


def test_a_week_that_is_written_twice_at_once_is_booked_once(
    shared: SharedDatabase, week: Lent
) -> None:
    _, second = shared.overlap(
        lambda work: service.rebook(work, week), lambda work: service.rebook(work, week)
    )

    assert second is None
    assert kinds(shared) == [TransferKind.LENT]


def test_a_week_is_not_booked_by_two_at_once(shared: SharedDatabase, week: Lent) -> None:
    _, second = shared.overlap(
        lambda work: service.book(work, week), lambda work: service.book(work, week)
    )

    assert isinstance(second, Conflict)
    assert kinds(shared) == [TransferKind.LENT]


def test_what_two_take_back_at_once_is_taken_back_once(shared: SharedDatabase, week: Lent) -> None:
    with shared.work() as work:
        transfer_id = service.book(work, week).id

    _, second = shared.overlap(
        lambda work: service.reverse(work, transfer_id),
        lambda work: service.reverse(work, transfer_id),
    )

    assert isinstance(second, Conflict)
    assert kinds(shared) == [TransferKind.LENT, TransferKind.REVERSAL]


def test_a_week_that_is_rewritten_while_it_is_taken_back_is_refused(
    shared: SharedDatabase, week: Lent
) -> None:
    with shared.work() as work:
        transfer_id = service.book(work, week).id
    other = replace(week, minutes=HOUR)

    _, second = shared.overlap(
        lambda work: service.reverse(work, transfer_id), lambda work: service.rebook(work, other)
    )

    assert isinstance(second, Conflict)
    assert kinds(shared) == [TransferKind.LENT, TransferKind.REVERSAL]


def test_a_year_is_settled_by_one_of_two(
    shared: SharedDatabase, week: Lent, beheerder: Actor
) -> None:
    with shared.work(now=LAST_YEAR) as work:
        service.book(work, week)
    with shared.work() as work:
        mark = queries.proposal(work.session, 2025).mark

    _, second = shared.overlap(
        lambda work: service.settle_year(work, 2025, mark),
        lambda work: service.settle_year(work, 2025, mark),
        beheerder,
    )

    assert second is None
    with shared.work() as work:
        assert len(work.session.scalars(select(HourSettling)).all()) == 1
        assert not any(queries.balances(work.session, 2025).values())


def test_who_settles_waits_for_who_is_booking(
    shared: SharedDatabase, week: Lent, beheerder: Actor
) -> None:
    """What is booked in that year at the last moment is in it, so the proposal is another one."""
    with shared.work(now=LAST_YEAR) as work:
        service.book(work, week)
    with shared.work() as work:
        mark = queries.proposal(work.session, 2025).mark
    late = lent(week.borrower_code, week.lender_code)

    def book_late(work: Work) -> None:
        service.book(replace(work, now=LAST_YEAR), late)

    _, second = shared.overlap(
        book_late, lambda work: service.settle_year(work, 2025, mark), beheerder
    )

    assert isinstance(second, Conflict)
    assert kinds(shared) == [TransferKind.LENT] * 2


def test_a_balance_follows_a_merger_once(shared: SharedDatabase, week: Lent) -> None:
    with shared.work() as work:
        service.book(work, week)
        successor = merge(work.session, week.borrower_code)

    assert shared.overlap(service.follow_mergers, service.follow_mergers) == (1, 0)

    with shared.work() as work:
        known = (week.borrower_code, successor)
        assert [queries.balance(work.session, code) for code in known] == [0, -week.minutes]


def test_other_weeks_do_not_wait_for_each_other(shared: SharedDatabase, week: Lent) -> None:
    other = lent(week.borrower_code, week.lender_code)

    with shared.work() as first:
        service.book(first, week)
        with shared.work() as second:
            service.book(second, other)

    assert kinds(shared) == [TransferKind.LENT] * 2
