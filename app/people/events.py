"""What the room of people tells."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.core.outbox import Event


@dataclass(frozen=True)
class ProfileChanged(Event):
    """A published profile is another than before, or has just been published."""

    name: ClassVar[str] = "profile.changed"
    user_id: UUID


@dataclass(frozen=True)
class EvidenceKept(Event):
    """The owner put on the profile that a gemeente saw them show a skill."""

    name: ClassVar[str] = "evidence.kept"
    user_id: UUID


@dataclass(frozen=True)
class EvidenceRemoved(Event):
    name: ClassVar[str] = "evidence.removed"
    user_id: UUID


@dataclass(frozen=True)
class ProfilePaused(Event):
    """The profile no longer counts."""

    name: ClassVar[str] = "profile.paused"
    user_id: UUID


@dataclass(frozen=True)
class ProfileHidden(Event):
    """The profile no longer counts, because its owner stays away."""

    name: ClassVar[str] = "profile.hidden"
    user_id: UUID
    comes_of_itself: ClassVar[bool] = True
