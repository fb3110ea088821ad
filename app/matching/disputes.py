"""Saying of a reason that it is wrong, taking that back, and what people said so far."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.work import Work
from app.matching.core.disputes import may_dispute
from app.matching.core.facts import Disputed, Reason
from app.matching.core.search import normals
from app.matching.events import DisputeWithdrawn, ReasonDisputed
from app.matching.models import Dispute, Match
from app.opgaven.models import Opgave
from app.people.models import Profile
from app.vocabulary.rules import normalise

STANDS = Dispute.withdrawn_at.is_(None)
GONE = "Deze reden staat niet meer bij je match. Hieronder zie je hoe het er nu staat."


@dataclass(frozen=True)
class DisputedPair:
    """What was asked, what did not answer it (or nothing did), and how many people say so."""

    asked: str
    offered: str | None
    people: int
    last_at: datetime


def dispute(work: Work, opgave_id: UUID, asked: str, offered: str | None = None) -> None:
    """Let a reason of the actor's own match count no longer, there and wherever it comes up.

    With `offered` the two words are not alike; without it nothing of theirs answers what is asked.
    Saying it twice is saying it once.
    """
    user_id = work.actor.user_id
    if user_id is None:
        raise NotAllowed("a match has an owner")
    reason = _reason(work.session, user_id, opgave_id, Disputed(asked, offered))
    if not may_dispute(reason):
        raise Conflict(
            said=f"“{reason.offered}” staat zelf op je profiel. Past dat niet meer bij je? "
            "Haal het dan van je profiel."
        )
    made = work.session.scalar(
        insert(Dispute)
        .values(
            id=work.new_id(),
            user_id=user_id,
            opgave_id=opgave_id,
            asked=reason.asked,
            offered=reason.offered if offered else None,
            made_at=work.now,
        )
        .on_conflict_do_nothing()
        .returning(Dispute.id)
    )
    if made is not None:
        work.emit(ReasonDisputed(user_id=user_id, dispute_id=made))


def withdraw(work: Work, dispute_id: UUID) -> None:
    """Let what the actor disputed count again."""
    row = work.fetch_to_change(Dispute, dispute_id)
    if row.user_id != work.actor.user_id:
        raise NotFound(f"dispute {dispute_id}")
    if row.withdrawn_at is None:
        row.withdrawn_at = work.now
        work.emit(DisputeWithdrawn(user_id=row.user_id, dispute_id=row.id))


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


def _reason(session: Session, user_id: UUID, opgave_id: UUID, meant: Disputed) -> Reason:
    """The reason in their present match that is meant; a `Conflict` when it has gone."""
    match = session.get(Match, (user_id, opgave_id))
    for reason in map(Reason.of_plain, match.reasons if match else ()):
        if _is_meant(reason, meant) and _is_there(session, user_id, opgave_id, reason):
            return reason
    raise Conflict(said=GONE)


def _is_meant(reason: Reason, meant: Disputed) -> bool:
    if reason.offered is None or normalise(meant.asked) != normalise(reason.asked):
        return False
    return not meant.offered or normalise(meant.offered) == normalise(reason.offered)


def _is_there(session: Session, user_id: UUID, opgave_id: UUID, reason: Reason) -> bool:
    """Whether both still say so: until the next search a match tells of how they were."""
    offered = normals(session.get_one(Profile, user_id).skills)
    asked = normals(session.get_one(Opgave, opgave_id).skills)
    return normalise(reason.offered or "") in offered and normalise(reason.asked) in asked
