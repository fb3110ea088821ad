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

# The verdict: whether a candidate can take part, once that is known.
UNKNOWN, CAN, CANNOT = range(3)
# What stands in a row of a window, and of the time that an opgave asks; days are ordinals.
HOURS, FIRST, LAST, DAYS = range(4)
# Nobody travels as far.
TOO_FAR = 1 << 20
# What is counted of a candidate: small numbers that lie together, so that many fit in the nearest
# memory, and eight of them, so that their place is soon reckoned.
TOTAL, MUST_POINTS, MISSING, SLOT, QUALITY, VERDICT, COLUMNS = 0, 1, 2, 3, 4, 5, 8
# Where the parts of a key stand: tier, then value from high to low, then the number.
TIER_AT, VALUE_AT = 40, 32
NUMBER = 0xFFFFFFFF
# Where the parts of a posting stand, and how large each may be. It holds the reach of its owner, so
# that whoever cannot come is passed over without a look at another place in memory.
PROFILE_AT, HOME_AT, TRAVEL_AT, FROM_AFAR_AT = 6, 32, 44, 60
CODE, PROFILE, GEMEENTE, KM = 63, 0x3FFFFFF, 0xFFF, 0xFFFF


class Scratch(NamedTuple):
    """Room to reckon in, for one thread."""

    people_rows: Array
    people_touched: Array
    opgaven_rows: Array
    opgaven_touched: Array
    slot_qualities: Array
    slots_touched: Array


