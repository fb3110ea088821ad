"""Which mails must go: one row each, whatever happens twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Insert, insert

from app.accounts import queries as accounts
from app.accounts.models import AccessRequest, SignIn
from app.core.actor import Role
from app.core.locks import PLANNING_LOCK
from app.core.work import Work
from app.notifications import queries
from app.notifications.models import Delivery, DigestRun
from app.notifications.rules import (
    PEOPLE_A_TURN,
    DeliveryState,
    Due,
    MailKind,
    RunState,
    digest_lives,
    lives,
)
from app.notifications.service import notices


def mail_sign_in(work: Work, sign_in_id: UUID) -> None:
    sign_in = work.fetch(SignIn, sign_in_id)
    _plan(work, MailKind.SIGN_IN, sign_in_id, lives_for=sign_in.expires_at - work.now)


def mail_access_asked(work: Work, request_id: UUID) -> None:
    asked = work.fetch(AccessRequest, request_id).asked_at.isoformat()
    for beheerder in accounts.with_role(work.session, Role.BEHEERDER):
        _plan(work, MailKind.ACCESS_ASKED, request_id, user_id=beheerder.id, occasion=asked)


def mail_access_decided(work: Work, request_id: UUID) -> None:
    request = work.fetch(AccessRequest, request_id)
    decided = request.decided_at or work.now
    _plan(work, MailKind.ACCESS_DECIDED, request_id, occasion=decided.isoformat())


@dataclass(frozen=True)
class Turn:
    """How many digests one turn planned, and whether it was the last of its run."""

    planned: int
    is_last: bool


def plan_digests(
    work: Work, due: Due, *, everybody: bool = False, most: int = PEOPLE_A_TURN
) -> Turn:
    """Plan one mail for each who is due and has news, of the next so many people of this run.

    Call it until a turn is the last one, each turn in a work of its own: no turn takes long, and
    a run that was cut off goes on where it was. Planning twice plans once. `everybody` passes over
    the chosen day, never over "never".
    """
    work.session.execute(select(func.pg_advisory_xact_lock(PLANNING_LOCK)))
    run = work.session.get(DigestRun, due.period) or _begin_run(work, due, everybody=everybody)
    if run.state is RunState.EXPANDED:
        return Turn(0, is_last=True)
    readers = queries.readers_after(work.session, run.cursor, most)
    weekday = None if run.is_for_everybody else due.weekday
    found = queries.due_for_digest(
        work.session, readers, weekday, until=run.planned_at, today=work.today
    )
    _plan_windows(work, run, found)
    run.planned += len(found)
    run.cursor = readers.last or run.cursor
    run.state = RunState.EXPANDED if readers.is_the_end else RunState.EXPANDING
    return Turn(len(found), is_last=readers.is_the_end)


def _begin_run(work: Work, due: Due, *, everybody: bool) -> DigestRun:
    """What is told from now on comes after `planned_at`, so later turns need not wait for it."""
    notices.wait_for_tellers(work)
    run = DigestRun(
        period=due.period,
        planned_at=work.now,
        planned=0,
        state=RunState.EXPANDING,
        is_for_everybody=everybody,
    )
    work.session.add(run)
    work.session.flush()
    return run


def _plan(
    work: Work,
    kind: MailKind,
    subject_id: UUID,
    *,
    user_id: UUID | None = None,
    occasion: str = "",
    lives_for: timedelta | None = None,
) -> None:
    row = _row(work, kind, subject_id, user_id, occasion)
    lives_for = lives(kind) if lives_for is None else lives_for
    work.session.execute(_for_now(work, kind, lives_for), [row])


def _plan_windows(
    work: Work, run: DigestRun, found: Sequence[tuple[UUID, datetime | None]]
) -> None:
    kind = MailKind.DIGEST
    rows = [
        _row(work, kind, user_id, user_id, run.period)
        | {"news_from": since, "news_until": run.planned_at}
        for user_id, since in found
    ]
    if rows:
        work.session.execute(_for_now(work, kind, digest_lives(work.now)), rows)


def _for_now(work: Work, kind: MailKind, lives_for: timedelta) -> Insert:
    fresh = insert(Delivery).values(
        kind=kind,
        state=DeliveryState.PENDING,
        created_at=work.now,
        # Whether a moment has come is judged by one clock, the database's.
        next_attempt_at=func.now(),
        expires_at=func.now() + lives_for,
    )
    return fresh.on_conflict_do_nothing()


def _row(
    work: Work, kind: MailKind, subject_id: UUID, user_id: UUID | None, occasion: str
) -> dict[str, Any]:
    parts = [kind.value, str(subject_id), str(user_id or ""), occasion]
    return {
        "id": work.new_id(),
        "dedupe_key": ":".join(part for part in parts if part),
        "user_id": user_id,
        "subject_id": subject_id,
    }
