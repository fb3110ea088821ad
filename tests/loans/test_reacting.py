"""A reaction of which a loan came ends by the steps of that loan."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.queries import actor_of
from app.core.errors import Conflict, NotFound
from app.core.work import Work
from app.loans import service
from app.loans.models import Loan
from app.loans.service.reacting import IN_LOAN
from app.responses.models import Response
from app.responses.rules import Answer, WhyClosed
from tests.conftest import DatabaseMaker
from tests.loans.builders import Parties, a_loan, a_running_loan, asked_of, parties
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_user
from tests.support.work import make_work


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


@pytest.fixture
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database()) as opened:
        yield opened


def answer(session: Session, who: Parties) -> Answer | None:
    found = session.get(Response, (who.professional.id, who.opgave.id), populate_existing=True)
    return found.answer if found else None


@pytest.mark.parametrize("make", [a_loan, a_running_loan])
def test_nobody_ends_it_while_a_loan_is_under_way(
    session: Session, who: Parties, make: Callable[[Session, Parties], Loan]
) -> None:
    make(session, who)
    own, owner = make_work(session, who.professional), make_work(session, who.borrower)

    for deed in (
        lambda: service.withdraw_reaction(own, who.opgave.id),
        lambda: service.say_later(own, who.opgave.id),
        lambda: service.say_no(owner, who.opgave.id, who.professional.id, WhyClosed.HOURS),
    ):
        with pytest.raises(Conflict) as refused:
            deed()
        assert refused.value.said == IN_LOAN
    assert answer(session, who) is Answer.INTERESTED


def test_after_a_loan_that_came_to_nothing_it_ends_as_any_other(
    session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    own = make_work(session, who.professional)
    service.withdraw(own, loan.id)

    service.withdraw_reaction(own, who.opgave.id)
    session.flush()

    assert answer(session, who) is None


def test_others_learn_nothing_of_a_loan(session: Session, who: Parties) -> None:
    a_loan(session, who)
    stranger = make_work(session, a_user(session))

    with pytest.raises(NotFound):
        service.say_no(stranger, who.opgave.id, who.professional.id, WhyClosed.HOURS)


def test_who_asks_for_hours_while_they_are_told_no_is_in_a_loan(shared: SharedDatabase) -> None:
    with shared.work() as work:
        who = parties(work.session)
        asker, owner = actor_of(who.professional), actor_of(who.borrower)
        opgave_id, user_id = who.opgave.id, who.professional.id
        asked = asked_of(who.manager)

    def ask(work: Work) -> object:
        return service.ask(replace(work, actor=asker), uuid4(), opgave_id, asked).id

    def say_no(work: Work) -> object:
        return service.say_no(work, opgave_id, user_id, WhyClosed.HOURS)

    _, refused = shared.overlap(ask, say_no, owner)

    assert isinstance(refused, Conflict)
    with shared.work() as work:
        assert work.session.scalar(select(func.count(Loan.id))) == 1
