"""Facts that rooms tell, saved together with the change they tell of."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.orm import Base

EVENTS: dict[str, type["Event"]] = {}


@dataclass(frozen=True)
class Event:
    """A fact in the past tense; its fields hold ids and plain values, never names of people."""

    name: ClassVar[str] = ""
    # Whether it is kept who did it, also when that was the command line: it changes who may what.
    is_deed: ClassVar[bool] = False
    # Whether it is kept also when it comes of itself: people count on knowing when.
    comes_of_itself: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        EVENTS[cls.name] = cls

    def payload(self) -> dict[str, Any]:
        return {key: _plain(value) for key, value in asdict(self).items()}

    def deed(self) -> str:
        """The word for it in the audit; a fact that can go two ways says which."""
        return self.name

    def subject(self) -> tuple[str, object]:
        """What it is about: the first thing that it names, as a kind and which one."""
        for name, value in asdict(self).items():
            kind, _, last = name.rpartition("_")
            if last in {"id", "code"} and value is not None:
                return kind, value
        return "", ""

    def person(self) -> UUID | None:
        """The person that it names, if there is one."""
        found = getattr(self, "user_id", None)
        return found if isinstance(found, UUID) else None


class OutboxMessage(Base):
    """One fact; `relayed_at` says when it was turned into jobs."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_waiting", "id", postgresql_where="relayed_at IS NULL"),
        Index("ix_outbox_message_named", "name", "occurred_at"),
        # What happened to one thing is asked by what facts hold.
        Index(
            "ix_outbox_message_payload",
            "payload",
            postgresql_using="gin",
            postgresql_ops={"payload": "jsonb_path_ops"},
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    name: Mapped[str]
    payload: Mapped[dict[str, Any]]
    actor_id: Mapped[UUID | None]
    occurred_at: Mapped[datetime] = mapped_column(index=True)
    relayed_at: Mapped[datetime | None]


def waiting(session: Session) -> dict[str, int]:
    """How many facts of each name have not become jobs yet."""
    found = (
        select(OutboxMessage.name, func.count())
        .where(OutboxMessage.relayed_at.is_(None))
        .group_by(OutboxMessage.name)
        .order_by(OutboxMessage.name)
    )
    return dict(session.execute(found).all())


def facts_of(session: Session, names: Collection[str], **payload: object) -> list[OutboxMessage]:
    """What was told under these names of what the payload names, in order; a tuple is looked for
    among more.
    """
    about = {key: _plain(value) for key, value in payload.items()}
    found = select(OutboxMessage).where(
        OutboxMessage.name.in_(names), OutboxMessage.payload.contains(about)
    )
    return list(session.scalars(found.order_by(OutboxMessage.id)))


def _plain(value: Any) -> Any:
    if isinstance(value, UUID | date):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value
