"""The menu: what each role finds in it, and where somebody is."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.core.actor import Role
from app.core.rights import MATRIX, Right, Scope, is_public
from app.web.context import MENU, UNDER
from app.web.policy import right_for
from tests.loans.builders import a_loan, a_running_loan, interest, parties
from tests.support.builders import a_user, an_access_request
from tests.support.queries import counted
from tests.support.web import sign_in

# Words for the suggestions of a form, and files: no pages.
NO_PAGE = {
    *("vocabulary.suggest", "hours.as_csv", "hours.as_pdf", "notifications.open_line"),
    "rights.as_csv",
}
ITEM = re.compile(r'class="dgvn-nav__link" href="([^"]+)"(?: aria-current="(\w+)")?')


def menu(client: FlaskClient, path: str) -> dict[str, str]:
    return dict(ITEM.findall(client.get(path).text))


OF_EVERYBODY = (
    "/opgaven",
    "/collegas",
    "/matches",
    "/reacties",
    "/gesprekken",
    "/inzet",
    "/profiel",
)


@pytest.mark.parametrize(
    ("roles", "found"),
    [
        ((), ["/uren", "/meldingen"]),
        ((Role.OPGAVEHOUDER,), ["/onze-opgaven", "/uren", "/meldingen"]),
        ((Role.GEMEENTEBEHEERDER,), ["/onze-opgaven", "/uren", "/beheer", "/meldingen"]),
        ((Role.BEHEERDER,), ["/uren", "/beheer", "/meldingen"]),
    ],
)
def test_the_menu_holds_what_the_role_may_do(
    client: FlaskClient, session: Session, roles: tuple[Role, ...], found: list[str]
) -> None:
    sign_in(client, session, a_user(session, *roles))

    assert list(menu(client, "/opgaven")) == [*OF_EVERYBODY, *found]


def test_the_menu_and_the_first_page_follow_who_may_come(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, session, a_user(session, Role.OPGAVEHOUDER))
    before = ("/beheer" in menu(client, "/opgaven"), client.get("/inloggen").location)

    cells = MATRIX[Right.OPEN_BEHEER].cells
    monkeypatch.setitem(cells, Role.OPGAVEHOUDER, Scope.GEMEENTE)

    after = ("/beheer" in menu(client, "/opgaven"), client.get("/inloggen").location)
    assert (before, after) == ((False, "/onze-opgaven"), (True, "/beheer"))


@pytest.mark.parametrize(
    ("role", "badges"), [(Role.BEHEERDER, ["2"]), (Role.GEMEENTEBEHEERDER, [])]
)
def test_who_decides_on_requests_reads_in_the_menu_how_many_wait(
    client: FlaskClient, session: Session, role: Role, badges: list[str]
) -> None:
    person = a_user(session, role)
    for name in ("anna", "bert"):
        an_access_request(session, f"{name}@elders.example")
    sign_in(client, session, person)

    with counted(session) as statements:
        page = client.get("/over").text

    assert re.findall(r'href="/beheer">Beheer<span class="[^"]+">(\d+)<', page) == badges
    asked = [statement for statement in statements if "access_request" in statement]
    assert len(asked) == len(badges)


def test_the_menu_counts_the_loans_that_wait_on_their_page(
    client: FlaskClient, session: Session
) -> None:
    runs, waits = parties(session), parties(session)
    a_loan(session, waits)
    interest(session, runs.professional, waits.opgave)
    a_running_loan(session, replace(runs, opgave=waits.opgave, borrower=waits.borrower))
    sign_in(client, session, waits.borrower)

    page = client.get("/inzet").text

    assert re.findall(r'href="/inzet"[^>]*>Inzet<span class="[^"]+">(\d+)<', page) == ["1"]
    wait, rest = page.partition('id="wacht"')[2].split('id="overig"')
    assert (wait.count("<h3"), rest.count("<h3")) == (1, 1)


def test_a_visitor_finds_opgaven_and_who_we_are(client: FlaskClient) -> None:
    assert list(menu(client, "/opgaven")) == ["/opgaven", "/over"]


def test_the_page_itself_is_marked(client: FlaskClient) -> None:
    assert menu(client, "/over") == {"/opgaven": "", "/over": "page"}


def test_a_page_below_it_marks_its_item(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    assert menu(client, "/beheer/systeem")["/beheer"] == "true"


def test_every_page_below_and_every_item_is_a_route(app: Flask) -> None:
    assert set(UNDER) | set(UNDER.values()) <= set(app.view_functions)


def test_every_page_of_who_is_signed_in_marks_an_item(app: Flask) -> None:
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        if (right := right_for(app, rule.endpoint)) and not is_public(right)
    }

    assert pages - NO_PAGE - {endpoint for _, endpoint in MENU} - set(UNDER) == set()
