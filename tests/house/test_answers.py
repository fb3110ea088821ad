"""What every answer carries, whatever was asked."""

import re
from collections.abc import Callable

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.core.actor import Role
from app.core.rights import Right
from app.web import headers
from app.web.policy import allow
from tests.conftest import AppMaker, server_url
from tests.house.test_routes import routes
from tests.support.builders import a_user
from tests.support.web import sign_in

CONTENT_POLICY = {
    *("default-src 'none'", "script-src 'self'", "style-src 'self'", "font-src 'self'"),
    *("img-src 'self'", "connect-src 'self'", "frame-src 'self'", "form-action 'self'"),
    *("frame-ancestors 'none'", "base-uri 'none'"),
    *("report-uri /beleid-geschonden", "report-to beleid"),
}
PROMISED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Reporting-Endpoints": 'beleid="/beleid-geschonden"',
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}

ANSWERS: dict[str, tuple[int, Callable[[FlaskClient], TestResponse]]] = {
    "a page": (200, lambda client: client.get("/")),
    "plain text": (200, lambda client: client.get("/healthz")),
    "a redirect": (302, lambda client: client.get("/meldingen")),
    "nothing there": (404, lambda client: client.get("/bestaat-niet")),
    "another method": (405, lambda client: client.put("/over")),
    "far too much": (413, lambda client: client.post("/inloggen", data={"address": "x" * 10**6})),
    "a style": (200, lambda client: client.get("/static/css/dgvn.css", buffered=True)),
    "no such style": (404, lambda client: client.get("/static/css/absent.css")),
}
# Of these the form itself says how it is written.
WITHOUT_SIGNS = re.compile(r"application/(json|pdf|zip|xml)|image/[a-z+.-]+|font/woff2")


@pytest.fixture(params=ANSWERS)
def answer(request: pytest.FixtureRequest, client: FlaskClient) -> TestResponse:
    status, ask = ANSWERS[request.param]
    found = ask(client)
    assert found.status_code == status
    return found


def test_an_answer_says_what_it_holds(answer: TestResponse) -> None:
    """And in which signs it is written, unless it holds nothing to read."""
    kind, _, signs = answer.headers["Content-Type"].partition(";")

    assert (kind.startswith("text/"), signs.strip().replace('"', "")) == (True, "charset=utf-8")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_route_says_what_its_answer_holds(
    app: Flask, client: FlaskClient, session: Session, method: str
) -> None:
    sign_in(client, session, a_user(session, *Role))

    told = {
        (rule.endpoint, answer.status_code): answer.headers.get("Content-Type", "")
        for rule, address in routes(app, method)
        if (answer := client.open(address, method=method, buffered=True)).data
    }

    unclear = {
        of: kind
        for of, kind in told.items()
        if not WITHOUT_SIGNS.fullmatch(kind) and not kind.endswith("; charset=utf-8")
    }
    assert (len(told) > 50, unclear) == (True, {})


def test_nothing_may_come_from_elsewhere_or_stand_inline(answer: TestResponse) -> None:
    told = answer.headers.get_all("Content-Security-Policy")

    assert [{part.strip() for part in each.split(";")} for each in told] == [CONTENT_POLICY]


def test_the_other_promises_are_on_every_answer(answer: TestResponse) -> None:
    assert {name: answer.headers.get(name) for name in PROMISED} == PROMISED


def test_no_address_of_ours_is_told_to_other_sites(answer: TestResponse) -> None:
    assert answer.headers["Referrer-Policy"] == "same-origin"


def posts_only(rule: Rule) -> bool:
    return "GET" not in (rule.methods or ())


def test_an_address_that_is_a_key_is_told_to_no_page(app: Flask, client: FlaskClient) -> None:
    keys = [rule for rule in app.url_map.iter_rules() if "token" in rule.arguments]

    with app.test_request_context():
        addresses = {
            url_for(rule.endpoint, token="a.b.c", version=1): "POST" if posts_only(rule) else "GET"
            for rule in keys
        }
    told = {
        client.open(address, method=method).headers["Referrer-Policy"]
        for address, method in addresses.items()
    }

    assert (len(addresses) > 9, told) == (True, {"no-referrer"})


def test_no_other_site_may_read_along(answer: TestResponse) -> None:
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("address", ["/", "/inloggen", "/bestaat-niet"])
def test_pages_are_not_kept_in_between(client: FlaskClient, address: str) -> None:
    answer = client.get(address)

    assert (answer.headers["Cache-Control"], answer.headers["Vary"]) == ("no-store", "Cookie")


def test_an_answer_that_never_looked_at_the_cookie_still_differs_by_it() -> None:
    app = Flask(__name__)
    headers.bind(app)
    app.add_url_rule("/", "page", lambda: "the same for everybody, today")

    assert app.test_client().get("/").headers.get_all("Vary") == ["Cookie"]


@pytest.fixture
def wrong(new_app: AppMaker) -> Flask:
    """An application with a page that breaks."""
    app = new_app(server_url())

    @allow(Right.READ_SITE)
    def breaks() -> str:
        raise RuntimeError("a secret of the inside")

    app.add_url_rule("/breekt", "breaks", breaks)
    return app


def test_an_unforeseen_fault_shows_nothing_of_the_inside(wrong: Flask) -> None:
    answer = wrong.test_client().get("/breekt")

    assert answer.status_code == 500
    assert {name: answer.headers.get(name) for name in PROMISED} == PROMISED
    assert "a secret of the inside" not in answer.text


def test_browsers_remember_to_come_back_safely(new_app: AppMaker) -> None:
    app = new_app(server_url(), base_url="https://degemeentevannu.example")

    answer = app.test_client().get("/healthz", base_url="https://degemeentevannu.example")

    told = answer.headers["Strict-Transport-Security"]
    assert told == "max-age=31536000; includeSubDomains"


def test_every_page_of_who_is_signed_in_has_the_way_out(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    sign_in(client, session, a_user(session, *Role))

    pages = {
        rule.endpoint: answer.text
        for rule, address in routes(app, "GET")
        if (answer := client.get(address, buffered=True)).status_code == 200
        and answer.mimetype == "text/html"
    }

    without = [name for name, text in pages.items() if 'action="/uitloggen"' not in text]
    assert (len(pages) > 25, without) == (True, [])
