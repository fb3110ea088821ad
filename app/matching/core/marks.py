"""Marks: numbers of what a score was made from, so that what is unchanged need not be made again.

Two things with equal marks are the same, but for one chance in 2**64.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from app.matching.core.arrays import Array, OfferRows, ProfileRows, WindowRows
from app.matching.core.release import RULES
from app.matching.core.similarity import hash_of

# The finishing steps of SplitMix64 (Steele, Lea and Flood, 2014): every bit depends on every other.
STEP, FIRST, SECOND = (
    np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)


def mark_of(*parts: object) -> int:
    """The mark of a few things that can be written down."""
    return hash_of("\n".join(map(repr, parts)))


def marks_of(things: Sequence[object]) -> Array:
    return np.array([mark_of(thing) for thing in things], dtype=np.uint64)


def marks_of_people(
    gemeenten: Array, profiles: ProfileRows, windows: WindowRows, offers: OfferRows, names: Array
) -> Array:
    """One per profile, in whatever order its rows are; gemeenten and names by their marks."""
    own = _folded("profile", gemeenten[profiles.gemeente], *profiles[1:])
    np.add.at(own, windows.profile, _folded("window", *windows[1:]))
    np.add.at(own, offers.profile, _folded("offer", names[offers.label], *offers[2:]))
    return own


def add_marks(marks: Array, things: Mapping[int, object]) -> None:
    """Let the marks of these numbers tell of one more thing each."""
    numbers = list(things)
    marks[numbers] = _folded("thing", marks[numbers], marks_of(list(things.values())))


def marks_of_pairs(profiles: Array, opgaven: Array, words: str) -> Array:
    """One per pair, from the marks of both, by these rules and this version of the words."""
    return _folded(f"{RULES} {words}", profiles, opgaven).view(np.int64)


def _folded(kind: str, *columns: Array) -> Array:
    """One number per row, from the columns of that row in their order."""
    found = np.full(len(columns[0]), mark_of(kind), dtype=np.uint64)
    for column in columns:
        found = _mixed(found ^ column.astype(np.uint64))
    return found


def _mixed(numbers: Array) -> Array:
    numbers = numbers + STEP
    numbers = (numbers ^ (numbers >> np.uint64(30))) * FIRST
    numbers = (numbers ^ (numbers >> np.uint64(27))) * SECOND
    mixed: Array = numbers ^ (numbers >> np.uint64(31))
    return mixed
