"""Nobody comes to an address that does not say who may come."""

from flask import Flask
from sqlalchemy.engine import URL

from app.factory import create_app
from app.web.policy import Policy, allow
from tests.conftest import settings_for


def an_app_with_a_forgotten_route(database: URL) -> Flask:
    app = create_app(settings_for(database))
    app.add_url_rule("/vergeten", "forgotten", lambda: "binnen")
    app.add_url_rule("/bedoeld", "meant", allow(Policy.PUBLIC)(lambda: "binnen"))
    return app


def test_a_route_without_a_policy_is_refused_to_everybody(database: URL) -> None:
    client = an_app_with_a_forgotten_route(database).test_client()

    assert client.get("/vergeten").status_code == 403
    assert client.get("/bedoeld").text == "binnen"
