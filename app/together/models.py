"""Who joins, follows, and combines which opgaven."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base, PrimaryId
from app.together.rules import NAME_LIMIT


class JoinedOpgave(Base):
    """A gemeente joins, with its own opgave, that of another gemeente."""

    __tablename__ = "joined_opgave"
    __table_args__ = (CheckConstraint("opgave_id <> with_id", name="with_another"),)

    opgave_id: Mapped[UUID] = mapped_column(
        ForeignKey("opgave.id", ondelete="CASCADE"), primary_key=True
    )
    with_id: Mapped[UUID] = mapped_column(
        ForeignKey("opgave.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    joined_at: Mapped[datetime]
    joined_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


class FollowedOpgave(Base):
    """Somebody wants to hear what becomes of an opgave."""

    __tablename__ = "followed_opgave"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    opgave_id: Mapped[UUID] = mapped_column(
        ForeignKey("opgave.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    followed_at: Mapped[datetime]


class Joint(Base):
    """Opgaven that gemeenten take up together, under a name of its own: an atelier to be."""

    __tablename__ = "joint"

    id: Mapped[PrimaryId]
    name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    begun_at: Mapped[datetime]
    begun_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


class JointOpgave(Base):
    """An opgave in it; until its gemeente agrees it is only asked. It agrees to one at a time."""

    __tablename__ = "joint_opgave"
    __table_args__ = (
        Index(
            "uq_joint_opgave_agreed",
            "opgave_id",
            unique=True,
            postgresql_where="agreed_at IS NOT NULL",
        ),
    )

    joint_id: Mapped[UUID] = mapped_column(
        ForeignKey("joint.id", ondelete="CASCADE"), primary_key=True
    )
    opgave_id: Mapped[UUID] = mapped_column(
        ForeignKey("opgave.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    agreed_at: Mapped[datetime | None]
    agreed_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
