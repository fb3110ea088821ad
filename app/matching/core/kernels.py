"""The compiled loops of matching: plain arrays in, plain arrays out.

Everything here follows `score.py`, `fits.py` and `rank.py` to the point, and the tests hold them
against each other. What an array holds is told in `arrays.py`. Whatever is zero in a scratch is so
again after every call.
"""

from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from app.matching.core.rank import MIN_VALUE
from app.matching.core.score import FULL, MUST_QUALITY

Array = NDArray[Any]
Function = TypeVar("Function")

# Whether a candidate can take part, once that is known.
UNKNOWN, CAN, CANNOT = range(3)
# What is counted of a candidate, in small numbers, so that many fit in the nearest memory.
TOTAL, MUST_POINTS, MISSING, SLOT, QUALITY, COLUMNS = range(6)
# Where the parts of a key stand: tier, then value from high to low, then the number.
TIER_AT, VALUE_AT = 40, 32
NUMBER = 0xFFFFFFFF
# A code stands in the last bits of a posting.
CODE_BITS, CODE = 6, 63


class Scratch(NamedTuple):
    """Room to reckon in, for one thread."""

    people_state: Array
    people_rows: Array
    people_touched: Array
    opgaven_state: Array
    opgaven_rows: Array
    opgaven_touched: Array
    slot_qualities: Array
    slots_touched: Array


def scratch(people: int, opgaven: int, slots: int) -> Scratch:
    return Scratch(
        people_state=np.zeros(people, dtype=np.uint8),
        people_rows=np.zeros((people, COLUMNS), dtype=np.int8),
        people_touched=np.empty(people, dtype=np.int32),
        opgaven_state=np.zeros(opgaven, dtype=np.uint8),
        opgaven_rows=np.zeros((opgaven, COLUMNS), dtype=np.int8),
        opgaven_touched=np.empty(opgaven, dtype=np.int32),
        slot_qualities=np.zeros(slots, dtype=np.int8),
        slots_touched=np.empty(slots, dtype=np.int32),
    )


def compiled(function: Function) -> Function:
    """Compiled once and kept on disk; it runs beside other threads."""
    return cast(Function, numba.njit(cache=True, nogil=True)(function))


def inlined(function: Function) -> Function:
    """Written out where it is used.

    Arrays are taken out of their tuples before a loop: in it, each would be counted as one more use
    and one less, which costs more than what is reckoned.
    """
    return cast(Function, numba.njit(inline="always")(function))


@inlined
def can_reach(
    here: int,
    there: int,
    province: int,
    audience: int,
    km: int,
    travel_km: int,
    from_afar: int,
    wants_from_afar: int,
) -> bool:
    """As `fits.can_reach`, and in another gemeente for which the opgave is meant."""
    if here == there or (audience >= 0 and audience != province):
        return False
    return bool(from_afar) if wants_from_afar else km <= travel_km


@inlined
def has_time(
    first: int,
    last: int,
    hours: Array,
    from_day: Array,
    until_day: Array,
    asked_hours: int,
    starts_on: int,
    ends_on: int,
    days: int,
) -> bool:
    """As `fits.has_time`, for any window from the first to the last."""
    for w in range(first, last):
        shared = min(until_day[w], ends_on) - max(from_day[w], starts_on) + 1
        if hours[w] >= asked_hours and shared >= days:
            return True
    return False


@inlined
def begin(rows: Array, number: int, musts: int) -> None:
    rows[number, MISSING] = musts
    # Where nothing is a must-have, none has to be met.
    rows[number, MUST_POINTS] = musts == 0


@inlined
def credit(rows: Array, number: int, full: int, must: int, before: int, quality: int) -> None:
    """Let a better offer for one asked skill take the place of the one before it."""
    gained = full * quality // FULL - full * before // FULL
    rows[number, TOTAL] += gained
    if must:
        rows[number, MUST_POINTS] += gained
        if quality >= MUST_QUALITY > before:
            rows[number, MISSING] -= 1


@inlined
def key_of(rows: Array, at: int, number: int) -> int:
    """A number that is smaller for a better match, or -1 when it is not worth a word."""
    if rows[at, TOTAL] < MIN_VALUE or rows[at, MUST_POINTS] == 0:
        return -1
    tier = 1 if rows[at, MISSING] == 0 else 2
    key: int = (tier << TIER_AT) + ((FULL - rows[at, TOTAL]) << VALUE_AT) + number
    return key


@inlined
def keep(best: Array, count: int, key: int) -> int:
    """Put the key in its place among the best, when it is one of them; how many there are."""
    if count == best.size:
        if key >= best[count - 1]:
            return count
        count -= 1
    at = count
    while at > 0 and best[at - 1] > key:
        best[at] = best[at - 1]
        at -= 1
    best[at] = key
    return count + 1


