"""Which mails must go: one row each, whatever happens twice."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from app.accounts import queries as accounts
from app.accounts.models import AccessRequest, SignIn, User
from app.core.actor import Role
from app.core.work import Work
from app.notifications import queries
from app.notifications.models import Delivery, DigestRun, Preference
from app.notifications.rules import (
    Due,
    Frequency,
    MailKind,
    RunState,
    Weekday,
    lives,
    wants_on,
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


def plan_digests(work: Work, due: Due, *, everybody: bool = False) -> int:
    """Plan one mail for each person who is due and has news; planning twice plans once.

    Returns how many were planned. `everybody` passes over the chosen day, never over "never".
    """
    notices.wait_for_tellers(work)
    begun = work.session.execute(
        insert(DigestRun)
        .values(period=due.period, planned_at=work.now)
        .on_conflict_do_nothing()
        .returning(DigestRun.period)
    ).first()
    if begun is None:
        return 0
    planned = [_plan_digest(work, user, due, everybody=everybody) for user in _readers(work)]
    run = work.fetch(DigestRun, due.period)
    run.planned, run.state = sum(planned), RunState.EXPANDED
    return run.planned


def _plan(
    work: Work,
    kind: MailKind,
    subject_id: UUID,
    *,
    user_id: UUID | None = None,
    occasion: str = "",
    lives_for: timedelta | None = None,
    **window: datetime | None,
) -> None:
    parts = [kind.value, str(subject_id), str(user_id or ""), occasion]
    work.session.execute(
        insert(Delivery)
        .values(
            id=work.new_id(),
            kind=kind,
            dedupe_key=":".join(part for part in parts if part),
            user_id=user_id,
            subject_id=subject_id,
            created_at=work.now,
            # Whether a moment has come is judged by one clock, the database's.
            next_attempt_at=func.now(),
            expires_at=func.now() + (lives(kind) if lives_for is None else lives_for),
            **window,
        )
        .on_conflict_do_nothing()
    )


def _readers(work: Work) -> list[tuple[User, Frequency, Weekday]]:
    rows = work.session.execute(
        select(User, Preference)
        .outerjoin(Preference, Preference.user_id == User.id)
        .options(selectinload(User.grants))
        .order_by(User.id)
    )
    return [(user, *queries.chosen_in(row)) for user, row in rows]


def _plan_digest(
    work: Work, reader: tuple[User, Frequency, Weekday], due: Due, *, everybody: bool
) -> bool:
    user, frequency, weekday = reader
    wanted = (
        frequency is not Frequency.NEVER if everybody else wants_on(frequency, weekday, due.weekday)
    )
    # What an earlier digest still has to tell is not told twice.
    if not wanted or queries.is_being_told(work.session, user.id):
        return False
    viewer, since = accounts.actor_of(user), queries.last_told(work.session, user.id)
    if not queries.has_news(work.session, viewer, since, work.now, work.today):
        return False
    _plan(
        work,
        MailKind.DIGEST,
        user.id,
        user_id=user.id,
        occasion=due.period,
        news_from=since,
        news_until=work.now,
    )
    return True
