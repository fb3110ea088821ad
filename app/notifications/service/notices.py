"""Telling people in the app what they should know."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from app.core.work import Work
from app.notifications.models import Notice
from app.notifications.rules import (
    NoticeKind,
)
from app.opgaven.models import Opgave


def tell_matches(work: Work, opgave_id: UUID, profile_ids: Iterable[UUID]) -> None:
    """Tell both sides of new matches: each professional, and who looks after the opgave."""
    opgave = work.fetch(Opgave, opgave_id)
    owners = {opgave.owner_id, opgave.co_owner_id} - {None}
    rows: list[dict[str, Any]] = []
    for profile_id in profile_ids:
        rows.append(_notice(work, profile_id, NoticeKind.OPGAVE_FOR_YOU, opgave_id, None))
        rows += [
            _notice(work, owner, NoticeKind.COLLEAGUE_FOR_OPGAVE, opgave_id, profile_id)
            for owner in owners
            if owner is not None
        ]
    if rows:
        work.session.execute(insert(Notice).on_conflict_do_nothing(), rows)


def mark_all_read(work: Work) -> None:
    work.session.execute(
        update(Notice)
        .where(Notice.user_id == work.actor.user_id, Notice.read_at.is_(None))
        .values(read_at=work.now)
    )


def _notice(
    work: Work, user_id: UUID, kind: NoticeKind, opgave_id: UUID, profile_id: UUID | None
) -> dict[str, Any]:
    return {
        "id": work.new_id(),
        "user_id": user_id,
        "kind": kind,
        "opgave_id": opgave_id,
        "profile_id": profile_id,
        "told_at": work.now,
    }
