"""Whatever happens in whatever order, no mail comes twice and no news is lost.

Nor is interest that somebody shows, whoever hides, pauses, fills or reopens meanwhile.
"""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.actor import Role
from app.matching import service as matching
from app.notifications.service import Stationery
from tests.conftest import DatabaseMaker
from tests.faults.conftest import Record
from tests.faults.interest import Choice, InterestMachine, When
from tests.faults.machine import TAKEN, Stage, World
from tests.faults.office import Scale
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_profile, a_user, an_opgave

# Seconds; so many examples take their time on a busy machine.
pytestmark = pytest.mark.slow

PEOPLE, OPGAVEN, FEW = 3, 5, 2
STEPS = 80
# One for so many mails of a run. An example takes a chance number of steps: seldom a second round.
EXAMPLES = 20


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
            keeper = a_user(work.session, Role.OPGAVEHOUDER)
            wanted = [an_opgave(work.session, owner=keeper).id for _ in range(FEW)]
            fans = [a_profile(work.session, f"vak {number}") for number in range(FEW)]
            users = [work.fetch(User, fan.user_id) for fan in fans]
            own = World(
                database,
                stationery,
                people,
                opgaven,
                actor_of(keeper),
                [actor_of(user) for user in users],
                wanted,
                {user.email: user.id for user in users},
            )
        yield own


@pytest.mark.parametrize("has_ledger", [True, False], ids=["ledger", "no ledger"])
def test_no_reachable_state_loses_or_repeats(
    world: World, scale: Scale, record_property: Record, *, has_ledger: bool
) -> None:
    class Machine(InterestMachine):
        pass

    Machine.world, Machine.has_ledger = world, has_ledger
    Machine.steps = Machine.interest_told = 0
    # With and without a ledger: five for each mail of the other faults.
    while Machine.steps < scale * 5 // 2:
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=scale // EXAMPLES,
                stateful_step_count=STEPS,
                deadline=None,
                print_blob=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
    record_property("steps", Machine.steps)
    record_property("interest told", Machine.interest_told)
    assert Machine.interest_told > 0


# Walks that chance seldom takes


@pytest.fixture
def machine(world: World) -> InterestMachine:
    """With a ledger, at the beginning of an example."""

    class Machine(InterestMachine):
        pass

    Machine.world, Machine.has_ledger = world, True
    machine = Machine()
    machine.begin({0})
    return machine


def send(machine: InterestMachine) -> None:
    """All that is due, and the relay takes it."""
    for _ in range(2 * FEW + PEOPLE):
        machine.do_more(pick=0, steps=4)
        if any(one.stage is Stage.MARKED for one in machine.senders):
            machine.dot(0, TAKEN)
        machine.do_one_thing(pick=0, most=3)
        machine.nobody_hears_twice()


def test_interest_is_told_once_though_its_job_is_done_again(machine: InterestMachine) -> None:
    machine.answer(0, 0, True, When.NOW_AND_LATER)
    send(machine)
    machine.react(0)
    machine.teardown()


@pytest.mark.parametrize("jobs", [When.NOW, When.LATER])
def test_interest_that_a_digest_passed_over_is_told_when_it_is_back(
    machine: InterestMachine, jobs: When
) -> None:
    """They pause before the digest is written; what follows is done before or after that."""
    machine.choose_how_to_hear(Choice.IN_DIGEST)
    for one in range(FEW):
        machine.answer(one, one, True, When.NOW)
    machine.plan()
    machine.change_profile(0, "pause", jobs)
    send(machine)
    machine.change_profile(0, "go on", When.LATER)
    machine.teardown()


def test_interest_in_what_was_filled_is_told_when_it_is_open_again(
    machine: InterestMachine,
) -> None:
    machine.answer(0, 0, True, When.NOW)
    machine.fill_or_reopen(0, True, When.NOW)
    send(machine)
    machine.plan()
    send(machine)
    machine.fill_or_reopen(0, False, When.NOW)
    machine.teardown()
