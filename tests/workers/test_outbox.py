"""Facts become jobs, jobs are nudged, and a job that fails is tried again until it may not."""

from threading import Event
from typing import Any, cast
from uuid import uuid4

import pytest
import redis
from celery import Celery
from celery.app.task import Task
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts.events import AccessDecided
from app.accounts.models import User
from app.core.actor import Role
from app.core.heartbeat import Group
from app.core.jobs import MOST_ATTEMPTS, Job, JobState
from app.core.outbox import OutboxMessage
from app.matching.models import Match
from app.opgaven.service import publish_opgave
from tests.support.alive import a_living_opgave, a_living_profile, work_now
from tests.support.builders import a_user
from tests.support.work import make_work
from workers import outbox
from workers.reactions import BY_NAME, Reaction

pytestmark = pytest.mark.usefixtures("celery_app")


@pytest.fixture
def published(session: Session) -> None:
    """An opgave that was published, with somebody who fits it."""
    a_living_profile(session, "Verkeerskunde")
    opgave = a_living_opgave(session, "Verkeerskunde")
    publish_opgave(work_now(session, session.get_one(User, opgave.owner_id)), opgave.id)
    session.commit()


@pytest.fixture
def hopeless(session: Session) -> None:
    """A fact about something that is not there."""
    make_work(session).emit(AccessDecided(request_id=uuid4()))
    session.commit()


def waiting(broker: redis.Redis, queue: str) -> int:
    """Messages on this queue, whatever their turn."""
    return sum(int(cast(int, broker.llen(key))) for key in broker.scan_iter(f"{queue}*"))


def call(celery_app: Celery, name: str, *args: object) -> None:
    """As a worker does when the message comes."""
    task: Task = celery_app.tasks[name]
    task(*args)


def the_job(session: Session) -> Job:
    session.expire_all()
    return session.scalars(select(Job)).one()


@pytest.mark.usefixtures("published")
def test_a_fact_becomes_a_job_and_a_nudge_on_its_queue(
    session: Session, celery_app: Celery, broker: redis.Redis
) -> None:
    call(celery_app, "outbox.relay")

    job = the_job(session)
    assert (job.reaction, job.state, job.attempts) == ("match_opgave", JobState.PENDING, 0)
    assert (waiting(broker, "match"), waiting(broker, "tick")) == (1, 0)


@pytest.mark.usefixtures("published")
def test_a_broker_that_is_away_costs_only_the_nudge(session: Session, celery_app: Celery) -> None:
    celery_app.conf.broker_url = "redis://127.0.0.1:1/0"

    call(celery_app, "outbox.relay")

    assert the_job(session).state is JobState.PENDING
    assert session.scalars(select(OutboxMessage.relayed_at)).one() is not None


@pytest.mark.usefixtures("published")
def test_a_job_is_done_once_however_often_somebody_looks(session: Session) -> None:
    outbox.relay()
    job_id = the_job(session).id

    outbox.run_job(job_id)
    outbox.run_job(job_id)

    job = the_job(session)
    assert (job.state, job.attempts) == (JobState.DONE, 1)
    assert session.scalar(select(func.count()).select_from(Match)) == 1


@pytest.mark.usefixtures("published")
def test_the_drain_leaves_a_fresh_job_to_its_nudge(
    session: Session, celery_app: Celery, broker: redis.Redis
) -> None:
    call(celery_app, "outbox.relay")
    broker.flushdb()

    call(celery_app, "outbox.drain")

    assert waiting(broker, "match") == 0


@pytest.mark.usefixtures("published")
def test_the_drain_nudges_again_what_was_forgotten(
    session: Session, celery_app: Celery, broker: redis.Redis
) -> None:
    call(celery_app, "outbox.relay")
    broker.flushdb()
    overdue = func.now() - outbox.NUDGE_PATIENCE
    session.execute(update(Job).values(next_attempt_at=overdue))

    call(celery_app, "outbox.drain")

    assert waiting(broker, "match") == 1


@pytest.mark.usefixtures("published")
def test_who_has_no_broker_finds_the_jobs_of_the_own_group(session: Session) -> None:
    outbox.relay()

    assert [outbox.run_due(group) for group in (Group.TICK, Group.MATCH, Group.MATCH)] == [0, 1, 0]
    assert the_job(session).state is JobState.DONE


@pytest.mark.usefixtures("published")
def test_who_is_asked_to_stop_begins_no_job(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.relay()
    asked = Event()
    asked.set()
    monkeypatch.setattr(outbox, "stop_asked", asked)

    outbox.run_due(Group.MATCH)

    assert (the_job(session).state, the_job(session).attempts) == (JobState.PENDING, 0)


@pytest.mark.usefixtures("hopeless")
def test_a_reaction_that_fails_is_put_off_with_its_error(session: Session) -> None:
    outbox.relay()

    outbox.run_job(the_job(session).id)

    job = the_job(session)
    assert (job.state, job.attempts) == (JobState.PENDING, 1)
    assert job.last_error is not None
    assert job.last_error.startswith("NotFound: AccessRequest ")


@pytest.mark.usefixtures("hopeless")
def test_a_reaction_that_keeps_failing_ends_as_failed(session: Session) -> None:
    outbox.relay()
    job_id = the_job(session).id

    for _ in range(MOST_ATTEMPTS + 1):
        session.execute(update(Job).values(next_attempt_at=func.now()))
        outbox.run_job(job_id)

    job = the_job(session)
    assert (job.state, job.attempts) == (JobState.FAILED, MOST_ATTEMPTS)
    assert job.last_error is not None
    assert job.last_error.startswith("NotFound: AccessRequest ")


@pytest.mark.usefixtures("published")
def test_a_job_that_is_cut_off_twice_is_not_tried_again(session: Session) -> None:
    outbox.relay()
    job_id = the_job(session).id
    states = []

    for attempts in (1, 2):
        session.execute(update(Job).values(attempts=attempts))
        outbox.note_cut_off(job_id)
        states.append(the_job(session).state)

    assert states == [JobState.PENDING, JobState.FAILED]
    assert the_job(session).last_error == "took too long and was ended"


@pytest.mark.usefixtures("hopeless")
def test_an_attempt_that_fails_half_way_leaves_nothing_behind(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begin_and_break(work: Any, _fact: Any) -> None:
        a_user(work.session, Role.BEHEERDER, email="half@testerdam.example")
        raise RuntimeError("half way")

    outbox.relay()
    half = Reaction("mail_access_decided", Group.TICK, begin_and_break)
    monkeypatch.setitem(BY_NAME, half.name, half)

    outbox.run_job(the_job(session).id)

    assert the_job(session).last_error == "RuntimeError: half way"
    found = select(func.count()).where(User.email == "half@testerdam.example")
    assert session.scalar(found) == 0


@pytest.mark.usefixtures("hopeless")
def test_beside_a_job_stands_no_row_that_the_database_refused(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add_twice(work: Any, _fact: Any) -> None:
        for _ in range(2):
            a_user(work.session, email="kanarie@testerdam.example")

    outbox.relay()
    twice = Reaction("mail_access_decided", Group.TICK, add_twice)
    monkeypatch.setitem(BY_NAME, twice.name, twice)

    outbox.run_job(the_job(session).id)

    told = the_job(session).last_error or ""
    assert ("uq_user_email" in told, "kanarie" in told) == (True, False)
