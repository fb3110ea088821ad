"""Many ids find their numbers as one by one they would."""

from uuid import UUID

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from app.matching.core.numbering import numbers_of
from app.matching.snapshot import ids_as_array

# Ids that begin alike, end in zeros, or have the highest bytes.
IDS = some.builds(
    lambda high, low: UUID(int=(high << 64) + low),
    some.sampled_from([0, 1, 2**63, 2**64 - 1]),
    some.sampled_from([0, 1, 256, 2**63, 2**64 - 1]),
)


@given(known=some.sets(IDS), wanted=some.lists(IDS))
def test_an_id_has_the_number_of_its_place(known: set[UUID], wanted: list[UUID]) -> None:
    ordered = sorted(known)

    found = numbers_of(ids_as_array(ordered), ids_as_array(wanted))

    assert found.tolist() == [ordered.index(one) if one in known else -1 for one in wanted]


def test_ids_come_in_whatever_way_sixteen_bytes_are_written() -> None:
    ids = ids_as_array([UUID(int=1), UUID(int=2)])

    assert numbers_of(ids, np.frombuffer(ids[::-1].tobytes(), dtype="V16")).tolist() == [1, 0]