@inlined
def collect(touched: Array, state: Array, rows: Array, best: Array) -> int:
    """The best of the touched candidates; leaves the scratch as it was found."""
    count = 0
    for number in touched:
        if state[number] == CAN:
            key = key_of(rows, number, number)
            if key >= 0:
                count = keep(best, count, key)
            for column in range(COLUMNS):
                rows[number, column] = 0
        state[number] = UNKNOWN
    return count


@compiled
def count_people(
    o: int,
    opgaven: Any,
    people: Any,
    places: Any,
    similar: Any,
    postings: Any,
    worth: Array,
    gone: Array,
    scratch: Any,
) -> int:
    """Count for everybody who offers something that the opgave asks; how many were touched."""
    state, rows, touched = scratch.people_state, scratch.people_rows, scratch.people_touched
    gemeente, travel_km, from_afar = people.gemeente, people.travel_km, people.is_remote
    windows, hours = people.windows, people.window_hours
    from_day, until_day = people.window_from, people.window_until
    there, audience = opgaven.gemeente[o], opgaven.audience[o]
    km, province, is_remote = places.km[there], places.province, opgaven.is_remote[o]
    asked_hours, days = opgaven.hours[o], opgaven.days_needed[o]
    starts_on, ends_on, musts = opgaven.starts_on[o], opgaven.ends_on[o], opgaven.musts[o]
    rows_of_s, terms, strengths = similar.rows, similar.term, similar.strength
    rows_of_postings, packed = postings.rows, postings.packed
    many, first = 0, opgaven.slots[o]
    for slot in range(first, opgaven.slots[o + 1]):
        asked, level = opgaven.slot_term[slot], opgaven.slot_level[slot]
        percents = worth[opgaven.is_learning[o], level]
        full, must, mark = opgaven.slot_points[slot], opgaven.slot_must[slot], slot - first + 1
        for at in range(rows_of_s[asked], rows_of_s[asked + 1]):
            strength, term = strengths[at], terms[at]
            for place in range(rows_of_postings[term], rows_of_postings[term + 1]):
                posting = packed[place]
                p = posting >> CODE_BITS
                if state[p] == UNKNOWN:
                    touched[many] = p
                    many += 1
                    here = gemeente[p]
                    if (
                        not gone[p]
                        and can_reach(
                            here,
                            there,
                            province[here],
                            audience,
                            km[here],
                            travel_km[p],
                            from_afar[p],
                            is_remote,
                        )
                        and has_time(
                            windows[p],
                            windows[p + 1],
                            hours,
                            from_day,
                            until_day,
                            asked_hours,
                            starts_on,
                            ends_on,
                            days,
                        )
                    ):
                        state[p] = CAN
                        begin(rows, p, musts)
                    else:
                        state[p] = CANNOT
                if state[p] == CAN:
                    quality = percents[strength, posting & CODE]
                    # The mark tells whose quality is there: no need to clear it for the next one.
                    before = rows[p, QUALITY] if rows[p, SLOT] == mark else 0
                    if quality > before:
                        credit(rows, p, full, must, before, quality)
                        rows[p, SLOT], rows[p, QUALITY] = mark, quality
    return many


@compiled
def find_people(
    o: int,
    opgaven: Any,
    people: Any,
    places: Any,
    similar: Any,
    postings: Any,
    worth: Array,
    gone: Array,
    scratch: Any,
    best: Array,
) -> int:
    """The keys of the best profiles for one opgave, in `best`; how many there are."""
    many = count_people(o, opgaven, people, places, similar, postings, worth, gone, scratch)
    touched = scratch.people_touched[:many]
    return collect(touched, scratch.people_state, scratch.people_rows, best)


@compiled
def find_both(
    first: int,
    last: int,
    opgaven: Any,
    people: Any,
    places: Any,
    similar: Any,
    postings: Any,
    worth: Array,
    gone: Array,
    scratch: Any,
    people_of: Array,
    opgaven_of: Array,
    counts: Array,
) -> None:
    """For a range of opgaven the best profiles of each, and what they are for each profile."""
    state, rows = scratch.people_state, scratch.people_rows
    for o in range(first, last):
        many = count_people(o, opgaven, people, places, similar, postings, worth, gone, scratch)
        for p in scratch.people_touched[:many]:
            key = key_of(rows, p, o) if state[p] == CAN else -1
            if key >= 0:
                counts[p] = keep(opgaven_of[p], counts[p], key)
        collect(scratch.people_touched[:many], state, rows, people_of[o])


