"""What waits for a worker is counted, with how long the oldest of it waits."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.core import backlog
from app.core.backlog import Backlog
from app.core.jobs import Job, JobState
from app.core.outbox import OutboxMessage
from tests.support.work import MONDAY, database_now

A_MINUTE = timedelta(minutes=1)
NOTHING = Backlog(0, None)


def a_fact(
    session: Session, occurred_at: datetime, relayed_at: datetime | None = None
) -> OutboxMessage:
    fact = OutboxMessage(
        name="profile.changed", payload={}, occurred_at=occurred_at, relayed_at=relayed_at
    )
    session.add(fact)
    session.flush()
    return fact


def a_job(session: Session, state: JobState, due_at: datetime) -> None:
    fact = a_fact(session, MONDAY, MONDAY)
    session.add(
        Job(
            fact_id=fact.id,
            reaction="matching.match_profile",
            payload={},
            state=state,
            next_attempt_at=due_at,
        )
    )
    session.flush()


def test_an_idle_house_has_no_backlog(session: Session) -> None:
    assert (backlog.of_facts(session, MONDAY), backlog.of_jobs(session)) == (NOTHING, NOTHING)


def test_facts_wait_until_they_are_relayed(session: Session) -> None:
    a_fact(session, MONDAY - 5 * A_MINUTE, MONDAY)
    a_fact(session, MONDAY - 3 * A_MINUTE)
    a_fact(session, MONDAY - A_MINUTE)

    assert backlog.of_facts(session, MONDAY) == Backlog(2, 3 * A_MINUTE)


def test_jobs_wait_from_the_moment_that_the_database_finds_them_due(session: Session) -> None:
    now = database_now(session)
    a_job(session, JobState.PENDING, now - 2 * A_MINUTE)
    a_job(session, JobState.PENDING, now)
    a_job(session, JobState.PENDING, now + A_MINUTE)
    a_job(session, JobState.DONE, now - 9 * A_MINUTE)
    a_job(session, JobState.FAILED, now - 9 * A_MINUTE)

    assert backlog.of_jobs(session) == Backlog(2, 2 * A_MINUTE)
