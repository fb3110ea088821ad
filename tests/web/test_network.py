"""Who coordinates a network sees how it goes there, and no names."""

import re

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import proposing
from app.accounts.models import RoleProposal, User
from app.accounts.queries import actor_of, running_grants
from app.core.actor import Role
from app.core.audit import AuditEntry
from app.gemeenten.models import NetworkGemeente
from app.opgaven.rules import Audience
from tests.loans.builders import a_running_loan, parties
from tests.support.builders import a_gemeente, a_grant, a_network, a_user, an_opgave
from tests.support.pages import text_of
from tests.support.web import sign_in
from tests.support.work import TODAY, make_work


def a_coordinator(session: Session, *codes: str) -> User:
    """Of a network of these gemeenten, with an own gemeente outside it."""
    coordinator = a_user(session, Role.COORDINATOR)
    grant = coordinator.grants[0]
    home = select(NetworkGemeente).where(NetworkGemeente.network_id == grant.network_id)
    session.delete(session.scalars(home).one())
    for code in codes:
        row = {"network_id": grant.network_id, "gemeente_code": code, "since": TODAY}
        session.add(NetworkGemeente(**row))
    session.commit()
    return coordinator


def test_a_coordinator_reads_of_loans_without_names(client: FlaskClient, session: Session) -> None:
    who = parties(session)
    loan = a_running_loan(session, who)
    lender = session.get_one(User, loan.user_id).gemeente_code
    coordinator = a_coordinator(session, lender)
    sign_in(client, session, coordinator)

    page = client.get("/netwerk", follow_redirects=True).text
    table = client.post(
        f"/netwerk/{coordinator.grants[0].network_id}/csv", data={"purpose": "spreading"}
    )

    assert "uur per week" in page
    assert len(table.text.splitlines()) == 2
    for hidden in (who.professional.name, who.borrower.name, loan.manager_name, "Een opgave"):
        assert hidden not in table.text
        assert hidden not in page
    deeds = session.scalars(select(AuditEntry.deed).where(AuditEntry.subject == "network"))
    assert [*deeds] == ["network.exported.spreading"]


def test_a_coordinator_reads_what_is_meant_for_another_region(
    client: FlaskClient, session: Session
) -> None:
    owner = a_user(
        session, Role.OPGAVEHOUDER, gemeente_code=a_gemeente(session, province="Zeeland").code
    )
    opgave = an_opgave(session, "Inkoop", owner=owner, audience=Audience.PROVINCE, is_public=False)
    outside = an_opgave(session, "Inkoop", audience=Audience.NETWORK)
    coordinator = a_coordinator(session, owner.gemeente_code)
    sign_in(client, session, coordinator)
    here = f"/opgaven/{opgave.id}"

    assert f'href="{here}"' in client.get("/netwerk", follow_redirects=True).text
    page = client.get(here).text
    asked = client.post(f"{here}/belangstelling").status_code

    assert "omdat je het netwerk coördineert" in page
    assert "Ik heb belangstelling" not in page
    assert [asked, client.get(f"/opgaven/{outside.id}").status_code] == [404, 404]


def test_a_table_is_for_something(client: FlaskClient, session: Session) -> None:
    coordinator = a_coordinator(session)
    sign_in(client, session, coordinator)
    here = f"/netwerk/{coordinator.grants[0].network_id}/csv"

    for sent in ({}, {"purpose": ""}, {"purpose": "zomaar"}):
        answer = client.post(here, data=sent)
        assert (answer.status_code, answer.content_type) == (422, "text/html; charset=utf-8")
    assert (
        session.scalars(select(AuditEntry.deed).where(AuditEntry.subject == "network")).all() == []
    )


def test_two_beheerders_name_a_coordinator(client: FlaskClient, session: Session) -> None:
    one, other = a_user(session, Role.BEHEERDER), a_user(session, Role.BEHEERDER)
    person, town = a_user(session), a_gemeente(session)
    network = a_network(session, town.code)
    here = f"/beheer/netwerken/{network.id}"
    sign_in(client, session, one)

    unknown = client.post(
        f"{here}/coordinatoren", data={"email": "niemand@hier.nl", "term": "year"}
    )
    asked = client.post(f"{here}/coordinatoren", data={"email": person.email, "term": "year"})
    twice = client.post(f"{here}/coordinatoren", data={"email": person.email, "term": "year"})
    proposal = session.scalars(select(RoleProposal)).one()
    before = actor_of(person).roles
    proposing.decide(make_work(session, other), proposal.id, confirm=True)
    session.commit()
    session.refresh(person, ["grants"])

    assert [unknown.status_code, asked.location, twice.status_code] == [422, here, 422]
    assert (before, actor_of(person).network_codes) == (frozenset(), frozenset({town.code}))
    assert person.email in client.get(here).text
    again = client.post(
        f"{here}/coordinatoren",
        data={"email": person.email, "term": "year"},
        follow_redirects=True,
    )
    assert "Er is niets veranderd." in again.text
    assert session.scalars(select(RoleProposal)).one() is proposal


def test_a_beheerder_ends_the_role_of_who_coordinates_this_network(
    client: FlaskClient, session: Session
) -> None:
    person = a_user(session)
    networks = [a_network(session, person.gemeente_code).id for _ in range(2)]
    person.grants = [a_grant(Role.COORDINATOR, network_id=one) for one in networks]
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    here = f"/beheer/netwerken/{networks[0]}"

    [end] = re.findall(rf'action="({here}/coordinatoren/[^"]+/weg)"', client.get(here).text)
    ended = client.post(end, follow_redirects=True)

    assert "De rol is beëindigd." in ended.text
    assert person.email not in text_of(client.get(here))
    session.refresh(person, ["grants"])
    assert [one.network_id for one in running_grants(person)] == networks[1:]
