"""The page with numbers, for who looks after a gemeente."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.core.actor import Role
from app.opgaven import service
from app.opgaven.rules import OpgaveStatus
from tests.support.builders import a_user, an_opgave
from tests.support.pages import text_of
from tests.support.web import sign_in
from tests.support.work import make_work


def test_a_gemeentebeheerder_reads_the_own_gemeente_beside_the_country(
    client: FlaskClient, session: Session
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    for _ in range(5):
        opgave = an_opgave(session, "wonen", owner=owner, status=OpgaveStatus.CONCEPT)
        service.publish_opgave(make_work(session, owner), opgave.id)
    sign_in(client, session, a_user(session, Role.GEMEENTEBEHEERDER))

    said = text_of(client.get("/beheer/inzicht"))
    own, country = said.split("Onze gemeente")[1].split("Heel Nederland")

    assert "Ging open minder dan 5" in own
    assert "Ging open 5" in country
    assert "Inzicht" in text_of(client.get("/beheer"))


@pytest.mark.parametrize("roles", [(), (Role.OPGAVEHOUDER,)])
def test_others_do_not_come_there(
    client: FlaskClient, session: Session, roles: tuple[Role, ...]
) -> None:
    sign_in(client, session, a_user(session, *roles))

    assert client.get("/beheer/inzicht").status_code == 404
