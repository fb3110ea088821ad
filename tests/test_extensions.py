"""By which address visitors are counted, and that they are let in when nothing counts them."""

from collections.abc import Iterator
from socket import create_server
from time import perf_counter

import pytest
from flask import Flask
from sqlalchemy.engine import URL
from structlog.testing import capture_logs

from app.extensions import _warn_of_proxy, visitor_address
from tests.conftest import AppMaker, DatabaseMaker

ONE = {"REMOTE_ADDR": "192.0.2.1"}


@pytest.fixture(autouse=True)
def nobody_warned() -> Iterator[None]:
    _warn_of_proxy.cache_clear()
    yield
    _warn_of_proxy.cache_clear()


def counted_by(app: Flask, headers: dict[str, str]) -> str:
    with app.test_request_context(environ_base=ONE, headers=headers):
        return visitor_address()


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded"])
def test_a_proxy_that_nobody_told_of_is_warned_of_once(app: Flask, name: str) -> None:
    with capture_logs() as said:
        found = [counted_by(app, {name: "198.51.100.7"}) for _ in range(3)]

    assert found == ["192.0.2.1"] * 3
    assert said == [
        {
            "event": "forwarded but TRUSTED_PROXIES is 0",
            "counted_by": "192.0.2.1",
            "log_level": "warning",
        }
    ]


def test_a_visitor_without_a_proxy_is_no_news(app: Flask) -> None:
    with capture_logs() as said:
        assert counted_by(app, {}) == "192.0.2.1"

    assert said == []


# Without Redis


@pytest.fixture(scope="module")
def own_database(new_database: DatabaseMaker) -> URL:
    return new_database()


def seconds_to_ask_for_a_link(app: Flask) -> float:
    app.config["WTF_CSRF_ENABLED"] = False
    begun = perf_counter()
    answer = app.test_client().post("/inloggen", data={"email": "anna@testerdam.example"})
    seconds = perf_counter() - begun
    assert (answer.status_code, answer.location) == (302, "/inloggen/verstuurd")
    return seconds


@pytest.mark.usefixtures("limiter_as_it_was")
def test_a_link_can_be_asked_for_while_redis_is_away(new_app: AppMaker, own_database: URL) -> None:
    app = new_app(own_database, redis_url="redis://127.0.0.1:1/0")

    assert seconds_to_ask_for_a_link(app) < 2


@pytest.mark.usefixtures("limiter_as_it_was")
def test_nobody_waits_long_for_a_redis_that_hangs(new_app: AppMaker, own_database: URL) -> None:
    with create_server(("127.0.0.1", 0)) as silent:
        app = new_app(own_database, redis_url=f"redis://127.0.0.1:{silent.getsockname()[1]}/0")

        assert seconds_to_ask_for_a_link(app) < 1
