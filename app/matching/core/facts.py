"""What matching knows of a profile and an opgave, and what it says about the two."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from app.opgaven.rules import Place


@dataclass(frozen=True, slots=True)
class Position:
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class OfferedSkill:
    label: str
    level: int  # a `Level` of people
    energy: int  # 1 to 5
    wants_to_learn: bool = False
    # Asked words, in comparable form and in order, that it does not answer: see `disputes`.
    not_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Disputed:
    """Somebody's word that nothing of theirs answers what is asked; or, when named, not this."""

    asked: str
    offered: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    hours_per_week: int
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    id: UUID
    gemeente_code: str
    skills: tuple[OfferedSkill, ...]
    windows: tuple[Window, ...]
    travel_km: int
    remote: bool
    position: Position
    # The skills have them as `not_for`; here they stand for a skill that is not there yet.
    disputes: tuple[Disputed, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedSkill:
    label: str
    must: bool
    level: int


@dataclass(frozen=True, slots=True)
class OpgaveFacts:
    id: UUID
    gemeente_code: str
    for_learning: bool
    skills: tuple[AskedSkill, ...]
    hours_per_week: int
    starts_on: date
    ends_on: date | None
    place: Place
    position: Position


class Kind(StrEnum):
    """How what is offered relates to what is asked."""

    SAME = "same"
    SYNONYM = "synonym"
    NARROWER = "narrower"
    BROADER = "broader"
    RELATED = "related"
    SPELLING = "spelling"
    KIN = "kin"


@dataclass(frozen=True, slots=True)
class Link:
    kind: Kind
    strength: int  # 0 to 100


class Links(Protocol):
    """Whoever knows how words are linked."""

    def link(self, asked: str, offered: str) -> Link | None:
        """What somebody who offers the one has of the other."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What one asked skill adds to the score, and what it could add."""

    asked: str
    must: bool
    asked_level: int
    offered: str | None
    offered_level: int | None
    energy: int | None
    wants_to_learn: bool
    kind: Kind | None
    points: int
    max_points: int
    would_be: int

    def as_plain(self) -> dict[str, Any]:
        return {
            "asked": self.asked,
            "must": self.must,
            "asked_level": self.asked_level,
            "offered": self.offered,
            "offered_level": self.offered_level,
            "energy": self.energy,
            "wants_to_learn": self.wants_to_learn,
            "kind": self.kind.value if self.kind else None,
            "points": self.points,
            "max_points": self.max_points,
            "would_be": self.would_be,
        }

    @classmethod
    def of_plain(cls, plain: dict[str, Any]) -> "Reason":
        kind = plain["kind"]
        return cls(**{**plain, "kind": Kind(kind) if kind else None})


@dataclass(frozen=True, slots=True)
class Score:
    """How well one profile fits one opgave; the points of the reasons add up to the value."""

    profile_id: UUID
    opgave_id: UUID
    value: int  # 0 to 100
    tier: int  # 1: every must-have is there, 2: not every one
    reasons: tuple[Reason, ...]
