"""What the pages about concepts show."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.core.dutch import plural
from app.opgaven import queries as opgaven
from app.people import queries as people
from app.vocabulary import concepts
from app.vocabulary.concepts import Neighbour, SaidToDiffer, SeenConcept, said_to_differ
from app.vocabulary.merging import merge_refusal
from app.vocabulary.queries import Suggestion, lexicon
from app.vocabulary.rules import normalise, squeezed
from app.web.vocabulary.previews import PreviewView, preview_view

SOMEBODY = "iemand die hier niet meer is"
MOST_OTHER_NAMES = 3


@dataclass(frozen=True)
class MergeLine:
    concept: Neighbour
    into: Neighbour
    merged_at: datetime
    by: str


@dataclass(frozen=True)
class MergePlan:
    """What would come of letting one concept count as another, and what speaks against it."""

    into: SeenConcept
    names: tuple[str, ...]
    used: str
    refusal: str
    can_be_reversed: bool
    doubts: tuple[str, ...]
    preview: PreviewView | None


def other_names(concept: Suggestion) -> str:
    """A few of the other names that it goes by."""
    names = ", ".join(concept.also[:MOST_OTHER_NAMES])
    return f"ook: {names}" if names else ""


def merge_plan(session: Session, concept: SeenConcept, other_id: int, today: date) -> MergePlan:
    into = concepts.seen_concept(session, other_id)
    refusal = merge_refusal(session, concept.id, other_id)
    after = lexicon(session).merging(concept.id, other_id)
    return MergePlan(
        into=into,
        names=tuple(dict.fromkeys((*into.also, concept.label, *concept.also))),
        used=_used(session, concept, today),
        refusal=refusal,
        can_be_reversed=not merge_refusal(session, other_id, concept.id),
        doubts=tuple(_doubt(pair) for pair in said_to_differ(session, concept.id, other_id)),
        preview=None if refusal else preview_view(session, today, after),
    )


def no_other(session: Session, concept: SeenConcept, typed: str) -> str:
    """Why what was typed is no concept to merge this one with."""
    if normalise(typed) == normalise(concept.label):
        return f"Dit is “{concept.label}” zelf. Kies een ander begrip."
    if concepts.goes_by(session, concept.id, typed):
        return f"“{typed}” telt al als “{concept.label}”. Kies een ander begrip."
    return f"Geen ander begrip heet “{typed}”."


def _doubt(pair: SaidToDiffer) -> str:
    who = "In onze lijst staat" if pair.is_listed else "Een beheerder zei"
    why = f": {pair.why}" if pair.why else ""
    said = f"{who} dat “{pair.one}” en “{pair.other}” alleen op elkaar lijken{why}"
    return said.removesuffix(".") + "."


def _used(session: Session, concept: SeenConcept, today: date) -> str:
    """Where the names stand that would mean something else from now on."""
    forms = {squeezed(normalise(name)) for name in (concept.label, *concept.also)}
    profiles = people.count_offering(session, forms)
    asking = opgaven.count_asking(session, forms, today)
    return (
        f"Een naam van “{concept.label}” staat nu op "
        f"{plural(profiles, 'gepubliceerd profiel', 'gepubliceerde profielen')} en in "
        f"{plural(asking, 'open opgave', 'open opgaven')}."
    )


def merge_lines(session: Session) -> list[MergeLine]:
    merges = concepts.merges(session)
    names = accounts.names_of(session, {one.merged_by for one in merges if one.merged_by})
    return [
        MergeLine(
            one.concept,
            one.into,
            one.merged_at,
            names.get(one.merged_by, SOMEBODY) if one.merged_by else "",
        )
        for one in merges
    ]
