"""What the room of opgaven tells."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.core.outbox import Event


@dataclass(frozen=True)
class OpgavePublished(Event):
    name: ClassVar[str] = "opgave.published"
    opgave_id: UUID


@dataclass(frozen=True)
class OpgaveChanged(Event):
    """An open opgave asks something else than before."""

    name: ClassVar[str] = "opgave.changed"
    opgave_id: UUID


@dataclass(frozen=True)
class OpgaveEnded(Event):
    """Nobody can react any more: closed or withdrawn."""

    name: ClassVar[str] = "opgave.ended"
    opgave_id: UUID
    status: str
