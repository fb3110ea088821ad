"""Jobs: what must follow from a fact. The row is the truth; a queue message is only a nudge."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    func,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.errors import NotAllowed
from app.core.orm import Base
from app.core.outbox import OutboxMessage
from app.core.rights import Right, may
from app.core.work import Work

MOST_ATTEMPTS = 8
# Who never came back twice is not tried a third time.
MOST_CUT_OFF = 2
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=30)


class JobState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """One reaction to one fact; done in the same transaction as its effect."""

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("fact_id", "reaction"),
        Index("ix_job_due", "next_attempt_at", postgresql_where="state = 'pending'"),
        # Few jobs are not done; pages that ask for them do not read through all that are.
        Index("ix_job_undone", "fact_id", postgresql_where="state <> 'done'"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    fact_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("outbox_message.id", ondelete="CASCADE")
    )
    reaction: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[JobState] = mapped_column(default=JobState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_error: Mapped[str | None]
    done_at: Mapped[datetime | None]


def relay(
    session: Session, reactions: dict[str, tuple[str, ...]], limit: int = 200
) -> list[tuple[int, str]]:
    """Turn waiting facts into one job per reaction; id and reaction of each new job.

    A relay that dies leaves its facts waiting; one that runs beside another skips its rows.
    """
    facts = session.scalars(
        select(OutboxMessage)
        # A fact that this release does not know waits for one that does, and holds up no other.
        .where(OutboxMessage.relayed_at.is_(None), OutboxMessage.name.in_(reactions))
        .order_by(OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    rows = [_job_row(fact, reaction) for fact in facts for reaction in reactions[fact.name]]
    for fact in facts:
        fact.relayed_at = func.now()
    if not rows:
        return []
    made = insert(Job).on_conflict_do_nothing().returning(Job.id, Job.reaction)
    return list(session.execute(made, rows))


def due(
    session: Session,
    patience: timedelta = timedelta(),
    limit: int = 200,
    reactions: Collection[str] | None = None,
) -> list[tuple[int, str]]:
    """Jobs that have been due for longer than `patience`: id and reaction; of these, when given.

    New ones whose nudge was lost, failed ones whose wait is over, those whose worker died.
    """
    found = select(Job.id, Job.reaction).where(
        Job.state == JobState.PENDING, Job.next_attempt_at <= func.now() - patience
    )
    if reactions is not None:
        found = found.where(Job.reaction.in_(reactions))
    return list(session.execute(found.order_by(Job.id).limit(limit)))


def claim(session: Session, job_id: int) -> Job | None:
    """Take the job for one attempt, or nothing when another has it.

    The attempt is counted, and the next one put off, before the work begins: a job that
    kills its worker is not tried for ever.
    """
    job = session.scalars(
        select(Job)
        .where(Job.id == job_id, Job.state == JobState.PENDING, Job.next_attempt_at <= func.now())
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if job is None:
        return None
    if job.attempts >= MOST_ATTEMPTS:
        job.state = JobState.FAILED
        return None
    job.attempts += 1
    job.next_attempt_at = func.now() + wait_after(job.attempts)
    return job


def hold(session: Session, job_id: int, attempt: int) -> Job | None:
    """The claimed job, locked for as long as its work takes."""
    return session.scalars(
        select(Job)
        .where(Job.id == job_id, Job.state == JobState.PENDING, Job.attempts == attempt)
        .with_for_update(skip_locked=True)
    ).one_or_none()


def finish(job: Job) -> None:
    job.state = JobState.DONE
    job.last_error = None
    job.done_at = func.now()


def note_failure(session: Session, job_id: int, attempt: int, error: str) -> None:
    """Remember why this attempt failed; after the last one the job waits for a beheerder."""
    job = hold(session, job_id, attempt)
    if job is None:
        # Somebody else has it by now, or it is done.
        return
    job.last_error = error
    if job.attempts >= MOST_ATTEMPTS:
        job.state = JobState.FAILED


def note_cut_off(session: Session, job_id: int) -> None:
    """Remember that an attempt took too long and was ended from outside, with its process."""
    job = session.scalars(
        select(Job).where(Job.id == job_id, Job.state == JobState.PENDING).with_for_update()
    ).one_or_none()
    if job is not None:
        job.last_error = "took too long and was ended"
        if job.attempts >= MOST_CUT_OFF:
            job.state = JobState.FAILED


def try_again(work: Work, job_id: int) -> None:
    """Give a failed job its attempts back."""
    if not may(work.actor, Right.REDO_WORK):
        raise NotAllowed("try a job again")
    job = work.fetch_to_change(Job, job_id)
    if job.state is JobState.FAILED:
        job.state, job.attempts, job.next_attempt_at = JobState.PENDING, 0, func.now()


def counts_by_state(session: Session) -> dict[JobState, int]:
    found = select(Job.state, func.count()).group_by(Job.state)
    return dict(session.execute(found).all())


def failed(session: Session, limit: int = 100) -> list[Job]:
    """Jobs that used up their attempts, the last ones first."""
    found = select(Job).where(Job.state == JobState.FAILED).order_by(Job.id.desc())
    return list(session.scalars(found.limit(limit)))


def waiting_since(session: Session, names: Collection[str], **payload: object) -> datetime | None:
    """When the oldest of these facts was told that still waits for its reaction.

    A fact waits until it became jobs, and as long as one of these is not done.
    """
    about = select(OutboxMessage.occurred_at).where(
        OutboxMessage.name.in_(names),
        OutboxMessage.payload.contains({key: str(value) for key, value in payload.items()}),
    )
    untold = about.where(OutboxMessage.relayed_at.is_(None))
    undone = about.join(Job, Job.fact_id == OutboxMessage.id).where(Job.state != JobState.DONE)
    return min(session.scalars(union_all(untold, undone)), default=None)


def wait_after(attempts: int) -> timedelta:
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << (attempts - 1)))


def _job_row(fact: OutboxMessage, reaction: str) -> dict[str, Any]:
    return {"fact_id": fact.id, "reaction": reaction, "payload": fact.payload}
