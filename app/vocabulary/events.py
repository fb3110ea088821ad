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


@dataclass(frozen=True)
class WordDecided(Event):
    """A beheerder said what a word stands for, or that it stands for nothing."""

    name: ClassVar[str] = "word.decided"
    decision_id: UUID
    verdict: str
    word: str
    concept_id: int | None


@dataclass(frozen=True)
class DecisionUndone(Event):
    """A beheerder took back what was said of a word."""

    name: ClassVar[str] = "decision.undone"
    decision_id: UUID
    verdict: str
    word: str
    concept_id: int | None


@dataclass(frozen=True)
class WordListed(Event):
    """Our own list came to know a word of which a beheerder had said something; the list holds."""

    name: ClassVar[str] = "word.listed"
    word: str
    concept_id: int
