"""The document of an agreement: for the three parties, of what three signed, the same for ever."""

from dataclasses import replace
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pikepdf import Pdf
from sqlalchemy.orm import Session

from app.core.actor import Role
from app.gemeenten.models import Gemeente
from app.links import Links
from app.loans import service
from app.loans.models import Loan
from app.loans.rules import Party
from tests.loans.builders import TERMS, Parties, a_loan, a_running_loan, parties, sign_rest
from tests.support.builders import a_user
from tests.support.web import sign_in
from tests.support.work import MONDAY, make_work


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


def document(client: FlaskClient, loan: Loan, version: int = 1) -> bytes:
    answer = client.get(f"/inzet/{loan.id}/afspraken/{version}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return bytes(answer.data)


def test_each_party_gets_the_same(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who)
    link = Links(app.extensions["settings"]).loan_to_sign(loan.id, who.manager.email)

    by_mail = app.test_client().get(f"{urlsplit(link).path}/afspraken/1").data
    given = []
    for user in (who.professional, who.borrower):
        sign_in(client, session, user)
        given.append(document(client, loan))

    assert given == [by_mail, by_mail]
    with Pdf.open(BytesIO(by_mail)) as opened:
        title = str(opened.docinfo["/Title"])
    assert title == f"Afspraken over inzet: {who.opgave.title}"


def test_agreements_of_several_loans_have_names_of_their_own(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who)
    sign_in(client, session, who.professional)

    answer = client.get(f"/inzet/{loan.id}/afspraken/1")

    name = f"afspraken-inzet-{str(loan.id)[:8]}-versie-1.pdf"
    assert answer.headers["Content-Disposition"] == f"inline; filename={name}"


def test_names_that_change_later_change_nothing(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who)
    sign_in(client, session, who.professional)
    first = document(client, loan)

    who.opgave.title = "Een andere titel"
    who.professional.name, who.borrower.name = "Anders Genoemd", "Ook Anders"
    for code in (loan.lender_code, loan.borrower_code):
        session.get_one(Gemeente, code).name = f"Nieuw {code}"
    who.opgave.taken_down_at = MONDAY
    session.flush()

    assert document(client, loan) == first


def test_other_terms_leave_the_document_of_the_first(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who)
    sign_in(client, session, who.professional)
    first = document(client, loan)
    other = replace(TERMS, hours_per_week=12, words="*vet* #eval 😀")

    service.change(make_work(session, who.professional), loan.id, Party.PROFESSIONAL, 1, other)
    assert client.get(f"/inzet/{loan.id}/afspraken/2").status_code == 404
    sign_rest(session, who, loan.id, 2)

    assert document(client, loan) == first
    assert document(client, loan, 2) != first
    page = client.get(f"/inzet/{loan.id}").text
    assert "versie 2, van" in page
    assert "versie 1, van" in page


def test_what_is_not_agreed_and_what_is_of_others_has_none(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    sign_in(client, session, who.professional)
    assert client.get(f"/inzet/{loan.id}/afspraken/1").status_code == 404

    sign_rest(session, who, loan.id, 1)
    sign_in(client, session, a_user(session, Role.OPGAVEHOUDER))
    assert client.get(f"/inzet/{loan.id}/afspraken/1").status_code == 404
    assert client.get("/tekenen/verzonnen/afspraken/1").status_code == 404
