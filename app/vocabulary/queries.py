"""Reading the words: suggestions while somebody types, and the whole for matching."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.vocabulary.models import (
    Concept,
    ConceptName,
    DifferentWords,
    NameKind,
    RelatedConcepts,
    Source,
    VocabularyVersion,
)
from app.vocabulary.rules import SHORT_WORD, Theme, normalise, squeezed

SHORTEST_QUERY = 2
LONGEST_QUERY = 80
ALIKE = 0.5
SLIP_OF_THE_PEN = 80


@dataclass(frozen=True)
class Suggestion:
    """A concept that somebody may mean; `also` are its other names."""

    label: str
    also: tuple[str, ...]
    theme: Theme | None


@dataclass(frozen=True)
class Sought:
    """What a search for a word looks for: the word itself, and what means the same or less.

    `forms` are comparable forms without spaces; `label` is the concept that the word stands for,
    and `is_guess` tells that no name is equal to the word.
    """

    forms: tuple[str, ...] = ()
    label: str = ""
    is_guess: bool = False
    others: tuple[str, ...] = ()


def version(session: Session) -> UUID | None:
    """Another one after every change; None before there are any words."""
    return session.scalar(select(VocabularyVersion.version))


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Concept)) or 0


def suggestions(session: Session, text: str, limit: int = 8) -> list[Suggestion]:
    """Concepts with a name that begins with, holds, or looks like the text; the surest first."""
    wanted = normalise(text[:LONGEST_QUERY])
    if len(wanted) < SHORTEST_QUERY:
        return []
    begins = ConceptName.normal.startswith(wanted, autoescape=True)
    holds = ConceptName.normal.contains(wanted, autoescape=True)
    alike = func.word_similarity(wanted, ConceptName.normal)
    best = (
        select(
            ConceptName.concept_id,
            func.bool_or(ConceptName.normal == wanted).label("equal"),
            func.bool_or(begins & (ConceptName.kind == NameKind.LABEL)).label("label_begins"),
            func.bool_or(begins).label("begins"),
            func.max(alike).label("alike"),
        )
        .where(or_(begins, holds, alike > ALIKE))
        .group_by(ConceptName.concept_id)
        .subquery()
    )
    concepts = session.scalars(
        select(Concept)
        .join(best, best.c.concept_id == Concept.id)
        .order_by(
            best.c.equal.desc(),
            best.c.label_begins.desc(),
            best.c.begins.desc(),
            (Concept.source == Source.STARTER).desc(),
            best.c.alike.desc(),
            func.length(Concept.label),
            Concept.label,
        )
        .limit(limit)
        .options(selectinload(Concept.names))
    ).all()
    return [_suggestion(concept) for concept in concepts]


def words_for(session: Session, text: str) -> Sought:
    """The word with its synonyms and what is narrower; for an unknown word those of the nearest."""
    if not text.strip():
        return Sought()
    wanted = squeezed(normalise(text[:LONGEST_QUERY]))
    named = _concepts_named(session, wanted)
    if named:
        return Sought(_with_names(session, wanted, named), _label_of(session, named[0]))
    near = [one.label for one in suggestions(session, text) if _is_near(wanted, one)]
    if not near:
        return Sought((wanted,))
    meant = _concepts_named(session, squeezed(normalise(near[0])))
    forms = _with_names(session, wanted, meant)
    return Sought(forms, near[0], is_guess=True, others=tuple(near[1:]))


def labels_of(session: Session, concept_ids: Iterable[int]) -> dict[int, str]:
    rows = session.execute(select(Concept.id, Concept.label).where(Concept.id.in_(concept_ids)))
    return dict(rows.all())


def own_labels(session: Session) -> list[str]:
    """Every preferred label of our own vocabulary, for lists that work without scripts."""
    return list(
        session.scalars(
            select(Concept.label).where(Concept.source == Source.STARTER).order_by(Concept.label)
        )
    )


def concepts_with_names(session: Session) -> list[tuple[Concept, tuple[str, ...]]]:
    """Every concept with its comparable names, in two statements."""
    names: dict[int, list[str]] = {}
    for concept_id, normal in session.execute(
        select(ConceptName.concept_id, ConceptName.normal).order_by(ConceptName.id)
    ):
        names.setdefault(concept_id, []).append(normal)
    concepts = session.scalars(select(Concept).order_by(Concept.id))
    return [(concept, tuple(names.get(concept.id, ()))) for concept in concepts]


def related(session: Session) -> dict[int, tuple[int, ...]]:
    """Per concept those that touch it, both ways."""
    found: dict[int, list[int]] = {}
    for one, other in session.execute(select(RelatedConcepts.one_id, RelatedConcepts.other_id)):
        found.setdefault(one, []).append(other)
        found.setdefault(other, []).append(one)
    return {concept: tuple(sorted(others)) for concept, others in found.items()}


def different_pairs(session: Session) -> list[tuple[str, str]]:
    return list(session.execute(select(DifferentWords.one, DifferentWords.other)))


def _is_near(form: str, suggestion: Suggestion) -> bool:
    """Near enough to look for it unasked: part of a name, or a slip of the pen away from one."""
    names = [squeezed(normalise(name)) for name in (suggestion.label, *suggestion.also)]
    is_part = len(form) > SHORT_WORD and any(form in name for name in names)
    return is_part or any(fuzz.ratio(form, name) >= SLIP_OF_THE_PEN for name in names)


def _concepts_named(session: Session, form: str) -> list[int]:
    """The concepts with this name, our own first; most words have one."""
    without_spaces = func.replace(ConceptName.normal, " ", "")
    return list(
        session.scalars(
            select(Concept.id)
            .join(ConceptName, ConceptName.concept_id == Concept.id)
            .where(without_spaces == form)
            .group_by(Concept.id)
            .order_by((Concept.source == Source.STARTER).desc(), Concept.id)
        )
    )


def _with_names(session: Session, form: str, concept_ids: list[int]) -> tuple[str, ...]:
    """The form first, then all names of these concepts and of everything under them."""
    under = select(Concept.id).where(Concept.id.in_(concept_ids)).cte(recursive=True)
    # A union drops what was found before, so that a circle in imported words ends as well.
    under = under.union(select(Concept.id).join(under, Concept.broader_id == under.c.id))
    names = session.scalars(
        select(ConceptName.normal).where(ConceptName.concept_id.in_(select(under.c.id)))
    )
    return tuple(dict.fromkeys((form, *sorted(squeezed(name) for name in names))))


def _label_of(session: Session, concept_id: int) -> str:
    return session.get_one(Concept, concept_id).label


def _suggestion(concept: Concept) -> Suggestion:
    also = tuple(name.name for name in concept.names if name.name != concept.label)
    return Suggestion(label=concept.label, also=also, theme=concept.theme)
