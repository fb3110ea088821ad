"""Concepts of municipal expertise, their names, and pairs of words that only look alike."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.orm import Base, PrimaryId
from app.vocabulary.rules import LABEL_LIMIT, NORMAL_LIMIT, Theme, Verdict


class Source(StrEnum):
    """Who wrote the concept down; our own names win over those of others."""

    STARTER = "starter"
    ESCO = "esco"
    BEHEER = "beheer"


class NameKind(StrEnum):
    LABEL = "label"
    SYNONYM = "synonym"
    ACRONYM = "acronym"


class Concept(Base):
    """One expertise. `uri` names it at its source; `broader` is the wider expertise."""

    __tablename__ = "concept"

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    label: Mapped[str]
    source: Mapped[Source] = mapped_column(index=True)
    uri: Mapped[str | None] = mapped_column(unique=True)
    theme: Mapped[Theme | None]
    description: Mapped[str] = mapped_column(default="")
    broader_id: Mapped[int | None] = mapped_column(ForeignKey("concept.id"), index=True)

    names: Mapped[list["ConceptName"]] = relationship(
        cascade="all, delete-orphan", order_by="ConceptName.id", back_populates="concept"
    )


class ConceptName(Base):
    """A word for a concept; `normal` is the form in which words are compared."""

    __tablename__ = "concept_name"
    __table_args__ = (
        UniqueConstraint("concept_id", "normal"),
        Index(
            "ix_concept_name_trigrams",
            "normal",
            postgresql_using="gin",
            postgresql_ops={"normal": "gin_trgm_ops"},
        ),
        Index("ix_concept_name_begins", "normal", postgresql_ops={"normal": "text_pattern_ops"}),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    concept_id: Mapped[int] = mapped_column(ForeignKey("concept.id", ondelete="CASCADE"))
    name: Mapped[str]
    normal: Mapped[str] = mapped_column(String(NORMAL_LIMIT))
    kind: Mapped[NameKind]

    concept: Mapped[Concept] = relationship(back_populates="names")


class ConceptMerge(Base):
    """Two concepts that are one: all names of the one count as names of the other, until undone."""

    __tablename__ = "concept_merge"
    __table_args__ = (CheckConstraint("concept_id <> into_id", name="two_concepts"),)

    concept_id: Mapped[int] = mapped_column(
        ForeignKey("concept.id", ondelete="CASCADE"), primary_key=True
    )
    into_id: Mapped[int] = mapped_column(ForeignKey("concept.id"), index=True)
    merged_at: Mapped[datetime]
    merged_by: Mapped[UUID | None]


class RelatedConcepts(Base):
    """Two concepts that touch each other; written once, with the smaller id first."""

    __tablename__ = "related_concepts"
    __table_args__ = (CheckConstraint("one_id < other_id", name="smaller_first"),)

    one_id: Mapped[int] = mapped_column(
        ForeignKey("concept.id", ondelete="CASCADE"), primary_key=True
    )
    other_id: Mapped[int] = mapped_column(
        ForeignKey("concept.id", ondelete="CASCADE"), primary_key=True
    )


class DifferentWords(Base):
    """Near in letters, not in meaning; in comparable form, in alphabetical order."""

    __tablename__ = "different_words"
    __table_args__ = (CheckConstraint("one < other", name="alphabetical"),)

    # Ordered by their bytes: "alphabetical" must mean the same in every database.
    one: Mapped[str] = mapped_column(String(NORMAL_LIMIT, collation="C"), primary_key=True)
    other: Mapped[str] = mapped_column(String(NORMAL_LIMIT, collation="C"), primary_key=True)
    why: Mapped[str] = mapped_column(default="")


class WordDecision(Base):
    """What a beheerder said of a word that no list knows, until it is undone.

    A linked word has a `concept` of its own that counts as the one it was linked to (`into`); a
    new concept is `concept` itself. Nothing of what was imported changes by it.
    """

    __tablename__ = "word_decision"
    __table_args__ = (
        CheckConstraint(
            "(verdict IN ('link', 'concept')) = (concept_id IS NOT NULL)", name="makes_a_concept"
        ),
        CheckConstraint("(verdict = 'link') = (into_id IS NOT NULL)", name="links_to_one"),
        CheckConstraint(
            "(verdict = 'different') = (other IS NOT NULL AND other_normal IS NOT NULL)",
            name="differs_from_one",
        ),
        Index(
            "uq_word_decision_of_word",
            "normal",
            unique=True,
            postgresql_where="verdict <> 'different'",
        ),
        Index(
            "uq_word_decision_of_pair",
            "normal",
            "other_normal",
            unique=True,
            postgresql_where="verdict = 'different'",
        ),
    )

    id: Mapped[PrimaryId]
    verdict: Mapped[Verdict]
    word: Mapped[str] = mapped_column(String(LABEL_LIMIT))
    normal: Mapped[str] = mapped_column(String(NORMAL_LIMIT))
    concept_id: Mapped[int | None] = mapped_column(
        ForeignKey("concept.id", ondelete="CASCADE"), index=True
    )
    into_id: Mapped[int | None] = mapped_column(ForeignKey("concept.id"), index=True)
    other: Mapped[str | None] = mapped_column(String(LABEL_LIMIT))
    other_normal: Mapped[str | None] = mapped_column(String(NORMAL_LIMIT))
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]


class VocabularyVersion(Base):
    """One row with a new id at every change, so that readers know when their copy is old."""

    __tablename__ = "vocabulary_version"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[UUID]
