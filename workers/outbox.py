"""Carries facts to reactions. The job row is the work; a message is a nudge to look at it."""

from collections.abc import Callable
from datetime import timedelta

import structlog

from app.core import jobs
from app.core.heartbeat import Group
from app.logs import without_rows
from workers.reactions import BY_NAME, NAMES, of_group
from workers.work import open_work, stop_asked

# A nudge normally arrives within this; after it the drain takes the job for forgotten.
NUDGE_PATIENCE = timedelta(seconds=5)
# Who asks for work without a broker looks at its ticks again after so many jobs.
HANDFUL = 20

JobIds = list[tuple[int, str]]

log = structlog.get_logger()


def relay() -> JobIds:
    """Turn facts into jobs; which ones somebody is to look at."""
    with open_work() as work:
        return jobs.relay(work.session, NAMES)


def drain() -> JobIds:
    """The jobs that nobody looked at in time."""
    with open_work() as work:
        return jobs.due(work.session, NUDGE_PATIENCE)


def run_job(job_id: int) -> None:
    with open_work() as work:
        job = jobs.claim(work.session, job_id)
        attempt = job.attempts if job else 0
    if attempt:
        _try(job_id, attempt)


def run_due(group: Group, run: Callable[[int], object] = run_job) -> int:
    """Do a handful of the jobs of this group that are due, without anybody's nudge."""
    reactions = of_group(group)
    if not reactions:
        return 0
    with open_work() as work:
        due = jobs.due(work.session, limit=HANDFUL, reactions=reactions)
    for job_id, _ in due:
        if stop_asked.is_set():
            break
        run(job_id)
    return len(due)


def note_cut_off(job_id: int) -> None:
    """Somebody ended the process that did this job."""
    log.warning("job cut off", job=job_id)
    with open_work() as work:
        jobs.note_cut_off(work.session, job_id)


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
            told = without_rows(f"{type(error).__name__}: {error}")
            jobs.note_failure(work.session, job_id, attempt, told[:500])
