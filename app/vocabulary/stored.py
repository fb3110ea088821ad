"""The concepts of one source as the database holds them, and writing only what differs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, exists, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from app.vocabulary.models import (
    Concept,
    ConceptMerge,
    ConceptName,
    DifferentWords,
    NameKind,
    RelatedConcepts,
    Source,
    WordDecision,
)
from app.vocabulary.queries import OWN
from app.vocabulary.rules import Theme, Verdict, normalise
from app.vocabulary.starter import DifferentPair, StarterConcept


@dataclass(frozen=True)
class Name:
    name: str
    normal: str
    kind: NameKind


@dataclass(frozen=True)
class Entry:
    """A concept without its ties; our own go by their label, those of ESCO by their URI."""

    label: str
    names: tuple[Name, ...]
    uri: str | None = None
    theme: Theme | None = None
    description: str = ""

    @property
    def key(self) -> str:
        return self.uri or self.label


@dataclass
class Stored:
    """The concepts of one source as the database has them, by their key."""

    entries: dict[str, Entry] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    broader: dict[str, int | None] = field(default_factory=dict)


def stored_of(session: Session, source: Source) -> Stored:
    names: dict[int, list[Name]] = {}
    words = (ConceptName.name, ConceptName.normal, ConceptName.kind)
    for concept_id, name, normal, kind in session.execute(
        select(ConceptName.concept_id, *words)
        .join(Concept, Concept.id == ConceptName.concept_id)
        .where(Concept.source == source)
        .order_by(ConceptName.id)
    ):
        names.setdefault(concept_id, []).append(Name(name, normal, kind))
    found = Stored()
    columns = (Concept.label, Concept.uri, Concept.theme, Concept.description)
    for concept_id, broader_id, label, uri, theme, description in session.execute(
        select(Concept.id, Concept.broader_id, *columns).where(Concept.source == source)
    ):
        entry = Entry(label, tuple(names.get(concept_id, ())), uri, theme, description)
        found.entries[entry.key] = entry
        found.ids[entry.key], found.broader[entry.key] = concept_id, broader_id
    return found


def own_names(session: Session) -> dict[str, int]:
    """Every name that is ours, from our lists or from a beheerder, with its concept."""
    rows = session.execute(
        select(ConceptName.normal, ConceptName.concept_id)
        .join(Concept, Concept.id == ConceptName.concept_id)
        .where(Concept.source.in_(OWN))
    )
    return dict(rows.all())


def listed_by_now(session: Session) -> dict[int, int]:
    """Per concept that a beheerder made the one of our lists that goes by a name of it by now."""
    made, named = aliased(Concept), aliased(ConceptName)
    rows = session.execute(
        select(made.id, Concept.id)
        .join(named, named.concept_id == made.id)
        .join(ConceptName, ConceptName.normal == named.normal)
        .join(Concept, Concept.id == ConceptName.concept_id)
        .where(made.source == Source.BEHEER, Concept.source == Source.STARTER)
        .order_by(made.id, Concept.id.desc())
    )
    return dict(rows.all())


def write_entries(
    session: Session, source: Source, wanted: Mapping[str, Entry], stored: Stored
) -> set[str]:
    """Add and change concepts and their names; the keys of those that were there and changed."""
    added = [entry for key, entry in wanted.items() if key not in stored.ids]
    changed = [
        entry for key, entry in wanted.items() if key in stored.ids and stored.entries[key] != entry
    ]
    if added:
        rows = [{"source": source, **_columns(entry)} for entry in added]
        made = session.scalars(
            insert(Concept).returning(Concept.id, sort_by_parameter_order=True), rows
        )
        stored.ids.update({entry.key: made_id for entry, made_id in zip(added, made, strict=True)})
    if changed:
        rows = [{"id": stored.ids[entry.key], **_columns(entry)} for entry in changed]
        session.execute(update(Concept), rows)
        outdated = [row["id"] for row in rows]
        session.execute(delete(ConceptName).where(ConceptName.concept_id.in_(outdated)))
    names = [
        {"concept_id": stored.ids[entry.key], **vars(name)}
        for entry in (*added, *changed)
        for name in entry.names
    ]
    if names:
        session.execute(insert(ConceptName), names)
    return {entry.key for entry in changed}


def _columns(entry: Entry) -> dict[str, object]:
    return {
        "label": entry.label,
        "uri": entry.uri,
        "theme": entry.theme,
        "description": entry.description,
    }


def write_broader(session: Session, stored: Stored, wanted: Mapping[str, int | None]) -> set[str]:
    """Tie concepts to their wider one; the keys of those that were tied otherwise before."""
    moved = {key for key, broader in wanted.items() if stored.broader.get(key) != broader}
    if moved:
        rows = [{"id": stored.ids[key], "broader_id": wanted[key]} for key in sorted(moved)]
        session.execute(update(Concept), rows)
    return moved & set(stored.broader)


def first_broader(
    listed: Mapping[str, Sequence[str]], ids: Mapping[str, int]
) -> dict[str, int | None]:
    """Of the wider concepts that are listed the first one that we know, and never in a circle."""
    chosen: dict[int, int] = {}
    for uri, above in listed.items():
        possible = (ids[one] for one in above if one in ids)
        for parent in possible:
            if not _leads_to(parent, ids[uri], chosen):
                chosen[ids[uri]] = parent
                break
    return {uri: chosen.get(ids[uri]) for uri in listed}


def _leads_to(start: int, wanted: int, broader: Mapping[int, int]) -> bool:
    step: int | None = start
    while step is not None and step != wanted:
        step = broader.get(step)
    return step == wanted


def write_related(
    session: Session, concepts: Iterable[StarterConcept], ids: Mapping[str, int]
) -> set[str]:
    """Tie concepts that touch each other; the labels of those whose ties are others now."""
    wanted = {
        (min(pair), max(pair))
        for concept in concepts
        for pair in ((ids[concept.label], ids[label]) for label in concept.related)
    }
    columns = RelatedConcepts.one_id, RelatedConcepts.other_id
    present = set(session.execute(select(*columns)))
    gone, new = present - wanted, wanted - present
    if gone:
        session.execute(delete(RelatedConcepts).where(tuple_(*columns).in_(gone)))
    if new:
        rows = [{"one_id": one, "other_id": other} for one, other in sorted(new)]
        session.execute(insert(RelatedConcepts), rows)
    touched = {concept_id for pair in gone | new for concept_id in pair}
    return {label for label, concept_id in ids.items() if concept_id in touched}


def remove_unused(session: Session, ids: Iterable[int]) -> set[int]:
    """Remove concepts under which, and into which, no other one stands; the ids that stay."""
    narrower = aliased(Concept)
    has_narrower = exists().where(narrower.broader_id == Concept.id)
    counted_as = exists().where(ConceptMerge.into_id == Concept.id)
    in_use = has_narrower | counted_as | exists().where(WordDecision.into_id == Concept.id)
    staying = set(ids)
    while staying:
        removed = session.scalars(
            delete(Concept).where(Concept.id.in_(staying), ~in_use).returning(Concept.id)
        ).all()
        if not removed:
            break
        staying -= set(removed)
    return staying


def give_up_names(session: Session, kept: set[int], wanted: Iterable[Entry]) -> None:
    """A name that is in the lists again belongs to the concept that has it there."""
    if kept:
        normals = [name.normal for entry in wanted for name in entry.names]
        session.execute(
            delete(ConceptName).where(
                ConceptName.concept_id.in_(kept), ConceptName.normal.in_(normals)
            )
        )


def give_way(session: Session, ours: Mapping[int, int]) -> int:
    """Put our concept in the place of one that goes by its name; how many went."""
    for theirs, own in ours.items():
        session.execute(update(Concept).where(Concept.broader_id == theirs).values(broader_id=own))
        _count_as(session, theirs, own)
    if ours:
        session.execute(delete(Concept).where(Concept.id.in_(ours)))
    return len(ours)


def settle_links(session: Session) -> None:
    """Let each linked word count as its concept, or as what that one counts as by now."""
    further = aliased(ConceptMerge)
    onward = select(further.into_id).where(further.concept_id == WordDecision.into_id)
    session.execute(
        update(ConceptMerge)
        .where(
            WordDecision.concept_id == ConceptMerge.concept_id,
            WordDecision.verdict == Verdict.LINK,
        )
        .values(into_id=func.coalesce(onward.scalar_subquery(), WordDecision.into_id)),
        execution_options={"synchronize_session": False},
    )


def _count_as(session: Session, before: int, now: int) -> None:
    """What counted as the one counts as the other, or as what that one counts as."""
    into = select(ConceptMerge.into_id).where(ConceptMerge.concept_id == now)
    target = session.scalar(into.where(ConceptMerge.into_id != before)) or now
    counted = ConceptMerge.into_id == before
    session.execute(delete(ConceptMerge).where(counted, ConceptMerge.concept_id.in_((now, target))))
    session.execute(update(ConceptMerge).where(counted).values(into_id=target))
    linked = WordDecision.into_id == before
    session.execute(update(WordDecision).where(linked).values(into_id=now))


def write_pairs(session: Session, different: Iterable[DifferentPair]) -> int:
    """Bring the pairs of look-alikes in line; how many are others than before."""
    wanted = {
        frozenset((normalise(pair.one), normalise(pair.other))): pair.why for pair in different
    }
    columns = DifferentWords.one, DifferentWords.other
    known = session.execute(select(*columns, DifferentWords.why))
    present = {frozenset((one, other)): why for one, other, why in known}
    outdated = {pair for pair, why in present.items() if wanted.get(pair) != why}
    new = [pair for pair, why in wanted.items() if present.get(pair) != why]
    if outdated:
        both_ways = [way for one, other in outdated for way in ((one, other), (other, one))]
        session.execute(delete(DifferentWords).where(tuple_(*columns).in_(both_ways)))
    if new:
        # Which of two words comes first is for the database to say: it may sort otherwise.
        rows = [
            {"one": func.least(*pair), "other": func.greatest(*pair), "why": wanted[pair]}
            for pair in new
        ]
        session.execute(insert(DifferentWords).values(rows))
    return len(outdated | set(new))
