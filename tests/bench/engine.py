"""Speed and size of the matching engine, each beside what others would do, in one run.

    .venv/bin/python -m tests.bench.engine --profiles 160000 --opgaven 10000

prints one JSON line per measure; `--growth` says instead how the time of everything both ways
grows with the number of pairs. Peers: a loop over all pairs with rapidfuzz, and `cdist` per
opgave (both taken from a sample that is named), and PostgreSQL: pg_trgm on distinct names and on
rows, and a join over the same similarity table. PostgreSQL is started for the run, or is the one
of TEST_DATABASE_URL.
"""

import argparse
import json
import math
import os
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np
from rapidfuzz import fuzz, process

from app.matching.core.arrays import (
    Similar,
    TermNumbers,
    opgaven_of,
    people_of,
    places_of,
    similar_of,
    terms_of,
)
from app.matching.core.engine import Engine, State, question_of, state_of
from app.matching.core.facts import OpgaveFacts
from app.matching.core.kernels import CODE, PROFILE, PROFILE_AT
from app.matching.core.rank import BEST_KEPT, MIN_VALUE
from app.matching.core.score import FULL, MUST_QUALITY
from app.matching.core.similarity import Offered, words_of
from app.matching.core.vocabulary import Vocabulary
from app.matching.saving import MOST_OF_OPGAVE, MOST_OF_PERSON
from tests.bench.country import Country, made
from tests.bench.postgres import Peers, database
from tests.bench.timing import Seconds, milliseconds
from tests.matching.core.builders import starter_vocabulary

QUESTIONS, PEER_QUESTIONS = 200, 20
# From a province to the country, profiles and opgaven.
SIZES = (10_000, 1_000), (40_000, 2_500), (160_000, 10_000)
RUNS = 5
NAIVE_PROFILES, NAIVE_OPGAVEN = 1500, 2
UNSEEN = 7


@dataclass
class Built:
    country: Country
    vocabulary: Vocabulary
    offered: Offered
    offered_normals: list[str]
    similar: Similar
    engine: Engine
    seconds: dict[str, float]


def say(measure: str, **values: object) -> None:
    print(json.dumps({"measure": measure, **values}, ensure_ascii=False), flush=True)


def summary(taken: Sequence[float]) -> dict[str, float]:
    return {
        "p50_ms": round(statistics.median(taken), 4),
        "p99_ms": round(float(np.quantile(taken, 0.99)), 4),
        "mean_ms": round(statistics.fmean(taken), 4),
    }


def build(country: Country) -> Built:
    seconds, terms = Seconds(), TermNumbers(name.label for name in country.names)
    many = len(terms.normals)
    with seconds.step("opgaven"):
        opgaven = opgaven_of(country.opgaven, country.audiences, country.numbers, terms)
    with seconds.step("profiles"):
        term, private = terms_of(country.names, terms)
        people = people_of(country.profiles, country.windows, country.offers, country.names, term)
    with seconds.step("vocabulary"):
        vocabulary = starter_vocabulary()
    with seconds.step("words"):
        offered = Offered(vocabulary, words_of(vocabulary, terms.normals))
    asked = sorted(set(opgaven.slot_term.tolist()))
    with seconds.step("S"):
        rows = [offered.row(terms.normals[number]) for number in asked]
        similar = similar_of(rows, asked, len(terms.normals))
    with seconds.step("index"):
        places = places_of(country.positions, country.groups)
        engine = Engine(state_of(places, people, opgaven, similar, private))
    return Built(
        country, vocabulary, offered, terms.normals[:many], similar, engine, seconds.rounded()
    )


def size_of(state: State) -> int:
    return sum(array.nbytes for part in state if isinstance(part, tuple) for array in part)


def unseen(opgave: OpgaveFacts, number: int) -> OpgaveFacts:
    """The same opgave with seven words that nobody wrote before."""
    skills = [
        replace(opgave.skills[at % len(opgave.skills)], label=f"{label}q{number}x{at}")
        for at in range(UNSEEN)
        for label in [opgave.skills[at % len(opgave.skills)].label]
    ]
    return replace(opgave, skills=tuple(skills))


def measure_opgave_known(built: Built, peers: Peers) -> None:
    numbers = range(min(QUESTIONS, len(built.country.opgaven)))
    own = milliseconds(built.engine.people_for, numbers)
    chosen = numbers[:PEER_QUESTIONS]
    join = milliseconds(peers.join_for_opgave, chosen)
    same = sum(
        peers.join_for_opgave(number) == [tuple(one) for one in built.engine.people_for(number)]
        for number in chosen
    )
    say(
        "one opgave, known words",
        **summary(own),
        peer="PostgreSQL join over S",
        peer_p50_ms=round(statistics.median(join), 3),
        ratio=round(statistics.median(join) / statistics.median(own[: len(chosen)]), 1),
        identical=f"{same}/{len(chosen)}",
    )


