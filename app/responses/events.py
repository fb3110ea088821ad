"""What the room of responses tells."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.core.outbox import Event


@dataclass(frozen=True)
class InterestShown(Event):
    """A professional wants to hear more, and lets the opgavehouder know who they are."""

    name: ClassVar[str] = "interest.shown"
    user_id: UUID
    opgave_id: UUID


@dataclass(frozen=True)
class InterestWithdrawn(Event):
    name: ClassVar[str] = "interest.withdrawn"
    user_id: UUID
    opgave_id: UUID


@dataclass(frozen=True)
class LaterSaid(Event):
    name: ClassVar[str] = "later.said"
    user_id: UUID
    opgave_id: UUID
