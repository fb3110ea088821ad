"""Faults that are forced on the product: no answer tells of the inside, and no door stays open."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.core.rights import is_public
from app.extensions import limiter
from app.web import policy
from app.web.policy import right_for
from tests.house.test_routes import routes
from tests.support.builders import a_user
from tests.support.web import sign_in

INSIDE = "SELECT geheim FROM kluis"
OF_INSIDE = (INSIDE, "geheim", "Traceback", "RuntimeError", "site-packages", "Werkzeug", "psycopg")
METHODS = ("GET", "POST")


@pytest.fixture
def manager(client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch) -> User:
    """Somebody who may come everywhere that a role opens."""
    monkeypatch.setattr(limiter, "enabled", False)
    user = a_user(session, *Role)
    sign_in(client, session, user)
    return user


def stumbling(view: Callable[..., Any]) -> Callable[..., NoReturn]:
    """In the place of a view, for who has the same right."""

    def stumble(**_: object) -> NoReturn:
        raise RuntimeError(INSIDE)

    vars(stumble).update(vars(view))
    return stumble


@pytest.mark.parametrize("method", METHODS)
def test_s82_a_fault_on_any_route_tells_a_reference_and_nothing_else(
    app: Flask,
    client: FlaskClient,
    manager: User,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
) -> None:
    for rule, path in routes(app, method):
        monkeypatch.setitem(
            app.view_functions, rule.endpoint, stumbling(app.view_functions[rule.endpoint])
        )
        answer = client.open(path, method=method)
        assert answer.status_code == 500, rule.rule
        told = answer.text + str(answer.headers)
        assert not [word for word in OF_INSIDE if word in told], rule.rule
        assert answer.headers["X-Request-ID"] in answer.text, rule.rule


# A look-up of a right


@contextmanager
def database_away_at(session: Session, number: int) -> Iterator[list[str]]:
    """The database goes at the question of this number; what it was asked by then."""
    asked: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        asked.append(statement)
        if len(asked) == number:
            raise OperationalError(INSIDE, {}, Exception(INSIDE))

    session.expunge_all()
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(connection, "before_cursor_execute", note)
        session.rollback()


@pytest.mark.parametrize("method", METHODS)
def test_s87_who_cannot_be_looked_up_gets_no_page(
    app: Flask, client: FlaskClient, session: Session, manager: User, method: str
) -> None:
    for rule, path in routes(app, method):
        right = right_for(app, rule.endpoint)
        assert right is not None
        if is_public(right):
            continue
        for number in (1, 2):
            with database_away_at(session, number) as asked:
                answer = client.open(path, method=method)
            assert answer.status_code == 503, (rule.rule, number)
            assert len(asked) == number, rule.rule
            assert not [word for word in OF_INSIDE if word in answer.text], rule.rule


@pytest.mark.parametrize("method", METHODS)
def test_s87_a_fault_in_the_rights_themselves_lets_nobody_through(
    app: Flask,
    client: FlaskClient,
    manager: User,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
) -> None:
    def stumble(*_: object) -> NoReturn:
        raise RuntimeError(INSIDE)

    monkeypatch.setattr(policy, "may", stumble)
    for rule, path in routes(app, method):
        right = right_for(app, rule.endpoint)
        if right is not None and not is_public(right):
            answer = client.open(path, method=method)
            assert answer.status_code == 500, rule.rule
            assert not [word for word in OF_INSIDE if word in answer.text], rule.rule
