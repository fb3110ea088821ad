"""The ticks and jobs as Celery's tasks: messages that say "look", and nothing more."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from celery import Celery
from kombu.exceptions import OperationalError as BrokerAway

from app.core.heartbeat import Group
from workers import heart, outbox
from workers.reactions import BY_NAME
from workers.schedule import TICKS, Tick

# Seconds, soft and hard. Only the hard one stops a loop in C.
TASK_LIMITS = {"soft_time_limit": 270, "time_limit": 300}
MATCH_LIMITS = {"soft_time_limit": 45, "time_limit": 60}
# Of what waits in a queue the lowest goes first: a beat tells of the worker, not of the backlog.
AT_ONCE, IN_TURN = 0, 6

log = structlog.get_logger()


def add_tasks(celery_app: Celery) -> None:
    """Of this application only: Celery would give them to every one that is made after it."""

    def add(act: Callable[..., object], name: str) -> Any:
        return celery_app.task(act, name=name, shared=False)

    run_job = add(outbox.run_job, "outbox.run_job")

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


def limits_of(group: Group) -> dict[str, int]:
    return MATCH_LIMITS if group is Group.MATCH else TASK_LIMITS


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
        try:
            run_job.apply_async((job_id,), queue=group.value, **limits_of(group))
        except (BrokerAway, ConnectionError, TimeoutError) as error:
            log.warning("nudge lost", job=job_id, error=type(error).__name__)
            return
