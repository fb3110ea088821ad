"""Signing in where one's gemeente does, against a provider over HTTP, as a browser goes there."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from app.accounts.models import KnownIdentity, SignIn, User, UserSession
from app.accounts.rules import PROOF_LASTS
from app.core.actor import SYSTEM, Role
from app.core.work import Work
from app.gemeenten.models import Gemeente
from app.gemeenten.service import Connection, connect_provider
from app.openid.calling import Away
from app.openid.provider import Client, Providers, new_visit
from app.privacy.shutting_out import shut_out
from app.sealing import Seal
from app.settings import Environment
from app.web.accounts.at_gemeente import NEWCOMER_LIVES, VISIT_LIVES
from tests.conftest import AppMaker
from tests.support.builders import a_domain, a_gemeente, a_user
from tests.support.openid import CLIENT_ID, OTHER_KEY, SECRET, Provider, a_provider
from tests.support.pages import text_of, value_of
from tests.support.signing_in import a_link, path_of
from tests.support.web import sign_in
from tests.support.work import MONDAY, make_work
from tests.web.test_second_step import STEP_PAGE

ANNA = {
    "sub": "7f",
    "email": "anna@testerdam.nl",
    "email_verified": True,
    "name": "Anna de Wit",
}


@pytest.fixture
def provider() -> Iterator[Provider]:
    with a_provider(who=dict(ANNA)) as made:
        yield made


@pytest.fixture
def testerdam(app: Flask, session: Session, provider: Provider) -> Gemeente:
    """A gemeente whose people sign in at its own provider."""
    app.extensions["providers"] = Providers(loopback_too=True)
    gemeente = a_gemeente(session, name="Testerdam")
    a_domain(session, gemeente, "testerdam.nl")
    return connected(app, session, gemeente, provider.issuer)


def connected(
    app: Flask, session: Session, gemeente: Gemeente, issuer: str, *, is_only: bool = False
) -> Gemeente:
    sealed = Seal(app.extensions["settings"], "provider").close(SECRET)
    work = Work(session=session, actor=SYSTEM, now=MONDAY)
    connection = Connection(issuer, CLIENT_ID, sealed, is_only=is_only)
    connect_provider(work, gemeente.code, connection, loopback_too=True)
    session.commit()
    return gemeente


def at(gemeente: Gemeente, step: str = "") -> str:
    return f"/inloggen/gemeente/{gemeente.code.lower()}{step}"


def sent_back(client: FlaskClient, gemeente: Gemeente) -> str:
    """Where the provider sends a browser that went there and signed in."""
    there = client.get(at(gemeente, "/heen"))
    assert there.status_code == 302
    answer = requests.get(there.location, allow_redirects=False, timeout=5)
    return answer.headers["Location"]


def come_back(client: FlaskClient, gemeente: Gemeente, **changed: str | None) -> TestResponse:
    parts = urlsplit(sent_back(client, gemeente))
    brought = {**dict(parse_qsl(parts.query)), **changed}
    given = {name: value for name, value in brought.items() if value is not None}
    return client.get(parts.path, query_string=given)


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def refused(client: FlaskClient, answer: TestResponse) -> str:
    """What somebody reads who is not let in; nothing of it, or of whom, stands in the log."""
    assert answer.status_code == 302
    assert not is_in(client)
    return text_of(client.get(answer.location))


def test_who_types_a_work_address_is_led_to_their_gemeente(
    client: FlaskClient, session: Session, testerdam: Gemeente
) -> None:
    page = client.post("/inloggen", data={"email": "anna@testerdam.nl"}, follow_redirects=True)

    assert "Log in bij gemeente Testerdam" in text_of(page)
    assert f'href="{at(testerdam, "/heen")}"' in page.text
    assert session.scalars(select(SignIn)).all() == []


def test_who_rather_has_a_link_gets_one(
    client: FlaskClient, session: Session, testerdam: Gemeente
) -> None:
    client.post("/inloggen", data={"email": "anna@testerdam.nl"})

    page = client.post(at(testerdam), follow_redirects=True)

    assert "Kijk in je mail" in text_of(page)
    assert session.scalars(select(SignIn.email)).all() == ["anna@testerdam.nl"]


def test_another_address_gets_no_link_from_this_page(
    client: FlaskClient, session: Session, testerdam: Gemeente
) -> None:
    client.post("/inloggen", data={"email": "bas@elders.nl"})
    session.expire_all()

    page = client.get(at(testerdam))
    client.post(at(testerdam))

    assert "Mail mij een link" not in page.text
    assert session.scalars(select(SignIn.email)).all() == ["bas@elders.nl"]


def test_a_newcomer_comes_in_with_the_name_they_like(
    client: FlaskClient, session: Session, testerdam: Gemeente
) -> None:
    answer = come_back(client, testerdam)
    page = client.get(answer.location)

    assert "Welkom, collega uit Testerdam" in text_of(page)
    assert value_of(page, "name") == "Anna de Wit"

    client.post(answer.location, data={"name": "Anna"})

    user = session.scalars(select(User)).one()
    assert (user.name, user.email, user.gemeente_code) == (
        "Anna",
        "anna@testerdam.nl",
        testerdam.code,
    )
    assert is_in(client)


def test_a_newcomer_without_a_name_reads_what_is_missing(
    client: FlaskClient, testerdam: Gemeente
) -> None:
    answer = come_back(client, testerdam)

    page = client.post(answer.location, data={"name": ""})

    assert (page.status_code, "Vul je naam in." in page.text) == (422, True)


def test_a_newcomer_who_waits_too_long_begins_anew(
    client: FlaskClient, session: Session, testerdam: Gemeente
) -> None:
    answer = come_back(client, testerdam)

    with time_machine.travel(MONDAY + NEWCOMER_LIVES + timedelta(minutes=1)):
        late = client.post(answer.location, data={"name": "Anna"})

    assert late.location == at(testerdam)
    assert session.scalars(select(User)).all() == []


def test_who_has_an_account_goes_on_where_they_were(
    client: FlaskClient, session: Session, testerdam: Gemeente
) -> None:
    anna = a_user(session, email="anna@testerdam.nl", gemeente_code=testerdam.code)
    client.get("/meldingen")

    answer = come_back(client, testerdam)

    assert answer.location == "/meldingen"
    assert session.scalars(select(UserSession.user_id)).all() == [anna.id]
    assert session.scalars(select(KnownIdentity.subject)).all() == ["7f"]


def test_who_has_power_still_gives_a_second_proof(
    client: FlaskClient, session: Session, testerdam: Gemeente
) -> None:
    email = "anna@testerdam.nl"
    a_user(session, Role.BEHEERDER, email=email, gemeente_code=testerdam.code)

    assert come_back(client, testerdam).location == "/account/tweede-stap"


def test_the_session_is_a_new_one(
    client: FlaskClient, session: Session, testerdam: Gemeente
) -> None:
    a_user(session, email="anna@testerdam.nl", gemeente_code=testerdam.code)
    for _ in range(2):
        come_back(client, testerdam)

    assert session.scalar(select(func.count()).select_from(UserSession)) == 1


@pytest.mark.parametrize("state", [None, "", "x"])
def test_s27_a_wrong_state_is_refused_and_logged_once(
    client: FlaskClient, session: Session, testerdam: Gemeente, state: str | None
) -> None:
    a_user(session, email="anna@testerdam.nl", gemeente_code=testerdam.code)
    with capture_logs() as lines:
        answer = come_back(client, testerdam, state=state)

    told = [line for line in lines if line["event"] == "sign_on_refused"]
    assert [(line["gemeente"], line["why"]) for line in told] == [(testerdam.code, "state")]
    assert "telt niet meer: je ging een stap terug" in refused(client, answer)


def test_s27_what_another_browser_brought_is_refused(
    app: Flask, client: FlaskClient, session: Session, testerdam: Gemeente
) -> None:
    """Somebody else's address to come back to, sent on: it would sign in who opens it as them."""
    a_user(session, email="anna@testerdam.nl", gemeente_code=testerdam.code)
    theirs = sent_back(client, testerdam)

    other = app.test_client()
    answer = other.get(theirs)

    assert "telt niet meer: je ging een stap terug" in refused(other, answer)


