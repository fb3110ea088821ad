"""People of the demo work for another gemeente, so that the pages of inzet show some."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.demo.data import read_opgaven, read_people
from app.cli.demo.loans import LOANS, lend_people
from app.cli.demo.seed import seed
from app.core.clock import dutch_day
from app.gemeenten.reference import OWN_LIST, read
from app.gemeenten.service import import_gemeenten
from app.loans import queries
from app.loans.models import Loan, WorkedWeek
from app.loans.rules import OVER, LoanState, Party
from app.opgaven.models import Opgave
from tests.support.work import MONDAY, make_work

NAMES = {name for one in LOANS for name in (one.professional, one.owner, one.manager)}
PEOPLE = [person for person in read_people() if person.name in NAMES]
OPGAVEN = [one for one in read_opgaven() if one.owner in NAMES]


def put_in(session: Session, days_later: int = 0) -> int:
    work = make_work(session, now=MONDAY + timedelta(days=days_later))
    codes = {person.gemeente_code for person in PEOPLE}
    import_gemeenten(work, [facts for facts in read(OWN_LIST).gemeenten if facts.code in codes])
    seed(work, PEOPLE, OPGAVEN)
    return lend_people(work)


def test_each_loan_waits_for_somebody_else(session: Session) -> None:
    put_in(session)

    found = [queries.of_any(session, one) for one in session.scalars(select(Loan.id))]
    waiting = {one.professional_name: (one.loan.state, one.waits_for) for one in found}
    assert waiting == {
        "Jorrit Feenstra": (LoanState.ACTIVE, []),
        "Piet Hein Boonstra": (LoanState.CLOSED, []),
        "Harm Veldkamp": (LoanState.ENDED, []),
        "Hiske Rozema": (LoanState.ASKED, [Party.BORROWER]),
        "Wouter Nijenhuis": (LoanState.ASKED, [Party.LENDER, Party.BORROWER]),
    }


def test_seeding_again_adds_only_the_weeks_that_passed(session: Session) -> None:
    assert put_in(session) > len(LOANS)
    before = len(session.scalars(select(WorkedWeek)).all())

    assert put_in(session) == 0
    assert put_in(session, days_later=7) == 1
    assert len(session.scalars(select(WorkedWeek)).all()) == before + 1


def test_of_what_is_over_both_said_how_it_went(session: Session) -> None:
    put_in(session)

    over = select(Loan.id).where(Loan.state == LoanState.CLOSED)
    [seen] = [queries.of_any(session, one) for one in session.scalars(over)]
    assert set(seen.readable_by(Party.PROFESSIONAL)) == {Party.PROFESSIONAL, Party.BORROWER}
    assert seen.feedback[Party.BORROWER].reply
    assert len(seen.weeks) == 6
    assert len(seen.on_profile) == 1


def test_who_comes_to_try_it_can_close_one(session: Session) -> None:
    put_in(session)

    ended = select(Loan.id).where(Loan.state == LoanState.ENDED)
    [seen] = [queries.of_any(session, one) for one in session.scalars(ended)]
    assert seen.loan.waits_to_close == [Party.PROFESSIONAL, Party.BORROWER]
    assert len(seen.weeks) == 6
    assert seen.feedback == {}


@pytest.mark.parametrize("days_later", range(7))
def test_loans_and_what_they_are_for_lie_in_time_as_they_should(
    session: Session, days_later: int
) -> None:
    put_in(session, days_later)

    for loan, opgave in session.execute(select(Loan, Opgave).join(Opgave)):
        terms = queries.of_any(session, loan.id).terms
        assert terms.hours_per_week == opgave.hours_per_week
        moments = [opgave.published_at, loan.asked_at, loan.activated_at]
        steps = [dutch_day(moment) for moment in moments if moment is not None]
        for day in (opgave.starts_on, terms.starts_on, terms.ends_on, opgave.ends_on):
            assert day is not None
            steps.append(day)
        assert steps == sorted(steps)
        if loan.state in OVER:
            assert loan.ended_at is not None
            assert terms.ends_on < dutch_day(loan.ended_at)


def test_people_who_are_not_there_lend_nothing(session: Session) -> None:
    assert lend_people(make_work(session)) == 0
