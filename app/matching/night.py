"""All matches in line with the whole country: only what was made from other things is made anew."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, pairwise, starmap
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from app.core.copying import ID, Array, read_rows
from app.core.progress import Progress, no_progress
from app.core.work import Work
from app.matching import queries
from app.matching.core.facts import OpgaveFacts, ProfileFacts
from app.matching.core.kernels import NUMBER
from app.matching.core.marks import marks_of_pairs
from app.matching.core.numbering import numbers_of
from app.matching.country import Country
from app.matching.saving import MOST_OF_OPGAVE, MOST_OF_PERSON, Pair, remove, save
from app.matching.snapshot import id_at
from app.matching.standing import Standing, scores_of

# So many pairs are made anew in one go, a minute's work; what is left is found by the next one.
MOST_PAIRS = 100_000
OPGAVEN_A_PART = 100
THREADS = 2
MATCHES = "matches"


@dataclass(frozen=True)
class Stored:
    """Stored pairs as numbers, with their marks; and those whose profile or opgave has gone."""

    pairs: Array
    marks: Array
    gone: list[Pair]


def rematch(work: Work, country: Country, progress: Progress = no_progress) -> bool:
    """Bring the stored matches in line; whether that is all, or there is more to do.

    A pair is stored when it is among the best of either side, and stays as long as the two fit.
    """
    stored = _stored(work.session, country)
    remove(work, stored.gone)
    unchanged = stored.pairs[_marks(country, stored.pairs) == stored.marks]
    todo = np.setdiff1d(np.union1d(_best(country), stored.pairs), unchanged)
    now = todo[:MOST_PAIRS]
    is_stored = np.isin(now, stored.pairs)
    for part in _in_parts(now):
        progress(MATCHES, part.start, len(todo))
        _bring_in_line(work, country, now[part], is_stored[part])
    return len(todo) <= MOST_PAIRS


def _stored(session: Session, country: Country) -> Stored:
    rows = read_rows(
        session,
        "SELECT profile_id, opgave_id, coalesce(mark, 0) FROM match",
        profile=ID,
        opgave=ID,
        mark="i8",
    )
    profiles = numbers_of(country.contents.profile_ids, rows["profile"])
    opgaven = numbers_of(country.contents.opgave_ids, rows["opgave"])
    is_here = (profiles >= 0) & (opgaven >= 0)
    gone = rows[~is_here]
    return Stored(
        pairs=_paired(opgaven[is_here], profiles[is_here]),
        marks=rows["mark"][is_here],
        gone=[
            (UUID(bytes=bytes(profile)), UUID(bytes=bytes(opgave)))
            for profile, opgave in zip(gone["profile"], gone["opgave"], strict=True)
        ],
    )


def _best(country: Country) -> Array:
    """The pairs that are among the best of an opgave or of a profile."""
    found = country.engine.everything(MOST_OF_OPGAVE, MOST_OF_PERSON, THREADS)
    profiles, opgaven = found
    of_opgave = _paired(np.arange(len(profiles))[:, None], profiles & NUMBER)
    of_person = _paired(opgaven & NUMBER, np.arange(len(opgaven))[:, None])
    return np.union1d(of_opgave[profiles >= 0], of_person[opgaven >= 0])


def _paired(opgaven: Array, profiles: Array) -> Array:
    """The number of the opgave before that of the profile, in one."""
    paired: Array = (opgaven.astype(np.int64) << 32) | profiles
    return paired


def _parted(pairs: Array) -> tuple[Array, Array]:
    return pairs >> 32, pairs & NUMBER


def _marks(country: Country, pairs: Array) -> Array:
    contents, (opgaven, profiles) = country.contents, _parted(pairs)
    return marks_of_pairs(
        contents.profile_marks[profiles], contents.opgave_marks[opgaven], country.manifest.words
    )


def _in_parts(pairs: Array) -> Iterator[slice]:
    """The pairs of so many opgaven at a time."""
    _, starts = np.unique(pairs >> 32, return_index=True)
    bounds = [*starts[::OPGAVEN_A_PART].tolist(), len(pairs)]
    return starmap(slice, pairwise(bounds))


def _bring_in_line(work: Work, country: Country, pairs: Array, is_stored: Array) -> None:
    """Score these pairs as they are now, and write or remove them."""
    named = _named(country, pairs)
    marks = dict(zip(named, _marks(country, pairs).tolist(), strict=True))
    facts = _facts(work, named)
    links = Standing(work.session, work.today, country).links
    found = scores_of(work.session, links, facts)
    save(work, found, marks)
    fitting = {(one.profile_id, one.opgave_id) for one in found}
    remove(work, [pair for pair in compress(named, is_stored) if pair not in fitting])


def _named(country: Country, pairs: Array) -> list[Pair]:
    contents, (opgaven, profiles) = country.contents, _parted(pairs)
    return [
        (id_at(contents.profile_ids, profile), id_at(contents.opgave_ids, opgave))
        for profile, opgave in zip(profiles.tolist(), opgaven.tolist(), strict=True)
    ]


def _facts(work: Work, pairs: Sequence[Pair]) -> list[tuple[ProfileFacts, OpgaveFacts]]:
    """Those that are still there."""
    profile_ids, opgave_ids = {one for one, _ in pairs}, {other for _, other in pairs}
    profiles = {one.id: one for one in queries.profile_facts(work.session, profile_ids)}
    opgaven = {one.id: one for one in queries.opgave_facts(work.session, work.today, opgave_ids)}
    return [
        (profiles[one], opgaven[other])
        for one, other in pairs
        if one in profiles and other in opgaven
    ]
