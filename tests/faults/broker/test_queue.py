"""Messages come three times, in any order, or are none at all: they only say "look"."""

import base64
import json
import pickle
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any, cast
from uuid import uuid4

import pytest
import redis
from sqlalchemy import text

from app.accounts.service import ask_sign_in
from app.core.heartbeat import Group
from devtools.supervisor import Child, Supervisor
from tests.faults.broker.conftest import Measured
from tests.faults.broker.house import House
from tests.faults.office import Scale
from tests.faults.sink import Sink
from tests.support.alive import work_now
from tests.support.builders import a_domain, a_gemeente
from tests.support.product import BEAT, BULK, TICKS, URGENT, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

AT_WORK = {"tick", "mail-urgent", "mail-bulk"}
PEOPLE = {Scale.SMALL: 60, Scale.FULL: 1_000}
LINK_JOBS = "SELECT attempts, state FROM job WHERE reaction = 'mail_sign_in'"
TEN_MEGABYTES = 10_000_000
# Where kombu keeps the messages that have the usual turn.
QUEUES = [f"{group.value}\x06\x166".encode() for group in Group if group.value in AT_WORK]


def test_f29_every_message_three_times_in_any_order(
    empty_house: House, relay: Sink, seed: int, scale: Scale, measured: Measured
) -> None:
    house = empty_house
    house.kill(BEAT, TICKS, URGENT, BULK)
    # Of a gemeente: to strangers from nowhere so many links do not go.
    domain = f"{uuid4().hex}.example"
    people = [f"{uuid4().hex}@{domain}" for _ in range(PEOPLE[scale])]
    with house.session() as session:
        a_domain(session, a_gemeente(session), domain)
        for address in people:
            ask_sign_in(work_now(session), address)
        session.commit()
    with house.own_broker.client() as client:
        client.flushall()
        house.relay_by_hand()
        measured("messages", sum(multiply(client, queue, Random(seed)) for queue in QUEUES))
        house.start(TICKS, URGENT, BULK)
        house.wait_until_quiet()
        wait_for(lambda: not any(client.exists(queue) for queue in QUEUES), "empty queues")
    # Nobody asked for the mail that the last jobs planned.
    house.start(BEAT)
    house.finish()

    with house.engine.connect() as connection:
        jobs = Counter((row.attempts, row.state) for row in connection.execute(text(LINK_JOBS)))
    assert jobs == {(1, "done"): len(people)}
    assert relay.copies_of_people == dict.fromkeys(people, 1)


def multiply(client: redis.Redis, queue: bytes, chance: Random) -> int:
    """Each waiting message three times, in another order; how many there are then."""
    messages = cast("list[bytes]", client.lrange(queue, 0, -1)) * 3
    assert messages
    chance.shuffle(messages)
    client.delete(queue)
    client.rpush(queue, *messages)
    return len(messages)


# What is no message


def envelope(body: bytes, **changed: object) -> dict[str, Any]:
    """As Celery writes one."""
    number = uuid4().hex
    headers = {"id": number, "root_id": number, "task": "no.such.task", "lang": "py"}
    where = {"exchange": "", "routing_key": Group.TICK.value}
    message = {
        "body": base64.b64encode(body).decode(),
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": headers,
        "properties": {"delivery_tag": number, "delivery_info": where, "body_encoding": "base64"},
    }
    return {**message, **changed}


class Trap:
    """Whoever unpickles it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self.path,)


NO_ARGUMENTS = b"[[], {}, {}]"
GARBAGE: dict[str, bytes] = {
    "no JSON": b"garbage",
    "no text": b"\xff\xfe\x00",
    "a number": b"7",
    "nothing": b"null",
    "a list": b"[[]]",
    "far too deep": b"[" * 200_000,
    "without properties": b"{}",
    "with properties of another kind": json.dumps(envelope(b"", properties=[1])).encode(),
    "to nowhere": json.dumps(envelope(b"", properties={"delivery_tag": "1"})).encode(),
    "with a tag of another kind": json.dumps(
        envelope(b"", properties={"delivery_tag": [], "delivery_info": {}})
    ).encode(),
    "an unreadable body": json.dumps({**envelope(b""), "body": "%%%"}).encode(),
    "headers of another kind": json.dumps(envelope(NO_ARGUMENTS, headers=7)).encode(),
    "an unknown task": json.dumps(envelope(NO_ARGUMENTS)).encode(),
    "much": b"x" * TEN_MEGABYTES,
    "much for an unknown task": json.dumps(
        envelope(b'[["' + b"x" * TEN_MEGABYTES + b'"], {}, {}]')
    ).encode(),
}
TOLD = re.compile(r"message rejected|Received unregistered|Received and deleted|Can't decode")


@pytest.fixture
def trap(house: House) -> Path:
    return house.folder / "unpickled"


@pytest.mark.parametrize("what", [*GARBAGE, "a pickle"])
def test_f30_what_is_no_message_is_rejected_and_told_once(
    house: House, trap: Path, what: str
) -> None:
    pickled = envelope(
        pickle.dumps(Trap(trap)), **{"content-type": "application/x-python-serialize"}
    )
    worker = house.parts[TICKS]
    before = len(worker.log.read_text(errors="replace"))

    with house.own_broker.client() as client:
        client.lpush(Group.TICK.value, GARBAGE.get(what) or json.dumps(pickled).encode())
        wait_for(lambda: not client.exists(Group.TICK.value), "it to be taken")
    house.seconds_to_consume()

    said = worker.log.read_text(errors="replace")[before:]
    assert worker.process.poll() is None
    assert len(TOLD.findall(said)) == 1, said
    assert len(said) < 100_000
    assert not trap.exists()


# Workers that end


def test_f31_a_worker_that_ends_is_back_within_moments(
    house: House, tmp_path: Path, measured: Measured
) -> None:
    house.kill(TICKS)
    supervisor = Supervisor(tmp_path)
    it = Child(TICKS, "De werker", house._command(TICKS), house.environment)
    try:
        supervisor.start(it, lambda: supervisor.has_said(TICKS, " ready."))
        assert it.process is not None
        first, begun = it.process, monotonic()

        # Only the process that leads the others, as when it fails.
        first.kill()

        def is_back() -> bool:
            supervisor.tick()
            return it.process not in {None, first}

        wait_for(is_back, "another one in its place")
        assert measured("seconds until it is back", monotonic() - begun) <= 5
        measured("seconds until work", house.seconds_to_consume())
    finally:
        supervisor.stop()
