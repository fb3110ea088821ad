"""Builds the Celery application around the web application's settings and database."""

from importlib import import_module
from typing import Any

from celery import Celery, Task
from celery.signals import (
    celeryd_after_setup,
    celeryd_init,
    worker_process_init,
    worker_shutting_down,
)
from flask import Flask

from app.core.heartbeat import Group
from app.extensions import db
from app.settings import Settings, WrongSettings
from workers.messages import PatientConnection
from workers.schedule import TASK_LIMITS
from workers.tasks import IN_TURN, add_tasks, beat_schedule
from workers.work import stop_asked

QUEUES = tuple(group.value for group in Group)
# Seconds that a broker may be silent. A worker waits for news; who has some to tell does not wait.
WORKER_PATIENCE, PATIENCE = 10, 2


def make_celery(flask_app: Flask) -> Celery:
    """A Celery application whose tasks run inside the Flask application."""
    settings: Settings = flask_app.extensions["settings"]
    if not settings.redis_url:
        raise WrongSettings("REDIS_URL is missing; without Redis there is `flask worker`")

    class TaskInApp(Task):
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            with flask_app.app_context():
                return self.run(*args, **kwargs)

    celery_app = Celery("degemeentevannu", task_cls=TaskInApp)
    celery_app.conf.update(_config(settings))
    celery_app.amqp.Connection = PatientConnection
    celery_app.set_default()
    add_tasks(celery_app)

    @celeryd_init.connect(weak=False)
    def be_patient(conf: Any, **_: Any) -> None:
        patient = {"socket_timeout": WORKER_PATIENCE}
        conf.broker_transport_options = {**conf.broker_transport_options, **patient}

    @worker_process_init.connect(weak=False)
    def be_hasty(**_: Any) -> None:
        # A process of a worker only tells: nudges, and the drain brings those that were lost.
        hasty = {"socket_timeout": PATIENCE, "max_retries": 0}
        options = celery_app.conf.broker_transport_options
        celery_app.conf.broker_transport_options = {**options, **hasty}

    @worker_process_init.connect(weak=False)
    def forget_inherited_connections(**_: Any) -> None:
        # A socket shared by two processes after the fork garbles what goes over it.
        with flask_app.app_context():
            db.engine.dispose(close=False)

    @celeryd_after_setup.connect(weak=False)
    def load_what_weighs_much(instance: Any, **_: Any) -> None:
        # Once, before the fork: a process that matches shares it with every one after it.
        if {Group.MATCH, Group.BUILD} & set(instance.app.amqp.queues.consume_from):
            import_module("app.matching.building")
            import_module("app.matching.core.loading").load_loops()

    return celery_app


@worker_shutting_down.connect
def end_after_the_mail_at_hand(**_: Any) -> None:
    """Who drains a queue would go on for a minute, and be cut off in the middle of a mail."""
    stop_asked.set()


def _config(settings: Settings) -> dict[str, Any]:
    """Rows in the database are the work; a message only says "look". So messages may be lost."""
    return {
        "broker_url": settings.redis_url,
        "broker_transport": "workers.messages:Transport",
        "task_ignore_result": True,
        "task_acks_late": False,
        "task_publish_retry": False,
        "task_default_queue": Group.TICK.value,
        "task_default_priority": IN_TURN,
        "task_queues": {name: {"exchange": name, "routing_key": name} for name in QUEUES},
        "task_create_missing_queues": False,
        "task_time_limit": TASK_LIMITS["time_limit"],
        "task_soft_time_limit": TASK_LIMITS["soft_time_limit"],
        "task_serializer": "json",
        "accept_content": ["json"],
        "worker_prefetch_multiplier": 1,
        # With nothing prefetched a killed worker takes no waiting message with it.
        "worker_disable_prefetch": True,
        "worker_max_tasks_per_child": 1_000,
        # In kilobytes, at the highest and with what is shared. At the size of the country one that
        # matches has 220 MB and stays; one that built has 440 MB, and gives it back by ending.
        "worker_max_memory_per_child": 320_000,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_send_task_events": False,
        "worker_soft_shutdown_timeout": 20,
        "worker_hijack_root_logger": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        # A broker that hangs must not hold a worker or the beat for ever.
        "broker_transport_options": {
            # A message is gone when somebody takes it: no list of who has which one, that a broker
            # that is away or full could not change, and for which a worker would wait for ever.
            "ack_emulation": False,
            "socket_timeout": PATIENCE,
            "socket_connect_timeout": 2,
            "socket_keepalive": True,
            "health_check_interval": 10,
        },
        "enable_utc": True,
        "timezone": "UTC",
        "beat_schedule": beat_schedule(),
    }
