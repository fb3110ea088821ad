"""What a visitor reads when the house refuses, stumbles, or is outrun."""

from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, OperationalError

from app.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from app.factory import create_app
from app.web.policy import Policy, allow
from tests.conftest import settings_for

NOBODY_HOME = "postgresql+psycopg://dgvn@127.0.0.1:1/nowhere"
RAISED = {
    "not-found": NotFound("secret reason"),
    "not-allowed": NotAllowed("secret reason"),
    "conflict": Conflict(said="Dat is al gedaan."),
    "invalid": InvalidInput(said="Dat klopt niet."),
    "outrun": IntegrityError("INSERT secret reason", {}, Exception("duplicate")),
    "away": OperationalError("SELECT secret reason", {}, Exception("gone")),
    "stumble": RuntimeError("secret reason"),
}


@pytest.fixture(scope="module")
def stumbling() -> Flask:
    """An application whose database is away and whose pages raise."""
    app = create_app(settings_for(make_url(NOBODY_HOME)))
    for name, error in RAISED.items():

        def view(error: Exception = error) -> str:
            raise error

        app.add_url_rule(f"/raise/{name}", name, allow(Policy.PUBLIC)(view))
    return app


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("not-found", 404, ""),
        ("not-allowed", 403, ""),
        ("conflict", 409, "Dat is al gedaan."),
        ("invalid", 422, "Dat klopt niet."),
        ("outrun", 409, "Iemand was je net voor."),
        ("away", 503, ""),
        ("stumble", 500, ""),
    ],
)
def test_a_refusal_is_a_page_that_gives_nothing_away(
    stumbling: Flask, name: str, status: int, said: str
) -> None:
    answer = stumbling.test_client().get(f"/raise/{name}")

    assert answer.status_code == status
    assert said in answer.text
    assert "secret" not in answer.text
    assert "<h1" in answer.text


def test_when_the_database_is_away_people_hear_when_to_come_back(stumbling: Flask) -> None:
    answer = stumbling.test_client().get("/raise/away")

    assert answer.headers["Retry-After"] == "5"


def test_somebody_who_is_signed_in_reads_it_too(stumbling: Flask) -> None:
    client = stumbling.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = str(uuid4())

    assert client.get("/opgaven").status_code == 503


def test_a_stumble_has_a_reference_to_tell_us(stumbling: Flask) -> None:
    first, second = (stumbling.test_client().get("/raise/stumble").text for _ in range(2))

    assert first != second