def test_s27_what_was_brought_is_taken_once(
    client: FlaskClient, session: Session, testerdam: Gemeente
) -> None:
    a_user(session, email="anna@testerdam.nl", gemeente_code=testerdam.code)
    brought = sent_back(client, testerdam)
    client.get(brought)
    client.post("/uitloggen")

    assert "telt niet meer: je ging een stap terug" in refused(client, client.get(brought))


def test_s27_who_comes_back_too_late_is_refused(
    client: FlaskClient, session: Session, testerdam: Gemeente
) -> None:
    a_user(session, email="anna@testerdam.nl", gemeente_code=testerdam.code)
    brought = sent_back(client, testerdam)

    with time_machine.travel(MONDAY + VISIT_LIVES + timedelta(minutes=1)):
        answer = client.get(brought)

        assert "telt niet meer: je ging een stap terug" in refused(client, answer)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"claims": {"nonce": "x"}}, "nonce"),
        ({"claims": {"aud": "another"}}, "claims"),
        ({"claims": {"exp": 1}}, "claims"),
        ({"claims": {"iss": "https://inloggen.elders.example"}}, "claims"),
        ({"key": OTHER_KEY}, "signature"),
        # Unsigned: it says itself that it holds nothing.
        # pragma: allowlist nextline secret
        ({"token": "eyJhbGciOiJub25lIn0.e30."}, "signature"),
        ({"answer": {"code": "x"}}, "code"),
        ({"answer": {"iss": "https://inloggen.elders.example"}}, "issuer"),
        ({"answer": {"error": "server_error", "code": None}}, "provider"),
        ({"claims": {"email_verified": False}}, "unverified"),
        ({"claims": {"email": "anna@elders.nl"}}, "domain"),
    ],
)
def test_s28_s29_s30_a_lie_is_refused_and_logged_once_without_a_person(
    client: FlaskClient,
    session: Session,
    testerdam: Gemeente,
    provider: Provider,
    told: dict[str, Any],
    why: str,
) -> None:
    a_user(session, email="anna@testerdam.nl", gemeente_code=testerdam.code)
    vars(provider).update(told)

    with capture_logs() as lines:
        answer = come_back(client, testerdam)

    said = [line for line in lines if line["event"] == "sign_on_refused"]
    assert [(line["gemeente"], line["why"]) for line in said] == [(testerdam.code, why)]
    assert not any(word in str(lines) for word in ("anna", "7f", SECRET, "elders"))
    refused(client, answer)
    assert session.scalars(select(KnownIdentity)).all() == []


