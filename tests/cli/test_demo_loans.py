"""People of the demo work for another gemeente, so that the pages of inzet show some."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.demo.data import read_opgaven, read_people
from app.cli.demo.loans import LOANS, lend_people
from app.cli.demo.seed import seed
from app.gemeenten.reference import OWN_LIST, read
from app.gemeenten.service import import_gemeenten
from app.loans import queries
from app.loans.models import Loan, WorkedWeek
from app.loans.rules import LoanState, Party
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


def test_people_who_are_not_there_lend_nothing(session: Session) -> None:
    assert lend_people(make_work(session)) == 0
