"""Who does not get our mail reads why on the page with preferences, and can try again."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.notifications.models import AddressHealth
from app.notifications.service import Stationery, health
from tests.support.builders import a_user
from tests.support.pages import text_of
from tests.support.web import sign_in
from tests.support.work import make_work

PAGE, AGAIN = "/voorkeuren", "/voorkeuren/adres"


@pytest.fixture
def user(session: Session) -> User:
    return a_user(session, email="jan@testerdam.example")


def came_back(stationery: Stationery, session: Session, user: User, status: str = "5.1.1") -> None:
    address_hash = health.hash_of(user.email, stationery.secret)
    health.hold_against(make_work(session), user.email, address_hash, status)
    session.commit()


def test_whose_mail_arrives_reads_nothing_of_it(
    client: FlaskClient, session: Session, user: User
) -> None:
    page = text_of(sign_in(client, session, user).get(PAGE))

    assert ("Mail aan jou" in page, "Je volgende overzicht kan komen" in page) == (False, True)


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        (["5.1.1"], "de mailserver zegt dat dit adres niet bestaat. Vraag je ICT-afdeling"),
        (["complaint"], "is gemeld als ongewenst. Was dat niet de bedoeling?"),
    ],
)
def test_whose_mail_came_back_reads_why_and_what_to_do(
    stationery: Stationery,
    client: FlaskClient,
    session: Session,
    user: User,
    statuses: list[str],
    words: str,
) -> None:
    for status in statuses:
        came_back(stationery, session, user, status)

    page = text_of(sign_in(client, session, user).get(PAGE))

    assert "Mail aan jou komt niet aan" in page
    assert words in page
    assert "jan@testerdam.example" in page
    assert "Probeer weer" in page
    assert "Je volgende overzicht kan komen" not in page


def test_who_comes_by_a_link_from_a_mail_reads_it_too(
    app: Flask, client: FlaskClient, session: Session, stationery: Stationery, user: User
) -> None:
    came_back(stationery, session, user)
    link = stationery.renderer.links.preferences(user.id)

    page = client.get(link.removeprefix(app.extensions["settings"].base_url))

    assert "Mail aan jou komt niet aan" in text_of(page)
    assert "Een mail naar j…@testerdam.example kwam terug" in text_of(page)
    assert "Log dan in met dat adres." in text_of(page)
    assert ("jan@" in page.text, "Probeer weer" in page.text) == (False, False)
    assert "Je volgende overzicht kan komen" not in text_of(page)


def test_the_inbox_says_that_no_mail_comes(
    client: FlaskClient, session: Session, stationery: Stationery, user: User
) -> None:
    sign_in(client, session, user)
    before = text_of(client.get("/meldingen"))
    came_back(stationery, session, user)

    after = text_of(client.get("/meldingen"))

    assert "Je krijgt het nieuws ook in je mail." in before
    assert "want mail aan jou komt niet aan. Lees wat je kunt doen" in after
    assert "ook in je mail" not in after


def test_a_postbus_that_is_full_is_told_too(
    stationery: Stationery, client: FlaskClient, session: Session, user: User
) -> None:
    came_back(stationery, session, user, "4.2.2")
    row = session.scalars(select(AddressHealth)).one()
    row.suppressed_since, row.reason = make_work(session).now, health.Reason.TOO_OFTEN
    session.commit()

    page = text_of(sign_in(client, session, user).get(PAGE))

    assert "Misschien is je postbus vol." in page


def test_who_tries_again_starts_clean(
    stationery: Stationery, client: FlaskClient, session: Session, user: User
) -> None:
    came_back(stationery, session, user)
    came_back(stationery, session, a_user(session))
    sign_in(client, session, user)

    answer = client.post(AGAIN)

    assert (answer.status_code, answer.location) == (302, PAGE)
    page = text_of(client.get(PAGE))
    assert "We mailen weer naar jan@testerdam.example." in page
    assert "Mail aan jou" not in page
    # That of somebody else stays as it was.
    assert len(session.scalars(select(AddressHealth)).all()) == 1


def test_a_visitor_tries_nothing_again(client: FlaskClient) -> None:
    assert client.post(AGAIN).location == "/inloggen"