def test_who_stops_at_their_gemeente_reads_so(
    client: FlaskClient, testerdam: Gemeente, provider: Provider
) -> None:
    provider.answer = {"error": "access_denied", "code": None}

    assert "is afgebroken" in refused(client, come_back(client, testerdam))


def test_s30_each_gemeente_has_an_address_of_its_own_to_come_back_to(
    app: Flask, client: FlaskClient, session: Session, testerdam: Gemeente, provider: Provider
) -> None:
    """Also of a provider that never says who it is."""
    provider.about = {"authorization_response_iss_parameter_supported": None}
    provider.answer = {"iss": None}
    a_user(session, email="anna@testerdam.nl", gemeente_code=testerdam.code)
    with a_provider() as other:
        elders = connected(app, session, a_gemeente(session), other.issuer)
        brought = urlsplit(sent_back(client, testerdam))

        answer = client.get(at(elders, "/terug"), query_string=brought.query)

        assert "telt niet meer: je ging een stap terug" in refused(client, answer)
        assert other.heard == []


def test_a_provider_that_is_away_leaves_the_link(
    app: Flask, client: FlaskClient, session: Session, testerdam: Gemeente
) -> None:
    connected(app, session, testerdam, "http://127.0.0.1:1")
    client.post("/inloggen", data={"email": "anna@testerdam.nl"})

    with capture_logs() as lines:
        page = client.get(at(testerdam, "/heen"))

    assert page.status_code == 503
    assert "is nu niet bereikbaar" in text_of(page)
    assert "Mail mij een link" in text_of(page)
    away = [line for line in lines if line["event"] == "provider_away"]
    assert [line["gemeente"] for line in away] == [testerdam.code]
    assert "anna" not in str(lines)
    client.post(at(testerdam))
    assert session.scalars(select(SignIn.email)).all() == ["anna@testerdam.nl"]


