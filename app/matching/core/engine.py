"""Matches for the whole country: exact, both ways, from arrays."""

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import local
from typing import Any, NamedTuple, TypeVar

import numpy as np

from app.matching.core import kernels
from app.matching.core.arrays import (
    EVERYBODY,
    KINDS,
    Array,
    Askers,
    Asking,
    Name,
    Opgaven,
    People,
    Places,
    Postings,
    Private,
    Similar,
    TermNumbers,
    askers_from,
    askers_of,
    asking_of,
    meant_of,
    opgaven_of,
    people_of,
    postings_of,
    row_of,
    rows_of,
    similar_from,
    slots_of,
    worth,
)
from app.matching.core.facts import Link, OpgaveFacts, ProfileFacts
from app.matching.core.rank import BEST_KEPT
from app.matching.core.score import FULL
from app.matching.core.similarity import Asked, Offered
from app.vocabulary.rules import normalise

Part = TypeVar("Part", bound=tuple[Any, ...])


class State(NamedTuple):
    """All that a question needs; nothing in it changes."""

    places: Places
    people: People
    opgaven: Opgaven
    similar: Similar
    private: Private
    postings: Postings
    askers: Askers
    asking: Asking
    worth: Array


class Question(NamedTuple):
    """One opgave that the state does not know, with its audience and the rows of S for what it
    asks.
    """

    places: Places
    opgaven: Opgaven
    similar: Similar


class PersonQuestion(NamedTuple):
    """One profile that the state does not know, with the slots that its own terms answer."""

    people: People
    askers: Askers


class Found(NamedTuple):
    """The number of a profile or an opgave, and how well it fits."""

    number: int
    tier: int
    value: int


class Everything(NamedTuple):
    """Keys, best first, with -1 where there are no more: a row per opgave, and one per profile."""

    people_of: Array
    opgaven_of: Array


class Reasons(NamedTuple):
    """Where those of each opgave begin; and per asked skill the skill and the entry, or -1."""

    starts: Array
    found: Array


class Chosen(NamedTuple):
    """What answers one asked skill: the place of the skill in the profile, and the entry of S."""

    skill: int
    entry: int


def state_of(
    places: Places, people: People, opgaven: Opgaven, similar: Similar, private: Private
) -> State:
    """`similar` holds the private terms too."""
    terms = len(similar.rows) - 1
    return State(
        places=places,
        people=people,
        opgaven=opgaven,
        similar=similar,
        private=private,
        postings=postings_of(people, terms),
        askers=askers_of(opgaven, similar),
        asking=asking_of(opgaven, terms),
        worth=worth(),
    )


def question_of(
    opgave: OpgaveFacts,
    audience: Collection[int] | None,
    gemeenten: Mapping[str, int],
    offered: Offered,
    state: State,
) -> Question:
    """The words of the opgave are numbered for itself, so any may be new to the state; and so may
    its audience, the numbers of gemeenten or None for all.
    """
    terms = TermNumbers()
    opgaven = opgaven_of([opgave], [EVERYBODY if audience is None else 0], gemeenten, terms)
    rows = [_answering(normal, offered, state) for normal in terms.normals]
    meant = meant_of([] if audience is None else [audience], len(state.places.km))
    return Question(state.places._replace(meant=meant), opgaven, similar_from(rows))


def profile_question_of(
    profile: ProfileFacts, gemeenten: Mapping[str, int], asked: Asked, state: State
) -> PersonQuestion:
    """Each of its names is a term of its own."""
    profiles, windows, offers, names = rows_of([profile], gemeenten)
    own = np.arange(len(names), dtype=np.int32)
    people = people_of(profiles, windows, offers, names, own)
    return PersonQuestion(people, askers_from([_answered(name, asked, state) for name in names]))


def _answering(normal: str, offered: Offered, state: State) -> tuple[Array, Array, Array]:
    """A row of S: of the state when it has one."""
    number = offered.words.number_of(normal)
    if number is not None and state.similar.rows[number] < state.similar.rows[number + 1]:
        return state.similar.row(number)
    return row_of(offered.row_for_all(normal, state.private))


def _answered(name: Name, asked: Asked, state: State) -> tuple[Array, Array]:
    """The slots that are answered: as the state has it for a word that it knows."""
    number = None if name.not_for else asked.words.number_of(normalise(name.label))
    if number is not None:
        return state.askers.row(number)
    return slots_of(asked.column(name.label, name.not_for), state.asking)


