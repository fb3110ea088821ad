"""Profiles, opgaven and words as plain arrays: what the compiled loops read.

A profile, an opgave, a gemeente or a term goes by its number: its place in its list. Profiles and
opgaven stand in the order of their ids, so that the smaller number settles a tie as `rank` does.
"Rows" tell where the entries of each number begin, with one more for the end of the last.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import chain, product
from math import ceil
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.matching.core.facts import (
    AskedSkill,
    Kind,
    Link,
    OfferedSkill,
    OpgaveFacts,
    Position,
    ProfileFacts,
)
from app.matching.core.fits import days_needed, distance_km
from app.matching.core.kernels import CODE, FROM_AFAR_AT, HOME_AT, KM, PROFILE_AT, TRAVEL_AT
from app.matching.core.score import ENERGY, FULL, in_order, quality, shares
from app.opgaven.rules import Place
from app.people.rules import Level
from app.vocabulary.rules import normalise

Array = NDArray[Any]

KINDS = tuple(Kind)
EVERYBODY = -1


class TermNumbers(dict[str, int]):
    """The number of every label; labels that are equal in comparable form share one."""

    def __init__(self, labels: Iterable[str] = ()) -> None:
        super().__init__()
        self.normals: list[str] = []
        self._numbers: dict[str, int] = {}
        for label in labels:
            self[label]

    def __missing__(self, label: str) -> int:
        normal = normalise(label)
        number = self._numbers.get(normal)
        if number is None:
            number = self._numbers[normal] = len(self.normals)
            self.normals.append(normal)
        self[label] = number
        return number


class Places(NamedTuple):
    """Gemeenten: whole kilometres from each to each; and per audience whether it holds each.

    The last audience is everybody, which `EVERYBODY` names from the end.
    """

    km: Array
    meant: Array


class ProfileRows(NamedTuple):
    """One entry per profile."""

    gemeente: Array
    travel_km: Array
    is_remote: Array


class WindowRows(NamedTuple):
    """One entry per window; days are ordinals."""

    profile: Array
    hours: Array
    first: Array
    last: Array


class Name(NamedTuple):
    """How an offered skill is called, and the asked words that it does not answer."""

    label: str
    not_for: tuple[str, ...] = ()


class OfferRows(NamedTuple):
    """One entry per offered skill; its label is a place in a list of names."""

    profile: Array
    label: Array
    level: Array
    energy: Array
    wants_to_learn: Array


class Private(NamedTuple):
    """Terms that are a word with exceptions, in the order of those words, numbered after all words.

    Per such term the word that it is, and the words that it is no answer to.
    """

    word: Array
    rows: Array
    not_for: Array

    def exceptions(self, place: int) -> list[int]:
        found: list[int] = self.not_for[self.rows[place] : self.rows[place + 1]].tolist()
        return found


class People(NamedTuple):
    """Published profiles; their skills stand in order of preference.

    `reach` holds of each the gemeente, how far they travel, and a 1 for who works from afar;
    `times` of each window its hours, its first and its last day.
    """

    reach: Array
    windows: Array
    times: Array
    skills: Array
    skill_term: Array
    skill_code: Array


class Opgaven(NamedTuple):
    """Open opgaven; a slot is one asked skill with its share of a hundred points.

    `times` holds of each its hours, its first and its last day, and how many days are needed.
    """

    gemeente: Array
    audience: Array
    is_remote: Array
    is_learning: Array
    times: Array
    musts: Array
    slots: Array
    slot_opgave: Array
    slot_term: Array
    slot_level: Array
    slot_points: Array
    slot_must: Array


class Similar(NamedTuple):
    """S: per asked term the offered terms that answer it, by number, how far and in which way."""

    rows: Array
    term: Array
    strength: Array
    kind: Array

    def row(self, asked: int) -> tuple[Array, Array, Array]:
        own = slice(self.rows[asked], self.rows[asked + 1])
        return self.term[own], self.strength[own], self.kind[own]


class Postings(NamedTuple):
    """Per offered term who offers it: in bits the profile, its reach, and the code of the skill."""

    rows: Array
    packed: Array


class Askers(NamedTuple):
    """Per offered term the slots that it answers, and how far."""

    rows: Array
    slot: Array
    strength: Array

    def row(self, offered: int) -> tuple[Array, Array]:
        own = slice(self.rows[offered], self.rows[offered + 1])
        return self.slot[own], self.strength[own]


class Asking(NamedTuple):
    """Per asked term the slots that ask it."""

    rows: Array
    slot: Array


def worth() -> Array:
    """What an offer is worth: by for-learning, asked level, strength and code, in percents."""
    # In the order of their codes.
    offers = [
        OfferedSkill("", level, energy, wants)
        for level, energy, wants in product(Level, ENERGY, (False, True))
    ]
    made = np.zeros((2, max(Level) + 1, FULL + 1, CODE + 1), dtype=np.uint8)
    for level, strength, for_learning in product(Level, range(FULL + 1), (False, True)):
        asked, link = AskedSkill("", must=True, level=level), Link(Kind.SAME, strength)
        made[int(for_learning), level, strength, : len(offers)] = [
            quality(link, asked, offered, for_learning=for_learning) for offered in offers
        ]
    return made


def places_of(positions: Sequence[Position], audiences: Sequence[Collection[int]]) -> Places:
    """`audiences` holds the gemeenten of each by their numbers.

    Kilometres are rounded up: whoever travels a whole number of them comes as far.
    """
    km = np.zeros((len(positions), len(positions)), dtype=np.uint16)
    for at, one in enumerate(positions):
        for other_at in range(at):
            km[at, other_at] = km[other_at, at] = ceil(distance_km(one, positions[other_at]))
    return Places(km, meant_of(audiences, len(positions)))


def meant_of(audiences: Sequence[Collection[int]], gemeenten: int) -> Array:
    """Per audience, and for everybody at the end, whether each of so many gemeenten is in it."""
    meant = np.zeros((len(audiences) + 1, gemeenten), dtype=np.bool_)
    for number, audience in enumerate(audiences):
        meant[number, list(audience)] = True
    meant[EVERYBODY] = True
    return meant


def terms_of(names: Sequence[Name], terms: TermNumbers) -> tuple[Array, Private]:
    """The term of each name, with the private ones: once these are made all words have numbers."""
    words = [(terms[name.label], tuple(terms[word] for word in name.not_for)) for name in names]
    private = sorted({one for one in words if one[1]})
    numbers = {one: number for number, one in enumerate(private, start=len(terms.normals))}
    return (
        _array((numbers[one] if one in numbers else one[0] for one in words), np.int32),
        Private(
            word=_array((word for word, _ in private), np.int32),
            rows=ends(_array((len(not_for) for _, not_for in private), np.int64)),
            not_for=_array(chain(*(not_for for _, not_for in private)), np.int32),
        ),
    )


def people_of(
    profiles: ProfileRows,
    windows: WindowRows,
    offers: OfferRows,
    names: Sequence[Name],
    term: Array,
) -> People:
    """The rows of all profiles, in any order but numbered in the order of their ids.

    `term` holds the term of each name.
    """
    many = len(profiles.gemeente)
    times = np.argsort(windows.profile, kind="stable")
    skills = _preferred(offers, names)
    return People(
        reach=np.column_stack(profiles).clip(max=KM).astype(np.uint16),
        windows=ends(np.bincount(windows.profile, minlength=many)),
        times=np.column_stack(windows[1:])[times].astype(np.int32),
        skills=ends(np.bincount(offers.profile, minlength=many)),
        skill_term=term[offers.label[skills]],
        skill_code=_codes(offers)[skills],
    )


def opgaven_of(
    opgaven: Sequence[OpgaveFacts],
    audiences: Sequence[int],
    gemeenten: Mapping[str, int],
    terms: TermNumbers,
) -> Opgaven:
    """`audiences` holds per opgave the number of its audience, or `EVERYBODY`."""
    asked = [in_order(opgave.skills) for opgave in opgaven]
    slots = list(chain(*asked))
    return Opgaven(
        gemeente=_array((gemeenten[one.gemeente_code] for one in opgaven), np.uint16),
        audience=_array(audiences, np.int16),
        is_remote=_array((one.place is Place.REMOTE for one in opgaven), np.bool_),
        is_learning=_array((one.for_learning for one in opgaven), np.uint8),
        times=np.array([_times(one) for one in opgaven], dtype=np.int32).reshape(-1, 4),
        musts=_array((sum(skill.must for skill in skills) for skills in asked), np.int32),
        slots=ends(_array(map(len, asked), np.int64)),
        slot_opgave=np.repeat(np.arange(len(asked), dtype=np.int32), [len(one) for one in asked]),
        slot_term=_array((terms[skill.label] for skill in slots), np.int32),
        slot_level=_array((skill.level for skill in slots), np.uint8),
        slot_points=_array(chain(*(shares(skills) for skills in asked if skills)), np.uint8),
        slot_must=_array((skill.must for skill in slots), np.bool_),
    )


def row_of(links: Mapping[int, Link]) -> tuple[Array, Array, Array]:
    """One row of S, by number."""
    columns = columns_of(
        [(term, link.strength, KINDS.index(link.kind)) for term, link in sorted(links.items())], 3
    )
    term, strength, kind = columns
    return term, strength.astype(np.uint8), kind.astype(np.uint8)


def similar_of(rows: Iterable[Mapping[int, Link]], asked: Sequence[int], terms: int) -> Similar:
    """S from a row per asked term, for a list of so many terms; others have an empty row."""
    own = sorted(zip(asked, rows, strict=True), key=itemgetter(0))
    lengths = np.zeros(terms, dtype=np.int64)
    lengths[[number for number, _ in own]] = [len(row) for _, row in own]
    return similar_from([row_of(row) for _, row in own])._replace(rows=ends(lengths))


def similar_from(rows: Sequence[tuple[Array, Array, Array]]) -> Similar:
    """S from a row per term."""
    return Similar(*_stacked(rows, np.int32, np.uint8, np.uint8))


def postings_of(people: People, terms: int) -> Postings:
    """Who offers which term, in the order of the profiles."""
    home, travel_km, from_afar = people.reach.astype(np.int64).T
    profile = np.arange(len(home)) << PROFILE_AT
    who = profile | home << HOME_AT | travel_km << TRAVEL_AT | from_afar << FROM_AFAR_AT
    packed = np.repeat(who, np.diff(people.skills)) | people.skill_code
    return Postings(*_grouped(people.skill_term, terms, packed))


def askers_of(opgaven: Opgaven, similar: Similar) -> Askers:
    """S seen from the other side, with the slots that ask each term in its place."""
    terms = len(similar.rows) - 1
    slots = np.arange(len(opgaven.slot_term), dtype=np.int32)
    at, many = _entries(similar.rows, opgaven.slot_term)
    rows, slot, strength = _grouped(
        similar.term[at], terms, np.repeat(slots, many), similar.strength[at]
    )
    return Askers(rows, slot, strength)


def asking_of(opgaven: Opgaven, terms: int) -> Asking:
    """The slots of each term, in their order."""
    slots = np.arange(len(opgaven.slot_term), dtype=np.int32)
    return Asking(*_grouped(opgaven.slot_term, terms, slots))


def askers_from(rows: Sequence[tuple[Array, Array]]) -> Askers:
    """The same from a row per term."""
    return Askers(*_stacked(rows, np.int32, np.uint8))


def slots_of(column: Mapping[int, Link], asking: Asking) -> tuple[Array, Array]:
    """The slots that ask one of these terms, and how far each is answered."""
    pairs = [(asked, link.strength) for asked, link in column.items()]
    asked, strength = columns_of(pairs, 2)
    at, many = _entries(asking.rows, asked)
    return asking.slot[at], np.repeat(strength, many).astype(np.uint8)


def rows_of(
    profiles: Sequence[ProfileFacts], gemeenten: Mapping[str, int]
) -> tuple[ProfileRows, WindowRows, OfferRows, list[Name]]:
    """Facts as the rows that `people_of` reads, and the names to which they point."""
    names: dict[Name, int] = {}
    known, windows, offers = [], [], []
    for number, profile in enumerate(profiles):
        known.append((gemeenten[profile.gemeente_code], profile.travel_km, profile.remote))
        for window in profile.windows:
            days = window.starts_on.toordinal(), last_day(window.ends_on)
            windows.append((number, window.hours_per_week, *days))
        for skill in profile.skills:
            name = names.setdefault(Name(skill.label, skill.not_for), len(names))
            offers.append((number, name, skill.level, skill.energy, skill.wants_to_learn))
    return (
        ProfileRows(*columns_of(known, 3)),
        WindowRows(*columns_of(windows, 4)),
        OfferRows(*columns_of(offers, 5)),
        list(names),
    )


def last_day(day: date | None) -> int:
    return (day or date.max).toordinal()


def columns_of(rows: Sequence[tuple[Any, ...]], many: int) -> Array:
    """Rows of so many whole numbers as one array per column."""
    return np.array(rows, dtype=np.int32).reshape(-1, many).T


def ends(lengths: Array) -> Array:
    """Where each group begins when they stand one after the other, and where the last ends."""
    rows = np.zeros(len(lengths) + 1, dtype=np.int32)
    np.cumsum(lengths, out=rows[1:])
    return rows


def _times(opgave: OpgaveFacts) -> tuple[int, int, int, int]:
    first, last = opgave.starts_on.toordinal(), last_day(opgave.ends_on)
    return opgave.hours_per_week, first, last, days_needed(opgave)


def _codes(offers: OfferRows) -> Array:
    """Everything of an offered skill that its worth depends on, in six bits."""
    code = ((offers.level - 1) * len(ENERGY) + offers.energy - 1) * 2 + offers.wants_to_learn
    return code.astype(np.uint8)


def _preferred(offers: OfferRows, names: Sequence[Name]) -> Array:
    """By profile, and then as `by_preference` has it."""
    rank = np.empty(len(names), dtype=np.int32)
    rank[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
    return np.lexsort(
        (
            offers.wants_to_learn,
            -offers.energy,
            -offers.level,
            rank[offers.label],
            offers.profile,
        )
    )


def _stacked(rows: Sequence[tuple[Array, ...]], *kinds: Any) -> tuple[Array, ...]:
    """Where each row begins, and their columns one after the other."""
    none = tuple(np.empty(0, dtype=kind) for kind in kinds)
    columns = map(np.concatenate, zip(none, *rows, strict=True))
    return ends(_array((len(row[0]) for row in rows), np.int64)), *columns


def _entries(rows: Array, numbers: Array) -> tuple[Array, Array]:
    """Where the entries of each of these numbers stand, one after the other; how many each has."""
    first, many = rows[numbers], rows[numbers + 1] - rows[numbers]
    return np.repeat(first - ends(many)[:-1], many) + np.arange(many.sum()), many


def _grouped(term: Array, terms: int, *columns: Array) -> tuple[Array, ...]:
    """The columns by term, in their old order within each."""
    order = np.argsort(term, kind="stable")
    rows = ends(np.bincount(term, minlength=terms))
    return rows, *(column[order] for column in columns)


def _array(values: Iterable[Any], kind: Any) -> Array:
    return np.fromiter(values, dtype=kind)
