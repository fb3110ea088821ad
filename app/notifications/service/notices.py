"""Telling people in the app what they should know."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.locks import TELLING_LOCK
from app.core.work import Work
from app.notifications.models import DigestRun, Notice
from app.notifications.rules import NoticeKind
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