def test_where_people_sign_in_at_their_gemeente_only_no_link_opens_a_door(
    app: Flask, client: FlaskClient, session: Session, testerdam: Gemeente, provider: Provider
) -> None:
    before = a_link(session, "anna@testerdam.nl")
    a_user(session, email="anna@testerdam.nl", gemeente_code=testerdam.code)
    connected(app, session, testerdam, provider.issuer, is_only=True)

    page = client.post("/inloggen", data={"email": "anna@testerdam.nl"}, follow_redirects=True)
    client.post(at(testerdam))
    opened = client.post(path_of(app, before))

    assert "logt alleen zo in" in text_of(page)
    assert session.scalars(select(SignIn.id)).all() == [before.id]
    assert (opened.status_code, is_in(client)) == (410, False)


def test_what_a_cookie_keeps_is_not_to_be_read(client: FlaskClient, testerdam: Gemeente) -> None:
    client.get(at(testerdam, "/heen"))

    with client.session_transaction() as cookie:
        assert "verifier" not in str(dict(cookie))


@pytest.mark.parametrize("step", ["", "/heen", "/terug", "/naam"])
def test_a_gemeente_without_a_provider_has_no_such_page(
    client: FlaskClient, session: Session, step: str
) -> None:
    assert client.get(at(a_gemeente(session), step)).status_code == 404


def test_the_account_says_since_when_the_gemeente_opens_it(
    client: FlaskClient, session: Session, testerdam: Gemeente
) -> None:
    a_user(session, email="anna@testerdam.nl", gemeente_code=testerdam.code)
    come_back(client, testerdam)

    page = client.get("/account")

    assert "Sinds 23 november 2026 log je ook in bij je gemeente." in text_of(page)


def test_s65_for_real_nothing_on_this_machine_is_called(
    new_app: AppMaker, database: URL, provider: Provider, limiter_as_it_was: None
) -> None:
    real = new_app(
        database,
        environment=Environment.PRODUCTION,
        base_url="https://degemeentevannu.example",
    )
    providers: Providers = real.extensions["providers"]

    for issuer in (provider.issuer, provider.issuer.replace("http://", "https://")):
        client = Client(issuer, CLIENT_ID, SECRET, "https://degemeentevannu.example/terug")
        with pytest.raises(Away):
            providers.way_in(client, new_visit(), "", MONDAY)

    assert provider.heard == []


def test_s11_who_is_kept_out_comes_no_further_than_their_own_data(
    client: FlaskClient, session: Session, testerdam: Gemeente
) -> None:
    anna = a_user(session, email="anna@testerdam.nl", gemeente_code=testerdam.code)
    keeper = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=testerdam.code)
    assert come_back(client, testerdam).status_code == 302
    client.post("/uitloggen")
    shut_out(make_work(session, keeper), anna.id, "Je werkt hier niet meer.")
    session.commit()

    back = come_back(client, testerdam)
    page = client.get(back.location)
    data = client.post(f"{urlsplit(back.location).path}/gegevens")

    assert page.status_code == 403
    assert "Je werkt hier niet meer." in text_of(page)
    assert (data.status_code, data.mimetype) == (200, "application/zip")
    assert client.get("/account").location == "/inloggen"


