"""Reports."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base, PrimaryId
from app.moderation.rules import WORDS_LIMIT, Ground, Ruling, Subject


class Report(Base):
    """That somebody reported something that others wrote, and what was decided.

    One decision is about every report of the same thing. What is erased takes its reports along;
    of who is erased the reports stay, without them.
    """

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(opgave_id, profile_id, message_id, published_id, invitation_id) = 1",
            name="about_one_thing",
        ),
        CheckConstraint("(decided_at IS NULL) = (ruling IS NULL)", name="decided_with_a_ruling"),
        # The same, twice, while it waits for a decision, is once.
        Index(
            "uq_report_waiting",
            "reporter_id",
            "opgave_id",
            "profile_id",
            "message_id",
            "published_id",
            "invitation_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where="decided_at IS NULL AND reporter_id IS NOT NULL",
        ),
    )

    id: Mapped[PrimaryId]
    opgave_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("opgave.id", ondelete="CASCADE"), index=True
    )
    profile_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("profile.user_id", ondelete="CASCADE"), index=True
    )
    message_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), index=True
    )
    published_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("published_answer.id", ondelete="CASCADE"), index=True
    )
    invitation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("invitation.id", ondelete="CASCADE"), index=True
    )
    reporter_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    ground: Mapped[Ground]
    words: Mapped[str] = mapped_column(String(WORDS_LIMIT))
    # What stood there at that moment: who wrote it may change it since.
    copy: Mapped[str] = mapped_column(default="")
    # What who reported a profile read as its name then; it may be hidden from them since, or shown.
    named: Mapped[str] = mapped_column(default="", server_default="")
    reported_at: Mapped[datetime] = mapped_column(index=True)
    decided_at: Mapped[datetime | None] = mapped_column(index=True)
    decided_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    ruling: Mapped[Ruling | None]
    # Read by who reported it and, when it is taken down, by who wrote it.
    answer: Mapped[str] = mapped_column(String(WORDS_LIMIT), default="")

    @property
    def subject(self) -> Subject:
        return next(iter(self._about))

    @property
    def subject_id(self) -> UUID:
        return self._about[self.subject]

    @property
    def _about(self) -> dict[Subject, UUID]:
        """What it is about, and nothing else."""
        perhaps = {
            Subject.OPGAVE: self.opgave_id,
            Subject.PROFILE: self.profile_id,
            Subject.MESSAGE: self.message_id,
            Subject.PUBLISHED: self.published_id,
            Subject.INVITATION: self.invitation_id,
        }
        return {subject: one for subject, one in perhaps.items() if one is not None}
