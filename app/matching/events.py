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
