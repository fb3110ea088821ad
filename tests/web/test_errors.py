"""What a visitor reads when the house refuses, stumbles, or is outrun."""

import json
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core.actor import Role
from app.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from app.core.rights import Right
from app.notifications import queries
from app.web.policy import allow
from tests.conftest import AppMaker
from tests.support.builders import a_user
from tests.support.pages import text_of, value_of
from tests.support.web import sign_in

NOBODY_HOME = "postgresql+psycopg://dgvn@127.0.0.1:1/nowhere"
RAISED = {
    "not-found": NotFound("secret reason"),
    "not-allowed": NotAllowed("secret reason"),
    "conflict": Conflict(said="Dat is al gedaan."),
    "invalid": InvalidInput(said="Dat klopt niet."),
    "outrun": IntegrityError("INSERT secret reason", {}, Exception("duplicate")),
    "away": OperationalError("SELECT secret reason", {}, Exception("gone")),
    "stumble": RuntimeError("secret reason"),
}


@pytest.fixture(scope="module")
def stumbling(new_app: AppMaker) -> Flask:
    """An application whose database is away and whose pages raise."""
    app = new_app(make_url(NOBODY_HOME))
    for name, error in RAISED.items():

        def view(error: Exception = error) -> str:
            raise error

        def keyed(token: str, error: Exception = error) -> str:
            assert token
            raise error

        app.add_url_rule(f"/raise/{name}", name, allow(Right.READ_SITE)(view))
        app.add_url_rule(f"/raise/{name}/<token>", f"{name} by key", allow(Right.READ_SITE)(keyed))
    return app


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("not-found", 404, ""),
        ("not-allowed", 403, ""),
        ("conflict", 409, "Dat is al gedaan."),
        ("invalid", 422, "Dat klopt niet."),
        ("outrun", 409, "Iemand was je net voor."),
        ("away", 503, ""),
        ("stumble", 500, ""),
    ],
)
def test_a_refusal_is_a_page_that_gives_nothing_away(
    stumbling: Flask, name: str, status: int, said: str
) -> None:
    answer = stumbling.test_client().get(f"/raise/{name}")

    assert answer.status_code == status
    assert said in answer.text
    assert "secret" not in answer.text
    assert "<h1" in answer.text


def test_a_page_that_is_not_there_speaks_of_no_opgave(client: FlaskClient) -> None:
    lead = text_of(client.get("/beheer/begrippen/nee")).split("Deze pagina is er niet")[1]
    assert "Misschien is wat je zoekt al weg" in lead
    assert "Misschien is de opgave" not in lead


def test_when_the_database_is_away_people_hear_when_to_come_back(stumbling: Flask) -> None:
    answer = stumbling.test_client().get("/raise/away")

    assert answer.headers["Retry-After"] == "5"


def test_somebody_who_is_signed_in_reads_it_too(stumbling: Flask) -> None:
    client = stumbling.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = str(uuid4())

    assert client.get("/opgaven").status_code == 503


def test_a_stumble_has_a_reference_by_which_it_is_found_in_the_log(
    stumbling: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = [stumbling.test_client().get("/raise/stumble").text for _ in range(2)]

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    faults = [line for line in told if line["event"] == "unforeseen"]
    assert [(one["level"], one["page"]) for one in faults] == [("error", "stumble")] * 2
    assert all("RuntimeError" in one["exception"] for one in faults)
    first, second = (one["request"] for one in faults)
    assert first != second
    assert [first in pages[0], second in pages[1]] == [True, True]


TYPED = {"csrf_token": "gisteren", "name": 'Noor & "Co" <b>', "deed": "give"}
FROM_US = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def careful_client(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A browser against which the token is checked."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    return client


def test_what_was_typed_in_a_stale_form_can_be_sent_again(
    careful_client: FlaskClient, session: Session
) -> None:
    sign_in(careful_client, session, a_user(session))
    sent = {"csrf_token": "gisteren", "frequency": "never", "weekday": "2"}
    sent["version"] = value_of(careful_client.get("/voorkeuren"), "version") or ""

    stale = careful_client.post("/voorkeuren", data=sent, headers=FROM_US)
    token = value_of(stale, "csrf_token") or ""
    again = careful_client.post("/voorkeuren", data={**sent, "csrf_token": token})

    assert (stale.status_code, "Dit is nog niet opgeslagen" in stale.text) == (400, True)
    assert (value_of(stale, "frequency"), value_of(stale, "weekday")) == ("never", "2")
    assert (token != "gisteren", "nieuw tabblad" in stale.text) == (True, False)
    assert (again.status_code, again.location) == (302, "/voorkeuren")


def test_a_stale_form_survives_signing_in_again_in_another_tab(
    careful_client: FlaskClient, session: Session
) -> None:
    user = a_user(session)
    version = queries.choice_of(session, user.id).version
    sent = {"csrf_token": "gisteren", "frequency": "never", "weekday": "2", "version": version}
    nobody = careful_client.post("/voorkeuren", data=sent, headers=FROM_US)
    with careful_client.session_transaction() as cookie:
        cookie.clear()  # as signing in does
    sign_in(careful_client, session, user)

    sent["csrf_token"] = value_of(nobody, "csrf_token") or ""
    once_more = careful_client.post("/voorkeuren", data=sent, headers=FROM_US)
    sent["csrf_token"] = value_of(once_more, "csrf_token") or ""
    again = careful_client.post("/voorkeuren", data=sent, headers=FROM_US)

    assert (once_more.status_code, "Log in in" in text_of(once_more)) == (400, False)
    assert "Log in in een ander tabblad" in text_of(nobody)
    assert (again.status_code, again.location) == (302, "/voorkeuren")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/opgaven/nieuw", {"title": "Een plek voor de markt", "text": "Er is werk."}),
        ("/profiel/bewerken", {"headline": "Ik help graag mee."}),
    ],
)
def test_words_of_somebody_who_is_no_longer_signed_in_are_kept_until_they_are(
    careful_client: FlaskClient, session: Session, path: str, words: dict[str, str]
) -> None:
    token = token_on(careful_client.get("/inloggen"))

    # Whoever sends it again without signing in loses nothing either.
    for _ in range(2):
        page = send(careful_client, path, words, token)
        assert (page.status_code, "Log in in een ander tabblad" in text_of(page)) == (400, True)
        assert {name: value_of(page, name) for name in words} == words
        token = token_on(page)
    with careful_client.session_transaction() as cookie:
        cookie.clear()  # as signing in in another tab does
    sign_in(careful_client, session, a_user(session, Role.OPGAVEHOUDER))
    page = send(careful_client, path, words, token)
    form = send(careful_client, path, words, token_on(page))

    # The room reads it now, and says what it misses.
    assert (page.status_code, form.status_code) == (400, 422)
    assert all(typed in form.text for typed in words.values())


