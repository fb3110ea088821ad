"""By which address visitors are counted, and what is said when that cannot be right."""

from collections.abc import Iterator

import pytest
from flask import Flask
from structlog.testing import capture_logs

from app.extensions import _warn_of_proxy, visitor_address

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