def scratch(people: int, opgaven: int, slots: int) -> Scratch:
    return Scratch(
        people_rows=np.zeros((people, COLUMNS), dtype=np.int8),
        people_touched=np.empty(people, dtype=np.int32),
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
def needed(here: int, there: int, is_meant: int, km: int, from_afar: int) -> int:
    """The reach that somebody from here needs for an opgave there, as `fits.can_reach` has it.

    For an opgave from afar that is 1, which is the reach of who works so; and nobody has enough in
    a gemeente for which it is not meant.
    """
    if here == there or not is_meant:
        return TOO_FAR
    return 1 if from_afar else km


@inlined
def has_time(windows: Array, first: int, last: int, asked: Array, o: int) -> bool:
    """As `fits.has_time`, for any window from the first to the last."""
    for at in range(first, last):
        if windows[at, HOURS] >= asked[o, HOURS]:
            until = min(windows[at, LAST], asked[o, LAST])
            if until - max(windows[at, FIRST], asked[o, FIRST]) + 1 >= asked[o, DAYS]:
                return True
    return False


@inlined
def may_be_first(must: int, musts: int, most: int) -> bool:
    """Whether what answers this can be the first that somebody has, with so much to win at most.

    What must be there is asked first. Whoever has none of it, or can no longer win the least that
    is worth a word, need not be counted at all.
    """
    return (must > 0 or musts == 0) and most >= MIN_VALUE


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
def collect(touched: Array, rows: Array, best: Array) -> int:
    """The best of the touched candidates; leaves the scratch as it was found."""
    count = 0
    for number in touched:
        if rows[number, VERDICT] == CAN:
            key = key_of(rows, number, number)
            if key >= 0:
                count = keep(best, count, key)
        for column in range(COLUMNS):
            rows[number, column] = 0
    return count


@compiled
def count_people(o: int, state: Any, gone: Array, scratch: Any) -> int:
    """Count for everybody who offers something that the opgave asks; how many were touched."""
    opgaven, people, similar, postings = state.opgaven, state.people, state.similar, state.postings
    rows, touched = scratch.people_rows, scratch.people_touched
    reach_at, reach = (FROM_AFAR_AT, 1) if opgaven.is_remote[o] else (TRAVEL_AT, KM)
    windows, times, asked_times = people.windows, people.times, opgaven.times
    rows_of_s, terms, strengths = similar.rows, similar.term, similar.strength
    rows_of_postings, packed, musts = postings.rows, postings.packed, opgaven.musts[o]
    needed_from = needed_for(o, opgaven, state.places)
    many, first, left = 0, opgaven.slots[o], FULL
    for slot in range(first, opgaven.slots[o + 1]):
        asked, level = opgaven.slot_term[slot], opgaven.slot_level[slot]
        percents = state.worth[opgaven.is_learning[o], level]
        full, must, mark = opgaven.slot_points[slot], opgaven.slot_must[slot], slot - first + 1
        left -= full
        for at in range(rows_of_s[asked], rows_of_s[asked + 1]):
            strength, term = strengths[at], terms[at]
            is_first = may_be_first(must, musts, full * strength // FULL + left)
            for place in range(rows_of_postings[term], rows_of_postings[term + 1]):
                posting = packed[place]
                if (posting >> reach_at) & reach < needed_from[(posting >> HOME_AT) & GEMEENTE]:
                    continue
                p = (posting >> PROFILE_AT) & PROFILE
                if is_first and rows[p, VERDICT] == UNKNOWN:
                    touched[many] = p
                    many += 1
                    begin(rows, p, musts)
                    is_free = has_time(times, windows[p], windows[p + 1], asked_times, o)
                    rows[p, VERDICT] = CAN if is_free and not gone[p] else CANNOT
                if rows[p, VERDICT] == CAN:
                    quality = percents[strength, posting & CODE]
                    # The mark tells whose quality is there: no need to clear it for the next one.
                    before = rows[p, QUALITY] if rows[p, SLOT] == mark else 0
                    if quality > before:
                        credit(rows, p, full, must, before, quality)
                        rows[p, SLOT], rows[p, QUALITY] = mark, quality
    return many


@compiled
def needed_for(o: int, opgaven: Any, places: Any) -> Array:
    """Per gemeente the reach that somebody from there needs."""
    there, audience, from_afar = opgaven.gemeente[o], opgaven.audience[o], opgaven.is_remote[o]
    km, meant = places.km[there], places.meant[audience]
    found = np.empty(km.size, dtype=np.int32)
    for here in range(km.size):
        found[here] = needed(here, there, meant[here], km[here], from_afar)
    return found


@compiled
def find_people(o: int, state: Any, gone: Array, scratch: Any, best: Array) -> int:
    """The keys of the best profiles for one opgave, in `best`; how many there are."""
    many = count_people(o, state, gone, scratch)
    touched = scratch.people_touched[:many]
    return collect(touched, scratch.people_rows, best)


@compiled
def find_both(
    first: int,
    last: int,
    state: Any,
    gone: Array,
    scratch: Any,
    people_of: Array,
    opgaven_of: Array,
    counts: Array,
) -> None:
    """For a range of opgaven the best profiles of each, and what they are for each profile."""
    rows = scratch.people_rows
    for o in range(first, last):
        many = count_people(o, state, gone, scratch)
        for p in scratch.people_touched[:many]:
            key = key_of(rows, p, o) if rows[p, VERDICT] == CAN else -1
            if key >= 0:
                counts[p] = keep(opgaven_of[p], counts[p], key)
        collect(scratch.people_touched[:many], rows, people_of[o])


@compiled
def unite(into: Array, counts: Array, other: Array, other_counts: Array) -> None:
    """Put the best of both in the first."""
    for number in range(counts.size):
        for key in other[number, : other_counts[number]]:
            counts[number] = keep(into[number], counts[number], key)


@compiled
def count_opgaven(p: int, state: Any, gone: Array, scratch: Any) -> tuple[int, int]:
    """Count for all that asks what the profile offers; how many opgaven and slots were touched."""
    opgaven, people, askers, worth = state.opgaven, state.people, state.askers, state.worth
    rows, touched = scratch.opgaven_rows, scratch.opgaven_touched
    qualities, touched_slots = scratch.slot_qualities, scratch.slots_touched
    gemeente, audience, is_remote = opgaven.gemeente, opgaven.audience, opgaven.is_remote
    times, asked_times, musts = people.times, opgaven.times, opgaven.musts
    is_learning, slot_opgave = opgaven.is_learning, opgaven.slot_opgave
    slot_level, slot_points, slot_must = opgaven.slot_level, opgaven.slot_points, opgaven.slot_must
    slots, strengths = askers.slot, askers.strength
    here, travel_km, from_afar = people.reach[p]
    km, meant = state.places.km[here], state.places.meant[:, here]
    first, last = people.windows[p], people.windows[p + 1]
    many, many_slots = 0, 0
    for skill in range(people.skills[p], people.skills[p + 1]):
        term, code = people.skill_term[skill], people.skill_code[skill]
        for at in range(askers.rows[term], askers.rows[term + 1]):
            slot = slots[at]
            o = slot_opgave[slot]
            if rows[o, VERDICT] == UNKNOWN:
                touched[many] = o
                many += 1
                begin(rows, o, musts[o])
                there, reach = gemeente[o], from_afar if is_remote[o] else travel_km
                is_meant = meant[audience[o]]
                can_come = reach >= needed(here, there, is_meant, km[there], is_remote[o])
                is_free = can_come and has_time(times, first, last, asked_times, o)
                rows[o, VERDICT] = CAN if is_free and not gone[o] else CANNOT
            if rows[o, VERDICT] == CAN:
                quality = worth[is_learning[o], slot_level[slot], strengths[at], code]
                before = qualities[slot]
                if quality > before:
                    credit(rows, o, slot_points[slot], slot_must[slot], before, quality)
                    qualities[slot] = quality
                    if before == 0:
                        touched_slots[many_slots] = slot
                        many_slots += 1
    return many, many_slots


@compiled
def find_opgaven(p: int, state: Any, gone: Array, scratch: Any, best: Array) -> int:
    """The keys of the best opgaven for one profile, in `best`; how many there are."""
    many, many_slots = count_opgaven(p, state, gone, scratch)
    for slot in scratch.slots_touched[:many_slots]:
        scratch.slot_qualities[slot] = 0
    touched = scratch.opgaven_touched[:many]
    return collect(touched, scratch.opgaven_rows, best)


@compiled
def explain(o: int, p: int, state: Any, found: Array) -> None:
    """Per asked skill of the opgave: which skill of the profile, by which entry of S; or -1.

    The skills of a profile stand in the order in which equal ones are preferred.
    """
    opgaven, people, similar, worth = state.opgaven, state.people, state.similar, state.worth
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
def explain_all(state: Any, keys: Array, starts: Array, found: Array) -> None:
    """As `explain`, for the best profiles of every opgave, one after the other."""
    at = 0
    for o in range(keys.shape[0]):
        slots = state.opgaven.slots[o + 1] - state.opgaven.slots[o]
        for place in range(keys.shape[1]):
            if keys[o, place] >= 0:
                explain(o, keys[o, place] & NUMBER, state, found[at : at + slots])
                at += slots
        starts[o + 1] = at
