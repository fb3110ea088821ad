"""A fact is told in plain values, and is known by its name."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import ClassVar
from uuid import UUID

import pytest

from app.core.outbox import EVENTS, Event

ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def made_up() -> Iterator[type[Event]]:
    """An event of every shape, unknown again after the test."""

    @dataclass(frozen=True)
    class SomethingHappened(Event):
        name: ClassVar[str] = "something.happened"
        who: UUID
        others: tuple[UUID, ...]
        day: date
        moment: datetime
        count: int
        words: str

    yield SomethingHappened
    del EVENTS["something.happened"]


def test_a_fact_holds_plain_values_only(made_up: type[Event]) -> None:
    fact = made_up(  # type: ignore[call-arg]
        who=ONE,
        others=(ONE, OTHER),
        day=date(2026, 2, 1),
        moment=datetime(2026, 2, 1, 7, tzinfo=UTC),
        count=3,
        words="drie",
    )

    assert fact.payload() == {
        "who": str(ONE),
        "others": [str(ONE), str(OTHER)],
        "day": "2026-02-01",
        "moment": "2026-02-01 07:00:00+00:00",
        "count": 3,
        "words": "drie",
    }


def test_every_fact_is_known_by_its_name(made_up: type[Event]) -> None:
    assert EVENTS["something.happened"] is made_up
