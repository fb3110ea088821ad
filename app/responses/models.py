"""Responses to opgaven."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base
from app.responses.rules import Answer


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
