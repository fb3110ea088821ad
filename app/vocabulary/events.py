"""What the room of words tells."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.core.outbox import Event


@dataclass(frozen=True)
class VocabularyChanged(Event):
    """Names, links or pairs are others than before; everything is to be compared anew."""

    name: ClassVar[str] = "vocabulary.changed"
    version: UUID
