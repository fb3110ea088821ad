"""One sentence says what is waited for and by whom, or what became of it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from app.loans import queries, service
from app.loans.models import Loan
from app.loans.rules import NamedManager, Party, Reason, Refusal
from app.loans.words import begins_on, how_it_stands, summary, thanks, who_signed, why
from tests.loans.builders import Parties, a_loan, a_running_loan, parties
from tests.support.work import TODAY, make_work


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


def said(session: Session, loan: Loan, reader: Party) -> str:
    return how_it_stands(queries.of_any(session, loan.id), reader, TODAY)


def test_whose_signature_is_missing(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    borrower = queries.of_any(session, loan.id).borrower_name

    assert said(session, loan, Party.PROFESSIONAL) == (
        f"Wacht tot Fatma de Baas en gemeente {borrower} tekenen."
    )
    service.sign_as_borrower(make_work(session, who.borrower), loan.id, 1)
    assert said(session, loan, Party.LENDER) == "Jouw handtekening ontbreekt nog."
    assert said(session, loan, Party.BORROWER) == "Wacht tot Fatma de Baas tekent."


def test_a_no_and_its_reason(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    service.refuse_terms(
        make_work(session),
        loan.id,
        Party.LENDER,
        1,
        Refusal(Reason.OTHER, "We fuseren"),
        who.manager,
    )

    assert said(session, loan, Party.BORROWER) == "Fatma de Baas zei nee."
    assert said(session, loan, Party.LENDER) == "Jij zei nee."
    assert why(queries.of_any(session, loan.id)) == "Reden: een andere reden. “We fuseren”"


def test_who_signs_is_thanked_and_told_what_comes_next(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    borrower = queries.of_any(session, loan.id).borrower_name

    service.sign_as_lender(make_work(session), loan.id, 1, who.manager)
    assert thanks(queries.of_any(session, loan.id), Party.LENDER, TODAY) == (
        f"Bedankt. Je hebt getekend. Wacht tot gemeente {borrower} tekent. "
        "Zodra alle drie getekend hebben, krijg je een mail."
    )

    service.sign_as_borrower(make_work(session, who.borrower), loan.id, 1)
    assert thanks(queries.of_any(session, loan.id), Party.BORROWER, TODAY) == (
        "Bedankt. Je hebt getekend. Begint op 30 november 2026 en duurt tot en met 21 februari "
        "2027. Alle drie de handtekeningen staan er. De anderen krijgen een mail."
    )


def replace_manager(session: Session, who: Parties, loan: Loan) -> None:
    service.note_unreached(make_work(session), loan.id, who.manager.email)
    named = NamedManager("Karin de Baas", f"karin.{who.manager.email}")
    service.name_another(make_work(session, who.professional), loan.id, named)


def test_who_signed_is_told_and_not_who_came_after(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    service.sign_as_lender(make_work(session), loan.id, 1, who.manager)
    replace_manager(session, who, loan)

    seen = queries.of_any(session, loan.id)
    assert who_signed(seen, Party.PROFESSIONAL) == "Fatma de Baas tekende."
    assert seen.was_signed_before_manager(seen.terms)


def test_who_asked_is_told_and_not_who_came_after(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    work = make_work(session)
    service.remark(work, loan.id, uuid4(), Party.LENDER, "Welke dagen?", who.manager)
    replace_manager(session, who, loan)

    assert said(session, loan, Party.BORROWER).startswith(
        "Fatma de Baas stelde een vraag en wacht op antwoord. Jij en "
    )


def test_what_runs(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)

    assert said(session, loan, Party.LENDER) == "Loopt tot en met 21 februari 2027."
    assert why(queries.of_any(session, loan.id)) == ""
    assert summary(queries.of_any(session, loan.id)) == (
        "8 uur per week, van 23 november 2026 tot en met 21 februari 2027"
    )


def test_what_begins_later_does_not_run_yet(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who)
    seen = queries.of_any(session, loan.id)

    assert said(session, loan, Party.LENDER) == (
        "Begint op 30 november 2026 en duurt tot en met 21 februari 2027."
    )
    first = TODAY + timedelta(days=7)
    assert begins_on(seen, first - timedelta(days=1)) == "Begint op 30 november 2026"
    assert begins_on(seen, first) == ""
    assert begins_on(queries.of_any(session, a_loan(session, parties(session)).id), TODAY) == ""
