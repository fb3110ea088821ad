"""Somebody who would know who is behind a card without a name."""

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.actor import Role
from app.core.rights import MATRIX, Right, Scope
from app.extensions import limiter
from app.people import queries
from app.people.queries import Search
from app.people.rules import Visibility
from tests.rights.test_walk import requests
from tests.rights.world import Standing, a_world
from tests.support.builders import a_concept, a_gemeente, a_profile, a_user
from tests.support.web import sign_in
from tests.support.work import TODAY

ALIKE = 15
# Another one each second.
TOKEN = re.compile(r'name="csrf_token" value="[^"]+"')
NAME, EMAIL = "Noor Kanarie", "n.kanarie@elders.example"
# By what a card without a name does not show, and by what is like it.
BY_WHAT_IS_HIDDEN = [
    *(NAME, "Noor", "kanarie", "NOOR KANARIE", "n.kanarie", EMAIL, "elders.example"),
    *("vlinderkundige", "rupsentuin", "poppenhuis", "Schubdam"),
]


@pytest.fixture
def viewer(session: Session) -> User:
    return a_user(session)


def a_card_without_a_name(session: Session, home: str) -> UUID:
    user = a_user(session, name=NAME, email=EMAIL, gemeente_code=home)
    profile = a_profile(
        session,
        "Inkoop",
        user=user,
        visibility=Visibility.ANONYMOUS,
        function="vlinderkundige",
        headline="Een rupsentuin voor iedereen",
        about="Eerder werkte ik in een poppenhuis.",
    )
    session.commit()
    return profile.user_id


def page_of(client: FlaskClient, path: str) -> str:
    return TOKEN.sub("", client.get(path).text)


def listed(session: Session, viewer: User, day: date) -> list[UUID]:
    found = queries.search(session, actor_of(viewer), Search(), 1, day)
    return [seen.user_id for seen in found.items]


def test_s38_cards_that_are_alike_lie_otherwise_for_each_reader_and_each_day(
    session: Session, viewer: User
) -> None:
    home = a_gemeente(session).code
    for _ in range(ALIKE):
        user = a_user(session, gemeente_code=home)
        a_profile(session, "Inkoop", user=user, visibility=Visibility.ANONYMOUS)

    today, tomorrow = (listed(session, viewer, TODAY + timedelta(days=one)) for one in (0, 1))
    of_another = listed(session, a_user(session), TODAY)

    assert len(today) == ALIKE
    assert set(today) == set(tomorrow) == set(of_another)
    assert today not in (tomorrow, of_another, sorted(today))
    assert today == listed(session, viewer, TODAY)


def test_s38_a_search_by_what_a_card_hides_is_the_same_page_with_and_without_it(
    client: FlaskClient, session: Session, viewer: User
) -> None:
    home = a_gemeente(session, name="Schubdam", province="Zeeland").code
    for _ in range(2):
        a_profile(session, "Inkoop", visibility=Visibility.ANONYMOUS)
    session.commit()
    sign_in(client, session, viewer)
    paths = [f"/collegas?q={asked}" for asked in BY_WHAT_IS_HIDDEN]
    before = [page_of(client, path) for path in paths]

    card = a_card_without_a_name(session, home)

    assert [page_of(client, path) for path in paths] == before
    assert str(card) in client.get("/collegas").text


@pytest.mark.parametrize(("skill", "is_found"), [("eigen een", True), ("eigen drie", False)])
def test_s38_a_card_is_found_by_no_phrase_of_its_owner_that_it_leaves_out(
    client: FlaskClient, session: Session, viewer: User, skill: str, is_found: bool
) -> None:
    """Its own gemeente reads the name and all that is written there."""
    a_concept(session, "Rupsen")
    home = a_gemeente(session).code
    colleague = a_user(session, gemeente_code=home)
    skills = ["eigen een", "Rupsen", "eigen twee", "eigen drie"]
    card = a_profile(session, *skills, user=colleague, visibility=Visibility.GEMEENTE).user_id

    session.commit()
    elsewhere = queries.search(
        session, actor_of(viewer), Search(words={skill: 1}, text=skill), 1, TODAY
    )
    at_home = queries.search(
        session,
        actor_of(a_user(session, gemeente_code=home)),
        Search(words={skill: 1}, text=skill),
        1,
        TODAY,
    )

    assert [one.user_id for one in elsewhere.items] == ([card] if is_found else [])
    assert [one.user_id for one in at_home.items] == [card]


def test_s39_no_page_has_the_name_behind_a_card(
    app: Flask, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks: but who looks after all accounts reads names beside another id."""
    monkeypatch.setattr(limiter, "enabled", False)
    world = a_world(session, Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER)
    card = world.things[Standing.NETWORK]["user_id"]
    user = session.get_one(User, card)
    user.name, user.email = NAME, EMAIL
    session.commit()
    sign_in(client, session, world.viewer)

    shown = set()
    for rule, method, standing, at in requests(app, world):
        if method == "GET" and standing in {Standing.OWN, Standing.NETWORK}:
            answer = client.get(at, buffered=True)
            told = answer.data.decode(errors="replace") + str(answer.headers)
            assert NAME not in told, rule.rule
            assert EMAIL not in told, rule.rule
            shown |= {rule.endpoint} if str(card) in told else set()
    assert {"people.index", "people.show"} <= shown


def test_s39_who_looks_after_accounts_reads_a_name_beside_another_id(
    client: FlaskClient, session: Session
) -> None:
    home = a_gemeente(session, name="Schubdam", province="Zeeland").code
    card = a_card_without_a_name(session, home)
    sign_in(client, session, a_user(session, *Role))

    pages = [client.get(path).text for path in (f"/beheer/collegas?gemeente={home}", "/collegas")]

    assert [NAME in page for page in pages] == [True, False]
    assert [str(card) in page for page in pages] == [False, True]


def test_s43_no_role_opens_what_its_owner_hides(client: FlaskClient, session: Session) -> None:
    hidden = a_profile(session, visibility=Visibility.HIDDEN)
    home = session.get_one(User, hidden.user_id).gemeente_code
    for place in (home, a_gemeente(session).code):
        sign_in(client, session, a_user(session, *Role, gemeente_code=place))
        assert client.get(f"/collegas/{hidden.user_id}").status_code == 404
    assert set(MATRIX[Right.READ_PROFILE].cells.values()) <= {Scope.NONE, Scope.OWN, Scope.SHOWN}
