"""A product of which only the mail works, and what is told of each fault."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import DatabaseMaker
from tests.faults.office import Office, Scale
from tests.faults.sink import Sink, listening

SEED = "FAULT_SEED"

Record = Callable[[str, object], None]
# Seconds; at full size a test takes as long as it takes.
FULL_PATIENCE = 3_600


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--full"):
        for item in items:
            item.add_marker(pytest.mark.timeout(FULL_PATIENCE), append=False)


@pytest.fixture(scope="session")
def scale(request: pytest.FixtureRequest) -> Scale:
    return Scale.FULL if request.config.getoption("--full") else Scale.SMALL


@pytest.fixture
def seed(record_property: Record) -> int:
    """Of all chances in a test; FAULT_SEED repeats an earlier run."""
    found = int(os.environ.get(SEED) or int.from_bytes(os.urandom(4)))
    record_property("seed", found)
    return found


@pytest.fixture
def sink(tmp_path: Path, seed: int) -> Sink:
    return Sink(tmp_path / "relay.log", seed)


@pytest.fixture
def office(
    new_database: DatabaseMaker, tmp_path: Path, sink: Sink, record_property: Record
) -> Iterator[Office]:
    """With an empty database, and the sink as its relay."""
    with listening(sink) as port:
        office = Office(tmp_path, new_database(), "redis://127.0.0.1:1/0", smtp_port=port)
        try:
            yield office
        finally:
            for name, count in office.counts(sink).items():
                record_property(name, count)
            office.close()
