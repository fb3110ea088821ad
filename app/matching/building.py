"""Makes snapshots: the whole country from the database as arrays, by column, never as objects."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.core.clock import Stopwatch
from app.core.locks import BUILD_LOCK
from app.core.progress import Progress, no_progress
from app.core.work import Work
from app.gemeenten.models import Gemeente
from app.matching import disputes, queries
from app.matching.core import same
from app.matching.core.arrays import (
    EVERYBODY,
    Array,
    opgaven_of,
    people_of,
    places_of,
    terms_of,
)
from app.matching.core.engine import state_of
from app.matching.core.extending import extended
from app.matching.core.facts import Disputed, OpgaveFacts, Position
from app.matching.core.marks import add_marks, marks_of, marks_of_people
from app.matching.core.numbering import numbers_of
from app.matching.core.similarity import Offered, Words, with_private, words_of
from app.matching.country import UNREADABLE, Country, open_country
from app.matching.current import current_version
from app.matching.everybody import offer_rows, profile_rows, window_rows
from app.matching.models import Build, Change
from app.matching.similarity import complete, stored_terms
from app.matching.snapshot import Contents, Manifest, Writings, ids_as_array, read, write
from app.opgaven import queries as opgaven_queries
from app.vocabulary import queries as words_queries

# Snapshots come every few minutes on a busy day.
BUILDS_KEPT = 100


def build(work: Work, folder: Path | None, progress: Progress = no_progress) -> Country:
    """Make a snapshot of the country as it is now, and name it the newest one of the folder.

    Of two builders at once the second waits. Raises NewerRules.
    """
    session, watch = work.session, Stopwatch()
    session.execute(select(func.pg_advisory_xact_lock(BUILD_LOCK)))
    # Changes are numbered in the order in which they are saved: what is read after the last number
    # holds at least all of them.
    seen = session.scalar(select(func.max(Change.number))) or 0
    words = str(words_queries.version(session))
    contents = contents_of(session, work.today, progress, watch, _read_before(folder, words))
    version = work.new_id()
    manifest = Manifest(str(version), words, seen, work.now.isoformat())
    if folder is None:
        return Country(manifest, contents)
    write(folder, manifest, contents)
    watch.note("write")
    # Only now: whoever finds these changes gone finds the newest snapshot there.
    session.execute(delete(Change).where(Change.number <= seen))
    _forget_old(session)
    session.add(
        Build(
            version=version,
            began_at=work.now,
            profiles=len(contents.profile_ids),
            opgaven=len(contents.opgave_ids),
            terms=len(contents.words.concept),
            pairs=len(contents.state.similar.term),
            seconds=watch.seconds,
        )
    )
    return open_country(folder, str(version))


def _forget_old(session: Session) -> None:
    last = select(Build.version).order_by(Build.began_at.desc(), Build.version).limit(BUILDS_KEPT)
    session.execute(delete(Build).where(Build.version.not_in(last)))


def contents_of(
    session: Session,
    today: date,
    progress: Progress = no_progress,
    watch: Stopwatch | None = None,
    before: Words | None = None,
) -> Contents:
    """Published profiles and open opgaven, with S for every word that is asked.

    `progress` follows the comparing of words, the longest part. Of the words that were read
    `before` by this vocabulary only others are read. Raises NewerRules.
    """
    watch = watch or Stopwatch()
    # The version first: words that change meanwhile then count as older than they are, and all is
    # compared again; the other way round old words would count as new ones for good.
    version = words_queries.version(session)
    vocabulary = queries.vocabulary(session)
    listed = stored_terms(session, version)
    terms = listed.terms
    gemeenten = session.scalars(select(Gemeente).order_by(Gemeente.code)).all()
    codes = {gemeente.code: number for number, gemeente in enumerate(gemeenten)}
    opgaven = queries.opgave_facts(session, today)
    ids, profiles = profile_rows(session, list(codes))
    windows, said = window_rows(session, ids), _said(session, ids)
    offers, names = offer_rows(session, ids, said, vocabulary)
    audiences = _audiences(session, opgaven, codes)
    asking = opgaven_of(opgaven, audiences.of_opgaven, codes, terms)
    term, private = terms_of(names, terms)
    watch.note("read")
    words = extended(before or words_of(vocabulary, ()), vocabulary, terms.normals)
    watch.note("words")
    asked = np.unique(asking.slot_term).tolist()
    similar = complete(session, listed, asked, vocabulary, words, progress)
    watch.note("similar")
    positions = [Position(gemeente.latitude, gemeente.longitude) for gemeente in gemeenten]
    places = marks_of(list(zip(codes, positions, strict=True)))
    marks = marks_of_people(places, profiles, windows, offers, marks_of(names))
    add_marks(marks, said)
    contents = Contents(
        state=state_of(
            places_of(positions, audiences.groups),
            people_of(profiles, windows, offers, names, term),
            asking,
            with_private(similar, private, Offered(vocabulary, words)),
            private,
        ),
        words=words,
        gemeenten=np.array([gemeente.code for gemeente in gemeenten], dtype="S6"),
        profile_ids=ids,
        opgave_ids=ids_as_array([opgave.id for opgave in opgaven]),
        profile_marks=marks,
        opgave_marks=marks_of(list(zip(opgaven, audiences.codes, strict=True))),
        writings=_writings(session),
    )
    watch.note("index")
    return contents


def _read_before(folder: Path | None, words: str) -> Words | None:
    """What the newest snapshot has, when it was made by this version of the vocabulary."""
    version = current_version(folder) if folder else None
    if folder is None or version is None:
        return None
    try:
        manifest, contents = read(folder, version)
    except UNREADABLE:
        return None
    return contents.words if manifest.words == words else None


def _said(session: Session, ids: Array) -> dict[int, tuple[Disputed, ...]]:
    """What people dispute, by their numbers."""
    said = disputes.standing_of(session)
    numbers = numbers_of(ids, ids_as_array(list(said))).tolist()
    by_number = zip(numbers, said.values(), strict=True)
    return {number: own for number, own in by_number if number >= 0}


def _writings(session: Session) -> Writings:
    found = queries.writings(session)
    return Writings(ids_as_array(list(found)), same.read(list(found.values())))


@dataclass(frozen=True)
class _Audiences:
    """The different audiences as numbers of gemeenten, and per opgave which one, or everybody."""

    groups: list[list[int]]
    of_opgaven: list[int]
    # Per opgave the codes, so that a mark tells when an audience is another than before.
    codes: list[list[str] | None]


def _audiences(
    session: Session, opgaven: Sequence[OpgaveFacts], numbers: dict[str, int]
) -> _Audiences:
    meant = opgaven_queries.meant_for(session, [opgave.id for opgave in opgaven])
    whose = [meant[opgave.id] for opgave in opgaven]
    groups = sorted({one for one in whose if one is not None}, key=sorted)
    place = {codes: number for number, codes in enumerate(groups)}
    return _Audiences(
        groups=[sorted(numbers[code] for code in codes) for codes in groups],
        of_opgaven=[EVERYBODY if one is None else place[one] for one in whose],
        codes=[None if one is None else sorted(one) for one in whose],
    )
