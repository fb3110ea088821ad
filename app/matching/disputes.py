"""What people say of the reasons of their matches, as far as they did not take it back."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.matching.core.facts import Disputed
from app.matching.models import Dispute

STANDS = Dispute.withdrawn_at.is_(None)


@dataclass(frozen=True)
class DisputedPair:
    """What was asked, what did not answer it (or nothing did), and how many people say so."""

    asked: str
    offered: str | None
    people: int
    last_at: datetime


def standing_of(
    session: Session, user_ids: Iterable[UUID] | None = None
) -> dict[UUID, tuple[Disputed, ...]]:
    """Per person what they dispute, of those who dispute something: of these people, or of all."""
    rows = select(Dispute.user_id, Dispute.asked, Dispute.offered).where(STANDS)
    if user_ids is not None:
        rows = rows.where(Dispute.user_id == any_(literal(list(user_ids), ARRAY(Uuid))))
    found: dict[UUID, list[Disputed]] = defaultdict(list)
    for user_id, asked, offered in session.execute(rows.order_by(Dispute.made_at, Dispute.id)):
        found[user_id].append(Disputed(asked, offered))
    return {user_id: tuple(said) for user_id, said in found.items()}


def own(session: Session, viewer: Actor) -> list[Dispute]:
    """What the viewer disputes, the last first."""
    rows = select(Dispute).where(STANDS, Dispute.user_id == viewer.user_id)
    return list(session.scalars(rows.order_by(Dispute.made_at.desc(), Dispute.id)))


def disputed_pairs(session: Session, limit: int) -> list[DisputedPair]:
    """What people dispute, without who they are; the last first."""
    last_at = func.max(Dispute.made_at)
    rows = session.execute(
        select(
            func.min(Dispute.asked),
            func.min(Dispute.offered),
            func.count(Dispute.user_id.distinct()),
            last_at,
        )
        .where(STANDS)
        .group_by(func.lower(Dispute.asked), func.lower(Dispute.offered))
        .order_by(last_at.desc(), func.lower(Dispute.asked), func.lower(Dispute.offered))
        .limit(limit)
    )
    return [DisputedPair(*row) for row in rows]
