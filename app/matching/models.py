"""Matches: one profile with one opgave, and why."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base, PrimaryId
from app.vocabulary.rules import LABEL_LIMIT, NORMAL_LIMIT


class Match(Base):
    """The last score of these two; the points of its `reasons` add up to its `value`.

    Its `mark` tells what it was made from: as long as that is the same, so is the score.
    """

    __tablename__ = "match"
    __table_args__ = (
        CheckConstraint("value BETWEEN 0 AND 100", name="value_in_range"),
        Index("ix_match_of_opgave", "opgave_id", "tier", "value"),
        Index("ix_match_of_profile", "profile_id", "tier", "value"),
    )

    profile_id: Mapped[UUID] = mapped_column(
        ForeignKey("profile.user_id", ondelete="CASCADE"), primary_key=True
    )
    opgave_id: Mapped[UUID] = mapped_column(
        ForeignKey("opgave.id", ondelete="CASCADE"), primary_key=True
    )
    value: Mapped[int] = mapped_column(SmallInteger)
    tier: Mapped[int] = mapped_column(SmallInteger)
    reasons: Mapped[list[Any]]
    found_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    mark: Mapped[int | None] = mapped_column(BigInteger)


class NightlyRun(Base):
    """The night in which everything was compared anew; of two at once, one writes this row."""

    __tablename__ = "nightly_run"

    night: Mapped[date] = mapped_column(primary_key=True)
    began_at: Mapped[datetime]
    matches: Mapped[int] = mapped_column(default=0)


class Change(Base):
    """A profile or an opgave that is other than the newest snapshot has it.

    Written under the lock of matching, so that the numbers follow the commits. It stands without
    a tie: what was removed is a change as well.
    """

    __tablename__ = "matching_change"
    __table_args__ = (CheckConstraint("num_nonnulls(profile_id, opgave_id) = 1", name="of_one"),)

    number: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    profile_id: Mapped[UUID | None]
    opgave_id: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class Term(Base):
    """A word for a skill in comparable form.

    One that is asked has been compared with all that there are; the others wait until they are.
    """

    __tablename__ = "term"

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    normal: Mapped[str] = mapped_column(String(NORMAL_LIMIT), unique=True)
    is_asked: Mapped[bool] = mapped_column(default=False)


class SimilarTerms(Base):
    """S: what somebody who offers the one term has of the other; pairs with nothing are absent.

    Millions of rows of one width, read and written whole by COPY: so no tie that is checked per
    row, and the kind is its place in `KINDS`.
    """

    __tablename__ = "similar_terms"

    asked_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    offered_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    strength: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[int] = mapped_column(SmallInteger)


class SimilarityVersion(Base):
    """One row: by which rules and which words S was made. Whoever knows older ones leaves it be."""

    __tablename__ = "similarity_version"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scorer: Mapped[int] = mapped_column(SmallInteger)
    words: Mapped[UUID | None]


class Build(Base):
    """A snapshot that was made: of how much, and how many seconds each part took."""

    __tablename__ = "matching_build"

    version: Mapped[UUID] = mapped_column(primary_key=True)
    began_at: Mapped[datetime] = mapped_column(index=True)
    profiles: Mapped[int]
    opgaven: Mapped[int]
    terms: Mapped[int]
    pairs: Mapped[int]
    seconds: Mapped[dict[str, Any]]


class Dispute(Base):
    """What somebody says of a reason: that they do not have this, or that the two are not alike.

    Without `offered` nothing of theirs answers what was asked. The words are in their own form;
    they are compared as the vocabulary compares them.
    """

    __tablename__ = "dispute"
    __table_args__ = (
        Index(
            "uq_dispute_standing",
            "user_id",
            "asked",
            "offered",
            unique=True,
            postgresql_where="withdrawn_at IS NULL",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[PrimaryId]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("profile.user_id", ondelete="CASCADE"))
    asked: Mapped[str] = mapped_column(String(LABEL_LIMIT))
    offered: Mapped[str | None] = mapped_column(String(LABEL_LIMIT))
    opgave_id: Mapped[UUID | None] = mapped_column(ForeignKey("opgave.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
