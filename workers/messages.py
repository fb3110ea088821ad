"""The broker as Celery is to see it: what is not a message of Celery's does not get through.

Whoever can write to the broker could otherwise end a worker with one word that is not JSON.
"""

from json import JSONDecodeError
from typing import Any

import structlog
from kombu.connection import Connection
from kombu.transport import redis

# What reading something raises that is no JSON, or is nested deeper than anybody writes.
UNREADABLE = (JSONDecodeError, UnicodeDecodeError, RecursionError)
MALFORMED = (AttributeError, KeyError, TypeError, ValueError)

# Seconds; kombu waits longer each time, up to half a minute, while the broker may be back.
KNOCK_EVERY = 4

log = structlog.get_logger()


class PatientConnection(Connection):
    """Knocks at a broker that is away until it is there, and then is not long in coming."""

    def ensure_connection(self, *args: Any, **options: Any) -> Any:
        options.setdefault("interval_max", KNOCK_EVERY)
        return super().ensure_connection(*args, **options)  # type: ignore[no-untyped-call]  # as below


class Channel(redis.Channel):
    def _brpop_read(self, **options: Any) -> bool:
        try:
            return bool(super()._brpop_read(**options))  # type: ignore[no-untyped-call]  # has none
        except UNREADABLE as error:
            log.warning("message rejected", error=type(error).__name__)
            return True


class Transport(redis.Transport):
    Channel = Channel

    def _deliver(self, message: Any, queue: str) -> None:
        try:
            _look_at(message, next(iter(self.channels)))
        except MALFORMED as error:
            log.warning("message rejected", error=type(error).__name__, queue=queue)
            return
        super()._deliver(message, queue)  # type: ignore[no-untyped-call]  # as above


def _look_at(message: Any, channel: redis.Channel) -> None:
    """Take it apart as kombu will, while nobody holds it yet."""
    taken = channel.Message(message, channel=channel)  # type: ignore[no-untyped-call]  # as above
    {taken.delivery_tag: taken.delivery_info["exchange"] + taken.delivery_info["routing_key"]}
