"""A connection that the server ended is of no harm to who comes next, and nobody asks for it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL, Connection, Engine, create_engine, text

from app.core.connections import listen_before_use
from tests.support.product import wait_for

MINE = text("SELECT pg_backend_pid()")
END = text("SELECT pg_terminate_backend(:pid)")
IS_THERE = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
ASKED = text("SELECT query FROM pg_stat_activity WHERE pid = :pid")


@pytest.fixture
def engine(database: URL) -> Iterator[Engine]:
    made = create_engine(database, pool_size=1)
    listen_before_use(made)
    yield made
    made.dispose()


@pytest.fixture
def other(database: URL) -> Iterator[Connection]:
    """Who looks on, and sees things as they are now."""
    made = create_engine(database, isolation_level="AUTOCOMMIT")
    with made.connect() as connection:
        yield connection
    made.dispose()


def pid_of(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(MINE) or 0


def test_one_that_was_ended_is_replaced(engine: Engine, other: Connection) -> None:
    first = pid_of(engine)
    other.execute(END, {"pid": first})
    wait_for(lambda: not other.scalar(IS_THERE, {"pid": first}), "it to end")

    assert pid_of(engine) != first


def test_one_that_works_is_used_again_without_a_question(engine: Engine, other: Connection) -> None:
    first = pid_of(engine)
    with engine.connect():
        last_asked = other.scalar(ASKED, {"pid": first})

    assert (pid_of(engine), last_asked) == (first, "ROLLBACK")
