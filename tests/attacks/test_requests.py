"""Requests that no page of ours sends: other methods, too many fields, odd bytes."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.core.actor import Role
from app.factory import MOST_FORM_FIELDS
from app.opgaven.models import Opgave
from app.people.models import Profile
from tests.house.test_routes import routes
from tests.support.builders import a_profile, a_user
from tests.support.pages import text_of
from tests.support.web import sign_in

URLENCODED = "application/x-www-form-urlencoded"
NAMED = re.compile(r'name="([^"]+)"')
# Each row has its own.
MADE_ANEW = {"_sa_instance_state", "id", "created_at", "changed_at"}
# When somebody was last here, and who read whose profile: what looking writes on purpose.
KEPT_OF_LOOKING = {"user_session", "audit_entry", "audit_link", "outbox_message"}
READING = {"GET", "HEAD"}
# A field and a header that name a method, and a form in the question.
OTHER_WAYS = {"_method": "POST", "actie": "bewaar", "title": "Gekaapt"}
NAMES_A_METHOD = {"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST"}


@pytest.fixture
def manager(client: FlaskClient, session: Session) -> User:
    """Somebody who may come everywhere that a role opens."""
    user = a_user(session, *Role)
    sign_in(client, session, user)
    return user


def everything_in(session: Session) -> dict[str, object]:
    names = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
    return {
        name: session.scalar(
            text(f"SELECT md5(string_agg(r::text, '|' ORDER BY r::text)) FROM {name} r")
        )
        for name in sorted(names)
        if name not in KEPT_OF_LOOKING
    }


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_s23_what_a_form_does_is_done_by_a_form_only(
    app: Flask, client: FlaskClient, session: Session, manager: User, method: str
) -> None:
    before = everything_in(session)

    for rule, path in routes(app, "POST"):
        answer = client.open(path, method=method, query_string=OTHER_WAYS, headers=NAMES_A_METHOD)
        assert answer.status_code < 500, rule.rule
        assert answer.status_code == 405 or method in READING, rule.rule

    session.expire_all()
    assert everything_in(session) == before


def bodies_of_too_much() -> Iterator[object]:
    yield pytest.param("&".join(["a=1"] * 20_000), URLENCODED, id="fields")
    parts = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{number}"\r\n\r\n1\r\n'
        for number in range(MOST_FORM_FIELDS + 1)
    )
    yield pytest.param(f"{parts}--x--\r\n", "multipart/form-data; boundary=x", id="parts")


@pytest.mark.parametrize(("body", "kind"), list(bodies_of_too_much()))
def test_s58_a_form_of_more_fields_than_any_of_ours_is_refused(
    client: FlaskClient, body: str, kind: str
) -> None:
    answer = client.post("/inloggen", data=body, content_type=kind)

    assert (answer.status_code, "<h1" in answer.text) == (413, True)


def test_s58_a_form_of_as_many_fields_as_ours_may_have_is_read(client: FlaskClient) -> None:
    fields = [f"veld{number}=1" for number in range(MOST_FORM_FIELDS - 1)]

    answer = client.post(
        "/inloggen", data="&".join([*fields, "email=anna%40b.nl"]), content_type=URLENCODED
    )

    assert answer.status_code == 302


@pytest.mark.parametrize("body", [b"email=%ED%A0%80%40b.nl", b"email=%C0%AF%40b.nl", b"email=\xff"])
def test_s48_bytes_that_are_no_text_are_no_fault_of_ours(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/inloggen", data=body, content_type=URLENCODED)

    assert answer.status_code in {302, 422}


@pytest.mark.parametrize(
    "path", ["/opgaven/%ED%A0%80", "/opgaven/%C0%AF", "/%ff%fe", "/opgaven?q=%C0"]
)
def test_s48_a_path_of_odd_bytes_is_no_fault_of_ours(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code in {200, 404}


def test_s88_of_a_field_that_comes_twice_the_first_counts(
    client: FlaskClient, session: Session, manager: User
) -> None:
    profile = {"version": "0", "travel_km": "30", "actie": "bewaar"}
    sent = {**profile, "visibility": ["hidden", "everybody"], "headline": ["Eerste", "Tweede"]}

    client.post("/profiel/bewerken?headline=Vraag&visibility=everybody", data=sent)

    kept = session.scalars(select(Profile)).one()
    assert (kept.headline, kept.visibility.value) == ("Eerste", "hidden")


@pytest.mark.parametrize(
    "sent", [{"actie": "bewaar"}, ["a"], True, {"headline": ["x"], "version": 0}]
)
def test_s88_json_in_the_place_of_a_form_is_a_form_without_fields(
    client: FlaskClient, session: Session, manager: User, sent: object
) -> None:
    answer = client.post("/profiel/bewerken?headline=Vraag&version=0", json=sent)

    assert answer.status_code in {400, 409, 422}
    assert session.scalars(select(Profile)).all() == []


@pytest.mark.parametrize(
    "path",
    [
        *("/.git/config", "/.env", "/static/../settings.py", "/static/%2e%2e/settings.py"),
        *("/static/..%5csettings.py", "/console", "/metrics", "/openapi.json", "/server-status"),
        *("/debug", "/phpinfo.php", "/wp-login.php", "/backup.zip", "/static/", "/var/log/web.log"),
    ],
)
def test_s83_what_others_leave_open_is_not_there(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "FOO", "PROPFIND"])
def test_s83_other_methods_are_not_known(client: FlaskClient, method: str) -> None:
    answer = client.open("/", method=method)

    assert answer.status_code == 405
    assert "Werkzeug" not in answer.text


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS", "POST"])
def test_s81_no_other_site_is_told_that_it_may_read(
    client: FlaskClient, origin: str, method: str
) -> None:
    wishes = {"Origin": origin, "Access-Control-Request-Method": "POST"}

    answer = client.open("/inloggen", method=method, headers=wishes)

    assert not [name for name in answer.headers if name[0].lower().startswith("access-control")]


def every_page_of_theirs(app: Flask) -> Iterator[str]:
    yield from (path for rule, path in routes(app, "GET") if not rule.arguments)


def test_s79_nothing_of_who_is_signed_in_is_kept_on_the_way(
    app: Flask, client: FlaskClient, session: Session, manager: User
) -> None:
    a_profile(session, user=manager)
    for path in every_page_of_theirs(app):
        answer = client.get(path, buffered=True)
        assert answer.headers["Cache-Control"] == "no-store" or path == "/favicon.ico", path
        assert "Cookie" in answer.headers["Vary"], path


def columns_beside(session: Session, form: TestResponse) -> set[str]:
    """Every column of every table that is no field of this form."""
    names = text("SELECT column_name FROM information_schema.columns WHERE table_schema = 'public'")
    return set(session.scalars(names)) - set(NAMED.findall(form.text))


@pytest.mark.parametrize(
    ("page", "typed", "kept_in"),
    [
        (
            "/profiel/bewerken",
            {"version": "0", "travel_km": "30", "visibility": "hidden", "headline": "Van mij"},
            Profile,
        ),
        (
            "/opgaven/nieuw",
            {
                "version": "0",
                "title": "Een plan",
                "kind": "klus",
                "people_needed": "1",
                "place": "hybrid",
                "audience": "everybody",
                # Asked only of a gemeente that shows its opgaven to its own colleagues first.
                "colleagues_weeks": "2",
            },
            Opgave,
        ),
    ],
)
def test_s36_columns_that_are_sent_along_change_nothing(
    client: FlaskClient, session: Session, page: str, typed: dict[str, str], kept_in: type[Any]
) -> None:
    user = a_user(session, Role.OPGAVEHOUDER)
    other = a_user(session, email="bram@elders.example")
    sign_in(client, session, user)

    def kept(along: dict[str, str]) -> dict[str, object]:
        answer = client.post(page, data={**along, **typed, "actie": "bewaar"})
        assert answer.status_code == 302, text_of(answer)
        row = session.scalars(select(kept_in)).one()
        found = {name: value for name, value in vars(row).items() if name not in MADE_ANEW}
        session.delete(row)
        session.commit()
        return found

    columns = columns_beside(session, client.get(page, follow_redirects=True))
    assert kept(dict.fromkeys(columns, str(other.id))) == kept({})
