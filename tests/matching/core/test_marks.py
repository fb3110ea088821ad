"""What is the same has the same mark, and whatever differs has another."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from app.matching.core.arrays import Array, rows_of
from app.matching.core.facts import Disputed, OfferedSkill, ProfileFacts, Window
from app.matching.core.marks import add_marks, marks_of, marks_of_pairs, marks_of_people
from tests.matching.core.builders import SPRING, a_profile

NUMBERS = {"GM0344": 0, "GM0363": 1}
SKILLS = (OfferedSkill("wonen", 3, 4), OfferedSkill("zorg", 2, 5))
WINDOWS = (Window(16, SPRING, None), Window(8, SPRING, SPRING + timedelta(days=90)))
PROFILE = replace(a_profile(*SKILLS), windows=WINDOWS)


def marks(*profiles: ProfileFacts) -> Array:
    people, windows, offers, names = rows_of(profiles, NUMBERS)
    return marks_of_people(marks_of(["here", "there"]), people, windows, offers, marks_of(names))


def with_skill(**changed: Any) -> ProfileFacts:
    return replace(PROFILE, skills=(replace(SKILLS[0], **changed), SKILLS[1]))


def with_windows(*windows: Window) -> ProfileFacts:
    return replace(PROFILE, windows=windows)


def test_the_order_of_rows_makes_no_difference() -> None:
    turned = replace(PROFILE, skills=SKILLS[::-1], windows=WINDOWS[::-1])

    one, other = marks(PROFILE, turned).tolist()

    assert one == other == marks(PROFILE).tolist()[0]


@pytest.mark.parametrize(
    "other",
    [
        replace(PROFILE, gemeente_code="GM0363"),
        replace(PROFILE, travel_km=51),
        replace(PROFILE, remote=False),
        replace(PROFILE, skills=SKILLS[:1]),
        replace(PROFILE, skills=()),
        with_skill(label="Wonen"),
        with_skill(level=4),
        with_skill(energy=3),
        with_skill(level=4, energy=3),
        with_skill(wants_to_learn=True),
        with_skill(not_for=("zorg",)),
        with_windows(*WINDOWS[:1]),
        with_windows(*WINDOWS, WINDOWS[0]),
        with_windows(WINDOWS[0], replace(WINDOWS[1], ends_on=SPRING + timedelta(days=91))),
        with_windows(WINDOWS[0], replace(WINDOWS[1], hours_per_week=9)),
        # What one profile has at two places, crosswise.
        replace(PROFILE, skills=(replace(SKILLS[0], level=2), replace(SKILLS[1], level=3))),
    ],
)
def test_whatever_a_score_depends_on_makes_a_difference(other: ProfileFacts) -> None:
    one, two = marks(PROFILE, other).tolist()

    assert one != two


def test_a_dispute_makes_a_difference() -> None:
    found = marks(PROFILE, PROFILE, PROFILE)

    add_marks(found, {1: (Disputed("wonen"),), 2: (Disputed("wonen", "zorg"),)})

    assert len(set(found.tolist())) == 3
    assert found[0] == marks(PROFILE)[0]


def test_nothing_to_add_adds_nothing() -> None:
    found = marks(PROFILE)

    add_marks(found, {})

    assert found.tolist() == marks(PROFILE).tolist()


def test_a_pair_is_both_of_them_and_the_words() -> None:
    profiles, opgaven = marks_of(["a", "b"]), marks_of(["b", "a"])

    found = [
        *marks_of_pairs(profiles, opgaven, "words").tolist(),
        *marks_of_pairs(profiles, opgaven, "others").tolist(),
        *marks_of_pairs(profiles, profiles, "words").tolist(),
    ]

    assert len(set(found)) == len(found)
    assert marks_of_pairs(profiles, opgaven, "words").dtype == np.int64


def test_no_people_have_no_marks() -> None:
    no_people: Sequence[ProfileFacts] = ()

    assert marks(*no_people).tolist() == []
