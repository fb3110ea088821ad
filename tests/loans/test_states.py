"""Whatever the parties do in whatever order: nothing runs without three signatures."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.orm import Session

from app.core.actor import Role
from tests.loans.builders import interest, parties
from tests.loans.machine import MILESTONES, LoanMachine, World
from tests.support.builders import a_user, an_opgave

Record = Callable[[str, object], None]

pytestmark = pytest.mark.slow


def test_no_reachable_state_runs_without_three_signatures(
    session: Session, request: pytest.FixtureRequest, record_property: Record
) -> None:
    who = parties(session)
    opgave = an_opgave(session, "inkoop", owner=who.borrower)
    interest(session, who.professional, opgave)

    class Machine(LoanMachine):
        world = World(session, who, replace(who, opgave=opgave), a_user(session, Role.OPGAVEHOUDER))
        steps = 0
        reached: Counter[str] = Counter()

    examples = 1_000 if request.config.getoption("--full") else 42
    for begins in MILESTONES:
        Machine.begins = begins
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=examples // len(MILESTONES),
                stateful_step_count=50,
                deadline=None,
                print_blob=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
    record_property("steps", Machine.steps)
    record_property("reached", dict(Machine.reached))
    assert set(MILESTONES[1:]) <= set(+Machine.reached)
