"""What a manager is asked stands on a page of its own, with an account and without one."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.links import Links
from app.loans import service
from app.loans.models import Loan
from app.loans.rules import Manager, Party, Reason, Refusal
from tests.loans.builders import Parties, a_lender, a_loan, a_running_loan, interest, parties
from tests.support.builders import a_user, an_opgave
from tests.support.pages import text_of
from tests.support.web import sign_in
from tests.support.work import MONDAY, make_work

MENU = 'href="/gevraagd-aan-mij"'
WAITS, OTHERS, BEFORE = "Wacht op jou", "Wacht op een ander", "Wat je eerder gevraagd is"


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


@pytest.fixture
def manager(session: Session, who: Parties) -> User:
    """Who decides for the professional, and has an account."""
    gemeente_code = who.professional.gemeente_code
    return a_user(session, email=who.manager.email, gemeente_code=gemeente_code)


def another(session: Session, who: Parties, title: str) -> Parties:
    """A second opgave of the borrower, that the professional likes as well."""
    opgave = an_opgave(session, "inkoop", owner=who.borrower, title=title)
    interest(session, who.professional, opgave)
    return replace(who, opgave=opgave)


def by_mail(app: Flask, loan: Loan, who: Parties) -> str:
    links = Links(app.extensions["settings"])
    return urlsplit(links.loan_to_sign(loan.id, who.manager.email)).path


def test_what_waits_for_whom_and_what_was_before(
    app: Flask, client: FlaskClient, session: Session, who: Parties, manager: User
) -> None:
    who.opgave.title = "Een veilig plein"
    a_loan(session, who, hours_per_week=1)
    second = another(session, who, "Een droge kelder")
    signed = a_loan(session, second, hours_per_week=1)
    service.sign_as_lender(make_work(session), signed.id, 1, who.manager)
    a_running_loan(session, another(session, who, "Een lichte school"), hours_per_week=1)
    refused = a_loan(session, another(session, who, "Een stille brug"), hours_per_week=1)
    no = Refusal(Reason.TOO_BUSY)
    service.refuse_terms(make_work(session), refused.id, Party.LENDER, 1, no, who.manager)
    session.commit()
    sign_in(client, session, manager)

    pages = [
        client.get("/gevraagd-aan-mij"),
        app.test_client().get(f"{by_mail(app, signed, who)}/gevraagd"),
    ]

    for page in pages:
        _, _, said = text_of(page).partition(f"{WAITS} ")
        waits, _, rest = said.partition(OTHERS)
        others, _, before = rest.partition(BEFORE)
        assert "Een veilig plein" in waits
        assert "Gevraagd op 23 november 2026. Jouw handtekening ontbreekt nog" in waits
        assert "Een droge kelder" in others
        assert "Je tekende op 23 november 2026. Wacht tot gemeente" in others
        assert "Een lichte school" in before
        assert "Je zei nee op 23 november 2026." in before
        assert before.count("Je tekende op 23 november 2026.") == 1


def test_a_link_of_one_loan_opens_no_other(app: Flask, session: Session, who: Parties) -> None:
    loan = a_loan(session, who, hours_per_week=1)
    other = a_loan(session, another(session, who, "Een droge kelder"), hours_per_week=1)
    theirs = replace(who, professional=a_lender(session))
    interest(session, theirs.professional, who.opgave)
    strange = replace(
        theirs, manager=Manager(f"baas@{theirs.professional.email.partition('@')[2]}")
    )
    a_loan(session, strange)
    session.commit()
    link = by_mail(app, loan, who)

    page = app.test_client().get(f"{link}/gevraagd")

    assert f'href="{link}"' in page.text
    assert "Een droge kelder" in page.text
    assert str(other.id) not in page.text
    # Nor does it tell what others are asked.
    assert theirs.professional.name not in page.text
    assert app.test_client().get("/tekenen/x/gevraagd").status_code == 404


def test_only_who_was_ever_asked_finds_it_in_the_menu(
    client: FlaskClient, session: Session, who: Parties, manager: User
) -> None:
    sign_in(client, session, manager)
    assert MENU not in client.get("/opgaven").text
    assert "Er wacht nu niets op jou." in text_of(client.get("/gevraagd-aan-mij"))
    loan = a_loan(session, who)

    menu = client.get("/opgaven").text
    assert MENU in menu
    assert 'Gevraagd aan mij<span class="nl-number-badge dgvn-nav__badge">1<' in menu
    # It stays there once it was answered.
    service.sign_as_lender(make_work(session), loan.id, 1, who.manager)
    assert "Gevraagd aan mij</a>" in client.get("/opgaven").text
    sign_in(client, session, who.borrower)
    assert MENU not in client.get("/opgaven").text


def test_a_question_to_the_manager_waits_for_them(
    client: FlaskClient, session: Session, who: Parties, manager: User
) -> None:
    loan = a_loan(session, who)
    service.sign_as_lender(make_work(session), loan.id, 1, who.manager)
    later = make_work(session, who.borrower, MONDAY + timedelta(days=1))
    service.remark(later, loan.id, uuid4(), Party.BORROWER, "Kan het ook eerder?")
    sign_in(client, session, manager)

    _, _, said = text_of(client.get("/gevraagd-aan-mij")).partition(f"{WAITS} ")

    assert "Gevraagd op 24 november 2026. Je tekende op 23 november 2026." in said
    assert "“Kan het ook eerder?”" in said
