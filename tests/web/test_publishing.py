"""Publishing a question from its conversation: looked at first, read by everybody, taken back."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.conversations.models import PublishedAnswer
from app.conversations.queries import is_standing
from app.conversations.revealing import HAS_NUMBER
from app.core.actor import Role
from tests.conversations.builders import Talk, a_question, say
from tests.support.builders import a_user
from tests.support.pages import fault_at, filled_in, press, text_of
from tests.support.web import sign_in


@pytest.fixture
def talk(session: Session) -> Talk:
    asked = a_question(session)
    say(session, asked, asked.owner, "Aan de haven.")
    return asked


def path(talk: Talk) -> str:
    return f"/gesprekken/{talk.id}/publiceren"


def looked_at(client: FlaskClient, talk: Talk, **words: str) -> TestResponse:
    data = {"question": "Waar is het?", "answer": "Aan de haven.", **words, "bekijk": "ja"}
    return client.post(path(talk), data=data)


# With the box.
PRESSED = {"publiceer": "ja", "names_nobody": "y"}


def published(session: Session) -> list[tuple[str, str]]:
    rows = session.scalars(
        select(PublishedAnswer).where(is_standing()).order_by(PublishedAnswer.published_at)
    )
    return [(row.question, row.answer) for row in rows]


def test_the_way_there_is_open_once_both_sides_wrote(client: FlaskClient, session: Session) -> None:
    talk = a_question(session)
    sign_in(client, session, talk.owner)
    assert path(talk) not in client.get(f"/gesprekken/{talk.id}").text

    say(session, talk, talk.owner, "Aan de haven.")
    session.commit()

    assert path(talk) in client.get(f"/gesprekken/{talk.id}").text
    sign_in(client, session, talk.professional)
    assert path(talk) not in client.get(f"/gesprekken/{talk.id}").text


def test_it_is_looked_at_before_it_stands_there(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    sign_in(client, session, talk.owner)

    first = client.get(path(talk))
    preview = looked_at(client, talk)

    assert "Waar is het plein?" in first.text
    assert 'name="publiceer"' not in first.text
    assert preview.status_code == 200
    assert "Zo komt het op de opgave" in text_of(preview)
    assert published(session) == []
    answer = press(client, preview, "publiceer", "ja")
    assert answer.location == f"/opgaven/{talk.opgave.id}#vragen-en-antwoorden"
    assert published(session) == [("Waar is het?", "Aan de haven.")]


def test_other_words_than_were_looked_at_are_looked_at_first(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    sign_in(client, session, talk.owner)
    data = {"question": "Waar?", "answer": "Bel 06-12345678", "publiceer": "ja", "seen": "iets"}

    answer = client.post(path(talk), data=data)

    assert f"Let op: {HAS_NUMBER}" in text_of(answer)
    assert published(session) == []


def test_a_name_is_refused_beside_the_field(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    answer = looked_at(sign_in(client, session, talk.owner), talk, answer="Dag Fatima, hier.")

    assert answer.status_code == 422
    assert "“Fatima”" in fault_at(answer, "answer")
    assert 'name="publiceer"' not in answer.text


def test_everybody_who_reads_the_opgave_reads_it_without_a_name(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    sign_in(client, session, talk.owner)
    press(client, looked_at(client, talk), "publiceer", "ja")
    client.post("/uitloggen")

    page = text_of(client.get(f"/opgaven/{talk.opgave.id}"))

    assert "Vragen en antwoorden Vraag 1 Waar is het? Antwoord Aan de haven." in page
    assert "Fatima" not in page


def test_it_is_changed_and_taken_back(client: FlaskClient, session: Session, talk: Talk) -> None:
    sign_in(client, session, talk.owner)
    press(client, looked_at(client, talk), "publiceer", "ja")
    edit = f"/antwoorden/{session.scalars(select(PublishedAnswer.id)).one()}"
    assert edit in client.get(f"/opgaven/{talk.opgave.id}").text
    assert edit in client.get(f"/gesprekken/{talk.id}").text

    preview = client.post(edit, data={"question": "Waar?", "answer": "Daar.", "bekijk": "ja"})
    press(client, preview, "publiceer", "ja")
    assert published(session) == [("Waar?", "Daar.")]

    first, second = client.post(f"{edit}/weg"), client.post(f"{edit}/weg")
    assert published(session) == []
    assert (first.status_code, first.location) == (302, f"/opgaven/{talk.opgave.id}")
    assert (second.status_code, second.location) == (first.status_code, first.location)

    sign_in(client, session, a_user(session, Role.OPGAVEHOUDER))
    assert client.post(f"{edit}/weg").status_code == 404


def test_what_may_be_a_name_takes_a_look_and_a_box(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    talk.professional.name = "Wil de Groot"
    session.commit()
    sign_in(client, session, talk.owner)

    preview = looked_at(client, talk, answer="Wil je komen? Graag.")
    assert preview.status_code == 200
    assert "Is “Wil” hier de naam van wie het vroeg?" in text_of(preview)
    refused = press(client, preview, "publiceer", "ja")
    assert (refused.status_code, published(session)) == (422, [])
    assert "Fout" in text_of(refused)
    ticked = client.post(path(talk), data={**filled_in(refused), **PRESSED})

    assert ticked.status_code == 302
    assert published(session) == [("Waar is het?", "Wil je komen? Graag.")]


def test_a_box_for_other_words_counts_for_nothing(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    talk.professional.name = "Wil de Groot"
    session.commit()
    sign_in(client, session, talk.owner)
    preview = looked_at(client, talk, answer="Wil je komen? Graag.")

    words = {"answer": "Wil zegt ja."}
    other = client.post(path(talk), data={**filled_in(preview), **PRESSED, **words})

    assert (other.status_code, published(session)) == (200, [])
    assert "checked" not in other.text


def test_who_may_not_gets_the_answer_of_one_that_is_not_there(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    sign_in(client, session, talk.owner)
    press(client, looked_at(client, talk), "publiceer", "ja")
    edit = f"/antwoorden/{session.scalars(select(PublishedAnswer.id)).one()}"

    sign_in(client, session, a_user(session, Role.OPGAVEHOUDER))

    answers = [client.get(path(talk)), client.get(edit), client.post(f"{edit}/weg")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