class Engine:
    """Answers from one state; several threads may ask at once."""

    def __init__(self, state: State) -> None:
        self.state = state = read_only(state)
        self._people, self._opgaven = len(state.people.reach), len(state.opgaven.gemeente)
        self._own = local()
        self._nobody, self._nothing = self.nobody_gone(), self.nothing_gone()

    def people_for(
        self, opgave: int, most: int = BEST_KEPT, gone: Array | None = None
    ) -> list[Found]:
        """The best profiles for an opgave, best first, without those that are gone."""
        return self._people_for(opgave, self.state, most, gone)

    def people_for_new(
        self, question: Question, most: int = BEST_KEPT, gone: Array | None = None
    ) -> list[Found]:
        """The same for an opgave that is not in the state."""
        return self._people_for(0, self._asked(question), most, gone)

    def opgaven_for(
        self, profile: int, most: int = BEST_KEPT, gone: Array | None = None
    ) -> list[Found]:
        """The best opgaven for a profile, best first, without those that are gone."""
        return self._opgaven_for(profile, self.state, most, gone)

    def opgaven_for_new(
        self, question: PersonQuestion, most: int = BEST_KEPT, gone: Array | None = None
    ) -> list[Found]:
        """The same for a profile that is not in the state."""
        return self._opgaven_for(0, self._asked(question), most, gone)

    def reasons(self, opgave: int, profile: int) -> list[Chosen | None]:
        """Per asked skill, in the order of its slots, what answers it."""
        slots = self.state.opgaven.slots
        found = np.empty((slots[opgave + 1] - slots[opgave], 2), dtype=np.int32)
        kernels.explain(opgave, profile, self.state, found)
        return [Chosen(skill, entry) if skill >= 0 else None for skill, entry in found.tolist()]

    def link(self, entry: int) -> Link:
        """What an entry of S says."""
        similar = self.state.similar
        return Link(KINDS[similar.kind[entry]], int(similar.strength[entry]))

    def nobody_gone(self) -> Array:
        return np.zeros(self._people, dtype=np.bool_)

    def nothing_gone(self) -> Array:
        return np.zeros(self._opgaven, dtype=np.bool_)

    def everything(
        self, most: int = BEST_KEPT, most_of_profile: int = BEST_KEPT, threads: int = 1
    ) -> Everything:
        """Everybody with everything, in one go: the best of each opgave, and of each profile."""
        people_of = np.full((self._opgaven, most), -1, dtype=np.int64)
        bounds = np.linspace(0, self._opgaven, threads + 1).astype(int).tolist()

        def part(first: int, last: int) -> tuple[Array, Array]:
            opgaven_of = np.full((self._people, most_of_profile), -1, dtype=np.int64)
            counts = np.zeros(self._people, dtype=np.int64)
            room = self._scratch()
            kernels.find_both(
                first, last, self.state, self._nobody, room, people_of, opgaven_of, counts
            )
            return opgaven_of, counts

        with ThreadPoolExecutor(threads) as pool:
            (opgaven_of, counts), *others = pool.map(part, bounds, bounds[1:])
        for other in others:
            kernels.unite(opgaven_of, counts, *other)
        return Everything(people_of, opgaven_of)

    def all_reasons(self, people_of: Array) -> Reasons:
        """As `reasons`, for the best profiles of every opgave."""
        state = self.state
        count, slots = (people_of >= 0).sum(axis=1), np.diff(state.opgaven.slots)
        starts = np.zeros(self._opgaven + 1, dtype=np.int64)
        found = np.empty((int((count * slots).sum()), 2), dtype=np.int32)
        kernels.explain_all(state, people_of, starts, found)
        return Reasons(starts, found)

    def _asked(self, question: Question | PersonQuestion) -> State:
        """The state with what is asked in its place."""
        return self.state._replace(**read_only(question)._asdict())

    def _people_for(self, opgave: int, state: State, most: int, gone: Array | None) -> list[Found]:
        best = np.empty(most, dtype=np.int64)
        absent = self._nobody if gone is None else gone
        return found_in(best[: kernels.find_people(opgave, state, absent, self._scratch(), best)])

    def _opgaven_for(
        self, profile: int, state: State, most: int, gone: Array | None
    ) -> list[Found]:
        best = np.empty(most, dtype=np.int64)
        absent = self._nothing if gone is None else gone
        return found_in(best[: kernels.find_opgaven(profile, state, absent, self._scratch(), best)])

    def _scratch(self) -> kernels.Scratch:
        """Made once for each thread."""
        if not hasattr(self._own, "scratch"):
            slots = len(self.state.opgaven.slot_term)
            self._own.scratch = kernels.scratch(self._people, self._opgaven, slots)
        made: kernels.Scratch = self._own.scratch
        return made


def read_only(part: Part) -> Part:
    """The same arrays, not to be written: as mapped ones are, and loops know one kind only."""
    kept = []
    for value in part:
        view = read_only(value) if isinstance(value, tuple) else value.view()
        if not isinstance(view, tuple):
            view.flags.writeable = False
        kept.append(view)
    return type(part)(*kept)


def found_in(keys: Array) -> list[Found]:
    return [
        Found(
            key & kernels.NUMBER, key >> kernels.TIER_AT, FULL - ((key >> kernels.VALUE_AT) & 0xFF)
        )
        for key in keys.tolist()
        if key >= 0
    ]
