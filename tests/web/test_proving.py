"""Before what weighs much, somebody proves anew who they are, unless they did so a moment ago."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import Traveller

from app.accounts.events import ProofAsked
from app.accounts.factors import WRONG
from app.accounts.models import SignIn, User, UserSession
from app.accounts.passkeys import LAST
from app.accounts.proving import MANY_LINKS
from app.accounts.rules import PROOF_LASTS, SIGN_IN_LINKS_AN_HOUR
from app.accounts.service import begin_session
from app.core.actor import Role
from app.core.clock import utc_now
from app.core.outbox import facts_of
from app.links import Links
from app.web.accounts.arrival import PRESS_AGAIN
from tests.support.builders import a_user
from tests.support.pages import text_of
from tests.support.passkeys import Device
from tests.support.signing_in import a_link, path_of
from tests.support.web import sign_in
from tests.support.work import MONDAY, make_work
from tests.web.test_passkeys import ADD, ASK, INVITE, REMOVE, USE, add, passkey_of
from tests.web.test_second_step import APP_PAGE, STEP_PAGE, enrol

CHECK, SENT = "/account/controle", "/account/controle/verstuurd"
OTHERS, DATA, END = "/account/overal-uitloggen", "/account/gegevens", "/account/beeindigen"
LATER = PROOF_LASTS + timedelta(seconds=1)


@pytest.fixture
def clock() -> Iterator[Traveller]:
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def anna(session: Session) -> User:
    return a_user(session, email="anna@testerdam.nl")


@pytest.fixture
def later(client: FlaskClient, session: Session, anna: User, clock: Traveller) -> FlaskClient:
    """A browser in which a professional signed in too long ago to go on unasked."""
    sign_in(client, session, anna, is_proven=False)
    clock.shift(LATER)
    return client


def own_session(client: FlaskClient) -> UUID:
    with client.session_transaction() as cookie:
        return UUID(cookie["_user_id"])


def asked_link(app: Flask, client: FlaskClient, session: Session) -> str:
    """Ask a link; its path."""
    answer = client.post(CHECK)
    assert (answer.status_code, answer.location) == (302, SENT)
    return asked_before(app, session)


def asked_before(app: Flask, session: Session) -> str:
    told = facts_of(session, (ProofAsked.name,))[-1].payload
    settings = app.extensions["settings"]
    url = Links(settings).proof(UUID(told["sign_in_id"]), UUID(told["session_id"]))
    return url.removeprefix(settings.base_url)


def is_unspent(session: Session) -> bool:
    session.expire_all()
    return session.scalars(select(SignIn.used_at)).all() == [None]


@pytest.mark.parametrize("path", [OTHERS, DATA, END])
def test_who_signed_in_a_moment_ago_is_asked_nothing(
    client: FlaskClient, session: Session, anna: User, clock: Traveller, path: str
) -> None:
    sign_in(client, session, anna, is_proven=False)
    clock.shift(PROOF_LASTS - timedelta(seconds=1))

    answer = client.post(path, data={"is_sure": "y"})

    assert answer.location != STEP_PAGE
    assert answer.status_code == (200 if path == DATA else 302)


@pytest.mark.parametrize("path", [OTHERS, DATA, END])
def test_who_signed_in_longer_ago_proves_it_first(
    later: FlaskClient, session: Session, anna: User, path: str
) -> None:
    begin_session(make_work(session, anna, utc_now()), anna.id)

    answer = later.post(path, data={"is_sure": "y"})
    page = text_of(later.get(STEP_PAGE))

    assert (answer.status_code, answer.location) == (302, STEP_PAGE)
    assert "Even controleren of jij het bent" in page
    assert "We mailen een link naar anna@testerdam.nl" in page
    assert session.get(User, anna.id) is not None
    assert len(session.scalars(select(UserSession)).all()) == 2


def test_the_link_of_the_mail_proves_it_and_leads_back(
    app: Flask, later: FlaskClient, session: Session
) -> None:
    later.post(DATA)
    path = asked_link(app, later, session)
    sent = text_of(later.get(SENT))
    page = later.get(path)
    looked = is_unspent(session)

    answer = later.post(path)

    assert "Open die link in deze browser" in sent
    assert ("Ja, ik ben het" in page.text, looked) == (True, True)
    assert (answer.status_code, answer.location) == (302, "/account")
    assert PRESS_AGAIN in text_of(later.get("/account"))
    assert later.post(DATA).mimetype == "application/zip"


def test_who_wants_to_go_comes_back_to_that_page(
    app: Flask, later: FlaskClient, session: Session, anna: User
) -> None:
    gone_id, asked = anna.id, later.get(END)
    answer = later.post(asked_link(app, later, session))
    page = later.get(answer.location)
    gone = later.post(END, data={"is_sure": "y"})
    session.expire_all()

    assert (asked.location, answer.location, page.status_code) == (STEP_PAGE, END, 200)
    assert PRESS_AGAIN not in text_of(page)
    assert (gone.status_code, session.get(User, gone_id)) == (302, None)


def test_the_proof_is_a_new_session_in_the_place_of_the_old_one(
    app: Flask, later: FlaskClient, session: Session
) -> None:
    before = own_session(later)
    planted = later.get_cookie("dgvn")
    assert planted is not None
    later.post(asked_link(app, later, session))

    copied = app.test_client()
    copied.set_cookie("dgvn", planted.value)

    assert own_session(later) != before
    assert session.scalars(select(UserSession.id)).all() == [own_session(later)]
    assert copied.get("/account").status_code == 302


def test_the_link_proves_nothing_in_another_browser(
    app: Flask, later: FlaskClient, session: Session, anna: User, clock: Traveller
) -> None:
    """Neither of its owner, nor of a colleague, nor of who is not signed in."""
    path = asked_link(app, later, session)
    own, colleague = app.test_client(), app.test_client()
    for browser, user in ((own, anna), (colleague, a_user(session))):
        sign_in(browser, session, user, is_proven=False)
    clock.shift(LATER)

    for browser in (own, colleague, app.test_client()):
        answers = [browser.get(path), browser.post(path)]
        assert [answer.status_code for answer in answers] == [410, 410]
        assert "alleen in de browser waarin je hem vroeg" in text_of(answers[0])

    assert is_unspent(session)
    assert [browser.post(DATA).location for browser in (own, colleague)] == [STEP_PAGE] * 2


def test_the_link_works_once_and_not_for_long(
    app: Flask, later: FlaskClient, session: Session, clock: Traveller
) -> None:
    spent = asked_link(app, later, session)
    later.post(spent)
    clock.shift(LATER)
    again = later.post(spent)
    late = asked_link(app, later, session)
    clock.shift(timedelta(minutes=31))

    assert [again.status_code, later.get(late).status_code, later.post(late).status_code] == (
        [410] * 3
    )
    assert later.post(DATA).location == STEP_PAGE


def test_the_link_signs_nobody_in_and_a_sign_in_link_proves_nothing(
    app: Flask, later: FlaskClient, session: Session
) -> None:
    token = asked_link(app, later, session).rpartition("/")[2]
    sign_in_token = path_of(app, a_link(session, "anna@testerdam.nl")).rpartition("/")[2]
    stranger = app.test_client()

    assert stranger.post(f"/inloggen/{token}").status_code == 410
    assert later.post(f"{CHECK}/{sign_in_token}").status_code == 410
    assert later.post(DATA).location == STEP_PAGE


@pytest.mark.parametrize("token", ["x", "a.b", "%F0%9F%92%A5", "%00", "a" * 4_000])
def test_a_forged_link_gives_the_same_page(later: FlaskClient, token: str) -> None:
    assert later.post(f"{CHECK}/{token}").status_code == 410


def test_the_button_without_its_token_proves_nothing(
    app: Flask, later: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = asked_link(app, later, session)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)

    assert [later.post(path).status_code, later.post(CHECK).status_code] == [400, 400]
    assert is_unspent(session)


@pytest.mark.parametrize("wanted", ["//elders.example", "https://elders.example/", "/\\elders"])
def test_nobody_is_led_to_another_site(
    app: Flask, later: FlaskClient, session: Session, wanted: str
) -> None:
    path = asked_link(app, later, session)
    with later.session_transaction() as cookie:
        cookie["wanted"] = wanted

    assert later.post(path).location == "/profiel/bewerken"


def test_who_asks_many_links_reads_that_they_wait(later: FlaskClient) -> None:
    for _ in range(SIGN_IN_LINKS_AN_HOUR):
        later.post(CHECK)

    page = later.post(CHECK, follow_redirects=True)

    assert MANY_LINKS in text_of(page)


def test_who_has_a_second_step_proves_it_with_that_and_no_link(
    client: FlaskClient, session: Session, clock: Traveller
) -> None:
    sign_in(client, session, a_user(session, Role.GEMEENTEBEHEERDER), is_proven=False)
    secret = enrol(client)
    before = client.post(DATA)
    clock.shift(LATER)

    asked = client.post(DATA)
    page = text_of(client.get(STEP_PAGE))
    link = client.post(CHECK)
    wrong = client.post(STEP_PAGE, data={"code": "000000"})
    right = client.post(STEP_PAGE, data={"code": pyotp.TOTP(secret).at(utc_now())})

    assert (before.mimetype, asked.location) == ("application/zip", STEP_PAGE)
    assert "Even controleren of jij het bent" in page
    assert "zonder je rol" not in page
    assert link.status_code == 403
    assert (wrong.status_code, WRONG in text_of(wrong)) == (422, True)
    assert right.location == "/account"
    assert client.post(DATA).mimetype == "application/zip"


def test_without_a_proof_of_now_the_role_goes_on(
    client: FlaskClient, session: Session, clock: Traveller
) -> None:
    """Only what weighs much asks it anew, and not each page of a beheerder."""
    sign_in(client, session, a_user(session, Role.GEMEENTEBEHEERDER), is_proven=False)
    enrol(client)
    clock.shift(LATER)

    assert client.get("/beheer").status_code == 200


def test_the_way_in_changes_after_a_proof_of_now(
    client: FlaskClient, session: Session, clock: Traveller
) -> None:
    user = a_user(session, Role.GEMEENTEBEHEERDER)
    sign_in(client, session, user, is_proven=False)
    device = Device()
    add(client, device)
    passkey = passkey_of(session, user)
    clock.shift(LATER)

    asked = [
        client.get(ADD).location,
        client.post(ADD, data={"name": "telefoon", "answer": "x"}).location,
        client.post(REMOVE, data={"passkey": str(passkey.id)}).location,
        client.get(APP_PAGE).location,
    ]
    refused = client.post(INVITE)
    proven = client.post(USE, data={"answer": device.sign(client.post(ASK).text)})

    assert (asked, refused.status_code) == ([STEP_PAGE] * 4, 403)
    assert proven.location == "/account"
    removed = client.post(REMOVE, data={"passkey": str(passkey.id)}, follow_redirects=True)
    assert LAST in text_of(removed)


def test_who_has_a_role_and_no_second_step_yet_signs_in_anew(
    app: Flask, client: FlaskClient, session: Session, clock: Traveller
) -> None:
    sign_in(client, session, a_user(session, Role.GEMEENTEBEHEERDER), is_proven=False)
    clock.shift(LATER)
    asked = client.post(DATA)

    back = client.post(asked_link(app, client, session))

    assert (asked.location, back.location) == (STEP_PAGE, "/account")
    assert client.post(DATA).mimetype == "application/zip"
    assert client.get("/beheer").location == STEP_PAGE
    assert client.get(STEP_PAGE).location == APP_PAGE
