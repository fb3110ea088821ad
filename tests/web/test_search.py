"""What stands in an address can be anything; a search reads what it can and never stumbles."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.support.builders import a_user
from tests.support.web import sign_in

ODD = ["\x00", "a\x00b", "\u202e", "😀" * 500, "%", "_", "\\", "'; --", "-1", str(2**63), "１２"]
ASKED = {
    "/opgaven": ("q", "thema", "soort", "provincie", "uren", "pagina"),
    "/collegas": ("q", "thema", "beweging", "provincie", "pagina"),
    "/begrippen": ("q",),
}
QUESTIONS = [(path, name) for path, names in ASKED.items() for name in names]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    ("path", "name"), [(path, n) for path, all_ in ASKED.items() for n in all_]
)
def test_a_search_takes_anything(
    client: FlaskClient, session: Session, path: str, name: str, odd: str
) -> None:
    sign_in(client, session, a_user(session))

    assert client.get(path, query_string={name: odd}).status_code == 200


def test_a_province_is_read_without_what_cannot_be_seen(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, session, a_user(session))

    found = client.get("/opgaven", query_string={"provincie": "Utrecht\x00"}).text

    assert '<option selected value="Utrecht">' in found
