"""Profiles, opgaven and words as plain arrays: what the compiled loops read.

A profile, an opgave, a gemeente or a term goes by its number: its place in its list. Profiles and
opgaven stand in the order of their ids, so that the smaller number settles a tie as `rank` does.
"Rows" tell where the entries of each number begin, with one more for the end of the last.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from math import ceil
from typing import Any, NamedTuple, TypeVar

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
from app.matching.core.kernels import CODE, CODE_BITS
from app.matching.core.score import by_preference, in_order, quality, shares
from app.opgaven.rules import Place

Array = NDArray[Any]
Item = TypeVar("Item")

KINDS = tuple(Kind)
EVERYBODY = -1


class Places(NamedTuple):
    """Gemeenten: whole kilometres from each to each, and the number of the province of each."""

    km: Array
    province: Array


class People(NamedTuple):
    """Published profiles; their skills stand in order of preference."""

    gemeente: Array
    travel_km: Array
    is_remote: Array
    windows: Array
    window_hours: Array
    window_from: Array
    window_until: Array
    skills: Array
    skill_term: Array
    skill_code: Array


class Opgaven(NamedTuple):
    """Open opgaven; a slot is one asked skill with its share of a hundred points."""

    gemeente: Array
    audience: Array
    is_remote: Array
    is_learning: Array
    hours: Array
    starts_on: Array
    ends_on: Array
    days_needed: Array
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


class Postings(NamedTuple):
    """Per offered term who offers it: the number of the profile, with the code in its last bits."""

    rows: Array
    packed: Array


class Askers(NamedTuple):
    """Per offered term the slots that it answers, and how far."""

    rows: Array
    slot: Array
    strength: Array


def code_of(offered: OfferedSkill) -> int:
    """Everything of an offered skill that its worth depends on, in six bits."""
    return ((offered.level - 1) * 5 + offered.energy - 1) * 2 + offered.wants_to_learn


def worth() -> Array:
    """What an offer is worth: by for-learning, asked level, strength and code, in percents."""
    made = np.zeros((2, 5, 101, CODE + 1), dtype=np.uint8)
    offers = [
        OfferedSkill("", level, energy, wants)
        for level in range(1, 5)
        for energy in range(1, 6)
        for wants in (False, True)
    ]
    for level in range(1, 5):
        asked = AskedSkill("", must=True, level=level)
        for strength in range(101):
            link = Link(Kind.SAME, strength)
            for for_learning in (False, True):
                for offered in offers:
                    made[int(for_learning), level, strength, code_of(offered)] = quality(
                        link, asked, offered, for_learning=for_learning
                    )
    return made


def places_of(positions: Sequence[Position], provinces: Sequence[int]) -> Places:
    """Kilometres are rounded up: whoever travels a whole number of them comes as far."""
    km = np.zeros((len(positions), len(positions)), dtype=np.uint16)
    for at, one in enumerate(positions):
        for other_at in range(at):
            km[at, other_at] = km[other_at, at] = ceil(distance_km(one, positions[other_at]))
    return Places(km, np.array(provinces, dtype=np.int16))


def people_of(
    profiles: Sequence[ProfileFacts], gemeenten: Mapping[str, int], terms: Mapping[str, int]
) -> People:
    """`terms` gives the number of every label that is offered."""
    windows = [profile.windows for profile in profiles]
    skills = [sorted(profile.skills, key=by_preference) for profile in profiles]
    every_window, every_skill = list(chain(*windows)), list(chain(*skills))
    return People(
        gemeente=_array((gemeenten[one.gemeente_code] for one in profiles), np.uint16),
        travel_km=_array((min(one.travel_km, 65_535) for one in profiles), np.uint16),
        is_remote=_array((one.remote for one in profiles), np.bool_),
        windows=rows_of(windows),
        window_hours=_array((one.hours_per_week for one in every_window), np.uint8),
        window_from=_array((one.starts_on.toordinal() for one in every_window), np.int32),
        window_until=_array((last_day(one.ends_on) for one in every_window), np.int32),
        skills=rows_of(skills),
        skill_term=_array((terms[one.label] for one in every_skill), np.int32),
        skill_code=_array(map(code_of, every_skill), np.uint8),
    )


def opgaven_of(
    opgaven: Sequence[OpgaveFacts],
    audiences: Sequence[int],
    gemeenten: Mapping[str, int],
    terms: Mapping[str, int],
) -> Opgaven:
    """`audiences` holds per opgave the number of the province it is meant for, or `EVERYBODY`."""
    asked = [in_order(opgave.skills) for opgave in opgaven]
    slots = list(chain(*asked))
    return Opgaven(
        gemeente=_array((gemeenten[one.gemeente_code] for one in opgaven), np.uint16),
        audience=_array(audiences, np.int16),
        is_remote=_array((one.place is Place.REMOTE for one in opgaven), np.bool_),
        is_learning=_array((one.for_learning for one in opgaven), np.uint8),
        hours=_array((one.hours_per_week for one in opgaven), np.uint8),
        starts_on=_array((one.starts_on.toordinal() for one in opgaven), np.int32),
        ends_on=_array((last_day(one.ends_on) for one in opgaven), np.int32),
        days_needed=_array(map(days_needed, opgaven), np.uint8),
        musts=_array((sum(skill.must for skill in skills) for skills in asked), np.int32),
        slots=rows_of(asked),
        slot_opgave=np.repeat(np.arange(len(asked), dtype=np.int32), [len(one) for one in asked]),
        slot_term=_array((terms[skill.label] for skill in slots), np.int32),
        slot_level=_array((skill.level for skill in slots), np.uint8),
        slot_points=_array(chain(*(shares(skills) for skills in asked if skills)), np.uint8),
        slot_must=_array((skill.must for skill in slots), np.bool_),
    )


def similar_of(rows: Iterable[Mapping[int, Link]], asked: Sequence[int], terms: int) -> Similar:
    """S from a row per asked term, for a list of so many terms; others have an empty row."""
    lengths = np.zeros(terms, dtype=np.int64)
    term, strength, kind = [], [], []
    by_asked = sorted(zip(asked, rows, strict=True), key=lambda pair: pair[0])
    for number, row in by_asked:
        lengths[number] = len(row)
        for offered, link in sorted(row.items()):
            term.append(offered)
            strength.append(link.strength)
            kind.append(KINDS.index(link.kind))
    return Similar(
        rows=_ends(lengths),
        term=np.array(term, dtype=np.int32),
        strength=np.array(strength, dtype=np.uint8),
        kind=np.array(kind, dtype=np.uint8),
    )


def postings_of(people: People, terms: int) -> Postings:
    """Who offers which term, in the order of the profiles."""
    count = np.diff(people.skills)
    profile = np.repeat(np.arange(len(count), dtype=np.uint32), count)
    packed = (profile << np.uint32(CODE_BITS)) | people.skill_code
    return Postings(*_grouped(people.skill_term, terms, packed))


def askers_of(opgaven: Opgaven, similar: Similar) -> Askers:
    """S seen from the other side, with the slots that ask each term in its place."""
    terms = len(similar.rows) - 1
    slots = np.arange(len(opgaven.slot_term), dtype=np.int32)
    first, last = similar.rows[opgaven.slot_term], similar.rows[opgaven.slot_term + 1]
    many = last - first
    at = np.repeat(first - _ends(many)[:-1], many) + np.arange(many.sum())
    rows, slot, strength = _grouped(
        similar.term[at], terms, np.repeat(slots, many), similar.strength[at]
    )
    return Askers(rows, slot, strength)


def last_day(day: date | None) -> int:
    return (day or date.max).toordinal()


def rows_of(groups: Iterable[Sequence[Item]]) -> Array:
    return _ends(np.array([len(group) for group in groups], dtype=np.int64))


def _ends(lengths: Array) -> Array:
    rows = np.zeros(len(lengths) + 1, dtype=np.int32)
    np.cumsum(lengths, out=rows[1:])
    return rows


def _grouped(term: Array, terms: int, *columns: Array) -> tuple[Array, ...]:
    """The columns by term, in their old order within each."""
    order = np.argsort(term, kind="stable")
    rows = _ends(np.bincount(term, minlength=terms))
    return rows, *(column[order] for column in columns)


def _array(values: Iterable[Any], kind: Any) -> Array:
    return np.fromiter(values, dtype=kind)
