"""The page with numbers, for who looks after a gemeente."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.conversations.models import AwaitedAnswer
from app.core.actor import Role
from app.opgaven import service
from app.opgaven.rules import OpgaveStatus
from tests.conversations.builders import Talk, a_question
from tests.support.builders import a_user, an_opgave
from tests.support.pages import text_of
from tests.support.web import sign_in
from tests.support.work import MONDAY, TODAY, make_work


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


def test_the_spread_of_invitations_names_nobody_and_no_few(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, session, a_user(session, Role.GEMEENTEBEHEERDER))

    said = text_of(client.get("/beheer/inzicht")).split("Spreiding van uitnodigingen")[1]

    assert "Uitnodigingen minder dan 5" in said
    assert "Scheefheid (Gini) nog niet te zeggen" in said


def awaited(session: Session, talk: Talk, count: int) -> None:
    """Last month, and answered the next day."""
    for _ in range(count):
        session.add(
            AwaitedAnswer(
                id=uuid4(),
                conversation_id=talk.id,
                since=MONDAY - timedelta(days=30),
                answer_before=TODAY - timedelta(days=22),
                settled_at=MONDAY - timedelta(days=29),
            )
        )
    session.commit()


def test_how_often_a_gemeente_answers_in_time_is_told_of_five_or_more(
    client: FlaskClient, session: Session
) -> None:
    talk = a_question(session)
    beheerder = a_user(
        session, Role.GEMEENTEBEHEERDER, gemeente_code=talk.professional.gemeente_code
    )
    pages = {f"/opgaven/{talk.opgave.id}": "100% van de gevallen binnen vijf werkdagen antwoord"}
    pages["/beheer/inzicht"] = "Antwoord binnen vijf werkdagen 100%"
    sign_in(client, session, beheerder)

    awaited(session, talk, 4)
    assert [said in text_of(client.get(page)) for page, said in pages.items()] == [False, False]
    awaited(session, talk, 1)

    assert [said in text_of(client.get(page)) for page, said in pages.items()] == [True, True]
