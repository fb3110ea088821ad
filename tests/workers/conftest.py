"""Real workers on a real broker, and the same code called by hand."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

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


@pytest.fixture(scope="session")
def products(
    new_database: DatabaseMaker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Product]]:
    """Workers and beat without the site, one set for each kind of broker."""
    made: dict[str, Product] = {}
    with ExitStack() as stack:

        def product(kind: str) -> Product:
            if kind not in made:
                url = stack.enter_context(own_broker(os.environ[BROKERS[kind]]))
                made[kind] = Product(tmp_path_factory.mktemp(kind), new_database(), url)
                stack.callback(made[kind].close)
            return made[kind]

        yield product


@pytest.fixture(params=BROKERS)
def workers(request: pytest.FixtureRequest, products: Callable[[str], Product]) -> Product:
    """All of them running and idle, whatever an earlier test did to them."""
    product = products(request.param)
    product.start(*(name for name in (MAILBOX, *WORKERS, BEAT) if name not in product.parts))
    product.thaw()
    product.wait_until_quiet()
    return product
