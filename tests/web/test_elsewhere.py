"""Beside the form of an opgave stands what is the same elsewhere; and a page, who else does it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from tests.support.builders import a_gemeente, a_user, an_opgave
from tests.support.pages import text_of
from tests.support.web import sign_in
from tests.support.words import a_vocabulary
from tests.support.work import MONDAY

LIKE = "/opgaven/lijkt-op"
TITLE = "Nieuw beleidsplan voor onze bomen"
TEXT = "Een actueel bomenbeleidsplan ontbreekt bij ons."
NOTHING = "We vonden nog geen opgave van een andere gemeente die hierop lijkt."
TYPED = {"title": "Bomenbeleid herzien", "text": "We maken een nieuw plan voor de bomen."}


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def owner(client: FlaskClient, session: Session, tmp_path: Path) -> User:
    """An opgavehouder, who sits behind the browser."""
    a_vocabulary(session, tmp_path)
    owner = a_user(session, Role.OPGAVEHOUDER)
    sign_in(client, session, owner)
    return owner


def theirs(session: Session, **changed: Any) -> Opgave:
    return an_opgave(session, "groenbeleid", **{"title": TITLE, "text": TEXT, **changed})


def test_what_is_typed_brings_what_is_the_same_elsewhere(
    client: FlaskClient, session: Session, owner: User
) -> None:
    opgave = theirs(session)

    answer = client.post(LIKE, data={**TYPED, "skills-0-label": "groenbeleid"})
    said = text_of(answer)

    assert answer.status_code == 200
    assert f'href="/opgaven/{opgave.id}"' in answer.text
    assert "Open" in said
    assert "Vragen allebei “groenbeleid”." in said
    assert "<main" not in answer.text


@pytest.mark.parametrize("typed", [{}, {"title": "x" * 9_999}, {"skills-²-label": "x"}])
def test_odd_forms_bring_nothing(
    client: FlaskClient, session: Session, owner: User, typed: dict[str, str]
) -> None:
    theirs(session)

    assert text_of(client.post(LIKE, data=typed)) == NOTHING


def test_only_who_writes_opgaven_may_ask(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_user(session))

    assert client.post(LIKE, data=TYPED).status_code == 403


def test_who_asks_without_end_is_refused_for_a_while(
    client: FlaskClient, session: Session, owner: User
) -> None:
    statuses = [client.post(LIKE, data={}).status_code for _ in range(125)]
    colleague = a_user(session, Role.OPGAVEHOUDER, gemeente_code=owner.gemeente_code)
    sign_in(client, session, colleague)

    assert (statuses[0], statuses[-1]) == (200, 429)
    assert client.post(LIKE, data={}).status_code == 200


def test_without_scripts_it_stands_in_the_form_once_saved(
    client: FlaskClient, session: Session, owner: User
) -> None:
    theirs(session)
    fresh = text_of(client.get("/opgaven/nieuw", follow_redirects=True))
    begun = {"opgave_id": str(uuid4()), "version": "0", "kind": "opgave", "people_needed": "1"}
    more = {"colleagues_weeks": "4", "place": "hybrid", "audience": "everybody", "actie": "bewaar"}
    saved = client.post("/opgaven/nieuw", data={**begun, **more, **TYPED}, follow_redirects=True)
    form = client.get(f"/opgaven/{begun['opgave_id']}/bewerken")

    assert NOTHING in fresh
    for page in (text_of(saved), text_of(form)):
        assert "Deze opgave lijkt op" in page
        assert TITLE in page
    fields = ('name="title"', 'name="text"', TITLE, 'name="themes"')
    places = [form.text.index(sign) for sign in fields]
    assert places == sorted(places)


def test_colleagues_of_others_do_not_see_what_theirs_is_like(
    client: FlaskClient, session: Session, owner: User
) -> None:
    opgave = theirs(session)
    theirs(session, title="Bomen in de stad")

    page = text_of(client.get(f"/opgaven/{opgave.id}"))

    assert "Deze opgave lijkt op" not in page
    assert "Wie pakt dit ook op?" in page


def test_everybody_reads_who_else_does_it_with_how_many_inhabitants(
    client: FlaskClient, session: Session, tmp_path: Path
) -> None:
    a_vocabulary(session, tmp_path)
    home = a_user(session, gemeente_code=a_gemeente(session, inhabitants=40_000).code)
    other = a_user(session, gemeente_code=a_gemeente(session, inhabitants=60_500).code)
    opgave = theirs(session, owner=home)
    for title in ("Bomen in de stad", "Bomenbeleidsplan"):
        theirs(session, owner=other, title=title)
    theirs(session, title="Bomen bij ons", is_public=False)

    page = text_of(client.get(f"/opgaven/{opgave.id}/wie-pakt-dit-op"))

    assert "2 gemeenten" in page or "gemeenten 2" in page
    assert "100.500" in page
    assert "Bomen in de stad" in page
    assert "Bomen bij ons" not in page


def test_who_only_comes_near_is_shown_and_not_counted(
    client: FlaskClient, session: Session, tmp_path: Path
) -> None:
    """Who looks after the trees in the streets does not work on a new plan for all of them."""
    a_vocabulary(session, tmp_path)
    opgave = theirs(session)
    near = "De wortels drukken de stoep op en bewoners struikelen."
    an_opgave(session, title="Bomen in een straat", text=near)

    page = text_of(client.get(f"/opgaven/{opgave.id}/wie-pakt-dit-op"))

    assert "Bomen in een straat" in page
    assert "We kennen nog geen andere gemeente die dit oppakt" in page
    assert "inwoners samen" not in page


def test_who_may_not_read_an_opgave_does_not_read_who_else_does_it(
    client: FlaskClient, session: Session
) -> None:
    hidden = theirs(session, is_public=False)
    concept = theirs(session, status=OpgaveStatus.CONCEPT, published_at=None)

    for opgave in (hidden, concept):
        assert client.get(f"/opgaven/{opgave.id}/wie-pakt-dit-op").status_code == 404
