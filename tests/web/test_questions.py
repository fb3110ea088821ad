"""The pages of a question: asked without interest, and said to be so on both sides."""

from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.conversations.models import Conversation, Message
from app.conversations.rules import NOTHING_ASKED
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.responses.models import Response
from tests.conversations.builders import a_question
from tests.support.builders import a_profile, a_user, an_opgave
from tests.support.pages import fault_at, text_of, value_of
from tests.support.web import sign_in


@pytest.fixture
def opgave(session: Session) -> Opgave:
    return an_opgave(session, "inkoop", title="Een plein")


@pytest.fixture
def professional(session: Session) -> User:
    return a_user(session, name="Fatima")


def path(opgave: Opgave) -> str:
    return f"/opgaven/{opgave.id}/vraag"


def test_who_has_no_profile_finds_the_way_to_ask(
    client: FlaskClient, session: Session, opgave: Opgave, professional: User
) -> None:
    sign_in(client, session, professional)

    page = client.get(f"/opgaven/{opgave.id}")
    form = client.get(path(opgave))

    assert f'href="{path(opgave)}"' in page.text
    assert "Een vraag is geen belangstelling" in text_of(form)
    assert "Zij zien je naam en je gemeente." in text_of(form)


def test_who_asks_with_a_profile_shows_no_address(
    client: FlaskClient, session: Session, opgave: Opgave, professional: User
) -> None:
    a_profile(session, "inkoop", user=professional)
    sign_in(client, session, professional)
    assert "werkmailadres" not in text_of(client.get(path(opgave)))
    talk = a_question(session, headline="Hier")

    page = sign_in(client, session, talk.owner).get(f"/opgaven/{talk.opgave.id}/collegas")

    assert "Fatima Bouali" in text_of(page)
    assert talk.professional.email not in page.text


def test_a_question_stands_in_a_conversation_and_is_no_interest(
    client: FlaskClient, session: Session, opgave: Opgave, professional: User
) -> None:
    sign_in(client, session, professional)
    message_id = value_of(client.get(path(opgave)), "message_id")
    data = {"message_id": message_id, "text": "Waar is het?"}

    answers = [client.post(path(opgave), data=data) for _ in range(2)]

    talk = session.scalars(select(Conversation)).one()
    assert [answer.location for answer in answers] == [f"/gesprekken/{talk.id}"] * 2
    assert [one.text for one in session.scalars(select(Message))] == ["Waar is het?"]
    assert session.scalars(select(Response)).all() == []
    assert "Je stelde een vraag. Dat is geen belangstelling" in text_of(
        client.get(f"/gesprekken/{talk.id}")
    )


def test_an_empty_question_is_told_beside_the_field(
    client: FlaskClient, session: Session, opgave: Opgave, professional: User
) -> None:
    answer = sign_in(client, session, professional).post(path(opgave), data={"text": " "})

    assert (answer.status_code, fault_at(answer, "text")) == (422, f"Fout: {NOTHING_ASKED}")
    assert session.scalars(select(Conversation)).all() == []


def test_who_asked_before_comes_to_the_conversation(client: FlaskClient, session: Session) -> None:
    talk = a_question(session)
    sign_in(client, session, talk.professional)

    assert client.get(path(talk.opgave)).location == f"/gesprekken/{talk.id}"
    page = client.get(f"/opgaven/{talk.opgave.id}").text
    assert path(talk.opgave) not in page
    assert f"/gesprekken/{talk.id}" in page


def test_nobody_asks_about_their_own_or_what_is_over(
    client: FlaskClient, session: Session, opgave: Opgave, professional: User
) -> None:
    over = an_opgave(session, status=OpgaveStatus.FILLED)
    sign_in(client, session, professional)
    assert client.get(path(over)).status_code == 409
    assert client.post(path(over), data={"text": "Waar?"}).status_code == 409
    sign_in(client, session, a_user(session, gemeente_code=opgave.gemeente_code))
    assert client.get(path(opgave)).status_code == 409
    assert path(opgave) not in client.get(f"/opgaven/{opgave.id}").text


def test_what_is_not_there_cannot_be_asked_about(
    client: FlaskClient, session: Session, professional: User
) -> None:
    sign_in(client, session, professional)

    assert client.get(f"/opgaven/{uuid4()}/vraag").status_code == 404


def test_owners_read_that_it_is_a_question(client: FlaskClient, session: Session) -> None:
    talk = a_question(session)
    sign_in(client, session, talk.owner)

    pages = [
        text_of(client.get(f"/gesprekken/{talk.id}")),
        text_of(client.get("/gesprekken")),
        text_of(client.get(f"/opgaven/{talk.opgave.id}")),
        text_of(client.get(f"/opgaven/{talk.opgave.id}/collegas")),
    ]

    said = [
        "Dit is een vraag. Fatima Bouali toonde nog geen belangstelling.",
        "Dit is een vraag, nog geen belangstelling",
        "1 collega stelde een vraag, nog zonder belangstelling",
        "Stelden een vraag",
    ]
    assert [words in page for words, page in zip(said, pages, strict=True)] == [True] * 4


def test_own_reactions_list_questions_apart(client: FlaskClient, session: Session) -> None:
    talk = a_question(session)

    page = text_of(sign_in(client, session, talk.professional).get("/reacties"))

    assert "Vragen die je stelde" in page
    assert "Je reageerde nog nergens op" not in page
