"""Walking in as an invented colleague, in the demo and nowhere else."""

from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from app.accounts.models import User, UserSession
from app.core.actor import SYSTEM, Role
from app.core.work import Work
from app.gemeenten.service import Connection, connect_provider
from app.settings import Environment, WrongSettings
from app.web.demo.pages import demo_groups
from tests.conftest import AppMaker, settings_for
from tests.support.builders import a_profile, a_user
from tests.support.queries import counted
from tests.support.web import sign_in
from tests.support.work import MONDAY


def a_demo_user(session: Session, *roles: Role, **changed: object) -> User:
    user: User = a_user(session, *roles, is_demo=True, **changed)
    return user


def test_the_page_says_that_these_people_are_invented(
    client: FlaskClient, session: Session
) -> None:
    user = a_demo_user(session)
    a_profile(session, user=user, function="stedenbouwkundige")

    page = client.get("/demo").text

    assert "Alle mensen hieronder zijn verzonnen." in page
    assert (f"Log in als {user.name}" in page, "Stedenbouwkundige" in page) == (True, True)


def test_people_stand_with_the_widest_thing_they_may_do(session: Session) -> None:
    a_demo_user(session, name="Anna")
    a_demo_user(session, Role.OPGAVEHOUDER, name="Bram")
    a_demo_user(session, Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER, name="Cato")
    a_demo_user(session, Role.BEHEERDER, name="Daan")

    groups = [
        (group.title, [person.name for person in group.people]) for group in demo_groups(session)
    ]

    assert groups == [
        ("Professionals", ["Anna"]),
        ("Opgavehouders", ["Bram"]),
        ("Gemeentebeheerders", ["Cato"]),
        ("Platformbeheerders", ["Daan"]),
    ]


def test_nothing_is_read_of_the_profiles_of_real_people(session: Session) -> None:
    a_demo_user(session, name="Anna")
    a_profile(session, user=a_demo_user(session, name="Bram"), function="jurist")
    a_profile(session, function="planoloog")

    shown = [(one.name, one.function) for group in demo_groups(session) for one in group.people]

    assert shown == [("Anna", ""), ("Bram", "jurist")]


def test_more_people_ask_no_more_of_the_database(client: FlaskClient, session: Session) -> None:
    a_demo_user(session)
    with counted(session) as for_one:
        client.get("/demo")
    for _ in range(2):
        a_profile(session, user=a_demo_user(session, Role.OPGAVEHOUDER))
    with counted(session) as for_three:
        client.get("/demo")
    assert len(for_one) == len(for_three) > 0


def test_real_people_are_not_on_the_page(client: FlaskClient, session: Session) -> None:
    user = a_user(session)
    page = client.get("/demo").text
    assert (user.name in page, "Er zijn nog geen demo-accounts" in page) == (False, True)


def test_one_button_signs_in(client: FlaskClient, session: Session) -> None:
    user = a_demo_user(session)

    answer = client.post(f"/demo/{user.id}")

    assert (answer.status_code, answer.location) == (302, "/profiel/bewerken")
    assert session.scalars(select(UserSession.user_id)).all() == [user.id]
    assert f"Je bent nu {user.name}" in client.get("/").text


def test_choosing_somebody_else_ends_the_earlier_session(
    client: FlaskClient, session: Session
) -> None:
    first, second = a_demo_user(session), a_demo_user(session)
    client.post(f"/demo/{first.id}")
    client.post(f"/demo/{second.id}")
    assert session.scalars(select(UserSession.user_id)).all() == [second.id]


def test_a_real_person_cannot_be_entered_without_a_link(
    client: FlaskClient, session: Session
) -> None:
    answers = [client.post(f"/demo/{a_user(session).id}"), client.post(f"/demo/{uuid4()}")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert session.scalars(select(UserSession)).all() == []


def test_a_link_to_somebody_does_not_sign_in(client: FlaskClient, session: Session) -> None:
    assert client.get(f"/demo/{a_demo_user(session).id}").status_code == 405


def test_the_page_is_there_for_who_is_signed_in_too(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_user(session))
    assert client.get("/demo").status_code == 200


def test_without_the_setting_there_is_no_demo(new_app: AppMaker, database: URL) -> None:
    client = new_app(database).test_client()
    answers = [client.get("/demo"), client.post(f"/demo/{uuid4()}"), client.get("/postvak")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_production_refuses_to_start_with_a_demo(database: URL) -> None:
    with pytest.raises(WrongSettings, match="DEMO_ACCOUNTS"):
        settings_for(
            database,
            environment=Environment.PRODUCTION,
            base_url="https://degemeentevannu.example",
            demo_accounts=True,
        )


def test_the_page_says_where_to_try_the_sign_in_of_a_gemeente(
    client: FlaskClient, session: Session
) -> None:
    user = a_demo_user(session, email="anna@testerdam.demo.example")
    before = client.get("/demo").text
    work = Work(session=session, actor=SYSTEM, now=MONDAY)
    connection = Connection("http://127.0.0.1:9400", "dgvn", "sealed")
    connect_provider(work, user.gemeente_code, connection, loopback_too=True)
    session.commit()

    page = client.get("/demo").text

    assert "Inloggen bij je gemeente" not in before
    assert "heeft in deze demo een eigen inlog" in page
    assert "nieuwe.collega@testerdam.demo.example" in page
