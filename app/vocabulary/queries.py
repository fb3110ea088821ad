"""Reading the words: suggestions while somebody types, and the whole for matching.

A concept that was merged into another one does not stand on its own: its names are that one's. A
word of which a beheerder said what it stands for is a name of that, and of nothing else.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    ScalarSelect,
    SQLColumnExpression,
    exists,
    func,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import Session, aliased

from app.core.errors import NotFound
from app.vocabulary.lexicon import Lexicon, ties_among
from app.vocabulary.models import (
    Concept,
    ConceptMerge,
    ConceptName,
    DifferentWords,
    NameKind,
    RelatedConcepts,
    Source,
    VocabularyVersion,
    WordDecision,
)
from app.vocabulary.rules import SHORT_WORD, ConceptFacts, Theme, Verdict, normalise, squeezed

SHORTEST_QUERY = 2
LONGEST_QUERY = 80
ALIKE = 0.5
SLIP_OF_THE_PEN = 80

# What was written down for our own gemeenten; it wins over what others wrote.
OWN = (Source.STARTER, Source.BEHEER)

# What a name stands for, in statements that join the merge of its concept when there is one.
STANDS_FOR = func.coalesce(ConceptMerge.into_id, ConceptName.concept_id)
MERGE_OF_NAME = ConceptMerge.concept_id == ConceptName.concept_id


@dataclass(frozen=True)
class Suggestion:
    """A concept that somebody may mean; `also` are its other names."""

    id: int
    label: str
    also: tuple[str, ...]
    theme: Theme | None


# To be asked together with something else.
VERSION = select(VocabularyVersion.version)


def version(session: Session) -> UUID | None:
    """Another one after every change; None before there are any words."""
    return session.scalar(VERSION)


def count(session: Session) -> int:
    return session.scalar(select(func.count(Concept.id)).where(_stands_alone())) or 0


def by_id(session: Session, concept_id: int) -> Concept:
    """The concept, or `NotFound`."""
    found = session.get(Concept, concept_id)
    if found is None:
        raise NotFound(f"concept {concept_id}")
    return found


def suggestions(session: Session, text: str, limit: int = 8) -> list[Suggestion]:
    """Concepts with a name that begins with, holds, or looks like the text; the surest first."""
    wanted = normalise(text[:LONGEST_QUERY])
    if len(wanted) < SHORTEST_QUERY:
        return []
    begins = ConceptName.normal.startswith(wanted, autoescape=True)
    alike = func.word_similarity(wanted, ConceptName.normal)
    best = (
        select(
            STANDS_FOR.label("concept_id"),
            func.bool_or(ConceptName.normal == wanted).label("equal"),
            func.bool_or(begins & (ConceptName.kind == NameKind.LABEL)).label("label_begins"),
            func.bool_or(begins).label("begins"),
            func.max(alike).label("alike"),
        )
        .outerjoin(ConceptMerge, MERGE_OF_NAME)
        .where(ConceptName.id.in_(_names_like(session, wanted)), is_in_use())
        .group_by(STANDS_FOR)
        .subquery()
    )
    concepts = session.scalars(
        select(Concept)
        .join(best, best.c.concept_id == Concept.id)
        .order_by(
            best.c.equal.desc(),
            best.c.label_begins.desc(),
            best.c.begins.desc(),
            Concept.source.in_(OWN).desc(),
            best.c.alike.desc(),
            func.length(Concept.label),
            Concept.label,
        )
        .limit(limit)
    ).all()
    also = other_names(session, concepts)
    return [Suggestion(one.id, one.label, also[one.id], one.theme) for one in concepts]


def meant_by(session: Session, text: str) -> list[str]:
    """The concepts that somebody may mean who made a slip of the pen, the nearest first."""
    wanted = squeezed(normalise(text[:LONGEST_QUERY]))
    return [one.label for one in suggestions(session, text) if _is_near(wanted, one)]


def labels_of(session: Session, concept_ids: Iterable[int]) -> dict[int, str]:
    rows = session.execute(select(Concept.id, Concept.label).where(Concept.id.in_(concept_ids)))
    return dict(rows.all())


def own_labels(session: Session) -> list[str]:
    """Every preferred label of our own vocabulary, for lists that work without scripts."""
    return list(
        session.scalars(
            select(Concept.label)
            .where(Concept.source.in_(OWN), _stands_alone())
            .order_by(Concept.label)
        )
    )


def lexicon(session: Session) -> Lexicon:
    """Every concept with its names and ties, and what is said about them."""
    columns = Concept.id, Concept.broader_id, Concept.source
    rows = session.execute(select(*columns).order_by(Concept.id)).all()
    names = select(ConceptName.concept_id, ConceptName.normal).order_by(ConceptName.id)
    linked = links(session)
    merges = {one: into for one, into in merged(session).items() if one not in linked}
    return Lexicon(
        broader={row.id: row.broader_id for row in rows},
        own=frozenset(row.id for row in rows if row.source in OWN and row.id not in linked),
        decided=frozenset(row.id for row in rows if row.source is Source.BEHEER),
        names=tuple((row.concept_id, row.normal) for row in session.execute(names)),
        related=tuple(_related_pairs(session)),
        merges=merges,
        links=linked,
        different=tuple(different_pairs(session)),
    )


def concept_facts(session: Session) -> list[ConceptFacts]:
    """Every concept that stands on its own, with all its names and ties, for matching."""
    return lexicon(session).facts()


def merged(session: Session) -> dict[int, int]:
    """Per concept that counts as another one that one, which always stands alone."""
    return dict(session.execute(select(ConceptMerge.concept_id, ConceptMerge.into_id)).all())


def stands_for(session: Session, concept_id: int) -> int:
    """The concept itself, or the one that it counts as."""
    return merged(session).get(concept_id, concept_id)


def links(session: Session) -> dict[int, int]:
    """Per concept that was made for a linked word the one that the word was linked to."""
    columns = WordDecision.concept_id, WordDecision.into_id
    rows = session.execute(select(*columns).where(WordDecision.verdict == Verdict.LINK))
    return {made: into for made, into in rows if made is not None and into is not None}


def ties(session: Session, into: Mapping[int, int]) -> dict[int, set[int]]:
    """Per concept those that touch it, both ways."""
    return ties_among(_related_pairs(session), into)


def other_names(session: Session, concepts: Collection[Concept]) -> dict[int, tuple[str, ...]]:
    """Per concept the names besides its label, own ones first."""
    found: dict[int, dict[str, None]] = {concept.id: {} for concept in concepts}
    for concept_id, name in session.execute(
        select(STANDS_FOR, ConceptName.name)
        .outerjoin(ConceptMerge, MERGE_OF_NAME)
        .where(STANDS_FOR.in_(found), is_in_use())
        .order_by(ConceptMerge.merged_at.nulls_first(), ConceptName.id)
    ):
        found[concept_id][name] = None
    labels = {concept.id: concept.label for concept in concepts}
    return {id_: tuple(n for n in names if n != labels[id_]) for id_, names in found.items()}


def different_pairs(session: Session) -> list[tuple[str, str]]:
    """Of our lists, and what a beheerder said."""
    listed = select(DifferentWords.one, DifferentWords.other)
    other = func.coalesce(WordDecision.other_normal, "")
    said = select(WordDecision.normal, other).where(WordDecision.verdict == Verdict.DIFFERENT)
    return [*session.execute(listed), *session.execute(said)]


def concepts_named(session: Session, form: str) -> list[int]:
    """The concepts with this name in comparable form without spaces, our own first; mostly one."""
    without_spaces = func.replace(ConceptName.normal, " ", "")
    return list(
        session.scalars(
            select(Concept.id)
            .select_from(ConceptName)
            .outerjoin(ConceptMerge, MERGE_OF_NAME)
            .join(Concept, Concept.id == STANDS_FOR)
            .where(without_spaces == form, is_in_use())
            .group_by(Concept.id)
            .order_by(Concept.source.in_(OWN).desc(), Concept.id)
        )
    )


def _related_pairs(session: Session) -> list[tuple[int, int]]:
    return list(session.execute(select(RelatedConcepts.one_id, RelatedConcepts.other_id)))


def are_one(one: SQLColumnExpression[str], other: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """Whether two words in comparable form are spelled the same, or are names of one concept."""
    spelled_alike = func.replace(one, " ", "") == func.replace(other, " ", "")
    return or_(spelled_alike, _concept_of(one) == _concept_of(other))


def _concept_of(word: SQLColumnExpression[str]) -> ScalarSelect[int]:
    """What `concepts_named` puts first, for a word in a statement."""
    name, merge, concept = aliased(ConceptName), aliased(ConceptMerge), aliased(Concept)
    stands_for = func.coalesce(merge.into_id, name.concept_id)
    return (
        select(stands_for)
        .select_from(name)
        .outerjoin(merge, merge.concept_id == name.concept_id)
        .join(concept, concept.id == stands_for)
        .where(name.normal == word, is_in_use(name))
        .order_by(concept.source.in_(OWN).desc(), concept.id)
        .limit(1)
        .correlate_except(name, merge, concept)
        .scalar_subquery()
    )


def is_in_use(name: type[ConceptName] = ConceptName) -> ColumnElement[bool]:
    """Whether a name counts: no beheerder said that this word stands for something else."""
    said, made = aliased(ConceptName), aliased(Concept)
    elsewhere = (
        select(said.id)
        .join(made, made.id == said.concept_id)
        .where(
            said.normal == name.normal,
            said.concept_id != name.concept_id,
            made.source == Source.BEHEER,
        )
        .correlate(name)
    )
    return ~elsewhere.exists()


def _stands_alone() -> ColumnElement[bool]:
    return ~exists().where(ConceptMerge.concept_id == Concept.id)


def _names_like(session: Session, wanted: str) -> CompoundSelect[int]:
    """Names that hold the text or look like it, each part found by the index on trigrams."""
    alike = func.word_similarity(wanted, ConceptName.normal)
    # Only the operator can use the index; from what alike on it finds a name is a setting.
    from_what_on = func.set_config("pg_trgm.word_similarity_threshold", str(ALIKE), true())
    session.execute(select(from_what_on))
    looks_like = ConceptName.normal.bool_op("%>")(wanted) & (alike > ALIKE)
    holds = ConceptName.normal.contains(wanted, autoescape=True)
    # Two statements in one: a text too short for trigrams must not slow the other part down.
    return union(*(select(ConceptName.id).where(part) for part in (holds, looks_like)))


def _is_near(form: str, suggestion: Suggestion) -> bool:
    """Near enough to look for it unasked: part of a name, or a slip of the pen away from one."""
    names = [squeezed(normalise(name)) for name in (suggestion.label, *suggestion.also)]
    is_part = len(form) > SHORT_WORD and any(form in name for name in names)
    return is_part or any(fuzz.ratio(form, name) >= SLIP_OF_THE_PEN for name in names)
