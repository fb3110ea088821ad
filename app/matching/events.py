"""What the room of matching tells."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.core.outbox import Event


@dataclass(frozen=True)
class MatchesFound(Event):
    """New matches of one opgave; changed ones are not told."""

    name: ClassVar[str] = "matches.found"
    opgave_id: UUID
    profile_ids: tuple[UUID, ...]


@dataclass(frozen=True)
class MatchingUnfinished(Event):
    """More had to be compared than fits one piece of work; it goes on where it stopped."""

    name: ClassVar[str] = "matching.unfinished"


@dataclass(frozen=True)
class ReasonDisputed(Event):
    """Somebody said of a reason of their match that it is wrong."""

    name: ClassVar[str] = "reason.disputed"
    user_id: UUID
    dispute_id: UUID


@dataclass(frozen=True)
class DisputeWithdrawn(Event):
    """Somebody lets count again what they disputed."""

    name: ClassVar[str] = "dispute.withdrawn"
    user_id: UUID
    dispute_id: UUID
