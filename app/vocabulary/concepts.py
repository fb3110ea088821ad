"""Concepts as a beheerder reads them: with their neighbours, their merges and their look-alikes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.vocabulary.lexicon import above
from app.vocabulary.models import (
    Concept,
    ConceptMerge,
    ConceptName,
    DifferentWords,
    Source,
    WordDecision,
)
from app.vocabulary.queries import (
    by_id,
    concepts_named,
    labels_of,
    links,
    merged,
    other_names,
    ties,
)
from app.vocabulary.rules import Theme, Verdict, normalise, squeezed


@dataclass(frozen=True)
class Neighbour:
    id: int
    label: str


@dataclass(frozen=True)
class SeenConcept:
    """A concept with all names that count as its own; `into` is what it was merged into."""

    id: int
    label: str
    also: tuple[str, ...]
    theme: Theme | None
    description: str
    source: Source
    broader: Neighbour | None
    narrower: tuple[Neighbour, ...]
    related: tuple[Neighbour, ...]
    into: Neighbour | None


@dataclass(frozen=True)
class SeenMerge:
    concept: Neighbour
    into: Neighbour
    merged_at: datetime
    merged_by: UUID | None


@dataclass(frozen=True)
class SaidToDiffer:
    """Two names that only look alike, as our lists say or as a beheerder said."""

    one: str
    other: str
    why: str = ""
    is_listed: bool = True


def seen_concept(session: Session, concept_id: int) -> SeenConcept:
    concept = by_id(session, concept_id)
    into = merged(session)
    target, wider = into.get(concept_id), above(concept_id, concept.broader_id, into)
    below, beside = _under(session, concept_id, into), ties(session, into).get(concept_id, set())
    near = _neighbours(session, {target, wider, *below, *beside})
    return SeenConcept(
        id=concept_id,
        label=concept.label,
        also=other_names(session, [concept])[concept_id] if target is None else _names(concept),
        theme=concept.theme,
        description=concept.description,
        source=concept.source,
        broader=near.get(wider),
        narrower=_by_label(near[one] for one in below),
        related=_by_label(near[one] for one in beside),
        into=near.get(target),
    )


def merges(session: Session) -> list[SeenMerge]:
    """What was merged, newest first; linked words are no merges to whoever reads them."""
    found = select(ConceptMerge).where(ConceptMerge.concept_id.not_in(links(session)))
    rows = session.scalars(
        found.order_by(ConceptMerge.merged_at.desc(), ConceptMerge.concept_id)
    ).all()
    near = _neighbours(session, {id_ for row in rows for id_ in (row.concept_id, row.into_id)})
    return [
        SeenMerge(near[row.concept_id], near[row.into_id], row.merged_at, row.merged_by)
        for row in rows
    ]


def other_named(session: Session, name: str, concept_id: int) -> int | None:
    """Another concept than this one that goes by the name, ours before others."""
    found = concepts_named(session, squeezed(normalise(name)))
    return next((other for other in found if other != concept_id), None)


def goes_by(session: Session, concept_id: int, name: str) -> bool:
    """Whether the name is this concept's own, or of one that counts as it."""
    return concept_id in concepts_named(session, squeezed(normalise(name)))


def said_to_differ(session: Session, one_id: int, other_id: int) -> list[SaidToDiffer]:
    """Pairs of names of these two of which is said that they only look alike."""
    names = {
        concept_id: select(ConceptName.normal).where(ConceptName.concept_id == concept_id)
        for concept_id in (one_id, other_id)
    }

    def between(*pair: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        ways = (pair, pair[::-1])
        return or_(*(one.in_(names[one_id]) & two.in_(names[other_id]) for one, two in ways))

    listed = session.scalars(
        select(DifferentWords).where(between(DifferentWords.one, DifferentWords.other))
    )
    told = session.execute(
        select(WordDecision.word, func.coalesce(WordDecision.other, "")).where(
            WordDecision.verdict == Verdict.DIFFERENT,
            between(WordDecision.normal, WordDecision.other_normal),
        )
    )
    return [
        *(SaidToDiffer(pair.one, pair.other, pair.why) for pair in listed),
        *(SaidToDiffer(word, other, is_listed=False) for word, other in told),
    ]


def _names(concept: Concept) -> tuple[str, ...]:
    return tuple(name.name for name in concept.names if name.name != concept.label)


def _under(session: Session, concept_id: int, into: dict[int, int]) -> set[int]:
    """The concepts right under this one and under those merged into it."""
    same = [concept_id, *(merged_id for merged_id, target in into.items() if target == concept_id)]
    found = session.scalars(select(Concept.id).where(Concept.broader_id.in_(same)))
    return set(found) - set(into)


def _neighbours(session: Session, ids: Iterable[int | None]) -> dict[int | None, Neighbour]:
    labels = labels_of(session, [id_ for id_ in ids if id_ is not None])
    return {id_: Neighbour(id_, label) for id_, label in labels.items()}


def _by_label(concepts: Iterable[Neighbour]) -> tuple[Neighbour, ...]:
    return tuple(sorted(concepts, key=lambda one: one.label))
