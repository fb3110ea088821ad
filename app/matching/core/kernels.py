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
from app.matching.core.spelling import MIN_RATIO

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


@compiled
def can_reach(opgaven: Any, o: int, people: Any, p: int, places: Any) -> bool:
    """As `fits.can_reach`, and in another gemeente for which the opgave is meant."""
    here, there = people.gemeente[p], opgaven.gemeente[o]
    if here == there:
        return False
    if opgaven.audience[o] >= 0 and places.province[here] != opgaven.audience[o]:
        return False
    if opgaven.is_remote[o]:
        return bool(people.is_remote[p])
    return bool(places.km[here, there] <= people.travel_km[p])


@compiled
def has_time(opgaven: Any, o: int, people: Any, p: int) -> bool:
    """As `fits.has_time`, for any window."""
    for w in range(people.windows[p], people.windows[p + 1]):
        if people.window_hours[w] >= opgaven.hours[o]:
            first = max(people.window_from[w], opgaven.starts_on[o])
            last = min(people.window_until[w], opgaven.ends_on[o])
            if last - first + 1 >= opgaven.days_needed[o]:
                return True
    return False


@compiled
def admit(row: Array, opgaven: Any, o: int, people: Any, p: int, places: Any) -> int:
    """Whether these two can work together at all; if so, begin to count."""
    if not (can_reach(opgaven, o, people, p, places) and has_time(opgaven, o, people, p)):
        return CANNOT
    row[MISSING] = opgaven.musts[o]
    # Where nothing is a must-have, none has to be met.
    row[MUST_POINTS] = opgaven.musts[o] == 0
    return CAN


@compiled
def credit(row: Array, opgaven: Any, slot: int, before: int, quality: int) -> None:
    """Let a better offer for one asked skill take the place of the one before it."""
    full = opgaven.slot_points[slot]
    gained = full * quality // FULL - full * before // FULL
    row[TOTAL] += gained
    if opgaven.slot_must[slot]:
        row[MUST_POINTS] += gained
        if quality >= MUST_QUALITY > before:
            row[MISSING] -= 1


@compiled
def key_of(row: Array, number: int) -> int:
    """A number that is smaller for a better match, or -1 when it is not worth a word."""
    if row[TOTAL] < MIN_VALUE or row[MUST_POINTS] == 0:
        return -1
    tier = 1 if row[MISSING] == 0 else 2
    key: int = (tier << TIER_AT) + ((FULL - row[TOTAL]) << VALUE_AT) + number
    return key


@compiled
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


@compiled
def collect(touched: Array, state: Array, rows: Array, best: Array) -> int:
    """The best of the touched candidates; leaves the scratch as it was found."""
    count = 0
    for number in touched:
        if state[number] == CAN:
            key = key_of(rows[number], number)
            if key >= 0:
                count = keep(best, count, key)
            rows[number] = 0
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
    many, first = 0, opgaven.slots[o]
    for slot in range(first, opgaven.slots[o + 1]):
        asked, level = opgaven.slot_term[slot], opgaven.slot_level[slot]
        for at in range(similar.rows[asked], similar.rows[asked + 1]):
            percents = worth[opgaven.is_learning[o], level, similar.strength[at]]
            term = similar.term[at]
            for posting in postings.packed[postings.rows[term] : postings.rows[term + 1]]:
                p = posting >> CODE_BITS
                if state[p] == UNKNOWN:
                    state[p] = CANNOT if gone[p] else admit(rows[p], opgaven, o, people, p, places)
                    touched[many] = p
                    many += 1
                if state[p] == CAN:
                    row, quality = rows[p], percents[posting & CODE]
                    # The slot tells whose quality is there: no need to clear it for the next one.
                    before = row[QUALITY] if row[SLOT] == slot - first + 1 else 0
                    if quality > before:
                        credit(row, opgaven, slot, before, quality)
                        row[SLOT], row[QUALITY] = slot - first + 1, quality
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
            key = key_of(rows[p], o) if state[p] == CAN else -1
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
def find_opgaven(
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
    many, many_slots = 0, 0
    for skill in range(people.skills[p], people.skills[p + 1]):
        term, code = people.skill_term[skill], people.skill_code[skill]
        for at in range(askers.rows[term], askers.rows[term + 1]):
            slot = askers.slot[at]
            o = opgaven.slot_opgave[slot]
            if state[o] == UNKNOWN:
                state[o] = CANNOT if gone[o] else admit(rows[o], opgaven, o, people, p, places)
                touched[many] = o
                many += 1
            if state[o] == CAN:
                level, strength = opgaven.slot_level[slot], askers.strength[at]
                quality = worth[opgaven.is_learning[o], level, strength, code]
                before = qualities[slot]
                if quality > before:
                    credit(rows[o], opgaven, slot, before, quality)
                    qualities[slot] = quality
                    if before == 0:
                        touched_slots[many_slots] = slot
                        many_slots += 1
    for slot in touched_slots[:many_slots]:
        qualities[slot] = 0
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


@compiled
def near_in_letters(
    counts: Array, length: int, every: Array, lengths: Array, first: int, last: int
) -> Array:
    """Which words, from the first to the last, differ from this one by few enough letters."""
    found, many = np.empty(max(last - first, 0), dtype=np.int32), 0
    for at in range(first, last):
        difference = np.int32(0)
        for sort in range(counts.size):
            # Signed: the difference of two unsigned bytes would be a large one the other way round.
            difference += abs(np.int32(counts[sort]) - np.int32(every[at, sort]))
        if difference * FULL <= (length + lengths[at]) * (FULL - MIN_RATIO):
            found[many] = at
            many += 1
    return found[:many]
