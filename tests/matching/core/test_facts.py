import json

import pytest

from app.matching.core.facts import Kind, Reason
from tests.matching.core.builders import a_missing, a_reason


@pytest.mark.parametrize(
    "reason", [a_reason(), a_missing("participatie"), a_reason(kind=Kind.SAME)]
)
def test_a_reason_survives_being_stored(reason: Reason) -> None:
    assert Reason.of_plain(json.loads(json.dumps(reason.as_plain()))) == reason


def test_a_stored_reason_holds_every_field() -> None:
    assert tuple(a_reason().as_plain()) == Reason.__slots__


def test_a_stored_reason_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="guess"):
        Reason.of_plain({**a_reason().as_plain(), "kind": "guess"})
