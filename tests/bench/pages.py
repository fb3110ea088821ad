"""What the page with the own matches takes, beside a page that asks nothing, in the same run."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from app.accounts.service import begin_session
from app.extensions import db
from app.matching import queries, standing
from app.matching.country import Country
from app.matching.models import Match
from app.matching.standing import Standing
from app.opgaven import queries as opgaven
from app.web.matching import pages, views
from tests.bench.filled import Ground, open_work
from tests.bench.timing import Seconds, median_ms, parts_of

Found = Iterator[dict[str, Any]]

PEOPLE = 20
GOAL = 5
TRIVIAL, MATCHES = "/healthz", "/matches"
# Other pages of the same visitor, to see what every page takes.
OTHERS = ("/over", "/profiel")


def own_matches(own: Ground) -> Found:
    """Asked through the whole WSGI application by Flask's test client, signed in."""
    app = own.app()
    # Those with the longest lists.
    ids = select(Match.profile_id).group_by(Match.profile_id).order_by(func.count().desc())
    with app.app_context():
        found = db.session.scalars(ids.limit(PEOPLE)).all()
        people = [signed_in(app, user_id) for user_id in found]
    taken = {path: median_ms(partial(_read, path), people) for path in (TRIVIAL, *OTHERS, MATCHES)}
    yield {
        "measure": "page with own matches",
        "p50_ms": taken[MATCHES],
        "peers_ms": taken,
        "ratio": round(taken[MATCHES] / taken[TRIVIAL], 1),
        "goal": GOAL,
        "kilobytes": round(len(_read(MATCHES, people[0])) / 1024),
    }
    yield {"measure": "where its time goes", **_parts(app, people)}


def _parts(app: Flask, people: list[FlaskClient]) -> dict[str, Any]:
    functions = {
        "changes since": (standing, "standing"),
        "the search": (Standing, "opgaven_for"),
        "of which the engine": (Country, "opgaven_for"),
        "of which facts": (queries, "opgave_facts"),
        "of which scores": (standing, "scores"),
        "opgaven to show": (opgaven, "by_ids"),
        "reasons in words": (pages, "_of_opgave"),
        "rendering": (views, "render_template"),
    }
    with _statements(app) as statements, parts_of(**functions) as seconds:
        for one in people:
            _read(MATCHES, one)
    return {
        "ms": {part: round(1000 * taken / len(people), 2) for part, taken in seconds.items()},
        "database_ms": round(1000 * statements["seconds"] / len(people), 2),
        "statements": round(statements["count"] / len(people), 1),
    }


@contextmanager
def _statements(app: Flask) -> Iterator[Seconds]:
    """How many the database was asked, and for how long it was waited for."""
    found = Seconds(count=0, seconds=0)

    def before(*_: object) -> None:
        found["since"] = time.perf_counter()

    def after(*_: object) -> None:
        found["seconds"] += time.perf_counter() - found["since"]
        found["count"] += 1

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)


def signed_in(app: Flask, user_id: UUID) -> FlaskClient:
    client = app.test_client()
    with open_work() as work:
        session_id = begin_session(work, user_id)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = str(session_id)
        cookie["_fresh"] = True
    return client


def _read(path: str, one: FlaskClient) -> bytes:
    answer = one.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status}"
    return bytes(answer.data)
