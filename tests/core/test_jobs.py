"""Facts become jobs once; a job is done once; one that fails waits longer and ends."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app.core import jobs
from app.core.actor import Actor, Role
from app.core.errors import NotAllowed, NotFound
from app.core.jobs import Job, JobState
from app.core.outbox import OutboxMessage
from app.core.work import Work
from app.gemeenten.events import GemeentenChanged
from app.people.events import ProfileChanged, ProfilePaused
from tests.conftest import DatabaseMaker
from tests.support.at_once import SharedDatabase
from tests.support.work import MONDAY, make_work

REACTIONS: dict[str, tuple[str, ...]] = {"gemeenten.changed": ("first", "second")}


def told(session: Session) -> list[int]:
    make_work(session).emit(GemeentenChanged(gemeente_codes=("GM0001",)))
    session.flush()
    return [job_id for job_id, _ in jobs.relay(session, REACTIONS)]


def make_due(session: Session, job_id: int) -> None:
    session.execute(update(Job).where(Job.id == job_id).values(next_attempt_at=func.now()))


def test_a_fact_becomes_one_job_per_reaction(session: Session) -> None:
    ids = told(session)

    rows: list[Any] = list(session.execute(select(Job.reaction, Job.payload).order_by(Job.id)))

    assert len(ids) == 2
    assert [tuple(row) for row in rows] == [
        ("first", {"gemeente_codes": ["GM0001"]}),
        ("second", {"gemeente_codes": ["GM0001"]}),
    ]


def test_a_fact_is_relayed_once(session: Session) -> None:
    told(session)

    assert jobs.relay(session, REACTIONS) == []
    assert session.scalar(select(func.count()).select_from(Job)) == 2


def test_a_fact_that_is_relayed_twice_still_makes_one_job_each(session: Session) -> None:
    told(session)
    session.execute(update(OutboxMessage).values(relayed_at=None))

    assert jobs.relay(session, REACTIONS) == []


def test_a_claimed_job_is_put_off_before_its_work_begins(session: Session) -> None:
    job_id = told(session)[0]

    claimed = jobs.claim(session, job_id)

    assert claimed is not None
    assert claimed.attempts == 1
    assert jobs.claim(session, job_id) is None
    assert jobs.due(session) == [(job_id + 1, "second")]


def test_a_finished_job_is_never_due_again(session: Session) -> None:
    job_id = told(session)[0]
    jobs.claim(session, job_id)
    held = jobs.hold(session, job_id, 1)
    assert held is not None

    jobs.finish(held)
    session.flush()
    make_due(session, job_id)

    assert jobs.claim(session, job_id) is None
    assert jobs.hold(session, job_id, 1) is None


def test_a_job_whose_worker_dies_each_time_ends_as_failed(session: Session) -> None:
    job_id = told(session)[0]
    for _ in range(jobs.MOST_ATTEMPTS):
        assert jobs.claim(session, job_id) is not None
        session.flush()
        make_due(session, job_id)

    assert jobs.claim(session, job_id) is None
    assert session.get_one(Job, job_id).state is JobState.FAILED


def test_what_goes_wrong_is_kept_beside_the_job(session: Session) -> None:
    job_id = told(session)[0]
    jobs.claim(session, job_id)

    jobs.note_failure(session, job_id, 1, "KeyError: 'x'")

    job = session.get_one(Job, job_id)
    assert (job.state, job.last_error) == (JobState.PENDING, "KeyError: 'x'")


def test_a_late_failure_says_nothing_about_a_job_that_is_done(session: Session) -> None:
    job_id = told(session)[0]
    jobs.claim(session, job_id)
    held = jobs.hold(session, job_id, 1)
    assert held is not None
    held.last_error = "an earlier attempt"
    jobs.finish(held)
    session.flush()

    jobs.note_failure(session, job_id, 1, "too late")

    job = session.get_one(Job, job_id)
    assert (job.state, job.last_error) == (JobState.DONE, None)


def test_who_comes_late_for_its_attempt_does_not_hold_that_of_another(session: Session) -> None:
    job_id = told(session)[0]
    for _ in range(2):
        jobs.claim(session, job_id)
        session.flush()
        make_due(session, job_id)

    assert jobs.hold(session, job_id, 1) is None
    assert jobs.hold(session, job_id, 2) is not None


def test_a_failed_job_can_be_tried_again(session: Session) -> None:
    job_id = told(session)[0]
    session.get_one(Job, job_id).state = JobState.FAILED

    jobs.try_again(make_work(session), job_id)
    session.flush()

    assert jobs.claim(session, job_id) is not None


def test_a_job_that_never_was_cannot_be_tried_again(session: Session) -> None:
    with pytest.raises(NotFound):
        jobs.try_again(make_work(session), 0)


@pytest.mark.parametrize("role", [Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER])
def test_who_is_no_beheerder_tries_no_job_again(session: Session, role: Role) -> None:
    job = session.get_one(Job, told(session)[0])
    job.state = JobState.FAILED

    with pytest.raises(NotAllowed):
        jobs.try_again(make_work(session, Actor(roles=frozenset({role}))), job.id)

    assert job.state is JobState.FAILED


def test_jobs_are_counted_and_the_failed_ones_named(session: Session) -> None:
    _, second = told(session)
    third, fourth = told(session)
    session.get_one(Job, second).state = JobState.DONE
    session.get_one(Job, third).state = session.get_one(Job, fourth).state = JobState.FAILED
    session.flush()

    assert jobs.counts_by_state(session) == {
        JobState.PENDING: 1,
        JobState.DONE: 1,
        JobState.FAILED: 2,
    }
    assert [job.id for job in jobs.failed(session)] == [fourth, third]
    assert [job.id for job in jobs.failed(session, limit=1)] == [fourth]


def test_the_wait_doubles_up_to_half_an_hour() -> None:
    waits = [jobs.wait_after(attempt).total_seconds() for attempt in (1, 2, 3, 20)]

    assert waits == [5, 10, 20, 1800]


PROFILE_REACTIONS: dict[str, tuple[str, ...]] = {"profile.changed": ("match",)}


def waiting_since(session: Session, user_id: UUID) -> datetime | None:
    return jobs.waiting_since(session, ["profile.changed"], user_id=user_id)


def test_a_fact_waits_until_its_job_is_done(session: Session) -> None:
    user_id = uuid4()
    seen = [waiting_since(session, user_id)]

    make_work(session).emit(ProfileChanged(user_id=user_id))
    seen.append(waiting_since(session, user_id))
    [(job_id, _)] = jobs.relay(session, PROFILE_REACTIONS)
    seen.append(waiting_since(session, user_id))
    job = jobs.claim(session, job_id)
    assert job is not None
    jobs.finish(job)
    seen.append(waiting_since(session, user_id))

    assert seen == [None, MONDAY, MONDAY, None]


def test_a_job_that_failed_for_good_still_waits(session: Session) -> None:
    user_id = uuid4()
    make_work(session).emit(ProfileChanged(user_id=user_id))
    jobs.relay(session, PROFILE_REACTIONS)
    session.execute(update(Job).values(state=JobState.FAILED))

    assert waiting_since(session, user_id) == MONDAY


def test_the_oldest_fact_that_waits_counts(session: Session) -> None:
    user_id, earlier = uuid4(), MONDAY - timedelta(minutes=1)
    for now in (MONDAY, earlier):
        make_work(session, now=now).emit(ProfileChanged(user_id=user_id))

    assert waiting_since(session, user_id) == earlier


def test_facts_about_others_and_other_facts_are_not_waited_for(session: Session) -> None:
    user_id = uuid4()
    make_work(session).emit(ProfileChanged(user_id=uuid4()))
    make_work(session).emit(ProfilePaused(user_id=user_id))

    assert waiting_since(session, user_id) is None


# Two at once


@pytest.fixture
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database()) as opened:
        yield opened


def test_a_fact_without_a_reaction_waits_and_holds_up_no_other(session: Session) -> None:
    session.add(OutboxMessage(name="unheard.of", payload={}, occurred_at=MONDAY))

    assert len(told(session)) == 2
    waiting = select(OutboxMessage.name).where(OutboxMessage.relayed_at.is_(None))
    assert list(session.scalars(waiting)) == ["unheard.of"]


def test_two_that_relay_at_once_make_each_job_once(shared: SharedDatabase) -> None:
    with shared.work() as work:
        work.emit(GemeentenChanged(gemeente_codes=("GM0001",)))

    def relay(work: Work) -> int:
        return len(jobs.relay(work.session, REACTIONS))

    assert shared.overlap(relay, relay) == (2, 0)


def test_who_relays_beside_another_takes_the_next_fact_without_waiting(
    shared: SharedDatabase,
) -> None:
    with shared.work() as work:
        for _ in range(2):
            work.emit(GemeentenChanged(gemeente_codes=("GM0001",)))

    def relay_one(work: Work) -> int:
        work.session.execute(text("SET LOCAL lock_timeout = '1ms'"))
        return len(jobs.relay(work.session, REACTIONS, limit=1))

    assert shared.overlap(relay_one, relay_one) == (2, 2)


def test_of_two_that_claim_at_once_one_gets_the_job(shared: SharedDatabase) -> None:
    with shared.work() as work:
        job_id = told(work.session)[0]

    def claim(work: Work) -> bool:
        return jobs.claim(work.session, job_id) is not None

    assert shared.overlap(claim, claim) == (True, False)


def test_of_two_that_hold_at_once_one_does_the_work(shared: SharedDatabase) -> None:
    with shared.work() as work:
        job_id = told(work.session)[0]
        jobs.claim(work.session, job_id)

    def do(work: Work) -> bool:
        held = jobs.hold(work.session, job_id, 1)
        if held is not None:
            jobs.finish(held)
        return held is not None

    assert shared.overlap(do, do) == (True, False)
