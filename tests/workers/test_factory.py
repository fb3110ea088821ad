"""Celery as this house uses it: a message may be lost, and carries nothing but plain values."""

from contextlib import ExitStack
from dataclasses import replace
from socket import create_server
from time import monotonic
from types import SimpleNamespace

import pytest
from celery import Celery
from celery.signals import celeryd_after_setup, celeryd_init, worker_process_init
from flask import Flask
from flask import current_app as current_flask
from sqlalchemy import func, select

from app.extensions import db
from app.matching.core import loading
from app.settings import WrongSettings
from workers.factory import QUEUES, make_celery
from workers.tasks import _nudge


def test_messages_are_plain_and_answers_are_not_kept(celery_app: Celery) -> None:
    conf = celery_app.conf

    assert (conf.task_serializer, list(conf.accept_content)) == ("json", ["json"])
    assert (conf.task_ignore_result, conf.result_backend) == (True, None)


def test_nothing_is_redelivered_and_nothing_is_prefetched(celery_app: Celery) -> None:
    conf = celery_app.conf

    assert (conf.task_acks_late, conf.task_publish_retry) == (False, False)
    assert (conf.worker_prefetch_multiplier, conf.worker_disable_prefetch) == (1, True)


def test_a_message_is_gone_when_it_is_taken(celery_app: Celery) -> None:
    conf = celery_app.conf

    assert conf.broker_transport_options["ack_emulation"] is False
    assert conf.task_soft_time_limit < conf.task_time_limit


def test_who_waits_for_news_is_patient_with_the_broker_and_who_tells_it_is_not(
    celery_app: Celery,
) -> None:
    of_beat = celery_app.conf.broker_transport_options

    celeryd_init.send(sender="worker", instance=None, conf=celery_app.conf, options={})

    of_worker = celery_app.conf.broker_transport_options
    assert (of_beat["socket_timeout"], of_worker["socket_timeout"]) == (2, 10)
    assert of_worker == {**of_beat, "socket_timeout": 10}


@pytest.mark.parametrize("is_there", [False, True], ids=["absent", "silent"])
def test_a_nudge_to_a_broker_that_does_not_answer_is_soon_given_up(
    app: Flask, is_there: bool
) -> None:
    celery_app = make_celery(app)
    with ExitStack() as stack:
        silent = stack.enter_context(create_server(("127.0.0.1", 0)))
        celery_app.conf.broker_url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        if not is_there:
            silent.close()
        celeryd_init.send(sender="worker", instance=None, conf=celery_app.conf, options={})
        worker_process_init.send(sender=None)
        begun = monotonic()

        _nudge(celery_app.tasks["outbox.run_job"], [(1, "match_opgave"), (2, "match_opgave")])

        assert monotonic() - begun < 3


def test_no_worker_without_a_broker(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(app.extensions["settings"], redis_url="")
    monkeypatch.setitem(app.extensions, "settings", settings)

    with pytest.raises(WrongSettings, match="REDIS_URL"):
        make_celery(app)


def test_a_queue_that_nobody_consumes_cannot_come_about(celery_app: Celery) -> None:
    assert celery_app.conf.task_create_missing_queues is False
    assert list(celery_app.amqp.queues) == list(QUEUES)


def test_tasks_run_inside_the_application(app: Flask, celery_app: Celery) -> None:
    def where_am_i() -> bool:
        return current_flask.extensions["settings"] is app.extensions["settings"]

    assert celery_app.task(shared=False)(where_am_i)()


def test_a_process_of_the_worker_shares_no_connection_with_the_one_that_made_it(
    app: Flask,
) -> None:
    make_celery(app)
    backend = select(func.pg_backend_pid())
    with app.app_context():
        with db.engine.connect() as inherited:
            of_the_first = inherited.scalar(backend)
            kept = inherited.connection.dbapi_connection

        worker_process_init.send(sender=None)

        with db.engine.connect() as own:
            of_the_second = own.scalar(backend)
        db.engine.dispose()
    assert of_the_first != of_the_second
    # The other process still talks over it, so it is forgotten and not closed.
    assert kept is not None
    kept.cursor().execute("SELECT 1").close()
    kept.close()


@pytest.mark.parametrize(
    ("queues", "loads"),
    [(["match"], True), (["build"], True), (["tick"], False), (["mail-urgent", "tick"], False)],
)
def test_who_matches_loads_the_loops_before_the_fork(
    celery_app: Celery, monkeypatch: pytest.MonkeyPatch, queues: list[str], loads: bool
) -> None:
    done: list[bool] = []
    monkeypatch.setattr(loading, "load_loops", lambda: done.append(True))
    celery_app.amqp.queues.select(queues)

    worker = SimpleNamespace(app=celery_app)
    celeryd_after_setup.send(sender="worker", instance=worker, conf=celery_app.conf)

    assert bool(done) is loads
