"""What still waits for a worker: how much, and for how long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Interval, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core.jobs import Job, JobState
from app.core.outbox import OutboxMessage


@dataclass(frozen=True)
class Backlog:
    """`waited` is how long the oldest of them could have been done, or None when nothing waits.

    A span, each by the clock of its own moments: spans of two clocks can be compared.
    """

    count: int
    waited: timedelta | None


def of_facts(session: Session, now: datetime) -> Backlog:
    """Facts that have not become jobs yet; they carry the moment of the work that told them."""
    waiting = select(func.count(), func.min(OutboxMessage.occurred_at)).where(
        OutboxMessage.relayed_at.is_(None)
    )
    count, oldest = session.execute(waiting).one()
    return Backlog(count, None if oldest is None else now - oldest)


def of_jobs(session: Session) -> Backlog:
    """Jobs that are due."""
    return of_due(session, Job.next_attempt_at, Job.state == JobState.PENDING)


def of_due(
    session: Session, due_at: InstrumentedAttribute[datetime], is_waiting: ColumnElement[bool]
) -> Backlog:
    """What is due by the database's clock; what is to be tried again later is not late yet."""
    longest = type_coerce(func.now() - func.min(due_at), Interval)
    due = select(func.count(), longest).where(is_waiting, due_at <= func.now())
    count, waited = session.execute(due).one()
    return Backlog(count, waited)
