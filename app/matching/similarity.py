"""S as the database keeps it: two words are compared once, until words or rules are others.

A term goes by its number here: its place among all terms in the order of their ids.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy import (
    Integer,
    and_,
    any_,
    delete,
    exists,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app.core.copying import Array, read_rows, write_rows
from app.core.progress import Progress, no_progress
from app.matching.core.arrays import KINDS, Similar, TermNumbers, ends
from app.matching.core.facts import Link
from app.matching.core.release import RULES
from app.matching.core.similarity import Asked, Offered, Words
from app.matching.core.vocabulary import Vocabulary
from app.matching.models import SimilarityVersion, SimilarTerms, Term
from app.opgaven.models import AskedSkill
from app.people.models import Skill

ROW = {"asked_id": "i4", "offered_id": "i4", "strength": "i2", "kind": "i2"}
PAIR = np.dtype([("asked", "i4"), ("offered", "i4"), ("strength", "u1"), ("kind", "u1")])
TERMS_A_STATEMENT = 5_000
# The step of a build that takes long.
WORDS = "words"


class NewerRules(Exception):
    """S was made by rules that this release does not know; it must not be touched."""


@dataclass(frozen=True)
class TermList:
    """All terms by number, the ids of those that are stored, and which of them were asked."""

    terms: TermNumbers
    ids: Array
    is_asked: Array

    @property
    def fresh(self) -> list[str]:
        """The comparable words that are not stored yet."""
        return self.terms.normals[len(self.ids) :]


def stored_terms(session: Session, words: UUID | None) -> TermList:
    """The terms that are stored; none when they were compared by older rules or other words.

    Raises NewerRules when they were compared by a newer release.
    """
    _agree(session, words)
    rows = session.execute(select(Term.id, Term.normal, Term.is_asked).order_by(Term.id)).all()
    return TermList(
        terms=TermNumbers(row.normal for row in rows),
        ids=np.array([row.id for row in rows], dtype=np.int32),
        is_asked=np.array([row.is_asked for row in rows], dtype=np.bool_),
    )


def forget_unused(session: Session) -> None:
    """Remove the words that stand nowhere any more: who took theirs away wants them gone."""
    stands = [exists().where(words.label_normal == Term.normal) for words in (Skill, AskedSkill)]
    gone = session.execute(delete(Term).where(~or_(*stands)).returning(Term.id)).all()
    if gone:
        known = [
            exists().where(Term.id == column)
            for column in (SimilarTerms.asked_id, SimilarTerms.offered_id)
        ]
        session.execute(delete(SimilarTerms).where(~and_(*known)))


def complete(
    session: Session,
    listed: TermList,
    asked: Sequence[int],
    vocabulary: Vocabulary,
    words: Words,
    progress: Progress = no_progress,
) -> Similar:
    """S with a row for every asked term; compares what was not compared, and stores that."""
    normals, known = listed.terms.normals, len(listed.ids)
    was_asked = np.flatnonzero(listed.is_asked)
    new = [number for number in asked if number >= known or not listed.is_asked[number]]
    ids = np.append(listed.ids, _add_terms(session, listed.fresh))
    steps = len(new) + (len(listed.fresh) if len(was_asked) else 0)

    def told(numbers: Iterable[int], done: int) -> Iterable[int]:
        for place, number in enumerate(numbers):
            progress(WORDS, done + place, steps)
            yield number

    offered = Offered(vocabulary, words)
    rows = ((number, offered.row(normals[number])) for number in told(new, 0))
    made = [_by_asked(rows)]
    if len(was_asked):
        asking = Asked(vocabulary, words)
        fresh = told(range(known, len(normals)), len(new))
        columns = ((number, asking.column(normals[number])) for number in fresh)
        made.append(_by_offered(columns, set(was_asked.tolist())))
    pairs = np.concatenate(made)
    stored = _stored(session, ids)
    _store(session, ids, pairs, [int(ids[number]) for number in new])
    return _similar(np.concatenate([stored, pairs]), len(normals))


def _agree(session: Session, words: UUID | None) -> None:
    """Begin anew when S was made by older rules or other words."""
    made = session.get(SimilarityVersion, 1, populate_existing=True)
    if made is not None and made.scorer > RULES:
        raise NewerRules(f"S was made by rules {made.scorer}; this release knows {RULES}")
    if made is not None and (made.scorer, made.words) == (RULES, words):
        return
    session.execute(delete(SimilarTerms))
    # With it go the words that nobody uses any more.
    session.execute(delete(Term))
    now = {"scorer": RULES, "words": words}
    session.execute(
        upsert(SimilarityVersion)
        .values(id=1, **now)
        .on_conflict_do_update(index_elements=[SimilarityVersion.id], set_=now)
    )


def _add_terms(session: Session, normals: Sequence[str]) -> Array:
    """The ids of new terms, in the order in which they are given."""
    ids: list[int] = []
    made = insert(Term).returning(Term.id, sort_by_parameter_order=True)
    for start in range(0, len(normals), TERMS_A_STATEMENT):
        part = normals[start : start + TERMS_A_STATEMENT]
        ids += session.scalars(made, [{"normal": normal} for normal in part])
    return np.array(ids, dtype=np.int32)


def _stored(session: Session, ids: Array) -> Array:
    """The pairs of the database, by the numbers of their terms."""
    rows = read_rows(
        session, "SELECT asked_id, offered_id, strength, kind FROM similar_terms", **ROW
    )
    pairs = np.empty(len(rows), dtype=PAIR)
    pairs["asked"] = np.searchsorted(ids, rows["asked_id"])
    pairs["offered"] = np.searchsorted(ids, rows["offered_id"])
    pairs["strength"], pairs["kind"] = rows["strength"], rows["kind"]
    return pairs


def _store(session: Session, ids: Array, pairs: Array, asked: Sequence[int]) -> None:
    rows = np.empty(len(pairs), dtype=list(ROW.items()))
    rows["asked_id"], rows["offered_id"] = ids[pairs["asked"]], ids[pairs["offered"]]
    rows["strength"], rows["kind"] = pairs["strength"], pairs["kind"]
    write_rows(session, "similar_terms", rows)
    are_asked = Term.id == any_(literal(list(asked), ARRAY(Integer)))
    session.execute(update(Term).where(are_asked).values(is_asked=True))


def _by_asked(rows: Iterable[tuple[int, Mapping[int, Link]]]) -> Array:
    return _pairs((asked, offered, link) for asked, row in rows for offered, link in row.items())


def _by_offered(columns: Iterable[tuple[int, Mapping[int, Link]]], among: set[int]) -> Array:
    return _pairs(
        (asked, offered, link)
        for offered, column in columns
        for asked, link in column.items()
        if asked in among
    )


def _pairs(links: Iterable[tuple[int, int, Link]]) -> Array:
    rows = (
        (asked, offered, link.strength, KINDS.index(link.kind)) for asked, offered, link in links
    )
    return np.fromiter(rows, dtype=PAIR)


def _similar(pairs: Array, terms: int) -> Similar:
    order = np.lexsort((pairs["offered"], pairs["asked"]))
    pairs = pairs[order]
    return Similar(
        rows=ends(np.bincount(pairs["asked"], minlength=terms)),
        term=pairs["offered"].astype(np.int32),
        strength=pairs["strength"].astype(np.uint8),
        kind=pairs["kind"].astype(np.uint8),
    )
