"""A beheerder finds that two concepts are one, and can take it back.

Nothing of either concept is changed or lost: a row says what it counts as, so imports and undoing
leave no traces.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import Conflict
from app.core.work import Work
from app.vocabulary.events import ConceptsMerged, MergeUndone
from app.vocabulary.lexicon import above
from app.vocabulary.models import Concept, ConceptMerge
from app.vocabulary.queries import by_id, links, merged
from app.vocabulary.stored import settle_links
from app.vocabulary.versions import begin_change, renew

A_LINKED_WORD = "Dit is een los woord dat je koppelde. Maak dat besluit ongedaan."


def merge_concepts(work: Work, concept_id: int, into_id: int) -> None:
    """From now on every name of the one counts as a name of the other."""
    begin_change(work)
    refusal = merge_refusal(work.session, concept_id, into_id)
    if refusal:
        raise Conflict(said=refusal)
    work.session.add(
        ConceptMerge(
            concept_id=concept_id,
            into_id=into_id,
            merged_at=work.now,
            merged_by=work.actor.user_id,
        )
    )
    work.session.flush()
    settle_links(work.session)
    work.emit(ConceptsMerged(concept_id=concept_id, into_id=into_id))
    renew(work)


def undo_merge(work: Work, concept_id: int) -> None:
    """From now on the concept stands on its own again."""
    begin_change(work)
    merge = work.fetch(ConceptMerge, concept_id)
    if concept_id in links(work.session):
        raise Conflict(said=A_LINKED_WORD)
    work.session.delete(merge)
    work.session.flush()
    settle_links(work.session)
    work.emit(MergeUndone(concept_id=concept_id, into_id=merge.into_id))
    renew(work)


def merge_refusal(session: Session, concept_id: int, into_id: int) -> str:
    """Why the first concept cannot count as the second, or nothing."""
    concept, into = by_id(session, concept_id), by_id(session, into_id)
    merges = merged(session)
    refusal = _refusal(session, concept, into, merges)
    if refusal and not _refusal(session, into, concept, merges):
        return f"{refusal} Laat andersom “{into.label}” tellen als “{concept.label}”."
    return refusal


def _refusal(session: Session, concept: Concept, into: Concept, merges: dict[int, int]) -> str:
    if concept.id == into.id:
        return f"Dit is “{concept.label}” zelf. Kies een ander begrip."
    for one in (concept, into):
        if one.id in merges:
            other = session.get_one(Concept, merges[one.id]).label
            return f"“{one.label}” telt al als “{other}”. Maak dat eerst ongedaan."
    linked = links(session)
    if concept.id in {into for one, into in merges.items() if one not in linked}:
        return f"Andere begrippen tellen al als “{concept.label}”."
    if _is_under(session, into, concept, merges):
        return f"“{into.label}” valt onder “{concept.label}”."
    return ""


def _is_under(session: Session, one: Concept, other: Concept, merges: dict[int, int]) -> bool:
    broader = dict(session.execute(select(Concept.id, Concept.broader_id)).all())
    seen: set[int] = set()
    step = above(one.id, one.broader_id, merges)
    while step is not None and step != other.id and step not in seen:
        seen.add(step)
        step = above(step, broader[step], merges)
    return step == other.id
