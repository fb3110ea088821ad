"""Who sees which loan, and in how many questions."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from app.accounts.queries import actor_of
from app.core.actor import ANYONE, Role
from app.core.errors import NotFound
from app.loans import queries, service
from app.loans.rules import Manager, Party, Reason, Refusal
from app.opgaven import service as opgaven
from tests.loans.builders import Parties, a_loan, a_running_loan, interest, parties
from tests.support.builders import a_user, an_opgave
from tests.support.queries import counted
from tests.support.work import MONDAY, TODAY, make_work


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


def test_each_party_sees_it_in_its_own_part(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    manager = a_user(session, email=who.manager.email, gemeente_code=who.professional.gemeente_code)

    parts = [
        queries.of_party(session, actor_of(user), loan.id)[1]
        for user in (who.professional, manager, who.borrower)
    ]

    assert parts == [Party.PROFESSIONAL, Party.LENDER, Party.BORROWER]


def test_others_do_not(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    colleague = a_user(session, gemeente_code=who.borrower.gemeente_code)
    elsewhere = a_user(session, Role.GEMEENTEBEHEERDER)

    for actor in (actor_of(colleague), actor_of(elsewhere), ANYONE):
        assert queries.all_of(session, actor) == []
        with pytest.raises(NotFound):
            queries.of_party(session, actor, loan.id)
    with pytest.raises(NotFound):
        queries.of_manager(session, loan.id, Manager(""))


def test_a_list_asks_as_much_as_one(session: Session, who: Parties) -> None:
    a_running_loan(session, who, hours_per_week=1)
    other = parties(session)
    for number in range(3):
        opgave = an_opgave(session, f"inkoop {number}", owner=other.borrower)
        interest(session, other.professional, opgave)
        a_running_loan(session, replace(other, opgave=opgave), hours_per_week=1)
    one_of, three_of = actor_of(who.professional), actor_of(other.professional)

    with counted(session) as one:
        assert len(queries.all_of(session, one_of)) == 1
    with counted(session) as three:
        assert len(queries.all_of(session, three_of)) == 3

    assert len(three) == len(one)


def test_each_step_that_is_told_stands_otherwise(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who)
    seen = [queries.standing_of(session, loan)]
    borrower = make_work(session, who.borrower)
    for hours in (9, 10):
        draft = replace(queries.of_any(session, loan.id).terms.draft(), hours_per_week=hours)
        service.change(borrower, loan.id, Party.BORROWER, loan.version, draft)
        seen.append(queries.standing_of(session, loan))
        service.refuse_terms(borrower, loan.id, Party.BORROWER, loan.version, Refusal(Reason.HOURS))
        seen.append(queries.standing_of(session, loan))

    assert len(set(seen)) == 5


def test_an_opgave_that_is_handed_over_and_back_is_two_steps(
    session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who)
    seen = [queries.standing_of(session, loan)]
    colleague = a_user(session, Role.OPGAVEHOUDER, gemeente_code=who.borrower.gemeente_code)
    for hours, to in enumerate((colleague, who.borrower), start=1):
        work = make_work(session, who.borrower, MONDAY + timedelta(hours=hours))
        opgaven.hand_over(work, who.opgave.id, to.id)
        session.flush()
        seen.append(queries.standing_of(session, loan))

    assert len(set(seen)) == 3


def test_hours_that_answer_an_objection_are_a_step_too(session: Session, who: Parties) -> None:
    """They change no row but their own."""
    loan = a_running_loan(session, who, starts_on=TODAY)
    seen = [queries.standing_of(session, loan)]
    for day, minutes in enumerate((420, 480)):
        work = make_work(session, who.professional, MONDAY + timedelta(days=day))
        service.write_hours(work, loan.id, TODAY, minutes)
        seen.append(queries.standing_of(session, loan))

    assert len(set(seen)) == 3


def test_what_was_agreed_for_a_week(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY, hours_per_week=16)
    later = MONDAY + timedelta(days=15)
    draft = replace(queries.of_any(session, loan.id).terms.draft(), hours_per_week=8)
    service.change(
        make_work(session, who.professional, later), loan.id, Party.PROFESSIONAL, 1, draft
    )
    service.sign_as_lender(make_work(session, now=later), loan.id, 2, who.manager)
    service.sign_as_borrower(make_work(session, who.borrower, later), loan.id, 2)

    seen = queries.of_any(session, loan.id)

    # From the week after it was agreed on, the other hours hold.
    weeks = [TODAY + timedelta(weeks=week) for week in range(4)]
    assert [seen.agreed_hours(monday) for monday in weeks] == [16, 16, 16, 8]


def test_an_opgave_that_is_being_signed_for_is_not_over(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    assert queries.being_signed(session) == {who.opgave.id}

    service.withdraw(make_work(session, who.professional), loan.id)
    assert queries.being_signed(session) == set()


def test_what_waits_for_somebody_is_counted(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    professional, borrower = actor_of(who.professional), actor_of(who.borrower)
    waiting = partial(queries.waiting, session)
    counts = [waiting(one) for one in (professional, borrower, ANYONE)]
    assert counts == [{}, {Party.BORROWER: 1}, {}]

    service.remark(make_work(session), loan.id, uuid4(), Party.LENDER, "Welke dagen?", who.manager)
    assert waiting(professional) == {Party.PROFESSIONAL: 1}
    assert waiting(borrower) == {Party.BORROWER: 1}

    service.sign_as_lender(make_work(session), loan.id, 1, who.manager)
    service.sign_as_borrower(make_work(session, who.borrower), loan.id, 1)
    assert [waiting(one) for one in (professional, borrower)] == [{}, {}]


def test_who_has_no_loans_is_asked_little(session: Session, who: Parties) -> None:
    nobody = actor_of(a_user(session))

    with counted(session) as statements:
        assert queries.waiting(session, nobody) == {}

    assert len(statements) <= 2
