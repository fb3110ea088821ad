"""A beheerder founds a network and keeps its gemeenten."""

from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Role
from app.core.audit import AuditEntry
from app.gemeenten import queries
from app.gemeenten.models import Network
from tests.support.builders import a_gemeente, a_network, a_user
from tests.support.pages import text_of
from tests.support.web import sign_in
from tests.support.work import TODAY

SENT = {"name": "Stedenkracht", "purpose": "Samen leren.", "begun_on": "01-06-2007"}


def test_a_network_is_founded_and_gets_its_gemeenten(client: FlaskClient, session: Session) -> None:
    gemeente = a_gemeente(session)
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    founded = client.post("/beheer/netwerken", data=SENT)
    network = session.scalars(select(Network)).one()
    here = f"/beheer/netwerken/{network.id}"
    added = client.post(f"{here}/gemeenten", data={"gemeente": gemeente.code})
    page = client.get(here).text
    listed = text_of(client.get("/beheer/netwerken"))

    assert (founded.location, added.location) == (here, here)
    assert f'Haal weg<span class="dgvn-hidden">: {gemeente.name}' in page
    assert "Stedenkracht 1 gemeente" in listed
    client.post(f"{here}/gemeenten/weg", data={"gemeente": gemeente.code})
    assert queries.gemeenten_of_network(session, network.id, TODAY) == []
    deeds = session.scalars(select(AuditEntry.deed).where(AuditEntry.subject == "network"))
    assert {*deeds} == {"network.founded", "network.joined", "network.left"}


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    page = client.post("/beheer/netwerken", data={**SENT, "name": " ", "begun_on": "ooit"})

    assert (page.status_code, session.scalars(select(Network)).all()) == (422, [])
    assert "Samen leren." in page.text
    assert "Vul een datum in, bijvoorbeeld 31-01-2027." in page.text
    nameless = client.post("/beheer/netwerken", data={**SENT, "name": " "})
    assert "Vul in hoe het netwerk heet." in nameless.text


def test_a_network_is_described_anew(client: FlaskClient, session: Session) -> None:
    network, other = a_network(session), a_network(session, name="Al bezet")
    here = f"/beheer/netwerken/{network.id}"
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    changed = client.post(here, data={**SENT, "purpose": "Samen bouwen."})
    refused = client.post(here, data={**SENT, "name": other.name, "purpose": "Iets anders."})

    assert (changed.location, refused.status_code) == (here, 422)
    assert ("Er is al een netwerk" in refused.text, "Iets anders." in refused.text) == (True, True)
    session.refresh(network)
    assert (network.name, network.purpose) == ("Stedenkracht", "Samen bouwen.")


def test_no_gemeente_and_one_that_is_in_it_already_are_refused(
    client: FlaskClient, session: Session
) -> None:
    gemeente = a_gemeente(session)
    here = f"/beheer/netwerken/{a_network(session, gemeente.code).id}"
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    none = client.post(f"{here}/gemeenten", data={"gemeente": ""})
    twice = client.post(f"{here}/gemeenten", data={"gemeente": gemeente.code})
    no_button = client.post(f"{here}/gemeenten/weg", data={})

    assert [one.status_code for one in (none, twice, no_button)] == [422, 422, 422]
    assert "Kies een gemeente." in none.text
    assert "hoort al bij dit netwerk." in twice.text


def test_a_network_that_is_not_there_is_not_found(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    for path in ("", "/gemeenten", "/gemeenten/weg"):
        at = f"/beheer/netwerken/{uuid4()}{path}"
        assert client.post(at, data={**SENT, "gemeente": "GM0001"}).status_code == 404
