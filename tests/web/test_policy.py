"""Nobody comes to an address that does not say who may come."""

import pytest
from flask import Flask
from sqlalchemy.engine import URL

from app.core.rights import Right
from app.web.policy import allow
from tests.conftest import AppMaker


@pytest.fixture
def forgetful(new_app: AppMaker, database: URL) -> Flask:
    """An application with a route that declares no right."""
    app = new_app(database)
    app.add_url_rule("/vergeten", "forgotten", lambda: "binnen")
    app.add_url_rule("/bedoeld", "meant", allow(Right.READ_SITE)(lambda: "binnen"))
    return app


def test_a_route_without_a_right_is_refused_to_everybody(forgetful: Flask) -> None:
    client = forgetful.test_client()

    assert client.get("/vergeten").status_code == 403
    assert client.get("/bedoeld").text == "binnen"
