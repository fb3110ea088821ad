"""What gemeenten may do with an opgave that is the same as theirs."""

import pytest

from app.opgaven.rules import OpgaveStatus
from app.together.rules import NAME_LIMIT, is_over, name_faults


@pytest.mark.parametrize(("name", "faults"), [("Atelier bomen", 0), ("x" * NAME_LIMIT, 0)])
def test_a_name_that_fits_is_taken(name: str, faults: int) -> None:
    assert len(name_faults(name)) == faults


@pytest.mark.parametrize("name", ["", "x" * (NAME_LIMIT + 1)])
def test_no_name_or_a_longer_one_is_refused(name: str) -> None:
    assert [fault.field for fault in name_faults(name)] == ["name"]


def test_what_ended_is_over() -> None:
    over = {status for status in OpgaveStatus if is_over(status)}

    assert over == {OpgaveStatus.DONE, OpgaveStatus.WITHDRAWN, OpgaveStatus.EXPIRED}
