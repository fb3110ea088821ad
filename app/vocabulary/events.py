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


@dataclass(frozen=True)
class ConceptsMerged(Event):
    """A beheerder found two concepts to be one."""

    name: ClassVar[str] = "concepts.merged"
    concept_id: int
    into_id: int


@dataclass(frozen=True)
class MergeUndone(Event):
    """A beheerder found a merged concept to be another one after all."""

    name: ClassVar[str] = "merge.undone"
    concept_id: int
    into_id: int
