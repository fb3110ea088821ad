"""Notices in the app, preferences, digest runs and mails on their way."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base, PrimaryId
from app.core.phases import Phase
from app.notifications.rules import (
    DEFAULT_FREQUENCY,
    DEFAULT_WEEKDAY,
    Channel,
    DeliveryState,
    Family,
    Frequency,
    MailKind,
    NoticeKind,
    RunState,
    Weekday,
)
from app.vocabulary.rules import LABEL_LIMIT, NORMAL_LIMIT, Theme


class Notice(Base):
    """Something a person should know; shown in the inbox and, when it fits, in the digest.

    `profile_id` is the colleague that a notice to an opgavehouder is about; who only asks
    something need not have a profile. What is about no opgave is about the urenbank of a gemeente,
    and of a year that was settled also of which.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint(
            "user_id", "kind", "opgave_id", "profile_id", postgresql_nulls_not_distinct=True
        ),
        CheckConstraint("num_nonnulls(opgave_id, gemeente_code) = 1", name="about_one_thing"),
        Index("ix_notice_unread", "user_id", postgresql_where="read_at IS NULL"),
        Index("ix_notice_of_person", "user_id", "told_at"),
        Index("ix_notice_told_at", "told_at"),
    )

    id: Mapped[PrimaryId]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    kind: Mapped[NoticeKind]
    opgave_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("opgave.id", ondelete="CASCADE"), index=True
    )
    gemeente_code: Mapped[str | None] = mapped_column(ForeignKey("gemeente.code"))
    year: Mapped[int | None] = mapped_column(SmallInteger)
    profile_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    told_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class Preference(Base):
    """How often somebody wants a digest; without a row the default holds.

    `paused_until` is the first day on which a digest may come again.
    """

    __tablename__ = "preference"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    frequency: Mapped[Frequency] = mapped_column(default=DEFAULT_FREQUENCY)
    weekday: Mapped[Weekday] = mapped_column(SmallInteger, default=DEFAULT_WEEKDAY)
    paused_until: Mapped[date | None]


class ChannelChoice(Base):
    """Along which road somebody wants to hear of a family of news; without a row the default."""

    __tablename__ = "channel_choice"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    family: Mapped[Family] = mapped_column(primary_key=True)
    channel: Mapped[Channel]


class LeftOutTheme(Base):
    """A theme of which somebody wants no news; the matches themselves stay."""

    __tablename__ = "left_out_theme"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    theme: Mapped[Theme] = mapped_column(primary_key=True)


class LeftOutSkill(Base):
    """A skill of which somebody wants no news, in their own word."""

    __tablename__ = "left_out_skill"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    label_normal: Mapped[str] = mapped_column(String(NORMAL_LIMIT), primary_key=True)
    label: Mapped[str] = mapped_column(String(LABEL_LIMIT))


class MailAllowance(Base):
    """How many mails went at once: to somebody on a day, about an opgave that day, or ever."""

    __tablename__ = "mail_allowance"
    __table_args__ = (
        UniqueConstraint("user_id", "opgave_id", "day", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[PrimaryId]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    opgave_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("opgave.id", ondelete="CASCADE"), index=True
    )
    day: Mapped[date | None]
    spent: Mapped[int] = mapped_column(SmallInteger)


class DigestRun(Base):
    """One planning of digests; of two planners at once, one writes this row.

    While it expands, `cursor` is the last person who was looked at: whoever goes on begins there.
    """

    __tablename__ = "digest_run"

    period: Mapped[str] = mapped_column(String(40), primary_key=True)
    planned_at: Mapped[datetime]
    planned: Mapped[int] = mapped_column(default=0)
    state: Mapped[RunState] = mapped_column(default=RunState.EXPANDING)
    cursor: Mapped[UUID | None]
    # Passes over the day that people chose.
    is_for_everybody: Mapped[bool] = mapped_column(default=False)


class Delivery(Base):
    """One mail to one address. It holds ids; the text is made at the moment of sending.

    `subject_id` is what the mail is about: a sign-in, a request, or the person of a digest.
    `news_from` and `news_until` bound what a digest tells: from the one, before the other.
    `message_id` is what the relay knows it by, from the first time that it was written.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("dedupe_key"),
        Index("ix_delivery_due", "next_attempt_at", postgresql_where="state = 'pending'"),
        Index("ix_delivery_unsure", "submitted_at", postgresql_where="state = 'submitting'"),
        Index("ix_delivery_of_person", "user_id", "kind", "state"),
    )

    id: Mapped[PrimaryId]
    kind: Mapped[MailKind]
    dedupe_key: Mapped[str] = mapped_column(String(120))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    subject_id: Mapped[UUID]
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.PENDING, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(index=True)
    next_attempt_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    lease_owner: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    message_id: Mapped[str | None] = mapped_column(unique=True)
    relay_queue_id: Mapped[str | None] = mapped_column(String(64))
    last_answer: Mapped[str] = mapped_column(default="")
    news_from: Mapped[datetime | None]
    news_until: Mapped[datetime | None]


class Attempt(Base):
    """One try to hand over a mail, and how far it came; never changed."""

    __tablename__ = "attempt"

    delivery_id: Mapped[UUID] = mapped_column(
        ForeignKey("delivery.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    tried_at: Mapped[datetime]
    phase: Mapped[Phase]
    code: Mapped[int | None] = mapped_column(SmallInteger)
    words: Mapped[str] = mapped_column(default="")


class Bounce(Base):
    """That a mail came back, once; `counted_at` is when it was held against its address."""

    __tablename__ = "bounce"
    __table_args__ = (
        Index("ix_bounce_to_count", "delivery_id", postgresql_where="counted_at IS NULL"),
    )

    delivery_id: Mapped[UUID] = mapped_column(
        ForeignKey("delivery.id", ondelete="CASCADE"), primary_key=True
    )
    told_at: Mapped[datetime]
    is_hard: Mapped[bool]
    status: Mapped[str] = mapped_column(String(11))
    counted_at: Mapped[datetime | None]


class AddressHealth(Base):
    """How mail to an address fares, by a keyed hash of it: of addresses, not of people."""

    __tablename__ = "address_health"

    address_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    score: Mapped[int] = mapped_column(SmallInteger, default=0)
    last_soft_on: Mapped[date | None]
    suppressed_since: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
