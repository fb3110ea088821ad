"""The smallest facts that fit each other; a test names only what it cares about."""

from datetime import date
from functools import cache
from itertools import count
from typing import Any
from uuid import UUID

from app.matching.core.facts import (
    AskedSkill,
    Kind,
    OfferedSkill,
    OpgaveFacts,
    Position,
    ProfileFacts,
    Reason,
    Score,
    Window,
)
from app.matching.core.vocabulary import Vocabulary
from app.opgaven.rules import Place
from app.vocabulary.rules import ConceptFacts
from app.vocabulary.starter import read_concepts, read_different

UTRECHT = Position(52.0908, 5.1222)
AMERSFOORT = Position(52.1561, 5.3878)  # about 20 km from Utrecht
SPRING = date(2026, 3, 2)
SUMMER = date(2026, 6, 30)


def a_profile(*skills: OfferedSkill, **facts: Any) -> ProfileFacts:
    return ProfileFacts(
        **{
            "id": UUID(int=1),
            "gemeente_code": "GM0344",
            "skills": skills,
            "windows": (Window(16, SPRING),),
            "travel_km": 50,
            "remote": True,
            "position": UTRECHT,
            **facts,
        }
    )


def an_opgave(*skills: AskedSkill, **facts: Any) -> OpgaveFacts:
    return OpgaveFacts(
        **{
            "id": UUID(int=2),
            "gemeente_code": "GM0307",
            "for_learning": False,
            "skills": skills,
            "hours_per_week": 8,
            "starts_on": SPRING,
            "ends_on": SUMMER,
            "place": Place.HYBRID,
            "position": AMERSFOORT,
            **facts,
        }
    )


def offered(
    label: str, level: int = 3, energy: int = 5, *, wants_to_learn: bool = False
) -> OfferedSkill:
    return OfferedSkill(label, level, energy, wants_to_learn)


def asked(label: str, level: int = 3, *, must: bool = True) -> AskedSkill:
    return AskedSkill(label, must, level)


def a_reason(**facts: Any) -> Reason:
    return Reason(
        **{
            "asked": "verkeerskundige",
            "must": True,
            "asked_level": 3,
            "offered": "verkeerskunde",
            "offered_level": 3,
            "energy": 3,
            "wants_to_learn": False,
            "kind": Kind.SYNONYM,
            "points": 45,
            "max_points": 50,
            "would_be": 77,
            **facts,
        }
    )


def a_missing(label: str, **facts: Any) -> Reason:
    return a_reason(
        **{
            "asked": label,
            "offered": None,
            "offered_level": None,
            "energy": None,
            "kind": None,
            "points": 0,
            **facts,
        }
    )


def a_score(*reasons: Reason, **facts: Any) -> Score:
    value = sum(reason.points for reason in reasons)
    plain = {"profile_id": UUID(int=1), "opgave_id": UUID(int=2), "value": value, "tier": 1}
    return Score(**{**plain, "reasons": reasons, **facts})


@cache
def starter_vocabulary() -> Vocabulary:
    """The product's own words, numbered in the order of the files."""
    concepts = read_concepts()
    ids = dict(zip((concept.label for concept in concepts), count(1), strict=False))
    facts = (
        ConceptFacts(
            id=ids[concept.label],
            names=concept.names,
            broader=ids[concept.broader] if concept.broader else None,
            related=tuple(ids[label] for label in concept.related),
            own=True,
        )
        for concept in concepts
    )
    return Vocabulary(facts, ((pair.one, pair.other) for pair in read_different()))