# To prove anew who one is


def prove_there(client: FlaskClient, gemeente: Gemeente) -> str:
    """Go there to prove it; where the provider sends the browser back to."""
    there = client.get(at(gemeente, "/controle"))
    assert {"prompt=login", "max_age=0"} <= set(urlsplit(there.location).query.split("&"))
    answer = requests.get(there.location, allow_redirects=False, timeout=5)
    return answer.headers["Location"]


@pytest.fixture
def later(client: FlaskClient, session: Session, testerdam: Gemeente) -> Iterator[FlaskClient]:
    """A browser in which Anna signed in too long ago to go on unasked."""
    a_user(session, email="anna@testerdam.nl", gemeente_code=testerdam.code)
    come_back(client, testerdam)
    with time_machine.travel(MONDAY + PROOF_LASTS + timedelta(minutes=1)):
        client.post("/account/gegevens")
        yield client


def test_who_signs_in_at_their_gemeente_proves_it_there(
    later: FlaskClient, session: Session, testerdam: Gemeente
) -> None:
    before = session.scalars(select(UserSession.id)).one()
    page = later.get(STEP_PAGE)

    back = later.get(prove_there(later, testerdam))

    assert f'href="{at(testerdam, "/controle")}"' in page.text
    assert "Stuur me een link" in page.text
    assert back.location == "/account"
    assert session.scalars(select(UserSession.id)).one() != before
    assert later.post("/account/gegevens").mimetype == "application/zip"


def test_who_signs_in_there_only_gets_no_link(
    app: Flask, later: FlaskClient, session: Session, testerdam: Gemeente, provider: Provider
) -> None:
    connected(app, session, testerdam, provider.issuer, is_only=True)

    page = later.get(STEP_PAGE).text

    assert ("Ga naar de inlog van Testerdam" in page, "Stuur me een link" in page) == (True, False)
    assert later.post("/account/controle").status_code == 403


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"who": {**ANNA, "sub": "8a", "email": "bas@testerdam.nl"}}, "als iemand anders"),
        ({"claims": {"auth_time": MONDAY.timestamp()}}, "zonder dat je opnieuw inlogde"),
        ({"claims": {"auth_time": "x"}}, "zonder dat je opnieuw inlogde"),
        ({"claims": {"nonce": "x"}}, "Er klopte iets niet"),
        ({"answer": {"error": "access_denied", "code": None}}, "afgebroken"),
    ],
)
def test_who_proves_nothing_there_stays_as_they_are(
    later: FlaskClient,
    session: Session,
    testerdam: Gemeente,
    provider: Provider,
    told: dict[str, Any],
    said: str,
) -> None:
    a_user(session, email="bas@testerdam.nl", gemeente_code=testerdam.code)
    before = session.scalars(select(UserSession.id)).all()
    vars(provider).update(told)

    back = later.get(prove_there(later, testerdam))

    assert back.location == STEP_PAGE
    assert said in text_of(later.get(STEP_PAGE))
    assert session.scalars(select(UserSession.id)).all() == before
    assert later.post("/account/gegevens").location == STEP_PAGE


def test_a_proof_from_there_is_worth_nothing_in_another_session(
    later: FlaskClient, session: Session, testerdam: Gemeente
) -> None:
    """Somebody else signed in, in this browser, between the way there and the way back."""
    brought = prove_there(later, testerdam)
    bas = a_user(session)
    sign_in(later, session, bas)

    back = later.get(brought)

    assert back.location == at(testerdam)
    assert f"{bas.name}" in later.get("/account").text


def test_while_the_gemeente_is_away_who_proves_it_reads_so(
    app: Flask, later: FlaskClient, testerdam: Gemeente
) -> None:
    app.extensions["providers"] = Providers(loopback_too=False)

    page = later.get(at(testerdam, "/controle"), follow_redirects=True)

    assert "De inlog van je gemeente is nu niet bereikbaar." in text_of(page)
