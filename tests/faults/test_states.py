"""Whatever happens in whatever order, no mail comes twice and no news is lost."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from app.core.actor import Role
from app.matching import service as matching
from app.notifications.service import Stationery
from tests.conftest import DatabaseMaker
from tests.faults.conftest import Record
from tests.faults.machine import MailMachine, World
from tests.faults.office import Scale
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_profile, a_user, an_opgave

pytestmark = pytest.mark.slow

PEOPLE, OPGAVEN = 3, 5
STEPS = 50


@pytest.fixture(scope="module")
def world(stationery: Stationery, new_database: DatabaseMaker) -> Iterator[World]:
    with SharedDatabase(new_database()) as database:
        with database.work() as work:
            people = [a_profile(work.session, "verkeerskunde").user_id for _ in range(PEOPLE)]
            owner = a_user(work.session, Role.OPGAVEHOUDER)
            opgaven = [
                an_opgave(work.session, "verkeerskunde", owner=owner).id for _ in range(OPGAVEN)
            ]
            for opgave_id in opgaven:
                matching.match_opgave(work, opgave_id)
        yield World(database, stationery, people, opgaven)


@pytest.mark.parametrize("has_ledger", [True, False], ids=["ledger", "no ledger"])
def test_no_reachable_state_loses_or_repeats(
    world: World, scale: Scale, record_property: Record, *, has_ledger: bool
) -> None:
    class Machine(MailMachine):
        pass

    Machine.world, Machine.has_ledger, Machine.steps = world, has_ledger, 0
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=scale // 12,
            stateful_step_count=STEPS,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    record_property("steps", Machine.steps)
