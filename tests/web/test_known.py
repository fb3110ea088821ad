"""Who signs in with a browser that does not know them hears of it, once a day at most."""

from collections.abc import Iterator
from datetime import timedelta
from http.cookies import SimpleCookie
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from app.accounts.events import SignedInElsewhere
from app.accounts.models import User
from app.accounts.queries import actor_of
from app.accounts.service import begin_session, register, sign_out
from app.core.clock import utc_now
from app.core.outbox import facts_of
from app.extensions import db
from app.notifications.models import Delivery
from app.notifications.rules import MailKind
from app.notifications.service import mail_signed_in_elsewhere
from app.sealing import Seal
from app.web.accounts.known import KNOWN_FOR, MOST_KNOWN
from tests.conftest import AppMaker, DatabaseMaker
from tests.support.builders import a_domain, a_gemeente, a_user
from tests.support.signing_in import a_link, path_of
from tests.support.work import MONDAY, make_work

NAME = "dgvn-known"
MONTH = timedelta(days=30)


@pytest.fixture(autouse=True)
def at_once(session: Session) -> Iterator[None]:
    """The log gives rows their place when a transaction commits, and tests never do."""
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    yield
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


@pytest.fixture
def anna(session: Session) -> User:
    return one_who_was_here(session)


def one_who_was_here(session: Session) -> User:
    """Somebody who signed in before, and out again."""
    user = a_user(session, created_at=MONDAY - MONTH)
    work = make_work(session, now=MONDAY - MONTH / 2)
    begun = begin_session(work, user.id)
    session.flush()
    sign_out(make_work(session, actor_of(user), now=MONDAY - MONTH / 2), begun)
    return user


def sign_in(app: Flask, client: FlaskClient, session: Session, user: User) -> None:
    """By a link, and out again: the browser stays."""
    assert client.post(path_of(app, a_link(session, user.email))).status_code == 302
    client.post("/uitloggen")


def told(session: Session) -> list[UUID]:
    found = facts_of(session, (SignedInElsewhere.name,))
    return [UUID(fact.payload["user_id"]) for fact in found]


def test_another_browser_is_told_of_and_a_known_one_is_not(
    app: Flask, client: FlaskClient, session: Session, anna: User
) -> None:
    elsewhere = app.test_client()

    for browser in (client, client, elsewhere, client, elsewhere):
        sign_in(app, browser, session, anna)

    assert told(session) == [anna.id, anna.id]


def test_the_first_time_of_all_is_no_news(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    a_domain(session, a_gemeente(session), "testerdam.nl")
    link = path_of(app, a_link(session, "nieuw@testerdam.nl"))
    client.post(link, data={"name": "Nieuw Hier"})
    added = a_user(session, created_at=MONDAY, signed_in_at=MONDAY)
    sign_in(app, app.test_client(), session, added)

    assert told(session) == []


@pytest.mark.parametrize("made", ["by themself", "by an operator"])
@pytest.mark.parametrize("stays", [True, False])
def test_the_second_time_is_news_however_the_account_came(
    app: Flask, client: FlaskClient, session: Session, made: str, stays: bool
) -> None:
    gemeente = a_gemeente(session)
    a_domain(session, gemeente, "testerdam.nl")
    if made == "by an operator":
        register(make_work(session), "nieuw@testerdam.nl", "Nieuw Hier", gemeente.code)
    link = path_of(app, a_link(session, "nieuw@testerdam.nl"))
    client.post(link, data={"name": "Nieuw Hier"})
    user = session.scalars(select(User)).one()
    if not stays:
        client.post("/uitloggen")

    # At the very moment of the first, so that no clock tells the two apart.
    sign_in(app, app.test_client(), session, user)

    assert told(session) == [user.id]


def test_colleagues_share_a_browser(
    app: Flask, client: FlaskClient, session: Session, anna: User
) -> None:
    others = [one_who_was_here(session) for _ in range(MOST_KNOWN)]
    for user in (anna, *others[:-1], anna):
        sign_in(app, client, session, user)
    assert told(session) == [anna.id, *(one.id for one in others[:-1])]

    # The one who was away longest is forgotten for the newest.
    sign_in(app, client, session, others[-1])
    sign_in(app, client, session, anna)
    sign_in(app, client, session, others[0])
    assert told(session)[-2:] == [others[-1].id, others[0].id]


@pytest.mark.parametrize("made_up", ["", "x", "[]", "gAAAAA", "{}"])
def test_what_we_did_not_seal_is_no_list(
    app: Flask, client: FlaskClient, session: Session, anna: User, made_up: str
) -> None:
    client.set_cookie(NAME, made_up or str(anna.id))

    sign_in(app, client, session, anna)

    assert told(session) == [anna.id]


def test_a_list_of_another_purpose_is_none(
    app: Flask, client: FlaskClient, session: Session, anna: User
) -> None:
    client.set_cookie(NAME, Seal(app.extensions["settings"], "visit").close(f'["{anna.id}"]'))

    sign_in(app, client, session, anna)

    assert told(session) == [anna.id]


def test_the_list_lets_nobody_in_and_tells_no_name(
    app: Flask, client: FlaskClient, session: Session, anna: User
) -> None:
    sign_in(app, client, session, anna)
    cookie = client.get_cookie(NAME)
    assert cookie is not None

    other = app.test_client()
    other.set_cookie(NAME, cookie.value)

    assert other.get("/profiel").location == "/inloggen"
    assert str(anna.id) not in cookie.value


def test_one_mail_a_day_says_when_it_was(session: Session, anna: User) -> None:
    for later in (timedelta(), timedelta(hours=1), timedelta(days=1)):
        with time_machine.travel(MONDAY + later):
            mail_signed_in_elsewhere(make_work(session, now=utc_now()), anna.id)
    session.flush()

    of_anna = select(Delivery.kind).where(Delivery.user_id == anna.id)
    assert session.scalars(of_anna).all() == [MailKind.SIGNED_IN_ELSEWHERE] * 2


@pytest.fixture
def own_database(new_database: DatabaseMaker) -> URL:
    return new_database()


@pytest.mark.usefixtures("limiter_as_it_was")
@pytest.mark.parametrize(
    ("base_url", "name", "is_secure"),
    [("https://dgvn.example", "__Host-dgvn-known", True), ("http://localhost", NAME, False)],
)
def test_the_list_goes_to_us_alone(
    new_app: AppMaker, own_database: URL, base_url: str, name: str, is_secure: bool
) -> None:
    app = new_app(own_database, base_url=base_url)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        a_domain(db.session(), a_gemeente(db.session()), "testerdam.nl")
        path = path_of(app, a_link(db.session(), "nieuw@testerdam.nl"))

    answer = app.test_client().post(path, data={"name": "Nieuw Hier"}, base_url=base_url)

    cookies = [SimpleCookie(one) for one in answer.headers.getlist("Set-Cookie")]
    found = next(one[name] for one in cookies if name in one)
    assert (bool(found["httponly"]), bool(found["secure"])) == (True, is_secure)
    assert (found["samesite"], found["path"], found["domain"]) == ("Lax", "/", "")
    assert int(found["max-age"]) == KNOWN_FOR.total_seconds()
