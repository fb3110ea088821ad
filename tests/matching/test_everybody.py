"""What is read by column is what stands on the profiles."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest
from sqlalchemy.orm import Session

from app.core.copying import Array
from app.matching import queries
from app.matching.core.arrays import Name
from app.matching.core.facts import Disputed
from app.matching.everybody import offer_rows, profile_rows, window_rows
from app.matching.snapshot import ids_as_array
from app.people.models import Profile, Window
from app.people.rules import Direction, ProfileState
from tests.support.builders import a_gemeente, a_profile, a_skill, a_user
from tests.support.words import a_vocabulary
from tests.support.work import TODAY

NOTHING: Mapping[int, tuple[Disputed, ...]] = {}
CODES = ["GM0001", "GM0002"]


@pytest.fixture
def two(session: Session) -> list[Profile]:
    """Two published profiles in the order of their ids, and one that is not."""
    for code in CODES:
        a_gemeente(session, code=code)
    for state in (ProfileState.CONCEPT, ProfileState.PAUSED):
        a_profile(session, "verkeerskunde", state=state)
    users = [a_user(session, id=UUID(int=at + 1), gemeente_code=CODES[at]) for at in (1, 0)]
    wish = a_skill("planologie", level=1, energy=2, direction=Direction.WANTS)
    second = a_profile(session, a_skill("Verkeerskunde"), wish, user=users[0], remote=False)
    first = a_profile(session, a_skill("planologie", level=4), user=users[1], travel_km=35)
    return [first, second]


def ids_of(profiles: list[Profile]) -> Array:
    return ids_as_array([profile.user_id for profile in profiles])


def offers(
    session: Session, ids: Array, said: Mapping[int, tuple[Disputed, ...]] = NOTHING
) -> set[tuple[object, ...]]:
    rows, names = offer_rows(session, ids, said, queries.vocabulary(session))
    return {
        (profile, names[label], *others)
        for profile, label, *others in zip(*(column.tolist() for column in rows), strict=True)
    }


def test_people_stand_in_the_order_of_their_ids(session: Session, two: list[Profile]) -> None:
    ids, rows = profile_rows(session, CODES)

    assert np.array_equal(ids, ids_of(two))
    assert [column.tolist() for column in rows] == [[0, 1], [35, 400], [1, 0]]


def test_a_window_without_an_end_lasts_as_long_as_there_are_days(
    session: Session, two: list[Profile]
) -> None:
    tomorrow = TODAY + timedelta(days=1)
    week = Window(id=uuid4(), place=1, hours_per_week=4, starts_on=TODAY, ends_on=tomorrow)
    two[1].windows.append(week)
    session.flush()

    rows = window_rows(session, ids_of(two))

    today = TODAY.toordinal()
    assert sorted(zip(*(column.tolist() for column in rows), strict=True)) == [
        (0, 16, today, date.max.toordinal()),
        (1, 4, today, today + 1),
        (1, 16, today, date.max.toordinal()),
    ]


def test_skills_point_to_how_they_are_called(session: Session, two: list[Profile]) -> None:
    assert offers(session, ids_of(two)) == {
        (0, Name("planologie"), 4, 5, 0),
        (1, Name("Verkeerskunde"), 3, 5, 0),
        (1, Name("planologie"), 1, 2, 1),
    }


def test_what_somebody_disputes_gives_their_skill_a_name_of_its_own(
    session: Session, two: list[Profile], tmp_path: Path
) -> None:
    a_vocabulary(session, tmp_path)
    said = {1: (Disputed("Ruimtelijke ordening", "RO"),)}

    assert offers(session, ids_of(two), said) == {
        (0, Name("planologie"), 4, 5, 0),
        (1, Name("Verkeerskunde"), 3, 5, 0),
        (1, Name("planologie", ("ruimtelijke ordening",)), 1, 2, 1),
    }


def test_who_published_after_the_ids_were_read_is_left_out(
    session: Session, two: list[Profile]
) -> None:
    ids = ids_of(two[:1])

    assert window_rows(session, ids).profile.tolist() == [0]
    assert offers(session, ids) == {(0, Name("planologie"), 4, 5, 0)}
