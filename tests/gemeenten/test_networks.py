"""Networks: founding and describing them, which gemeenten are of them, and what a merger does."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Role
from app.core.errors import NotAllowed, NotFound
from app.core.faults import FaultyDraft
from app.core.outbox import OutboxMessage
from app.core.work import Work
from app.gemeenten import networks, queries
from app.gemeenten.models import Gemeente
from app.gemeenten.rules import PURPOSE_LIMIT, NetworkDraft
from app.gemeenten.service import import_gemeenten
from tests.gemeenten.test_rules import UTRECHT
from tests.support.builders import a_gemeente, a_network, a_user
from tests.support.work import TODAY, make_work

DRAFT = NetworkDraft("Stedenkracht", "Samen leren van elkaars steden.", date(2007, 6, 1))
HOUTEN = replace(UTRECHT, code="GM0321", name="Houten", is_provincial_capital=False)
MERGED_ON = TODAY + timedelta(days=39)


def a_keeper(session: Session) -> Work:
    return make_work(session, a_user(session, Role.BEHEERDER))


def names_on(session: Session, network_id: UUID, day: date = TODAY) -> list[str]:
    return [one.name for one in queries.gemeenten_of_network(session, network_id, day)]


def told(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxMessage.name).order_by(OutboxMessage.id)))


def test_a_network_is_founded_and_described_anew(session: Session) -> None:
    keeper = a_keeper(session)

    network_id = networks.found_network(keeper, DRAFT)
    networks.describe_network(keeper, network_id, DRAFT)
    networks.describe_network(keeper, network_id, replace(DRAFT, purpose="Samen bouwen."))

    network = queries.network(session, network_id)
    assert (network.name, network.purpose) == ("Stedenkracht", "Samen bouwen.")
    assert told(session) == ["network.founded", "network.described"]


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"name": ""}, ["name"]),
        ({"name": "stedenKRACHT"}, ["name"]),
        ({"purpose": ""}, ["purpose"]),
        ({"purpose": "x" * (PURPOSE_LIMIT + 1)}, ["purpose"]),
        ({"begun_on": None}, ["begun_on"]),
        ({"begun_on": TODAY + timedelta(days=1)}, ["begun_on"]),
        ({"begun_on": date(27, 1, 1)}, ["begun_on"]),
    ],
)
def test_what_is_wrong_with_a_network_is_said(
    session: Session, changed: dict[str, Any], fields: list[str]
) -> None:
    keeper = a_keeper(session)
    networks.found_network(keeper, DRAFT)

    with pytest.raises(FaultyDraft) as faulty:
        networks.found_network(keeper, replace(DRAFT, **{"name": "Anders", **changed}))

    assert [fault.field for fault in faulty.value.faults] == fields


def test_gemeenten_come_and_go(session: Session) -> None:
    keeper, network = a_keeper(session), a_network(session)
    one, other = (a_gemeente(session, name=name) for name in ("Aalst", "Berg"))

    for gemeente in (other, one):
        networks.add_gemeente(keeper, network.id, gemeente.code)
    both = names_on(session, network.id)
    networks.end_gemeente(keeper, network.id, other.code)
    networks.end_gemeente(keeper, network.id, other.code)

    assert (both, names_on(session, network.id)) == (["Aalst", "Berg"], ["Aalst"])
    assert queries.count_in_networks(session, TODAY) == {network.id: 1}
    assert told(session) == ["network.changed"] * 3
    networks.add_gemeente(keeper, network.id, other.code)
    assert names_on(session, network.id) == ["Aalst", "Berg"]


def test_a_gemeente_is_of_a_network_once_and_must_exist(session: Session) -> None:
    keeper, network, here = a_keeper(session), a_network(session), a_gemeente(session)
    gone = a_gemeente(session, valid_until=TODAY)
    networks.add_gemeente(keeper, network.id, here.code)

    for code in (here.code, gone.code):
        with pytest.raises(FaultyDraft):
            networks.add_gemeente(keeper, network.id, code)
    with pytest.raises(NotFound):
        networks.add_gemeente(keeper, network.id, "GM0000")


@pytest.mark.parametrize("role", [Role.GEMEENTEBEHEERDER, Role.OPGAVEHOUDER])
def test_only_a_beheerder_keeps_networks(session: Session, role: Role) -> None:
    other, network, gemeente = a_user(session, role), a_network(session), a_gemeente(session)
    work = make_work(session, other)

    for deed in (
        lambda: networks.found_network(work, DRAFT),
        lambda: networks.describe_network(work, network.id, DRAFT),
        lambda: networks.add_gemeente(work, network.id, gemeente.code),
        lambda: networks.end_gemeente(work, network.id, gemeente.code),
    ):
        with pytest.raises(NotAllowed):
            deed()


def test_a_merger_brings_the_network_along(session: Session) -> None:
    work = make_work(session)
    import_gemeenten(work, [UTRECHT, HOUTEN])
    network = a_network(session, "GM0321")

    merging = replace(HOUTEN, valid_until=MERGED_ON, successor_code="GM0344")
    import_gemeenten(work, [UTRECHT, merging])

    assert names_on(session, network.id) == ["Houten"]
    assert names_on(session, network.id, MERGED_ON) == ["Utrecht"]
    later = replace(work, now=work.now + timedelta(days=60))
    networks.end_gemeente(later, network.id, "GM0344")
    assert queries.rows_of_network(session, network.id) == []


def test_who_joins_before_a_merger_that_is_known_stays_after_it(session: Session) -> None:
    keeper, network, after = a_keeper(session), a_network(session), a_gemeente(session)
    before: Gemeente = a_gemeente(session, valid_until=MERGED_ON, successor_code=after.code)

    networks.add_gemeente(keeper, network.id, before.code)

    assert names_on(session, network.id) == [before.name]
    assert names_on(session, network.id, MERGED_ON) == [after.name]
