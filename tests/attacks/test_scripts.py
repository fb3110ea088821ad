"""What somebody types is text on every page: no browser runs it, and no template reads it.

All text of a made-up world is replaced by what runs when it is not escaped. A real browser that
believes every script, our own promise of where they come from left aside, opens each page.
"""

from collections.abc import Iterator
from html import unescape
from itertools import cycle, islice
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Route
from sqlalchemy import Column, Enum, String, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core.actor import Role
from app.extensions import limiter
from app.links import Links
from app.tables import METADATA
from tests.rights.test_walk import requests
from tests.rights.world import Standing, World, a_world
from tests.support.web import sign_in

pytestmark = pytest.mark.browser

HOME = "http://localhost"
SUM = "5332114"
RUN = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'>",
    "<video><source onerror=alert(1)></video>",
    "<style onload=alert(1)></style>",
    "<marquee onstart=alert(1)>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "--><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "</option></select><img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    '" autofocus onfocus=alert(1) x="',
    "' onpointerenter=alert(1) x='",
    "` onerror=alert(1) `",
    "javascript:alert(1)",
    "jAvAsCrIpT:alert(1)//",
    "data:text/html,<script>alert(1)</script>",
    "[klik](javascript:alert(1))",
    '";alert(1);//',
    "</style><script>alert(1)</script>",
    "<<script>alert(1)//<</script>",
    "<a href=javascript:alert(1) id=x>x</a>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]
READ = [
    "{{1234*4321}}",
    "{% print(1234*4321) %}",
    "${1234*4321}",
    "#{1234*4321}",
    "<%= 1234*4321 %>",
    "%s%n%(name)s",
    "{0.__class__}",
]
TEXTS = [*RUN, *READ]
# Nobody types these: keys, words of ours, addresses, and the list of gemeenten.
OF_OURS = {
    *("address_health", "audit_entry", "audit_link", "attempt", "bounce", "consent", "delivery"),
    # Typed by who looks after the site; no page of this world has one.
    "network",
    *("digest_run", "different_words", "email_domain", "gemeente", "job", "known_identity"),
    *("outbox_message", "provider", "received_mail", "second_factor", "sign_in", "term"),
    "worker_heartbeat",
}
NO_TEXT = {"email", "manager_email", "uri", "gemeente_code", "subject", "request_id"}
# All of them, or as many as a column takes.
LENGTHS = [2_500, 1_000, 500, 300, 120, 80, 40]


def typed_in() -> Iterator[Column[str]]:
    for table in METADATA.sorted_tables:
        for column in table.columns:
            is_text = isinstance(column.type, String) and not isinstance(column.type, Enum)
            is_key = column.primary_key or column.foreign_keys or "normal" in column.name
            if table.name not in OF_OURS and is_text and not is_key and column.name not in NO_TEXT:
                yield column


def text_for(number: int, most: int) -> str:
    """As many as there is room for, beginning with another one each time."""
    found = ""
    for text in islice(cycle(TEXTS), number % len(TEXTS), number % len(TEXTS) + len(TEXTS)):
        if len(found) + len(text) + 1 <= most:
            found += f"{text} "
    return found.strip()


def made_hostile(session: Session, world: World) -> set[str]:
    """Replace all that was typed; the columns in which the database takes no such thing."""
    session.commit()
    kept_out = set()
    for number, column in enumerate(typed_in()):
        if not any(_is_taken(session, column, text_for(number * 3, most)) for most in LENGTHS):
            kept_out.add(str(column))
    session.commit()
    session.expire_all()
    return kept_out


def _is_taken(session: Session, column: Column[str], text: str) -> bool:
    try:
        with session.begin_nested():
            session.execute(update(column.table).values({column.name: text}))
    except (DataError, IntegrityError):
        return False
    return True


def pages(app: Flask, client: FlaskClient, world: World) -> dict[str, TestResponse]:
    """Each page that there is to read, once; what a mail leads to as well."""
    links = Links(app.extensions["settings"])
    loan = UUID(str(world.things[Standing.TEAM]["loan_id"]))
    found: dict[str, TestResponse] = {}
    seen = set()
    asked = [(rule.endpoint, at) for rule, method, _, at in requests(app, world) if method == "GET"]
    asked.append(("by mail", urlsplit(links.loan_to_sign(loan, world.viewer.email)).path))
    for endpoint, at in asked:
        if endpoint not in seen:
            answer = client.get(at, buffered=True)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                found[at] = answer
                seen.add(endpoint)
    return found


class Believer:
    """A browser that runs every script there is, and tells which it was asked to."""

    def __init__(self, context: BrowserContext, client: FlaskClient) -> None:
        self.client, self.page = client, context.new_page()
        self.answers: dict[str, TestResponse | str] = {}
        self.elsewhere: list[str] = []
        context.add_init_script("window.ran = []; window.alert = what => window.ran.push(what)")
        context.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        asked = route.request
        if not asked.url.startswith(HOME):
            self.elsewhere.append(asked.url)
            route.abort()
        elif (known := self.answers.get(asked.url)) is not None:
            body = known if isinstance(known, str) else known.get_data()
            route.fulfill(body=body, content_type="text/html; charset=utf-8")
        elif asked.resource_type == "script":
            answer = self.client.get(urlsplit(asked.url).path, buffered=True)
            route.fulfill(body=answer.get_data(), content_type="text/javascript")
        else:
            route.abort()

    def ran_on(self, path: str, answer: TestResponse | str) -> list[object]:
        """What ran, and what would if somebody pressed it."""
        self.answers = {HOME + path: answer}
        self.page.goto(HOME + path)
        found: list[object] = self.page.evaluate(
            "[...window.ran, ...[...document.querySelectorAll('[href], [action], [src]')]"
            ".map(one => one.href || one.action || one.src)"
            ".filter(where => /^(javascript|data|vbscript):/i.test(where))]"
        )
        return found


def test_s44_no_text_runs_on_any_page_and_s46_none_is_a_template(
    app: Flask,
    client: FlaskClient,
    session: Session,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limiter, "enabled", False)
    world = a_world(session, *Role)
    sign_in(client, session, world.viewer)
    assert made_hostile(session, world) == set()
    context = browser.new_context(bypass_csp=True)
    believer = Believer(context, client)
    try:
        # What is not escaped does run.
        unsafe = f"<title></title><p>{' '.join(RUN)}</p>"
        assert believer.ran_on("/onveilig", unsafe)
        shown = pages(app, client, world)
        ran = {at: believer.ran_on(at, answer) for at, answer in shown.items()}
    finally:
        context.close()

    assert {at: what for at, what in ran.items() if what} == {}
    assert [url for url in believer.elsewhere if url.startswith("http")] == []
    assert [at for at, answer in shown.items() if SUM in answer.text] == []
    everything = unescape(" ".join(answer.text for answer in shown.values()))
    assert [text for text in TEXTS if unescape(text) not in everything] == []
    assert len(shown) > 60
