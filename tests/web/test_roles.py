"""Who wants to write opgaven reads whom to ask, and only about the own gemeente."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.core.actor import Role
from tests.support.builders import a_user
from tests.support.pages import text_of
from tests.support.web import sign_in

PAGES = ("/opgaven/nieuw", "/onze-opgaven")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), "Jouw gemeente heeft nog geen gemeentebeheerder. Mail naar contact@"),
        (("Anna",), "Vraag Anna om je opgavehouder te maken."),
        (("Bram", "Anna"), "Vraag Anna of Bram om je opgavehouder te maken."),
        (("Cato", "Bram", "Anna", "Daan"), "Vraag Anna, Bram of Cato om je opgavehouder te maken."),
    ],
)
def test_a_page_for_opgavehouders_says_whom_to_ask(
    client: FlaskClient, session: Session, page: str, names: tuple[str, ...], said: str
) -> None:
    person = a_user(session)
    for name in names:
        a_user(session, Role.GEMEENTEBEHEERDER, name=name, gemeente_code=person.gemeente_code)
    a_user(session, Role.GEMEENTEBEHEERDER, name="Van elders")
    sign_in(client, session, person)

    answer = client.get(page)

    assert answer.status_code == 403
    assert f"Je bent nog geen opgavehouder. {said}" in text_of(answer)
    assert "Van elders" not in answer.text


@pytest.mark.parametrize(
    ("roles", "is_said"),
    [((), True), ((Role.OPGAVEHOUDER,), False), ((Role.GEMEENTEBEHEERDER,), False)],
)
def test_the_list_says_it_to_who_may_not_write_yet(
    client: FlaskClient, session: Session, roles: tuple[Role, ...], is_said: bool
) -> None:
    sign_in(client, session, a_user(session, *roles))
    assert ("Zelf een opgave plaatsen?" in client.get("/opgaven").text) is is_said


def test_the_list_and_the_first_page_lead_to_how_one_comes_by_the_role(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, session, a_user(session))
    pages = [client.get(address).text for address in ("/", "/opgaven")]

    assert ['href="/over#opgavehouder"' in page for page in pages] == [True, True]
    assert 'href="mailto:contact@' in pages[1]
    assert 'id="opgavehouder">Hoe je opgavehouder wordt</h2>' in client.get("/over").text


def test_a_visitor_reads_no_names(client: FlaskClient, session: Session) -> None:
    manager = a_user(session, Role.GEMEENTEBEHEERDER)
    page = client.get("/opgaven").text
    assert ("Zelf een opgave plaatsen?" in page, manager.name in page) == (False, False)
