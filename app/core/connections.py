"""Whether a connection that was kept still works; without a question to the server each time."""

from select import POLLIN, poll
from typing import Any

from psycopg import Connection
from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError


def listen_before_use(engine: Engine) -> None:
    """Let another connection take the place of one that the server has ended."""
    event.listen(engine, "checkout", _refuse_what_was_ended)


def _refuse_what_was_ended(connection: "Connection[Any]", *_: object) -> None:
    """A server to which nothing is asked has nothing to say, but that it goes."""
    line = poll()
    line.register(connection, POLLIN)
    if line.poll(0):
        raise DisconnectionError
