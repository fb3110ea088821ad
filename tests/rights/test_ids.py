"""An id in an address that is not of the reader, not there or no id at all tells nothing."""

import re
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.core.actor import Role
from app.extensions import limiter
from tests.rights.asking import KIND_OF, SENT, filled, routes, undone, values_of
from tests.rights.world import Standing, a_world
from tests.support.web import sign_in

# Ids, and the token of each page.
OF_ITS_OWN = re.compile(
    r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|name="csrf_token" value="[^"]+"'
)
# An opgave begins under an id that its page was given, so none is needed yet.
BEGINS = {"opgaven.from_text"}
NO_IDS = (UUID(int=0), "-1", "0", 2**63)
# An account is named by a sealed alias, which nobody can make up.
BY_ID = sorted({*KIND_OF, "joint_id", "with_id"} - {"alias"})


@pytest.fixture(autouse=True)
def no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "enabled", False)


def test_what_is_of_others_answers_as_what_is_not_there(
    app: Flask, client: FlaskClient, session: Session, connection: Connection
) -> None:
    world = a_world(session, Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER)
    sign_in(client, session, world.viewer)
    things = world.things[Standing.OUTSIDE]
    different = {}
    for rule, method in routes(app):
        named = [name for name in BY_ID if name in rule.arguments]
        if not named or rule.endpoint in BEGINS:
            continue
        foreign = values_of(rule, things)
        absent = {**foreign, **{name: uuid4() for name in named}}
        answers = []
        for values in (foreign, absent):
            with undone(client, session, connection):
                answer = client.open(
                    filled(rule, values),
                    method=method,
                    data=SENT.get(rule.endpoint),
                    buffered=True,
                )
            told = answer.location if answer.status_code < 400 else answer.text
            answers.append((answer.status_code, OF_ITS_OWN.sub("", told or "")))
        if answers[0] != answers[1]:
            different[f"{method} {rule.endpoint}"] = [status for status, _ in answers]
    assert different == {}


def test_what_is_no_id_of_this_kind_opens_nothing(
    app: Flask, client: FlaskClient, session: Session, connection: Connection
) -> None:
    """For who may the most, so that nothing else refuses it."""
    world = a_world(session, *Role)
    sign_in(client, session, world.viewer)
    wrong = {}
    for rule, method, name, values in changed(app, world.things[Standing.OWN]):
        with undone(client, session, connection):
            status = client.open(filled(rule, values), method=method, buffered=True).status_code
        if status == 200 or status >= 500:
            wrong[f"{method} {rule.endpoint} {name} {values[name]}"] = status
    assert wrong == {}


def changed(
    app: Flask, things: dict[str, object]
) -> Iterator[tuple[Rule, str, str, dict[str, object]]]:
    """Each address with one of its arguments replaced."""
    for rule, method in routes(app):
        values = values_of(rule, things)
        for name in sorted(rule.arguments):
            others = NO_IDS if isinstance(values[name], UUID) else NO_IDS[1:]
            # Of another kind: an id of something that is there.
            of_another = things["user_id" if name == "notice_id" else "notice_id"]
            for other in (*others, of_another):
                if rule.endpoint not in BEGINS:
                    yield rule, method, name, {**values, name: other}