@compiled
def unite(into: Array, counts: Array, other: Array, other_counts: Array) -> None:
    """Put the best of both in the first."""
    for number in range(counts.size):
        for key in other[number, : other_counts[number]]:
            counts[number] = keep(into[number], counts[number], key)


@compiled
def find_opgaven(  # noqa: C901  (the mirror of `count_people`; apart, its parts say less)
    p: int,
    opgaven: Any,
    people: Any,
    places: Any,
    askers: Any,
    worth: Array,
    gone: Array,
    scratch: Any,
    best: Array,
) -> int:
    """The keys of the best opgaven for one profile, in `best`; how many there are."""
    state, rows, touched = scratch.opgaven_state, scratch.opgaven_rows, scratch.opgaven_touched
    qualities, touched_slots = scratch.slot_qualities, scratch.slots_touched
    gemeente, audience, is_remote = opgaven.gemeente, opgaven.audience, opgaven.is_remote
    asked_hours, days, musts = opgaven.hours, opgaven.days_needed, opgaven.musts
    starts_on, ends_on, is_learning = opgaven.starts_on, opgaven.ends_on, opgaven.is_learning
    slot_opgave, slot_level = opgaven.slot_opgave, opgaven.slot_level
    slot_points, slot_must = opgaven.slot_points, opgaven.slot_must
    asked_slot, strengths = askers.slot, askers.strength
    here, travel_km, from_afar = people.gemeente[p], people.travel_km[p], people.is_remote[p]
    km, province = places.km[here], places.province[here]
    first, last = people.windows[p], people.windows[p + 1]
    hours, from_day, until_day = people.window_hours, people.window_from, people.window_until
    many, many_slots = 0, 0
    for skill in range(people.skills[p], people.skills[p + 1]):
        term, code = people.skill_term[skill], people.skill_code[skill]
        for at in range(askers.rows[term], askers.rows[term + 1]):
            slot = asked_slot[at]
            o = slot_opgave[slot]
            if state[o] == UNKNOWN:
                touched[many] = o
                many += 1
                there = gemeente[o]
                if (
                    not gone[o]
                    and can_reach(
                        here,
                        there,
                        province,
                        audience[o],
                        km[there],
                        travel_km,
                        from_afar,
                        is_remote[o],
                    )
                    and has_time(
                        first,
                        last,
                        hours,
                        from_day,
                        until_day,
                        asked_hours[o],
                        starts_on[o],
                        ends_on[o],
                        days[o],
                    )
                ):
                    state[o] = CAN
                    begin(rows, o, musts[o])
                else:
                    state[o] = CANNOT
            if state[o] == CAN:
                quality = worth[is_learning[o], slot_level[slot], strengths[at], code]
                before = qualities[slot]
                if quality > before:
                    credit(rows, o, slot_points[slot], slot_must[slot], before, quality)
                    qualities[slot] = quality
                    if before == 0:
                        touched_slots[many_slots] = slot
                        many_slots += 1
    for place in range(many_slots):
        qualities[touched_slots[place]] = 0
    return collect(touched[:many], state, rows, best)


@compiled
def explain(
    opgaven: Any, o: int, people: Any, p: int, similar: Any, worth: Array, found: Array
) -> None:
    """Per asked skill of the opgave: which skill of the profile, by which entry of S; or -1.

    The skills of a profile stand in the order in which equal ones are preferred.
    """
    first = opgaven.slots[o]
    for slot in range(first, opgaven.slots[o + 1]):
        asked, level = opgaven.slot_term[slot], opgaven.slot_level[slot]
        start, end = similar.rows[asked], similar.rows[asked + 1]
        best, chosen, by = -1, -1, -1
        for skill in range(people.skills[p], people.skills[p + 1]):
            at = start + np.searchsorted(similar.term[start:end], people.skill_term[skill])
            if at < end and similar.term[at] == people.skill_term[skill]:
                strength, code = similar.strength[at], people.skill_code[skill]
                quality = worth[opgaven.is_learning[o], level, strength, code]
                if quality > best:
                    best, chosen, by = quality, skill - people.skills[p], at
        found[slot - first, 0], found[slot - first, 1] = chosen, by


@compiled
def explain_all(
    opgaven: Any, people: Any, similar: Any, worth: Array, keys: Array, starts: Array, found: Array
) -> None:
    """As `explain`, for the best profiles of every opgave, one after the other."""
    at = 0
    for o in range(keys.shape[0]):
        slots = opgaven.slots[o + 1] - opgaven.slots[o]
        for place in range(keys.shape[1]):
            if keys[o, place] >= 0:
                p = keys[o, place] & NUMBER
                explain(opgaven, o, people, p, similar, worth, found[at : at + slots])
                at += slots
        starts[o + 1] = at
