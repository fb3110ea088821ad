"""Every address says who may come there, and keeps to it."""

import ast
import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.core.actor import Role
from app.core.rights import (
    MANAGER,
    MATRIX,
    PROFESSIONAL,
    VISITOR,
    Right,
    Scope,
    is_public,
    is_told,
    roles_with,
)
from app.web.policy import right_for
from tests.house.tree import code
from tests.support.builders import a_user
from tests.support.web import sign_in

# Everybody on earth may come here. Keep it short enough to read.
PUBLIC = {
    *("home.index", "home.about", "home.privacy", "home.accessibility", "home.favicon"),
    *("home.register", "home.register_as_csv"),
    *("home.build_along", "home.security_txt", "home.robots", "home.breach"),
    *("home.healthz", "home.readyz", "static"),
    *("accounts.sign_in", "accounts.sent", "accounts.finish", "accounts.sign_out"),
    *("privacy.download_shut_out", "privacy.end_shut_out"),
    # Opens nothing but in the session that asked for it.
    "proving.finish",
    *("at_gemeente.choose", "at_gemeente.go", "at_gemeente.back", "at_gemeente.newcomer"),
    *("opgaven.index", "opgaven.show", "opgaven.who_else"),
    "people.public",
    *("notifications.unsubscribe", "notifications.preferences_by_mail"),
    *("by_mail.interested", "by_mail.later", "by_mail.not_my_skill", "by_mail.pause"),
    "by_mail.invitation",
    *("loans_by_mail.show", "loans_by_mail.refuse", "loans_by_mail.end", "loans_by_mail.remark"),
    *("loans_by_mail.dispute_hours", "loans_by_mail.call_off"),
    *("loans_by_mail.agreed", "loans_by_mail.asked"),
    # These exist in the demo only.
    *("demo.index", "demo.enter", "mailbox.index", "mailbox.show", "mailbox.html_part"),
    "mailbox.answer",
}
# Who comes from a mail has no session; the signed address is the proof.
WITHOUT_TOKEN = {
    # A browser sends this by itself, and nothing is changed by it.
    "home.breach",
    "notifications.unsubscribe",
    *("by_mail.interested", "by_mail.later", "by_mail.not_my_skill", "by_mail.pause"),
    "by_mail.invitation",
    *("loans_by_mail.show", "loans_by_mail.refuse", "loans_by_mail.end", "loans_by_mail.remark"),
    *("loans_by_mail.dispute_hours", "loans_by_mail.call_off"),
}
NAMED_BY_OTHERS = {"/robots.txt", "/.well-known/security.txt", "/favicon.ico"}
WORD = re.compile(
    r"[a-z][a-z0-9]*(-[a-z0-9]+)*|<(uuid|path|int\(max=\d+\)):[a-z_]+>|<(token|key|alias)>"
)
SOMEBODY = UUID(int=1)
# What somebody has by a role alone.
OF_ROLES = [
    right
    for right in Right
    if roles_with(right)
    and {MATRIX[right].cells[column] for column in (VISITOR, PROFESSIONAL, MANAGER)} == {Scope.NONE}
]
SIGN_IN = "/inloggen"


def undeclared(app: Flask) -> list[str]:
    return [rule.rule for rule in app.url_map.iter_rules() if not right_for(app, rule.endpoint)]


def ill_named(app: Flask) -> list[str]:
    """Addresses that are not lower-case words with hyphens."""
    return [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule not in NAMED_BY_OTHERS | {"/"}
        and not all(WORD.fullmatch(word) for word in rule.rule[1:].split("/"))
    ]


def routes(app: Flask, method: str) -> Iterator[tuple[Rule, str]]:
    """Each rule that takes this method, and an address that it answers to."""
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.endpoint != "static":
            values = {name: _sample(rule, name) for name in rule.arguments}
            with app.test_request_context():
                built = app.url_map.bind("localhost").build(rule.endpoint, values, method)
            yield rule, built


