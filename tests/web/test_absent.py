"""The pages of opgaven whose opgavehouder is away: who finds them, and what comes of it."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.core.audit import AuditEntry
from app.core.clock import utc_now
from app.opgaven.models import Opgave
from app.web.aliases import alias_of
from tests.support.builders import a_grant, a_network, a_user, an_opgave
from tests.support.pages import text_of
from tests.support.web import sign_in

PAGE = "/opgaven/afwezig"


@pytest.fixture
def left(session: Session) -> Opgave:
    away = a_user(session, Role.OPGAVEHOUDER, name="Wim Weg", shut_out_at=utc_now())
    return an_opgave(session, "Inkoop", owner=away, title="Een stille straat")


def a_coordinator(session: Session, opgave: Opgave) -> User:
    network = a_network(session, opgave.gemeente_code)
    return a_user(session, grants=[a_grant(Role.COORDINATOR, network_id=network.id)])


def test_a_coordinator_proposes_and_a_gemeentebeheerder_confirms(
    client: FlaskClient, session: Session, left: Opgave
) -> None:
    here = {"gemeente_code": left.gemeente_code}
    colleague = a_user(session, Role.OPGAVEHOUDER, name="Bea Blijft", **here)
    keeper = a_user(session, Role.GEMEENTEBEHEERDER, name="Ans Beheert", **here)
    coordinator = a_coordinator(session, left)
    address = f"/opgaven/{left.id}/overname"

    sign_in(client, session, coordinator)
    network, listed = client.get("/netwerk", follow_redirects=True).text, client.get(PAGE).text
    form = client.get(address).text
    none = client.post(address, data={"user_id": ""}).status_code
    sent = {"user_id": alias_of(colleague.id)}
    said = client.post(address, data=sent, follow_redirects=True).text
    early = client.post(f"{address}/besluit", data={"verdict": "confirm"}).status_code
    sign_in(client, session, keeper)
    beheer, other = client.get("/beheer").text, client.get(PAGE).text
    done = client.post(
        f"{address}/besluit", data={"verdict": "confirm"}, follow_redirects=True
    ).text

    session.refresh(left)
    assert f'href="{PAGE}"' in network
    assert address in listed
    assert ("Bea Blijft" in form, colleague.email in form, none) == (True, False, 422)
    assert ("Een ander bevestigt dit: Ans Beheert." in said, early) == (True, 409)
    assert ("1 te regelen" in beheer, 'value="confirm"' in other) == (True, True)
    assert "De opgave heeft een nieuwe opgavehouder." in done
    assert left.owner_id == colleague.id
    told = AuditEntry.deed.startswith("takeover.") | (AuditEntry.deed == "opgave.handed_over")
    deeds = session.scalars(select(AuditEntry.deed).where(told))
    assert sorted(deeds) == ["opgave.handed_over", "takeover.confirmed", "takeover.proposed"]


def test_its_own_people_are_led_to_handing_it_over(
    client: FlaskClient, session: Session, left: Opgave
) -> None:
    sign_in(client, session, a_user(session, Role.OPGAVEHOUDER, gemeente_code=left.gemeente_code))
    address = f"/opgaven/{left.id}/overdragen"

    pages = [client.get("/onze-opgaven"), client.get(f"/opgaven/{left.id}")]

    for page in pages:
        assert (address in page.text, "De opgavehouder is er niet" in text_of(page)) == (True, True)


def test_where_somebody_is_there_nothing_is_proposed(client: FlaskClient, session: Session) -> None:
    opgave = an_opgave(session, "Inkoop", title="Een drukke straat")
    sign_in(client, session, a_coordinator(session, opgave))

    listed, page = client.get(PAGE), client.get(f"/opgaven/{opgave.id}/overname")

    assert "Een drukke straat" not in listed.text
    assert page.status_code == 409
    assert "er iemand" in text_of(page)