def test_without_words_at_stake_who_is_signed_out_is_asked_to_try_again(
    careful_client: FlaskClient,
) -> None:
    token = token_on(careful_client.get("/inloggen"))

    asked = send(careful_client, "/profiel/pauzeren", {}, token)

    assert (asked.status_code, asked.location) == (302, "/inloggen")
    page = text_of(careful_client.get("/inloggen"))
    assert ("probeer het dan nog eens" in page, "waar je was" in page) == (True, False)


def token_on(page: TestResponse) -> str:
    return value_of(page, "csrf_token") or ""


def send(client: FlaskClient, path: str, words: dict[str, str], token: str) -> TestResponse:
    return client.post(path, data={**words, "csrf_token": token}, headers=FROM_US)


def test_what_was_typed_comes_back_as_it_was(careful_client: FlaskClient) -> None:
    page = careful_client.post("/uitloggen", data=TYPED, headers=FROM_US)
    assert value_of(page, "name") == TYPED["name"]
    assert TYPED["name"] in text_of(page)
    assert "<b>" not in page.text


@pytest.mark.parametrize(
    ("headers", "is_offered"),
    [
        (FROM_US, True),
        ({"Origin": "http://localhost"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"}, False),
        ({"Origin": "http://elders.example"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
def test_the_form_of_another_site_is_not_helped_to_a_token(
    careful_client: FlaskClient, headers: dict[str, str], is_offered: bool
) -> None:
    page = careful_client.post("/uitloggen", data=TYPED, headers=headers)
    assert (page.status_code, value_of(page, "deed") is not None) == (400, is_offered)
    assert ("Verstuur het opnieuw" in page.text) is is_offered


@pytest.mark.parametrize("name", ["evil.example", "localhost.evil.example", "127.0.0.1@evil"])
def test_under_another_name_we_do_not_answer(stumbling: Flask, name: str) -> None:
    answer = stumbling.test_client().get("/over", headers={"Host": name})

    assert (answer.status_code, answer.text) == (400, "Dit adres kennen we niet.\n")


# What the log says


def test_a_log_line_names_the_page_and_never_the_key_in_its_address(
    stumbling: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    client = stumbling.test_client()
    for name in RAISED:
        client.get(f"/raise/{name}/kanarie?q=kanarie")

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    answered = [line["page"] for line in told if line["event"] == "answered"]
    assert answered == [f"{name} by key" for name in RAISED]
    assert {"unforeseen", "outrun", "database away"} <= {line["event"] for line in told}
    assert "kanarie" not in json.dumps(told)


def test_a_refusal_is_one_line_that_says_who_was_refused_what(
    client: FlaskClient, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    user = a_user(session)
    sign_in(client, session, user)
    capsys.readouterr()

    client.get("/beheer")

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    refused = [line for line in told if line["event"] == "refused"]
    assert [(one["page"], one["account"], one["why"]) for one in refused] == [
        ("beheer.index", str(user.id), "NotFound")
    ]
    assert (refused[0]["request"], told[-1]["status"]) == (told[-1]["request"], 404)


@pytest.mark.parametrize(
    ("headers", "is_taken"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Origin": "null"}, True),
        ({"Origin": "http://localhost"}, True),
        (FROM_US, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"}, False),
        ({"Origin": "http://elders.example"}, False),
        ({"Origin": "http://localhost.elders.example"}, False),
    ],
)
def test_a_right_token_from_another_site_is_not_taken(
    careful_client: FlaskClient, session: Session, headers: dict[str, str], is_taken: bool
) -> None:
    sign_in(careful_client, session, a_user(session))
    token = token_on(careful_client.get("/account"))

    answer = careful_client.post("/uitloggen", data={"csrf_token": token}, headers=headers)

    assert answer.status_code == (302 if is_taken else 400)
    assert (careful_client.get("/account").status_code == 200) is not is_taken


def test_a_link_from_another_site_opens(careful_client: FlaskClient) -> None:
    assert careful_client.get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200
