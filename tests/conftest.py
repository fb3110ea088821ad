"""One real database per worker, made from one migrated template; every test is rolled back."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import psycopg
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import settings
from playwright.sync_api import Browser as Chromium
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session

from app.extensions import db, limiter
from app.factory import WEB_STATEMENT, create_app
from app.matching.shelf import NO_SHELF, Shelf
from app.notifications.service import Stationery
from app.post import Post
from app.settings import Environment, Settings
from tests.support.browser import PICTURES, chromium
from tests.support.together import pytest_xdist_make_scheduler  # noqa: F401  (a hook of pytest)
from tests.support.web import Browser
from tests.support.work import MONDAY

TEMPLATE = "dgvn_template"
# Fixtures that start processes of the product.
WITH_PROCESSES = {"product", "workers", "office", "house", "metronome", "lonely"}

AppMaker = Callable[..., Flask]

# The first example of a process reads the words, and a busy machine is slow: that is no fault.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="faults at the size of the country")
    parser.addoption("--pictures", action="store_true", help="keep how pages and mails look")


def pytest_configure(config: pytest.Config) -> None:
    """In the controlling process only: migrate the template that every worker copies."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    if "TEST_DATABASE_URL" not in os.environ:
        raise pytest.UsageError("There are no services to test on. Run ./dev test instead.")
    if config.option.pictures:
        os.environ[PICTURES] = "1"
    name = f"{TEMPLATE}_{uuid4().hex[:8]}"
    os.environ["DGVN_TEMPLATE"] = name
    _on_server(f'CREATE DATABASE "{name}"')
    app = create_app(settings_for(server_url().set(database=name)))
    with app.app_context():
        upgrade(directory=str(Path(app.root_path).parent / "migrations"))
        db.engine.dispose()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests wrote down of themselves: seeds and counts."""
    for report in terminalreporter.stats.get("", []):
        if report.when == "teardown" and report.user_properties:
            told = "  ".join(f"{name} {value}" for name, value in report.user_properties)
            terminalreporter.line(f"{report.nodeid}: {told}")


def pytest_unconfigure(config: pytest.Config) -> None:
    goes = "TEST_SERVER_GOES" in os.environ
    if not hasattr(config, "workerinput") and os.environ.get("DGVN_TEMPLATE") and not goes:
        _on_server(f'DROP DATABASE IF EXISTS "{os.environ["DGVN_TEMPLATE"]}" WITH (FORCE)')


def server_url() -> URL:
    return make_url(os.environ["TEST_DATABASE_URL"])


def redis_url() -> str:
    """Redis for this worker only: one worker starts its limits anew while another counts."""
    server = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:1/0").rsplit("/", 1)[0]
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return f"{server}/{2 + worker % 14}"


def _on_server(statement: str) -> None:
    url = server_url().set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def settings_for(database: URL, **changed: object) -> Settings:
    fields: dict[str, object] = {
        "secret_key": "only for tests, and long enough to pass",  # pragma: allowlist secret
        "database_url": database.render_as_string(hide_password=False),
        "redis_url": redis_url(),
        "smtp_url": "smtp://127.0.0.1:1",
        "base_url": "http://localhost",
        "environment": Environment.TEST,
    }
    return Settings(**{**fields, **changed})  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def monday(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test runs on the Monday that the builders know; real processes keep the real time."""
    if WITH_PROCESSES & set(request.fixturenames):
        yield
        return
    with time_machine.travel(MONDAY):
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    """One for all tests of a process: there is room for no second one beside it."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def new_database() -> Iterator["DatabaseMaker"]:
    """Makes fresh migrated databases; all of them are gone at the end."""
    maker = DatabaseMaker()
    yield maker
    maker.drop_all()


class DatabaseMaker:
    def __init__(self) -> None:
        self.made: list[str] = []

    def __call__(self) -> URL:
        return self._made_of(os.environ["DGVN_TEMPLATE"])

    def empty(self) -> URL:
        """One without a single table."""
        return self._made_of("template0")

    def _made_of(self, template: str) -> URL:
        name = f"t_{uuid4().hex[:12]}"
        _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        self.made.append(name)
        return server_url().set(database=name)

    def drop_all(self) -> None:
        """Some hundred, each of which waits for a checkpoint; not when the server goes anyway."""
        if "TEST_SERVER_GOES" in os.environ:
            return
        for name in self.made:
            _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def database(new_database: DatabaseMaker) -> URL:
    """The database of this worker."""
    return new_database()


@pytest.fixture(scope="session")
def new_app() -> Iterator[AppMaker]:
    """Makes applications on a database, with settings; what they opened is closed at the end.

    An engine that is left to the collector of garbage fails whatever test runs just then.
    """
    made: list[Flask] = []

    def make(database: URL, *, statement: str = WEB_STATEMENT, **changed: object) -> Flask:
        made.append(create_app(settings_for(database, **changed), statement))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def app(new_app: AppMaker, database: URL, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application with every page that can exist, the demo's included."""
    maildir = tmp_path_factory.mktemp("mail") / "box"
    app = new_app(database, demo_accounts=True, maildir=maildir)
    app.test_client_class = Browser
    # What a test saves is rolled back; a snapshot of it would be left for the next one.
    app.extensions["shelf"] = NO_SHELF
    return app


@pytest.fixture(scope="session")
def stationery(app: Flask) -> Stationery:
    """What a mail is written on."""
    post: Post = app.extensions["post"]
    return post.stationery


@pytest.fixture(scope="session")
def connection(database: URL) -> Iterator[Connection]:
    # As the engine of the application is.
    engine = create_engine(database, hide_parameters=True)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def session(app: Flask, connection: Connection) -> Iterator[Session]:
    """The session that the application uses too; what it commits is rolled back after the test."""
    outer = connection.begin()
    with app.app_context():
        engines = cast("dict[str | None, Any]", db.engines)
        own_engine = engines[None]
        engines[None] = connection
        db.session.session_factory.configure(join_transaction_mode="create_savepoint")
        try:
            limiter.reset()
            yield db.session()
        finally:
            db.session.remove()
            engines[None] = own_engine
            outer.rollback()


@pytest.fixture
def shelf(app: Flask, tmp_path: Path) -> Iterator[Shelf]:
    """A folder for the snapshots of this test, which the application reads too."""
    made = app.extensions["shelf"] = Shelf(tmp_path / "matching")
    yield made
    app.extensions["shelf"] = NO_SHELF


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """A browser without scripts; the token against forged forms is tested on its own."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


@pytest.fixture
def limiter_as_it_was() -> Iterator[None]:
    """Another application takes the limiter along to its own Redis."""
    kept = dict(vars(limiter))
    yield
    vars(limiter).clear()
    vars(limiter).update(kept)
