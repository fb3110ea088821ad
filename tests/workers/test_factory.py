"""Celery as this house uses it: a message may be lost, and carries nothing but plain values."""

from celery import Celery
from flask import Flask
from flask import current_app as current_flask

from workers.factory import QUEUES


def test_messages_are_plain_and_answers_are_not_kept(celery_app: Celery) -> None:
    conf = celery_app.conf

    assert (conf.task_serializer, list(conf.accept_content)) == ("json", ["json"])
    assert (conf.task_ignore_result, conf.result_backend) == (True, None)


def test_nothing_is_redelivered_and_nothing_is_prefetched(celery_app: Celery) -> None:
    conf = celery_app.conf

    assert (conf.task_acks_late, conf.task_publish_retry) == (False, False)
    assert (conf.worker_prefetch_multiplier, conf.worker_disable_prefetch) == (1, True)


def test_a_message_outlives_the_longest_task(celery_app: Celery) -> None:
    patience = celery_app.conf.broker_transport_options["visibility_timeout"]

    assert celery_app.conf.task_soft_time_limit < celery_app.conf.task_time_limit < patience


def test_a_queue_that_nobody_consumes_cannot_come_about(celery_app: Celery) -> None:
    assert celery_app.conf.task_create_missing_queues is False
    assert list(celery_app.amqp.queues) == list(QUEUES)


def test_tasks_run_inside_the_application(app: Flask, celery_app: Celery) -> None:
    def where_am_i() -> bool:
        return current_flask.extensions["settings"] is app.extensions["settings"]

    assert celery_app.task(shared=False)(where_am_i)()
