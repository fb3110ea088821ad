"""What the pages about concepts show."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.vocabulary import concepts
from app.vocabulary.concepts import Neighbour, SeenConcept
from app.vocabulary.merging import merge_refusal

SOMEBODY = "iemand die hier niet meer is"


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
    refusal: str
    doubts: tuple[str, ...]


def merge_plan(session: Session, concept: SeenConcept, other_id: int) -> MergePlan:
    into = concepts.seen_concept(session, other_id)
    differ = concepts.said_to_differ(session, concept.id, other_id)
    return MergePlan(
        into=into,
        names=tuple(dict.fromkeys((*into.also, concept.label, *concept.also))),
        refusal=merge_refusal(session, concept.id, other_id),
        doubts=tuple(
            f"In onze lijst staat dat “{pair.one}” en “{pair.other}” alleen op elkaar lijken"
            f"{f': {pair.why}' if pair.why else ''}."
            for pair in differ
        ),
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