def _sample(rule: Rule, name: str) -> object:
    samples = {f"<uuid:{name}>": SOMEBODY, f"):{name}>": 1}
    return next((value for sign, value in samples.items() if sign in rule.rule), "x")


def open_without_sign_in(app: Flask, client: FlaskClient) -> list[str]:
    """Addresses behind the door that do not send a stranger to the door."""
    found = []
    for rule, address in routes(app, "GET"):
        answer = client.get(address, buffered=True)
        sent = answer.status_code == 302 and answer.location == SIGN_IN
        right = right_for(app, rule.endpoint)
        if not (right and is_public(right)) and not sent:
            found.append(f"{rule.rule}: {answer.status_code}")
    return found


def taken_without_token(app: Flask, client: FlaskClient) -> list[str]:
    return [
        f"{rule.rule}: {answer.status_code}"
        for rule, address in routes(app, "POST")
        if rule.endpoint not in WITHOUT_TOKEN
        and (answer := client.post(address, buffered=True)).status_code != 400
    ]


@pytest.fixture
def careful_client(app: Flask, client: FlaskClient) -> Iterator[FlaskClient]:
    """A browser against which the token is checked."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield client
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def made_up() -> Flask:
    """An app that breaks the promises."""
    wrong = Flask("made_up", static_folder=None)
    wrong.add_url_rule("/Gemeente_Lijst", "undeclared", lambda: "open", methods=["GET", "POST"])
    return wrong


def test_every_route_declares_who_may_come(app: Flask) -> None:
    assert undeclared(app) == []


def test_a_route_without_a_right_is_found(made_up: Flask) -> None:
    assert undeclared(made_up) == ["/Gemeente_Lijst"]


def test_every_right_is_taken_by_a_route_or_asked_in_a_room(app: Flask) -> None:
    taken = {right_for(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    asked = {
        node.attr
        for path in code()
        if path.name != "rights.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }

    assert [right for right in Right if right not in taken and right.name not in asked] == []


def test_only_the_short_list_is_public(app: Flask) -> None:
    public = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (right := right_for(app, rule.endpoint)) and is_public(right)
    }

    assert public == PUBLIC


def test_addresses_are_lower_case_words_with_hyphens(app: Flask) -> None:
    assert ill_named(app) == []


def test_an_ill_named_address_is_found(made_up: Flask) -> None:
    assert ill_named(made_up) == ["/Gemeente_Lijst"]


def test_a_stranger_is_asked_to_sign_in_everywhere_else(app: Flask, client: FlaskClient) -> None:
    assert open_without_sign_in(app, client) == []


def test_a_page_that_lets_strangers_in_is_found(made_up: Flask) -> None:
    found = open_without_sign_in(made_up, made_up.test_client())

    assert found == ["/Gemeente_Lijst: 200"]


def test_nothing_is_taken_without_a_token(app: Flask, careful_client: FlaskClient) -> None:
    assert taken_without_token(app, careful_client) == []


def test_nothing_is_taken_without_a_token_from_who_may_do_everything(
    app: Flask, careful_client: FlaskClient, session: Session
) -> None:
    sign_in(careful_client, session, a_user(session, *Role))

    assert taken_without_token(app, careful_client) == []


def test_a_form_that_is_taken_without_a_token_is_found(made_up: Flask) -> None:
    assert taken_without_token(made_up, made_up.test_client()) == ["/Gemeente_Lijst: 200"]


@pytest.mark.parametrize("right", OF_ROLES)
def test_pages_of_a_role_are_closed_to_other_roles(
    app: Flask, client: FlaskClient, session: Session, right: Right
) -> None:
    others = [role for role in Role if role not in roles_with(right)]
    sign_in(client, session, a_user(session, *others))

    answers = {
        f"{method} {address}": client.open(address, method=method, buffered=True).status_code
        for method in ("GET", "POST")
        for rule, address in routes(app, method)
        if right_for(app, rule.endpoint) is right
    }

    # That colleagues write opgaven is no secret: their pages say how to become one of them.
    refusal = 403 if is_told(right) else 404
    assert answers == dict.fromkeys(answers, refusal)
