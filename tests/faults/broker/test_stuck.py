"""A job that never comes back from C is ended, and not tried for ever; others do not notice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.jobs import JobState
from app.core.outbox import OutboxMessage
from tests.conftest import DatabaseMaker
from tests.faults.broker.conftest import Measured
from tests.faults.broker.house import House
from tests.faults.broker.stuck import POISON
from tests.faults.office import Scale
from tests.support.alive import work_now
from tests.support.product import BEAT, LOOP, MATCHING, TICKS, Product, wait_for
from tests.workers.test_real_workers import a_pair, assert_found_once, publish

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

# What a job of matching may take, in seconds.
LIMIT = {Scale.SMALL: 3, Scale.FULL: 60}


def stuck(limit: int, command: list[str]) -> list[str]:
    """The same worker, with the reaction that hangs."""
    python, _, _, _, _, *words = command
    return [python, "-m", "tests.faults.broker.stuck", str(limit), "celery", *words]


class House32(House):
    limit = 0

    def _command(self, name: str) -> list[str]:
        command = super()._command(name)
        if name == LOOP:
            return [command[0], "-m", "tests.faults.broker.stuck", str(self.limit), "loop"]
        return stuck(self.limit, command) if name in {TICKS, MATCHING} else command


@pytest.fixture
def house(new_database: DatabaseMaker, tmp_path: Path, scale: Scale) -> Iterator[House]:
    house = House32(tmp_path, new_database(), broker="")
    house.limit = LIMIT[scale]
    yield house
    house.close()


def tell_poison(product: Product) -> None:
    with product.session() as session:
        session.add(OutboxMessage(name=POISON, payload={}, occurred_at=work_now(session).now))
        session.commit()


POISONED = "SELECT {} FROM job WHERE reaction = 'get_stuck'"


@pytest.mark.parametrize("parts", [(TICKS, MATCHING, BEAT), (LOOP,)], ids=["celery", "loop"])
def test_f32_a_job_stuck_in_c(
    house: House, parts: tuple[str, ...], scale: Scale, measured: Measured
) -> None:
    if LOOP in parts:
        house.broker = ""
    house.start(*parts)
    tell_poison(house)
    wait_for(lambda: house.scalar(POISONED.format("attempts")), "the first try")
    pair = a_pair(house)
    publish(house, pair)

    def is_given_up() -> bool:
        return house.scalar(POISONED.format("state")) == JobState.FAILED

    wait_for(is_given_up, "the job to be given up", within=3 * LIMIT[scale] + 60)

    assert measured("tries", int(str(house.scalar(POISONED.format("attempts"))))) <= 2
    assert house.scalar(POISONED.format("last_error")) == "took too long and was ended"
    assert_found_once(house, pair)
    assert all(house.parts[name].process.poll() is None for name in parts)
