"""A loan goes on with the successor of a gemeente that merged: its people still are its parties."""

import pytest
from sqlalchemy.orm import Session

from app.accounts.queries import actor_of
from app.core.faults import FaultyDraft
from app.loans import queries, service
from app.loans.models import Loan
from app.loans.rules import NamedManager, Party
from app.opgaven.moving import follow_merger
from tests.hours.builders import merge as ended
from tests.loans.builders import Parties, a_loan, a_running_loan, parties
from tests.support.work import make_work


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


def merge(session: Session, code: str) -> str:
    """It ends today, and an operator lets its people and opgaven follow."""
    successor = ended(session, code)
    follow_merger(make_work(session), [code], successor)
    session.expire_all()
    return successor


def test_the_borrower_still_is_a_party(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    signed_for = loan.borrower_code
    merge(session, loan.borrower_code)
    borrower = actor_of(who.borrower)

    assert queries.of_party(session, borrower, loan.id)[1] is Party.BORROWER
    assert [party for _, party in queries.all_of(session, borrower)] == [Party.BORROWER]
    service.sign_as_lender(make_work(session), loan.id, 1, who.manager)
    service.sign_as_borrower(make_work(session, who.borrower), loan.id, 1)
    assert loan.agreed_version == 1
    assert loan.borrower_code == signed_for


def test_who_stayed_elsewhere_is_no_party(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who)
    other = actor_of(parties(session).borrower)
    merge(session, loan.borrower_code)

    assert queries.all_of(session, other) == []


def test_a_manager_of_the_successor_can_be_named(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    merge(session, loan.lender_code)
    work = make_work(session, who.professional)

    domain = who.manager.email.partition("@")[2]
    service.name_another(work, loan.id, NamedManager("Nieuwe baas", f"nieuw@{domain}"))
    elsewhere = parties(session).manager.email
    with pytest.raises(FaultyDraft):
        service.name_another(work, loan.id, NamedManager("Een ander", elsewhere))

    assert session.get_one(Loan, loan.id).manager_name == "Nieuwe baas"
