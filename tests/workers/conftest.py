"""Real workers on a real broker, and the same code called by hand."""

import os
from collections.abc import Iterator

import pytest
import redis
from celery import Celery
from flask import Flask
from sqlalchemy.orm import Session

from tests.conftest import DatabaseMaker
from tests.support.product import BEAT, MAILBOX, WORKERS, Product, own_broker
from workers.factory import make_celery

BROKERS = {"valkey": "TEST_REDIS_URL", "redis8": "TEST_REDIS8_URL"}


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    """An empty broker of this test only."""
    with own_broker(os.environ["TEST_REDIS_URL"]) as url, redis.Redis.from_url(url) as client:
        yield client


@pytest.fixture
def celery_app(app: Flask, session: Session, broker: redis.Redis) -> Iterator[Celery]:
    """Tasks run here when they are called; what they send waits in the broker."""
    made = make_celery(app)
    kept = broker.connection_pool.connection_kwargs
    made.conf.broker_url = f"redis://{_login(kept)}{kept['host']}:{kept['port']}/{kept['db']}"
    yield made
    made.close()


def _login(kept: dict[str, object]) -> str:
    return f":{kept['password']}@" if kept.get("password") else ""


@pytest.fixture(scope="module", params=BROKERS)
def workers(
    request: pytest.FixtureRequest,
    new_database: DatabaseMaker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Product]:
    """Workers and beat, without the site; once on each kind of broker."""
    with own_broker(os.environ[BROKERS[request.param]]) as url:
        product = Product(tmp_path_factory.mktemp("workers"), new_database(), url)
        try:
            product.start(MAILBOX, *WORKERS, BEAT)
            yield product
        finally:
            product.close()
