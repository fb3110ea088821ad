"""The ticks and jobs as Celery's tasks: messages that say "look", and nothing more."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from celery import Celery
from celery.worker.request import Request
from kombu.exceptions import OperationalError as BrokerAway

from workers import heart, outbox
from workers.reactions import BY_NAME
from workers.schedule import TICKS, Tick, limits_of

# Of what waits in a queue the lowest goes first: a beat tells of the worker, not of the backlog.
AT_ONCE, IN_TURN = 0, 6

log = structlog.get_logger()


def add_tasks(celery_app: Celery) -> None:
    """Of this application only: Celery would give them to every one that is made after it."""

    def add(act: Callable[..., object], name: str) -> Any:
        return celery_app.task(act, name=name, shared=False)

    run_job = add(outbox.run_job, "outbox.run_job")
    run_job.Request = JobRequest
    add(outbox.note_cut_off, "outbox.note_cut_off")

    def nudging(act: Callable[[], outbox.JobIds]) -> Callable[[], None]:
        @wraps(act)
        def act_and_nudge() -> None:
            _nudge(run_job, act())

        return act_and_nudge

    add(nudging(outbox.relay), "outbox.relay")
    add(nudging(outbox.drain), "outbox.drain")
    acts = {tick.name: tick.act for tick in TICKS.values()}
    for name in acts.keys() - {"outbox.relay", "outbox.drain"}:
        add(acts[name], name)


def beat_schedule() -> dict[str, dict[str, Any]]:
    return {label: _entry(tick) for label, tick in TICKS.items()}


class JobRequest(Request):
    """As the worker sees a job while one of its processes does it."""

    def on_timeout(self, soft: bool, timeout: float) -> None:  # noqa: FBT001  (Celery's own)
        super().on_timeout(soft, timeout)
        if not soft:
            # The process that is to be ended still holds the row; the next one will have it.
            note = self.app.tasks["outbox.note_cut_off"]
            _tell(note, self.args[0], self.delivery_info["routing_key"])


def _entry(tick: Tick) -> dict[str, Any]:
    priority = AT_ONCE if tick.act is heart.beat else IN_TURN
    return {
        "task": tick.name,
        "schedule": tick.seconds,
        "args": tick.args,
        "options": {"queue": tick.group.value, "expires": tick.expires, "priority": priority},
    }


def _nudge(run_job: Any, job_ids: outbox.JobIds) -> None:
    """Ask a worker to look at each job; when the broker is away the drain will."""
    for job_id, reaction in job_ids:
        group = BY_NAME[reaction].group
        if not _tell(run_job, job_id, group.value, **limits_of(group)):
            return


def _tell(task: Any, job_id: int, queue: str, **limits: int) -> bool:
    try:
        task.apply_async((job_id,), queue=queue, **limits)
    except (BrokerAway, ConnectionError, TimeoutError) as error:
        log.warning("nudge lost", job=job_id, error=type(error).__name__)
        return False
    return True
