"""Matches for the whole country: exact, both ways, from arrays."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import local
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.matching.core import kernels
from app.matching.core.arrays import (
    KINDS,
    Askers,
    Opgaven,
    People,
    Places,
    Postings,
    Similar,
    askers_of,
    postings_of,
    worth,
)
from app.matching.core.facts import Link
from app.matching.core.score import FULL

Array = NDArray[Any]
MOST_MATCHES = 50
CHUNK = 64


class State(NamedTuple):
    """All that a question needs; nothing in it changes."""

    places: Places
    people: People
    opgaven: Opgaven
    similar: Similar
    postings: Postings
    askers: Askers
    worth: Array
    terms: int


class Found(NamedTuple):
    """The number of a profile or an opgave, and how well it fits."""

    number: int
    tier: int
    value: int


class Chosen(NamedTuple):
    """What answers one asked skill: the place of the skill in the profile, and the entry of S."""

    skill: int
    entry: int


def state_of(places: Places, people: People, opgaven: Opgaven, similar: Similar) -> State:
    terms = len(similar.rows) - 1
    return State(
        places=places,
        people=people,
        opgaven=opgaven,
        similar=similar,
        postings=postings_of(people, terms),
        askers=askers_of(opgaven, similar),
        worth=worth(),
        terms=terms,
    )


class Engine:
    """Answers from one state; several threads may ask at once."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._people, self._opgaven = len(state.people.gemeente), len(state.opgaven.gemeente)
        self._own = local()
        self._all_people = np.zeros(self._people, dtype=np.bool_)
        self._all_opgaven = np.zeros(self._opgaven, dtype=np.bool_)

    def people_for(
        self, opgave: int, most: int = MOST_MATCHES, gone: Array | None = None
    ) -> list[Found]:
        """The best profiles for an opgave, best first, without those that are gone."""
        best = np.empty(most, dtype=np.int64)
        return found_in(best[: self._find_people(opgave, best, gone)])

    def opgaven_for(
        self, profile: int, most: int = MOST_MATCHES, gone: Array | None = None
    ) -> list[Found]:
        """The best opgaven for a profile, best first, without those that are gone."""
        best = np.empty(most, dtype=np.int64)
        return found_in(best[: self._find_opgaven(profile, best, gone)])

    def reasons(self, opgave: int, profile: int) -> list[Chosen | None]:
        """Per asked skill, in the order of its slots, what answers it."""
        state = self.state
        first, last = state.opgaven.slots[opgave], state.opgaven.slots[opgave + 1]
        found = np.empty((last - first, 2), dtype=np.int32)
        kernels.explain(
            state.opgaven, opgave, state.people, profile, state.similar, state.worth, found
        )
        return [Chosen(skill, entry) if skill >= 0 else None for skill, entry in found.tolist()]

    def link(self, entry: int) -> Link:
        """What an entry of S says."""
        similar = self.state.similar
        return Link(KINDS[similar.kind[entry]], int(similar.strength[entry]))

    def nobody_gone(self) -> Array:
        return np.zeros(self._people, dtype=np.bool_)

    def everybody_for_every_opgave(self, most: int = MOST_MATCHES, threads: int = 1) -> Array:
        """Per opgave the keys of its best profiles; -1 where there are no more."""
        return self._all(self._opgaven, most, threads, self._find_people)

    def every_opgave_for_everybody(self, most: int = MOST_MATCHES, threads: int = 1) -> Array:
        """Per profile the keys of its best opgaven; -1 where there are no more."""
        return self._all(self._people, most, threads, self._find_opgaven)

    def _all(self, many: int, most: int, threads: int, find: Callable[[int, Array], int]) -> Array:
        keys = np.full((many, most), -1, dtype=np.int64)

        def fill(start: int) -> None:
            for number in range(start, min(start + CHUNK, many)):
                count = find(number, keys[number])
                keys[number, count:] = -1

        with ThreadPoolExecutor(threads) as pool:
            for _ in pool.map(fill, range(0, many, CHUNK)):
                pass
        return keys

    def _find_people(self, opgave: int, best: Array, gone: Array | None = None) -> int:
        state = self.state
        return kernels.find_people(
            opgave,
            state.opgaven,
            state.people,
            state.places,
            state.similar,
            state.postings,
            state.worth,
            self._all_people if gone is None else gone,
            self._scratch(),
            best,
        )

    def _find_opgaven(self, profile: int, best: Array, gone: Array | None = None) -> int:
        state = self.state
        return kernels.find_opgaven(
            profile,
            state.opgaven,
            state.people,
            state.places,
            state.askers,
            state.worth,
            self._all_opgaven if gone is None else gone,
            self._scratch(),
            best,
        )

    def _scratch(self) -> kernels.Scratch:
        """Made once for each thread."""
        if not hasattr(self._own, "scratch"):
            slots = len(self.state.opgaven.slot_term)
            self._own.scratch = kernels.scratch(self._people, self._opgaven, slots)
        made: kernels.Scratch = self._own.scratch
        return made


def found_in(keys: Array) -> list[Found]:
    return list(_found(keys))


def _found(keys: Array) -> Iterator[Found]:
    for key in keys.tolist():
        if key >= 0:
            value = FULL - ((key >> kernels.VALUE_AT) & 0xFF)
            yield Found(key & 0xFFFFFFFF, key >> kernels.TIER_AT, value)
