"""Responses to opgaven, and invitations to respond."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base, PrimaryId
from app.responses.rules import (
    INVITING_LIMIT,
    TAKEN_DOWN,
    WHY_NOT_LIMIT,
    Answer,
    InvitationState,
    WhyClosed,
    WhyNot,
)


class Response(Base):
    """What one professional says to one opgave now; the facts in the outbox tell what was said.

    `again_on` is the first day on which who said "later" may be told of the opgave again.
    """

    __tablename__ = "response"
    __table_args__ = (
        CheckConstraint("(answer = 'later') = (again_on IS NOT NULL)", name="again_when_later"),
    )

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    opgave_id: Mapped[UUID] = mapped_column(
        ForeignKey("opgave.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    answer: Mapped[Answer]
    answered_at: Mapped[datetime]
    again_on: Mapped[date | None]


class Invitation(Base):
    """Who looks after an opgave asks one professional; one at a time for the two.

    Its id is that of the message that its words become when the answer is yes; what a beheerder
    took down is down in both. `asked_at` says that the professional asked something first.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        Index(
            "uq_invitation_waiting",
            "opgave_id",
            "user_id",
            unique=True,
            postgresql_where="state = 'waiting'",
        ),
        Index("ix_invitation_of_person", "user_id", "invited_at"),
        Index("ix_invitation_to_expire", "answer_by", postgresql_where="state = 'waiting'"),
        CheckConstraint(
            f"char_length(words) BETWEEN 1 AND {INVITING_LIMIT}", name="words_in_range"
        ),
        CheckConstraint(f"char_length(no_words) <= {WHY_NOT_LIMIT}", name="no_words_in_range"),
        CheckConstraint("(state = 'declined') = (reason IS NOT NULL)", name="reason_when_declined"),
        CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name="ended_unless_waiting"),
    )

    id: Mapped[PrimaryId]
    opgave_id: Mapped[UUID] = mapped_column(ForeignKey("opgave.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    # Nobody any more when that colleague was erased.
    by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    words: Mapped[str]
    state: Mapped[InvitationState] = mapped_column(default=InvitationState.WAITING)
    invited_at: Mapped[datetime]
    answer_by: Mapped[date]
    asked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[WhyNot | None]
    no_words: Mapped[str] = mapped_column(default="")
    taken_down_at: Mapped[datetime | None]

    @property
    def shown_words(self) -> str:
        """What who is invited reads."""
        return TAKEN_DOWN if self.taken_down_at else self.words


class Outcome(Base):
    """How it ended between an opgave and somebody who wanted to hear more, or was asked to.

    `told_at` is when they were told. Whoever reacts again has no outcome until it ends again.
    """

    __tablename__ = "outcome"
    __table_args__ = (
        CheckConstraint(f"char_length(words) <= {WHY_NOT_LIMIT}", name="words_in_range"),
    )

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    opgave_id: Mapped[UUID] = mapped_column(
        ForeignKey("opgave.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    reason: Mapped[WhyClosed]
    words: Mapped[str] = mapped_column(default="")
    # Nobody when the opgave itself ended, or when that colleague was erased.
    by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    said_at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class KeptReaction(Base):
    """Who reacted to an opgave wants all that was between the two kept for longer than usual."""

    __tablename__ = "kept_reaction"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    opgave_id: Mapped[UUID] = mapped_column(
        ForeignKey("opgave.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    asked_at: Mapped[datetime]