def measure_without_compiled_loops(built: Built) -> None:
    numbers = range(min(PEER_QUESTIONS, len(built.country.opgaven)))
    own = milliseconds(built.engine.people_for, numbers)
    plain = milliseconds(lambda number: numpy_for(built, number), numbers)
    same = sum(
        numpy_for(built, number) == [tuple(one) for one in built.engine.people_for(number)]
        for number in numbers
    )
    say(
        "one opgave, known words",
        p50_ms=round(statistics.median(own), 4),
        peer="numpy without compiled loops",
        peer_p50_ms=round(statistics.median(plain), 3),
        ratio=round(statistics.median(plain) / statistics.median(own), 1),
        identical=f"{same}/{len(numbers)}",
    )


def measure_opgave_unseen(built: Built, peers: Peers) -> None:
    country = built.country
    new = [unseen(one, number) for number, one in enumerate(country.opgaven[:QUESTIONS])]

    def ask(opgave: OpgaveFacts) -> object:
        question = question_of(opgave, None, country.numbers, built.offered, built.engine.state)
        return built.engine.people_for_new(question)

    own = milliseconds(ask, new)
    chosen = new[:PEER_QUESTIONS]
    say("one opgave, unseen words", **summary(own))
    for peer, slow in (
        ("pg_trgm on distinct names", peers.alike_names),
        ("pg_trgm on rows", peers.alike_rows),
        ("cdist over distinct names", lambda one: cdist_for(built, one)),
    ):
        few = chosen if "names" in peer else chosen[:5]
        taken = milliseconds(slow, few)
        say(
            "one opgave, unseen words",
            peer=peer,
            peer_p50_ms=round(statistics.median(taken), 2),
            ratio=round(statistics.median(taken) / statistics.median(own), 1),
            asked=len(few),
        )
    naive = naive_for(built, chosen[:NAIVE_OPGAVEN])
    say(
        "one opgave, unseen words",
        peer="loop with token_set_ratio",
        peer_p50_ms=round(naive, 1),
        ratio=round(naive / statistics.median(own), 1),
        extrapolated_from=f"{NAIVE_PROFILES} profiles x {NAIVE_OPGAVEN} opgaven",
    )


def numpy_for(built: Built, opgave: int) -> list[tuple[int, int, int]]:
    """The same answer without compiled loops: whole arrays at a time, for this one opgave."""
    state = built.engine.state
    people, opgaven, similar, postings = (
        state.people,
        state.opgaven,
        state.similar,
        state.postings,
    )
    many = len(people.reach)
    total, missing = np.zeros(many, dtype=np.int32), np.zeros(many, dtype=np.int32)
    must_points = np.zeros(many, dtype=np.int32)
    for slot in range(opgaven.slots[opgave], opgaven.slots[opgave + 1]):
        asked, level = opgaven.slot_term[slot], opgaven.slot_level[slot]
        best = np.zeros(many, dtype=np.int32)
        for at in range(similar.rows[asked], similar.rows[asked + 1]):
            term = similar.term[at]
            packed = postings.packed[postings.rows[term] : postings.rows[term + 1]]
            worth = state.worth[opgaven.is_learning[opgave], level, similar.strength[at]]
            who = (packed >> PROFILE_AT) & PROFILE
            np.maximum.at(best, who, worth[packed & CODE].astype(np.int32))
        points = best * int(opgaven.slot_points[slot]) // FULL
        total += points
        if opgaven.slot_must[slot]:
            must_points += points
            missing += best < MUST_QUALITY
    worthy = np.flatnonzero(
        (total >= MIN_VALUE) & ((must_points > 0) | (opgaven.musts[opgave] == 0))
    )
    worthy = worthy[[_fits(state, opgave, number) for number in worthy.tolist()]]
    tier = np.where(missing[worthy] == 0, 1, 2)
    order = np.lexsort((worthy, -total[worthy], tier))[:BEST_KEPT]
    return [(int(worthy[at]), int(tier[at]), int(total[worthy[at]])) for at in order]


def _fits(state: State, opgave: int, profile: int) -> bool:
    people, opgaven, places = state.people, state.opgaven, state.places
    here, travel_km, from_afar = people.reach[profile].tolist()
    there = opgaven.gemeente[opgave]
    audience = opgaven.audience[opgave]
    if here == there or not places.meant[audience, here]:
        return False
    if not (from_afar if opgaven.is_remote[opgave] else travel_km >= places.km[here, there]):
        return False
    hours, first, last = people.times[people.windows[profile] : people.windows[profile + 1]].T
    asked_hours, starts_on, ends_on, days = opgaven.times[opgave].tolist()
    shared = np.minimum(last, ends_on) - np.maximum(first, starts_on) + 1
    return bool(((hours >= asked_hours) & (shared >= days)).any())


def cdist_for(built: Built, opgave: OpgaveFacts) -> object:
    """The best per profile of one sum over all distinct names; no filters, no reasons."""
    labels = [skill.label for skill in opgave.skills]
    alike = process.cdist(
        labels, built.offered_normals, scorer=fuzz.token_set_ratio, dtype=np.uint8, workers=1
    )
    people = built.engine.state.people
    owner = np.repeat(np.arange(len(people.reach)), np.diff(people.skills))
    total = np.zeros(len(people.reach), dtype=np.int32)
    for row in alike:
        best = np.zeros(len(people.reach), dtype=np.uint8)
        np.maximum.at(best, owner, row[people.skill_term])
        total += best
    return np.argpartition(total, -50)[-50:]


