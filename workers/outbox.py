"""Carries facts to reactions. The job row is the work; the message is a nudge to look at it."""

from datetime import timedelta

import structlog
from celery import shared_task
from kombu.exceptions import OperationalError as BrokerAway

from app.core import jobs
from workers.reactions import BY_NAME, NAMES
from workers.work import open_work

# A nudge normally arrives within this; after it the drain takes the job for forgotten.
NUDGE_PATIENCE = timedelta(seconds=5)

log = structlog.get_logger()


@shared_task(name="outbox.relay")
def relay() -> None:
    with open_work() as work:
        made = jobs.relay(work.session, NAMES)
    nudge(made)


@shared_task(name="outbox.drain")
def drain() -> None:
    with open_work() as work:
        forgotten = jobs.due(work.session, NUDGE_PATIENCE)
    nudge(forgotten)


@shared_task(name="outbox.run_job")
def run_job(job_id: int) -> None:
    with open_work() as work:
        job = jobs.claim(work.session, job_id)
        attempt = job.attempts if job else 0
    if attempt:
        _try(job_id, attempt)


def nudge(job_ids: list[tuple[int, str]]) -> None:
    """Ask a worker to look at each job; when the broker is away the drain will."""
    for job_id, reaction in job_ids:
        try:
            run_job.apply_async((job_id,), queue=BY_NAME[reaction].queue)
        except (BrokerAway, ConnectionError, TimeoutError) as error:
            log.warning("nudge lost", job=job_id, error=type(error).__name__)
            return


def _try(job_id: int, attempt: int) -> None:
    try:
        with open_work() as work:
            job = jobs.hold(work.session, job_id, attempt)
            if job is None:
                return
            BY_NAME[job.reaction].act(work, job.payload)
            jobs.finish(job)
    except Exception as error:
        # Whatever went wrong is written beside the job, where a beheerder sees it.
        log.exception("job failed", job=job_id, attempt=attempt)
        with open_work() as work:
            jobs.note_failure(
                work.session, job_id, attempt, f"{type(error).__name__}: {error}"[:500]
            )
