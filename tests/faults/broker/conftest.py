"""One product for all tests of this folder: its processes are slow to start."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.conftest import DatabaseMaker
from tests.faults.broker.house import House
from tests.faults.broker.visitor import Visitor
from tests.faults.conftest import Record
from tests.faults.sink import Sink, listening


@pytest.fixture(scope="session")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Sink:
    """One for all of these tests: whoever sends keeps its address."""
    return Sink(tmp_path_factory.mktemp("relay") / "relay.log", seed=0)


@pytest.fixture(scope="session")
def running(
    new_database: DatabaseMaker, tmp_path_factory: pytest.TempPathFactory, relay: Sink
) -> Iterator[House]:
    with listening(relay) as port:
        house = House(tmp_path_factory.mktemp("house"), new_database(), broker="", smtp_port=port)
        house.ledger = relay.log
        try:
            yield house
        finally:
            house.close()


@pytest.fixture
def house(running: House) -> House:
    """Everybody at work."""
    running.make_ready()
    return running


@pytest.fixture
def empty_house(house: House, relay: Sink) -> House:
    """Nobody is known, and no mail went to anybody."""
    house.forget_people()
    relay.taken.clear()
    return house


@pytest.fixture
def visitor(house: House, request: pytest.FixtureRequest) -> Visitor:
    """At an address that no other test has asked from."""
    number = request.session.items.index(request.node)
    return Visitor(house, f"192.0.2.{number % 250 + 1}")


@dataclass
class Measured:
    """What is told of a fault."""

    record: Record

    def __call__(self, name: str, value: float) -> float:
        self.record(name, round(value, 2))
        return value


@pytest.fixture
def measured(record_property: Record) -> Measured:
    return Measured(record_property)
