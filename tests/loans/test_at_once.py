"""Many at the same moment, on connections that really commit."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.accounts.queries import actor_of
from app.core.actor import SYSTEM, Actor, Role
from app.core.errors import Conflict
from app.core.outbox import OutboxMessage
from app.core.work import Work
from app.hours import service as hours
from app.loans import service
from app.loans.models import LentWeek, Loan
from app.loans.rules import LoanState
from app.opgaven.models import Opgave
from tests.conftest import DatabaseMaker
from tests.loans.builders import (
    Parties,
    a_lender,
    a_loan,
    a_running_loan,
    interest,
    manager_of,
    parties,
)
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_user, an_opgave
from tests.support.work import MONDAY, TODAY

Deed = Callable[[Work], Any]


@pytest.fixture
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database(), at_once=50) as opened:
        yield opened


def all_at_once(shared: SharedDatabase, deeds: list[tuple[Actor, Deed]]) -> list[object]:
    """What each gave; a refusal is what it gave."""
    together = Barrier(len(deeds))

    def do(one: tuple[Actor, Deed]) -> object:
        actor, deed = one
        together.wait(timeout=60)
        try:
            with shared.work(actor) as work:
                return deed(work)
        except Conflict as refused:
            return refused

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


def signs(who: Parties, loan: Loan) -> tuple[Actor, Deed]:
    """The third signature, of the borrower."""
    loan_id = loan.id
    return actor_of(who.borrower), lambda work: service.sign_as_borrower(work, loan_id, 1)


def agrees(who: Parties, loan_id: UUID) -> tuple[Actor, Deed]:
    """The signature of the manager, by the link that they were mailed."""
    return SYSTEM, lambda work: service.sign_as_lender(work, loan_id, 1, who.manager)


def signed_by_two(work: Work, who: Parties) -> Loan:
    loan = a_loan(work.session, who)
    service.sign_as_lender(work, loan.id, 1, who.manager)
    return loan


def test_of_fifty_for_one_seat_one_gets_it(shared: SharedDatabase) -> None:
    with shared.work() as work:
        first = parties(work.session, people_needed=1)
        everybody = [first]
        for _ in range(49):
            other = a_lender(work.session)
            interest(work.session, other, first.opgave)
            everybody.append(replace(first, professional=other, manager=manager_of(other)))
        deeds = [signs(who, signed_by_two(work, who)) for who in everybody]

    given = all_at_once(shared, deeds)

    assert sum(isinstance(one, Conflict) for one in given) == 49
    with shared.work() as work:
        assert count(work, Loan.state == LoanState.ACTIVE) == 1
        assert work.session.scalars(select(Opgave.people_taken)).one() == 1
        assert told(work, "terms.agreed") == 1


def test_what_is_written_while_a_silence_is_reported_was_no_silence(
    shared: SharedDatabase,
) -> None:
    with shared.work() as work:
        who = parties(work.session)
        loan_id = a_running_loan(work.session, who, starts_on=TODAY, ends_on=TODAY).id
        professional = actor_of(who.professional)
    with shared.work(now=MONDAY + timedelta(days=1)) as work:
        service.end_what_is_over(work)

    _, reported = shared.overlap(
        lambda work: service.write_hours(work, loan_id, TODAY, 480),
        service.report_what_fell_silent,
        professional,
        MONDAY + timedelta(days=31),
    )

    assert reported == 0
    with shared.work() as work:
        assert work.fetch(Loan, loan_id).reported_on is None


def test_sixteen_managers_give_eight_of_forty_hours(shared: SharedDatabase) -> None:
    with shared.work() as work:
        first = parties(work.session)
        everybody = [first]
        for _ in range(15):
            opgave = an_opgave(work.session, "inkoop", owner=first.borrower)
            interest(work.session, first.professional, opgave)
            everybody.append(replace(first, opgave=opgave))
        loans = [a_loan(work.session, who) for who in everybody]
        for who, loan in zip(everybody, loans, strict=True):
            actor, deed = signs(who, loan)
            deed(Work(work.session, actor, work.now))
        ids = [loan.id for loan in loans]

    given = all_at_once(shared, [agrees(first, loan_id) for loan_id in ids])

    assert sum(isinstance(one, Conflict) for one in given) == 11
    with shared.work() as work:
        assert count(work, Loan.state == LoanState.ACTIVE) == 5
        assert work.session.scalar(select(func.max(LentWeek.hours))) == 40
        assert told(work, "terms.agreed") == 5


def test_of_twenty_loans_only_as_many_as_the_limit_takes(shared: SharedDatabase) -> None:
    with shared.work() as work:
        first = parties(work.session)
        everybody = [first]
        for _ in range(19):
            other = a_lender(work.session)
            opgave = an_opgave(work.session, "inkoop", owner=first.borrower)
            interest(work.session, other, opgave)
            everybody.append(
                replace(first, opgave=opgave, professional=other, manager=manager_of(other))
            )
        deeds = [signs(who, signed_by_two(work, who)) for who in everybody]
        code = first.borrower.gemeente_code
        beheerder = a_user(work.session, Role.GEMEENTEBEHEERDER, gemeente_code=code)
        # Each takes 96 hours at most.
        hours.agree_limit(Work(work.session, actor_of(beheerder), work.now), code, 5 * 96 + 95)

    given = all_at_once(shared, deeds)

    assert sum(isinstance(one, Conflict) for one in given) == 15
    with shared.work() as work:
        assert count(work, Loan.state == LoanState.ACTIVE) == 5


def test_pressing_twice_at_once_is_one_signature(shared: SharedDatabase) -> None:
    with shared.work() as work:
        who = parties(work.session)
        loan = a_loan(work.session, who)
        deed = signs(who, loan)

    all_at_once(shared, [deed] * 8)

    with shared.work() as work:
        assert told(work, "terms.signed") == 2


@pytest.mark.parametrize("_", range(10))
def test_signing_and_withdrawing_at_once_end_in_one_state(shared: SharedDatabase, _: int) -> None:
    with shared.work() as work:
        who = parties(work.session)
        loan_id = signed_by_two(work, who).id
        signing = signs(who, work.session.get_one(Loan, loan_id))
        professional = actor_of(who.professional)

    given = all_at_once(
        shared, [signing, (professional, lambda work: service.withdraw(work, loan_id))]
    )

    assert sum(isinstance(one, Conflict) for one in given) == 1
    with shared.work() as work:
        state = work.session.get_one(Loan, loan_id).state
        facts = {"lopend": "terms.agreed", "ingetrokken": "loan.withdrawn"}
        assert told(work, facts[state.value]) == 1
        assert told(work, "terms.agreed") + told(work, "loan.withdrawn") == 1


def count(work: Work, condition: Any) -> int:
    return work.session.scalar(select(func.count()).select_from(Loan).where(condition)) or 0


def told(work: Work, name: str) -> int:
    return (
        work.session.scalar(
            select(func.count()).select_from(OutboxMessage).where(OutboxMessage.name == name)
        )
        or 0
    )