def naive_for(built: Built, opgaven: Sequence[OpgaveFacts]) -> float:
    """Milliseconds for one opgave and everybody, as the loop that most people would write."""
    country = built.country
    few = min(NAIVE_PROFILES, len(country.profiles.gemeente))
    here = country.offers.profile < few
    owners, labels = country.offers.profile[here].tolist(), country.offers.label[here].tolist()
    began = time.perf_counter()
    for opgave in opgaven:
        best: dict[tuple[int, int], float] = {}
        for owner, label in zip(owners, labels, strict=True):
            for slot, skill in enumerate(opgave.skills):
                alike = fuzz.token_set_ratio(skill.label, country.names[label].label)
                best[owner, slot] = max(best.get((owner, slot), 0), alike)
    taken = (time.perf_counter() - began) * 1000 / len(opgaven)
    return taken * len(country.profiles.gemeente) / few


def measure_profile(built: Built, peers: Peers) -> None:
    numbers = range(min(QUESTIONS * 5, len(built.country.profiles.gemeente)))
    own = milliseconds(built.engine.opgaven_for, numbers)
    chosen = numbers[:PEER_QUESTIONS]
    join = milliseconds(peers.join_for_profile, chosen)
    same = sum(
        peers.join_for_profile(number) == [tuple(one) for one in built.engine.opgaven_for(number)]
        for number in chosen
    )
    say(
        "one profile, known words",
        **summary(own),
        peer="PostgreSQL join over S",
        peer_p50_ms=round(statistics.median(join), 3),
        ratio=round(statistics.median(join) / statistics.median(own), 1),
        identical=f"{same}/{len(chosen)}",
    )


def measure_everything(built: Built, threads: int) -> float:
    seconds = Seconds()
    with seconds.step("both ways"):
        found = built.engine.everything(MOST_OF_OPGAVE, MOST_OF_PERSON, threads)
    with seconds.step("reasons"):
        reasons = built.engine.all_reasons(found.people_of)
    say(
        "everything, S resident",
        profiles=len(built.country.profiles.gemeente),
        opgaven=len(built.country.opgaven),
        threads=threads,
        seconds=round(sum(seconds.values()), 3),
        split=seconds.rounded(),
        found=int((found.people_of >= 0).sum()),
        reasons=len(reasons.found),
    )
    return sum(seconds.values())


def measure_growth(sizes: Sequence[tuple[int, int]], seed: int) -> None:
    """One exponent per step: below one, twice the pairs take less than twice the time."""
    found = []
    for profiles, opgaven in sizes:
        engine = build(made(profiles, opgaven, seed)).engine
        pairs, seconds = profiles * opgaven, fastest(engine)
        say("everything both ways", profiles=profiles, opgaven=opgaven, seconds=round(seconds, 3))
        found.append((pairs, seconds))
    steps = [*pairwise(found), (found[0], found[-1])]
    for (pairs, seconds), (more_pairs, more_seconds) in steps:
        exponent = math.log(more_seconds / seconds) / math.log(more_pairs / pairs)
        say("growth", pairs=[pairs, more_pairs], exponent=round(exponent, 2))


def fastest(engine: Engine) -> float:
    """Of a few runs, the first of which makes room and compiles."""
    as_at_night = partial(engine.everything, MOST_OF_OPGAVE, MOST_OF_PERSON)
    as_at_night()
    return min(_seconds(as_at_night) for _ in range(RUNS))


def _seconds(ask: Callable[[], object]) -> float:
    began = time.process_time()
    ask()
    return time.process_time() - began


def measure_size(built: Built) -> None:
    state = built.engine.state
    say(
        "size",
        state_mb=round(size_of(state) / 1e6, 1),
        parts={
            name: round(sum(array.nbytes for array in part) / 1e6, 1)
            for name, part in zip(state._fields, state, strict=True)
            if isinstance(part, tuple)
        },
        peak_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        similar_per_asked=round(len(built.similar.term) / len(set(state.opgaven.slot_term)), 1),
        offered_words=len(built.offered_normals),
    )


def measure(country: Country, threads: int) -> None:
    built = build(country)
    say("built from nothing", seconds=round(sum(built.seconds.values()), 2), split=built.seconds)
    measure_size(built)
    built.engine.people_for(0)
    measure_everything(built, threads)
    measure_without_compiled_loops(built)
    with database() as url, Peers(url, built.engine, built.offered_normals) as peers:
        measure_opgave_known(built, peers)
        measure_opgave_unseen(built, peers)
        measure_profile(built, peers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profiles", type=int, default=160_000)
    parser.add_argument("--opgaven", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--growth", action="store_true")
    given = parser.parse_args()
    say("machine", processors=os.cpu_count(), load=[round(one, 2) for one in os.getloadavg()])
    if given.growth:
        measure_growth(SIZES, given.seed)
    else:
        measure(made(given.profiles, given.opgaven, given.seed), given.threads)


if __name__ == "__main__":
    main()
