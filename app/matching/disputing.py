"""Saying of a reason that it is wrong, and taking that back."""

from datetime import date
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.errors import Conflict, NotFound
from app.core.work import Work
from app.matching import disputes
from app.matching.core.disputes import may_dispute
from app.matching.core.facts import Disputed, Reason
from app.matching.events import DisputeWithdrawn, ReasonDisputed
from app.matching.models import Dispute
from app.matching.standing import match_of_person
from app.opgaven import queries as opgaven
from app.vocabulary.rules import normalise

GONE = "Deze reden staat niet meer bij je match. Hieronder zie je hoe het er nu staat."


def reason_of(session: Session, viewer: Actor, today: date, opgave_id: UUID, asked: str) -> Reason:
    """What of the viewer's answers this, as things are now, and can be disputed.

    A `Conflict` says why there is nothing to dispute, `NotFound` that there is no such opgave.
    """
    opgaven.shown_opgave(session, viewer, opgave_id)
    reason = _answer(session, viewer, today, opgave_id, asked)
    if reason is None:
        raise Conflict(said=GONE)
    if not may_dispute(reason):
        raise Conflict(
            said=f"“{reason.offered}” staat zelf op je profiel. Past dat niet meer bij je? "
            "Haal het dan van je profiel."
        )
    return reason


def dispute(work: Work, opgave_id: UUID, asked: str, offered: str | None = None) -> None:
    """Let a reason of the actor's own match count no longer, there and wherever it comes up.

    With `offered` the two words are not alike; without it nothing of theirs answers what is asked.
    Saying it twice is saying it once.
    """
    opgaven.shown_opgave(work.session, work.actor, opgave_id)
    if _was_said(work, Disputed(asked, offered)):
        return
    said = _disputed(work, opgave_id, asked, offered)
    made = work.session.scalar(
        insert(Dispute)
        .values(
            id=work.new_id(),
            user_id=work.actor.user_id,
            opgave_id=opgave_id,
            asked=said.asked,
            offered=said.offered,
            made_at=work.now,
        )
        .on_conflict_do_nothing()
        .returning(Dispute)
    )
    if made is not None:
        work.emit(ReasonDisputed(user_id=made.user_id, dispute_id=made.id))


def withdraw(work: Work, dispute_id: UUID) -> Dispute:
    """Let what the actor disputed count again; what that was."""
    row = work.fetch_to_change(Dispute, dispute_id)
    if row.user_id != work.actor.user_id:
        raise NotFound(f"dispute {dispute_id}")
    if row.withdrawn_at is None:
        row.withdrawn_at = work.now
        work.emit(DisputeWithdrawn(user_id=row.user_id, dispute_id=row.id))
    return row


def _disputed(work: Work, opgave_id: UUID, asked: str, offered: str | None) -> Disputed:
    """What is said, in the words of the reason; a `Conflict` when there is none to say it of."""
    here = (work.session, work.actor, work.today, opgave_id, asked)
    if not offered and _answer(*here) is None and (before := _said_of_pairs(work, asked)):
        # By their own word nothing is left to say it of; that nothing may answer it still holds.
        return Disputed(before[0].asked, None)
    reason = reason_of(*here)
    if offered and normalise(offered) != normalise(reason.offered or ""):
        raise Conflict(said=GONE)
    return Disputed(reason.asked, reason.offered if offered else None)


def _answer(
    session: Session, viewer: Actor, today: date, opgave_id: UUID, asked: str
) -> Reason | None:
    user_id = viewer.user_id
    found = match_of_person(session, user_id, opgave_id, today) if user_id else None
    answers = (one for one in (found.reasons if found else ()) if one.offered)
    return next((one for one in answers if normalise(one.asked) == normalise(asked)), None)


def _said_of_pairs(work: Work, asked: str) -> list[Dispute]:
    """What the actor said of one of their words for what is asked."""
    standing = disputes.own(work.session, work.actor)
    return [one for one in standing if normalise(one.asked) == normalise(asked)]


def _was_said(work: Work, said: Disputed) -> bool:
    standing = disputes.own(work.session, work.actor)
    return _normal(said) in {_normal(Disputed(one.asked, one.offered)) for one in standing}


def _normal(said: Disputed) -> Disputed:
    return Disputed(normalise(said.asked), normalise(said.offered) if said.offered else None)
