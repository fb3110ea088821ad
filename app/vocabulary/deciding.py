"""A beheerder says what a word stands for that no list knows, and can take it back.

Nothing of what was imported changes: a linked word and a new concept are concepts of their own.
Our own list goes before a decision once it knows the word itself, and a decision before ESCO.
"""

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from app.core.errors import Conflict, InvalidInput
from app.core.faults import Fault, refuse
from app.core.text import clean_line
from app.core.work import Work
from app.vocabulary.decided import apart_from, decision_on
from app.vocabulary.events import DecisionUndone, WordDecided
from app.vocabulary.models import (
    Concept,
    ConceptMerge,
    ConceptName,
    NameKind,
    Source,
    WordDecision,
)
from app.vocabulary.queries import by_id, concepts_named, labels_of, merged, stands_for
from app.vocabulary.rules import (
    LABEL_LIMIT,
    ConceptDraft,
    Verdict,
    concept_faults,
    normalise,
    squeezed,
)
from app.vocabulary.stored import settle_links
from app.vocabulary.versions import begin_change, renew

NO_WORD = "Dit is geen woord dat als vaardigheid kan gelden."
FIRST = "Maak dat eerst ongedaan."
SAME_WORDS = "Dit zijn twee schrijfwijzen van hetzelfde woord. Kies een ander woord."


def link_word(work: Work, word: str, concept_id: int) -> WordDecision:
    """From now on the word is another name of the concept."""
    begin_change(work)
    decision = _new(work, Verdict.LINK, word)
    target = stands_for(work.session, concept_id)
    decision.into_id = by_id(work.session, target).id
    decision.concept_id = _made(work, Concept(label=decision.word), [decision.word])
    work.session.add(
        ConceptMerge(
            concept_id=decision.concept_id,
            into_id=target,
            merged_at=work.now,
            merged_by=work.actor.user_id,
        )
    )
    return _tell(work, decision)


def make_concept(work: Work, word: str, draft: ConceptDraft) -> WordDecision:
    """From now on the word is a name of a concept of its own."""
    begin_change(work)
    decision = _new(work, Verdict.CONCEPT, word)
    refuse(draft_faults(work.session, decision.normal, draft))
    concept = Concept(
        label=draft.label,
        theme=draft.theme,
        description=draft.description,
        broader_id=wider_of(work.session, draft),
    )
    decision.concept_id = _made(work, concept, [draft.label, decision.word])
    return _tell(work, decision)


def tell_apart(work: Work, word: str, other: str) -> WordDecision:
    """From now on the two never match by their letters."""
    begin_change(work)
    refusal = apart_refusal(work.session, word, other)
    if refusal:
        raise Conflict(said=refusal)
    decision = _decision(work, Verdict.DIFFERENT, word)
    decision.other = clean_line(other)
    decision.other_normal = normalise(other)
    return _tell(work, decision)


def leave_word(work: Work, word: str) -> WordDecision:
    """From now on nobody is asked about the word; it stands for what it stood for: itself."""
    begin_change(work)
    return _tell(work, _new(work, Verdict.ASIDE, word))


def undo_decision(work: Work, decision_id: object) -> None:
    """From now on the word is as it was before."""
    begin_change(work)
    decision = work.fetch(WordDecision, decision_id)
    refusal = undo_refusal(work.session, decision)
    if refusal:
        raise Conflict(said=refusal)
    event = DecisionUndone(
        decision_id=decision.id,
        verdict=decision.verdict,
        word=decision.normal,
        concept_id=decision.into_id or decision.concept_id,
    )
    work.session.delete(decision)
    work.session.flush()
    if decision.concept_id is not None:
        _unmake(work.session, work.fetch(Concept, decision.concept_id))
    work.emit(event)
    if decision.verdict is not Verdict.ASIDE:
        renew(work)


def word_refusal(session: Session, word: str) -> str:
    """Why nothing can be said of this word, or nothing."""
    normal = normalise(word)
    earlier = decision_on(session, normal)
    if earlier is not None:
        return f"Over “{earlier.word}” is al besloten. Maak dat eerst ongedaan."
    listed = session.scalar(
        select(Concept.label)
        .join(ConceptName, ConceptName.concept_id == Concept.id)
        .where(ConceptName.normal == normal, Concept.source != Source.ESCO)
        .limit(1)
    )
    return f"“{word}” staat al in de lijst, bij “{listed}”." if listed else ""


