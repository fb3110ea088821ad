"""S40: a coordinator reaches nothing outside the own network."""

from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.queries import actor_of
from app.core.actor import Role
from app.core.rights import Right, may_in
from app.opgaven.rules import Audience
from tests.loans.builders import a_running_loan, parties
from tests.support.builders import a_gemeente, a_network, a_user, an_opgave
from tests.support.pages import text_of
from tests.support.web import sign_in


def test_s40_a_network_of_others_is_as_one_that_is_not_there(
    client: FlaskClient, session: Session
) -> None:
    coordinator = a_user(session, Role.COORDINATOR)
    own = coordinator.grants[0].network_id
    # Also one that the own gemeente is in.
    others = [a_network(session, coordinator.gemeente_code).id, a_network(session).id]
    sign_in(client, session, coordinator)

    assert client.get(f"/netwerk/{own}").status_code == 200
    answers = [client.get(f"/netwerk/{one}") for one in (*others, uuid4())]
    tables = [
        client.post(f"/netwerk/{one}/csv", data={"purpose": "meeting"})
        for one in (*others, uuid4())
    ]
    assert {one.status_code for one in answers + tables} == {404}
    assert len({text_of(one) for one in answers}) == 1


def test_s40_nothing_of_a_gemeente_outside_the_network_is_on_the_page(
    client: FlaskClient, session: Session
) -> None:
    coordinator = a_user(session, Role.COORDINATOR)
    own = coordinator.grants[0].network_id
    inside = a_user(session, Role.OPGAVEHOUDER, gemeente_code=coordinator.gemeente_code)
    outside = a_user(session, Role.OPGAVEHOUDER)
    an_opgave(session, owner=inside, title="Van binnen", audience=Audience.NETWORK)
    an_opgave(session, owner=inside, title="Voor de provincie", audience=Audience.PROVINCE)
    an_opgave(session, owner=outside, title="Van buiten")
    who = parties(session)
    a_running_loan(session, who)
    sign_in(client, session, coordinator)

    page = client.get(f"/netwerk/{own}").text
    table = client.post(f"/netwerk/{own}/csv", data={"purpose": "meeting"}).text

    found = [title in page for title in ("Van binnen", "Voor de provincie", "Van buiten")]
    assert found == [True, True, False]
    assert len(table.splitlines()) == 1
    assert who.opgave.title not in page
    assert not may_in(actor_of(coordinator), Right.READ_NETWORK, outside.gemeente_code)


def test_s40_who_coordinates_no_more_reads_no_more(client: FlaskClient, session: Session) -> None:
    coordinator = a_user(session, Role.COORDINATOR)
    here = f"/netwerk/{coordinator.grants[0].network_id}"
    gone = a_gemeente(session).code
    sign_in(client, session, coordinator)
    before = client.get(here).status_code

    coordinator.grants[0].ended_at = coordinator.created_at
    session.commit()

    assert (before, client.get(here).status_code) == (200, 404)
    assert not may_in(actor_of(coordinator), Right.READ_NETWORK, gone)
