"""What still waits for a worker: how much, and since when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.core.jobs import Job, JobState
from app.core.outbox import OutboxMessage


@dataclass(frozen=True)
class Backlog:
    """`since` is when the oldest of them could have been done, or None when nothing waits."""

    count: int
    since: datetime | None


def of_facts(session: Session) -> Backlog:
    """Facts that have not become jobs yet."""
    return read(
        session,
        select(func.count(), func.min(OutboxMessage.occurred_at)).where(
            OutboxMessage.relayed_at.is_(None)
        ),
    )


def of_jobs(session: Session, now: datetime) -> Backlog:
    """Jobs that are due; one that is to be tried again later is not late yet."""
    return read(
        session,
        select(func.count(), func.min(Job.next_attempt_at)).where(
            Job.state == JobState.PENDING, Job.next_attempt_at <= now
        ),
    )


def read(session: Session, counted: Select[int, datetime]) -> Backlog:
    count, since = session.execute(counted).one()
    return Backlog(count, since)
