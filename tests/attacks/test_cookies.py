"""Somebody who would be another by what a browser keeps. The names begin with the row."""

import json
import secrets
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha1, sha256, sha384
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import Any

import pytest
from flask import Flask
from flask.json.tag import TaggedJSONSerializer
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from app.accounts.identities import Identity
from app.accounts.models import UserSession
from app.accounts.rules import EMAIL_LIMIT, NAME_LIMIT, SUBJECT_LIMIT
from app.accounts.service import begin_session
from app.core.clock import utc_now
from app.gemeenten.rules import ISSUER_LIMIT
from app.sealing import Seal
from tests.conftest import AppMaker, DatabaseMaker
from tests.support.builders import a_user
from tests.support.signing_in import a_link, path_of
from tests.support.web import sign_in
from tests.support.work import make_work

OURS = "https://degemeentevannu.example"
# Name and value together: a larger one is dropped by browsers.
MOST_BYTES = 4096
LONGEST = 4_000


@pytest.fixture(scope="module")
def own_database(new_database: DatabaseMaker) -> URL:
    return new_database()


def test_s9_nothing_but_the_session_is_remembered(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    answer = client.post(path_of(app, a_link(session, a_user(session).email)))

    named = [SimpleCookie(each) for each in answer.headers.get_all("Set-Cookie")]
    # Who signed in here before lets nobody in (web/test_known).
    assert {name for cookie in named for name in cookie} == {"dgvn", "dgvn-known"}


def test_s9_a_made_up_remember_cookie_is_not_believed(
    client: FlaskClient, session: Session
) -> None:
    user = a_user(session)
    session_id = begin_session(make_work(session, user, utc_now()), user.id)
    session.commit()

    for value in (str(session_id), str(user.id), f"{session_id}|{'0' * 128}"):
        client.set_cookie("remember_token", value)
        assert client.get("/profiel").location == "/inloggen"


def test_s10_a_cookie_from_before_signing_in_opens_nothing_after(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    """Somebody left a cookie of their own session here, and with it all that they know."""
    attacker = a_user(session, email="aanvaller@testerdam.nl")
    sign_in(client, session, attacker)
    with client.session_transaction() as cookie:
        cookie["csrf_token"], cookie["wanted"] = "known to another", "/profiel"
        theirs = cookie["_user_id"]
    planted = client.get_cookie("dgvn")

    a_user(session, email="anna@testerdam.nl")
    client.post(path_of(app, a_link(session, "anna@testerdam.nl")))

    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != theirs
        assert cookie.get("csrf_token") != "known to another"
    assert str(session.scalars(select(UserSession.id)).one()) != theirs
    assert planted is not None
    client.set_cookie("dgvn", planted.value)
    assert client.get("/profiel").location == "/inloggen"


@pytest.mark.usefixtures("limiter_as_it_was")
@pytest.mark.parametrize(
    ("base_url", "name", "is_secure"),
    [(OURS, "__Host-dgvn", True), ("http://localhost", "dgvn", False)],
)
def test_s13_a_cookie_says_where_it_may_be_sent(
    new_app: AppMaker, own_database: URL, base_url: str, name: str, is_secure: bool
) -> None:
    app = new_app(own_database, base_url=base_url)
    app.config["WTF_CSRF_ENABLED"] = False

    asked = {"email": "anna@testerdam.example"}
    answer = app.test_client().post("/inloggen", data=asked, base_url=base_url)

    cookie = SimpleCookie(answer.headers["Set-Cookie"])[name]
    assert (bool(cookie["httponly"]), bool(cookie["secure"])) == (True, is_secure)
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")


# How a cookie is signed


def signed_with(app: Flask, way: Callable[..., Any], held: dict[str, str]) -> str:
    key = app.extensions["settings"].secret_key
    ways = {"key_derivation": "hmac", "digest_method": way}
    tagged = TaggedJSONSerializer()
    return str(URLSafeTimedSerializer(key, "cookie-session", tagged, None, None, ways).dumps(held))


def test_a_cookie_is_signed_with_sha_256_and_with_nothing_shorter(client: FlaskClient) -> None:
    client.get("/meldingen")

    cookie = client.get_cookie("dgvn")
    assert cookie is not None
    signature = cookie.value.rsplit(".", 1)[-1]
    assert len(urlsafe_b64decode(f"{signature}=")) == sha256().digest_size


def test_a_cookie_of_before_still_lets_its_owner_in(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    """A release must not sign out who is at work."""
    user = a_user(session)
    session_id = begin_session(make_work(session, user, utc_now()), user.id)
    session.commit()

    client.set_cookie("dgvn", signed_with(app, sha1, {"_user_id": str(session_id)}))
    assert client.get("/profiel").status_code == HTTPStatus.OK

    client.set_cookie("dgvn", signed_with(app, sha384, {"_user_id": str(session_id)}))
    assert client.get("/profiel").location == "/inloggen"


# How large a cookie becomes


def size_of(client: FlaskClient) -> int:
    cookie = client.get_cookie("dgvn")
    assert cookie is not None
    return len(cookie.key) + len(cookie.value)


def test_a_very_long_address_is_not_carried_along_whole(client: FlaskClient) -> None:
    answer = client.get("/meldingen", query_string={"q": secrets.token_urlsafe(LONGEST)[:LONGEST]})

    assert answer.location == "/inloggen"
    assert size_of(client) <= MOST_BYTES
    with client.session_transaction() as cookie:
        assert cookie["wanted"] == "/meldingen"


def test_a_very_long_page_of_ours_is_not_either(client: FlaskClient) -> None:
    asked = secrets.token_urlsafe(LONGEST)[:LONGEST]

    client.get("/inloggen", headers={"Referer": f"http://localhost/opgaven?q={asked}"})

    assert size_of(client) <= MOST_BYTES


def test_the_fullest_cookie_there_can_be_is_kept_by_a_browser(
    app: Flask, client: FlaskClient
) -> None:
    """Who comes from their gemeente for the first time, on the way to a page, all at its most."""
    client.get("/meldingen", query_string={"q": secrets.token_urlsafe(360)})
    who = Identity(
        issuer="i" * ISSUER_LIMIT,
        subject="s" * SUBJECT_LIMIT,
        email="e" * EMAIL_LIMIT,
        is_verified=True,
        name="é" * NAME_LIMIT,
    )
    whole = {"gemeente": "GM0014", "until": utc_now().timestamp(), "kept": asdict(who)}
    with client.session_transaction() as cookie:
        assert len(cookie["wanted"]) > 450
        cookie["asked_for"] = secrets.token_urlsafe(EMAIL_LIMIT)[:EMAIL_LIMIT]
        cookie["newcomer"] = Seal(app.extensions["settings"], "visit").close(json.dumps(whole))

    assert size_of(client) <= MOST_BYTES