def apart_refusal(session: Session, word: str, other: str) -> str:
    """Why it cannot be said that these two only look alike, or nothing."""
    one, two = normalise(word), normalise(other)
    if not one or not two or len(clean_line(other)) > LABEL_LIMIT:
        return NO_WORD
    if squeezed(one) == squeezed(two):
        return SAME_WORDS
    if two in apart_from(session, one):
        return f"Van “{word}” en “{other}” is al gezegd dat ze alleen op elkaar lijken."
    return ""


def draft_faults(session: Session, normal: str, draft: ConceptDraft) -> list[Fault]:
    """What is wrong with a concept for this word, given the concepts that there are."""
    faults = concept_faults(draft)
    if draft.label and normalise(draft.label) != normal:
        named = concepts_named(session, squeezed(normalise(draft.label)))
        if named:
            label = labels_of(session, named[:1])[named[0]]
            said = f"Er is al een begrip dat zo heet: “{label}”. Koppel het woord daaraan."
            faults.append(Fault("label", said))
    if draft.broader and wider_of(session, draft) is None:
        faults.append(Fault("broader", f"Geen begrip heet “{draft.broader}”."))
    return faults


def wider_of(session: Session, draft: ConceptDraft) -> int | None:
    """The wider concept of a draft; the first one with that name."""
    found = concepts_named(session, squeezed(normalise(draft.broader))) if draft.broader else []
    return found[0] if found else None


def undo_refusal(session: Session, decision: WordDecision) -> str:
    """Why this cannot be taken back yet, or nothing."""
    if decision.verdict is not Verdict.CONCEPT:
        return ""
    made = by_id(session, decision.concept_id or 0)
    into = merged(session).get(made.id)
    if into is not None:
        return f"“{made.label}” telt nu als “{by_id(session, into).label}”. {FIRST}"
    depends = or_(
        exists().where(ConceptMerge.concept_id == Concept.id, ConceptMerge.into_id == made.id),
        (Concept.broader_id == made.id) & (Concept.source == Source.BEHEER),
    )
    other = session.scalars(select(Concept).where(depends).order_by(Concept.label)).first()
    if other is None:
        return ""
    how = "valt onder" if other.broader_id == made.id else "telt als"
    return f"“{other.label}” {how} “{made.label}”. {FIRST}"


def _new(work: Work, verdict: Verdict, word: str) -> WordDecision:
    """The one decision on a word that says what it stands for."""
    refusal = word_refusal(work.session, word)
    if refusal:
        raise Conflict(said=refusal)
    return _decision(work, verdict, word)


def _decision(work: Work, verdict: Verdict, word: str) -> WordDecision:
    line = clean_line(word)
    if not normalise(line) or len(line) > LABEL_LIMIT:
        raise InvalidInput(said=NO_WORD)
    return WordDecision(
        id=work.new_id(),
        verdict=verdict,
        word=line,
        normal=normalise(line),
        decided_at=work.now,
        decided_by=work.actor.user_id,
    )


def _made(work: Work, concept: Concept, names: list[str]) -> int:
    """The id of a concept of a beheerder with these names, the first one its label."""
    concept.source = Source.BEHEER
    different: dict[str, str] = {}
    for name in names:
        different.setdefault(normalise(name), name)
    concept.names = [
        ConceptName(
            name=name,
            normal=normal,
            kind=NameKind.LABEL if name == names[0] else NameKind.SYNONYM,
        )
        for normal, name in different.items()
    ]
    work.session.add(concept)
    work.session.flush()
    return concept.id


def _unmake(session: Session, concept: Concept) -> None:
    """What ESCO has under it moves up; an import of ESCO puts it back where ESCO has it."""
    under = update(Concept).where(Concept.broader_id == concept.id)
    session.execute(under.values(broader_id=concept.broader_id))
    session.delete(concept)
    session.flush()
    settle_links(session)


def _tell(work: Work, decision: WordDecision) -> WordDecision:
    work.session.add(decision)
    work.session.flush()
    work.emit(
        WordDecided(
            decision_id=decision.id,
            verdict=decision.verdict,
            word=decision.normal,
            concept_id=decision.into_id or decision.concept_id,
        )
    )
    if decision.verdict is not Verdict.ASIDE:
        renew(work)
    return decision
