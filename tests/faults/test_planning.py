"""Who plans digests is never alone: of all who do, together, everybody gets one."""

import pytest

from tests.faults.conftest import Record
from tests.faults.office import Office, Scale
from tests.faults.sink import Sink
from tests.faults.verdicts import assert_everybody_once

pytestmark = pytest.mark.slow

PLANNERS = 16
TURNS = 20


@pytest.mark.parametrize("turns", [1, TURNS])
def test_f16_sixteen_processes_plan_the_same_run_at_once(
    office: Office, sink: Sink, scale: Scale, record_property: Record, turns: int
) -> None:
    """In one turn one of them plans for everybody; in many turns they share the work."""
    office.fill_with_readers(scale)
    planned = sorted(office.plan_together(PLANNERS, most=scale // turns))
    already = planned.count(0)
    record_property("planned nothing more", already)
    runs = office.scalars("SELECT planned FROM digest_run WHERE state = 'expanded'")
    rows = office.scalars("SELECT user_id FROM delivery")
    office.send()
    office.finish()

    assert len(planned) == PLANNERS
    assert already == PLANNERS - 1 or turns > 1
    assert runs == [scale] == [sum(planned)]
    assert len(rows) == len(set(rows)) == scale
    assert_everybody_once(office, sink, scale)
