"""Matches: one profile with one opgave, and why."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class Match(Base):
    """The last score of these two; the points of its `reasons` add up to its `value`."""

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


class NightlyRun(Base):
    """The night in which everything was compared anew; of two at once, one writes this row."""

    __tablename__ = "nightly_run"

    night: Mapped[date] = mapped_column(primary_key=True)
    began_at: Mapped[datetime]
    matches: Mapped[int] = mapped_column(default=0)
