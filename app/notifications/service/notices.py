"""Telling people in the app what they should know."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.locks import TELLING_LOCK
from app.core.work import Work
from app.matching.models import Match
from app.notifications.models import Delivery, DigestRun, Notice
from app.notifications.rules import DeliveryState, MailKind, NoticeKind
from app.opgaven.models import Opgave


def tell_matches(work: Work, opgave_id: UUID, profile_ids: Iterable[UUID]) -> None:
    """Tell both sides of new matches: each professional, and who looks after the opgave."""
    told_at = _moment_to_tell(work)
    opgave = work.fetch(Opgave, opgave_id)
    owners = {opgave.owner_id, opgave.co_owner_id} - {None}
    rows: list[dict[str, Any]] = []
    for profile_id in profile_ids:
        rows.append(_notice(work, profile_id, NoticeKind.OPGAVE_FOR_YOU, opgave_id))
        rows += [
            _notice(work, owner, NoticeKind.COLLEAGUE_FOR_OPGAVE, opgave_id, profile_id)
            for owner in owners
            if owner is not None
        ]
    if rows:
        _make_news_again(work, opgave_id, told_at)
        told = [{**row, "told_at": told_at} for row in rows]
        work.session.execute(insert(Notice).on_conflict_do_nothing(), told)


def wait_for_tellers(work: Work) -> None:
    """Go on when nobody is telling, and let nobody tell until this work is done."""
    work.session.execute(select(func.pg_advisory_xact_lock(TELLING_LOCK)))


def mark_all_read(work: Work) -> None:
    work.session.execute(
        update(Notice)
        .where(Notice.user_id == work.actor.user_id, Notice.read_at.is_(None))
        .values(read_at=work.now)
    )


def _make_news_again(work: Work, opgave_id: UUID, told_at: datetime) -> None:
    """Tell anew of matches of this opgave that went and came back after they were told of.

    Who read a notice, or had it in a digest, has also seen it go, and wants to know that it is
    back. A match that went and came back before anybody heard of it was never away for them: its
    notice stays where it stands, and the next digest tells it once. A match that is older than
    its notice did not go; so telling twice tells once.
    """
    about = case(
        (Notice.kind == NoticeKind.OPGAVE_FOR_YOU, Notice.user_id), else_=Notice.profile_id
    )
    in_a_digest = exists().where(
        Delivery.user_id == Notice.user_id,
        Delivery.kind == MailKind.DIGEST,
        # One of which nobody knows whether it came counts no longer: its news goes once more.
        Delivery.state.in_([DeliveryState.SUBMITTING, DeliveryState.ACCEPTED]),
        Delivery.news_until > Notice.told_at,
    )
    work.session.execute(
        update(Notice)
        .where(
            Notice.opgave_id == opgave_id,
            Match.opgave_id == opgave_id,
            Match.profile_id == about,
            Match.found_at > Notice.told_at,
            or_(Notice.read_at.is_not(None), in_a_digest),
        )
        .values(told_at=told_at, read_at=None)
        .execution_options(synchronize_session=False)
    )


def _moment_to_tell(work: Work) -> datetime:
    """This work's moment, but never before a digest that was planned while it waited."""
    work.session.execute(select(func.pg_advisory_xact_lock_shared(TELLING_LOCK)))
    planned_at = work.session.scalar(select(func.max(DigestRun.planned_at)))
    return max(work.now, planned_at) if planned_at else work.now


def _notice(
    work: Work,
    user_id: UUID,
    kind: NoticeKind,
    opgave_id: UUID,
    profile_id: UUID | None = None,
) -> dict[str, Any]:
    return {
        "id": work.new_id(),
        "user_id": user_id,
        "kind": kind,
        "opgave_id": opgave_id,
        "profile_id": profile_id,
    }
