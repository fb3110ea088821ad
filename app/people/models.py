"""Profiles with their skills and the windows in which somebody has hours."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column, relationship

from app.core.finding import words_in
from app.core.orm import Base, PrimaryId
from app.people.rules import (
    EVIDENCE_LIMIT,
    FUNCTION_LIMIT,
    HEADLINE_LIMIT,
    Direction,
    Level,
    ProfileState,
    Visibility,
)
from app.vocabulary.rules import LABEL_LIMIT, NORMAL_LIMIT


def _to(tier: Visibility) -> MappedColumn[Visibility]:
    return mapped_column(default=tier, server_default=tier.value)


class Profile(Base):
    """What one person offers; it has the id of that person."""

    __tablename__ = "profile"
    __table_args__ = (
        CheckConstraint(
            "'anonymous' NOT IN "
            "(words_shown_to, times_shown_to, confirmed_shown_to, contact_shown_to)",
            name="parts_have_a_name",
        ),
    )

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[ProfileState] = mapped_column(default=ProfileState.CONCEPT, index=True)
    visibility: Mapped[Visibility] = mapped_column(default=Visibility.ANONYMOUS)
    words_shown_to: Mapped[Visibility] = _to(Visibility.COLLEAGUES)
    times_shown_to: Mapped[Visibility] = _to(Visibility.COLLEAGUES)
    confirmed_shown_to: Mapped[Visibility] = _to(Visibility.COLLEAGUES)
    contact_shown_to: Mapped[Visibility] = _to(Visibility.HIDDEN)
    function: Mapped[str] = mapped_column(String(FUNCTION_LIMIT), default="")
    headline: Mapped[str] = mapped_column(String(HEADLINE_LIMIT), default="")
    about: Mapped[str] = mapped_column(default="")
    themes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    movement: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    travel_km: Mapped[int] = mapped_column(SmallInteger, default=30)
    remote: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    published_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    # When a beheerder took it away after a report; until it is put back nobody publishes it.
    taken_down_at: Mapped[datetime | None]
    # Others saw it until then; put back means that they see it again.
    comes_back: Mapped[bool] = mapped_column(default=False, server_default=false())

    skills: Mapped[list["Skill"]] = relationship(
        cascade="all, delete-orphan", order_by="Skill.place"
    )
    windows: Mapped[list["Window"]] = relationship(
        cascade="all, delete-orphan", order_by="Window.place"
    )
    confirmed: Mapped[list["Evidence"]] = relationship(
        cascade="all, delete-orphan", order_by="Evidence.month.desc(), Evidence.label"
    )


class Consent(Base):
    """That somebody agreed with being found, and by which text, until they took it back."""

    __tablename__ = "consent"
    __table_args__ = (
        Index(
            "uq_consent_standing",
            "user_id",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[PrimaryId]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    # A key of `CONSENTS`.
    text_version: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


# What somebody writes of themselves; who may read it is for `visibility` to say.
OWN_WORDS = words_in(Profile.function, Profile.headline, Profile.about)
Index("ix_profile_words", OWN_WORDS, postgresql_using="gin")


class Skill(Base):
    """One expertise in somebody's own words; `place` is its place in the list."""

    __tablename__ = "skill"
    __table_args__ = (
        CheckConstraint(f"level BETWEEN {min(Level)} AND {max(Level)}", name="level_in_range"),
        CheckConstraint("energy BETWEEN 1 AND 5", name="energy_in_range"),
    )

    id: Mapped[PrimaryId]
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("profile.user_id", ondelete="CASCADE"), index=True
    )
    place: Mapped[int] = mapped_column(SmallInteger)
    label: Mapped[str] = mapped_column(String(LABEL_LIMIT))
    label_normal: Mapped[str] = mapped_column(String(NORMAL_LIMIT), index=True)
    level: Mapped[int] = mapped_column(SmallInteger)
    years: Mapped[int] = mapped_column(SmallInteger)
    energy: Mapped[int] = mapped_column(SmallInteger)
    direction: Mapped[Direction]
    evidence: Mapped[str] = mapped_column(String(EVIDENCE_LIMIT), default="")


class Window(Base):
    """Hours a week from one day up to and including another, or with no end."""

    __tablename__ = "availability_window"
    __table_args__ = (
        CheckConstraint("hours_per_week > 0", name="has_hours"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
    )

    id: Mapped[PrimaryId]
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("profile.user_id", ondelete="CASCADE"), index=True
    )
    place: Mapped[int] = mapped_column(SmallInteger)
    hours_per_week: Mapped[int] = mapped_column(SmallInteger)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class Evidence(Base):
    """That a gemeente saw somebody show a skill; its owner put it on the profile.

    Words as they were then: it stays when the opgave goes, and names nobody of that gemeente.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("user_id", "source_id", "label_normal"),
        CheckConstraint("extract(day FROM month) = 1", name="month_begins"),
    )

    id: Mapped[PrimaryId]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("profile.user_id", ondelete="CASCADE"))
    # What it came from, in a room that this one does not know.
    source_id: Mapped[UUID]
    label: Mapped[str] = mapped_column(String(LABEL_LIMIT))
    label_normal: Mapped[str] = mapped_column(String(NORMAL_LIMIT))
    gemeente_name: Mapped[str]
    opgave_title: Mapped[str]
    month: Mapped[date]
    is_hidden: Mapped[bool] = mapped_column(default=False)
