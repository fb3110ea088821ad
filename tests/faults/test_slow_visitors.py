"""Who sends slowly, or nothing, holds up nobody else."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread
from urllib.request import urlopen

import pytest

from tests.conftest import DatabaseMaker
from tests.faults.conftest import Record
from tests.support.product import WEB, Product

pytestmark = pytest.mark.slow

IDLE, HALF = 500, 40
ASKED = 40
# Seconds.
MOST_OPEN = 30
DRIP = 0.5
# A machine with other work may once be late; what waits for a thread waits for many seconds.
SPARE = 0.25
HALVES = {
    "headers": b"GET /inloggen HTTP/1.1\r\nHost: x\r\nX-A: ",
    "a body": b"POST /inloggen HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n",
    "nothing": b"",
}


@pytest.fixture
def product(new_database: DatabaseMaker, tmp_path: Path) -> Iterator[Product]:
    product = Product(tmp_path, new_database(), "redis://127.0.0.1:1/0")
    try:
        product.start(WEB)
        yield product
    finally:
        product.close()


def p95_of_others(product: Product) -> float:
    """Seconds, of somebody who asks for a page again and again."""
    taken = []
    for _ in range(ASKED):
        began = time.monotonic()
        with urlopen(f"{product.base_url}/inloggen", timeout=MOST_OPEN) as answer:
            assert answer.status == 200
            answer.read()
        taken.append(time.monotonic() - began)
    return sorted(taken)[int(ASKED * 0.95)]


def is_closed(line: socket.socket) -> bool:
    try:
        line.settimeout(0)
        return not line.recv(1)
    except BlockingIOError:
        return False
    except OSError:
        return True


def drip(lines: list[socket.socket], until: Event) -> None:
    """One byte now and then, for as long as the other side takes it."""
    while lines and not until.wait(DRIP):
        for line in list(lines):
            try:
                line.sendall(b"a")
            except OSError:
                lines.remove(line)


@pytest.mark.timeout(180)
def test_s78_who_sends_slowly_or_nothing_holds_up_nobody(
    product: Product, record_property: Record
) -> None:
    before = p95_of_others(product)
    with ExitStack() as stack:
        lines = []
        for begin in [HALVES["nothing"]] * IDLE + [HALVES["headers"], HALVES["a body"]] * HALF:
            line = socket.create_connection(("127.0.0.1", product.port), MOST_OPEN)
            stack.enter_context(line)
            line.sendall(begin)
            lines.append(line)
        began, enough = time.monotonic(), Event()
        dripping = Thread(target=drip, args=(lines[IDLE:], enough), daemon=True)
        dripping.start()
        during = p95_of_others(product)
        still_open = lines
        while still_open and time.monotonic() - began < MOST_OPEN:
            time.sleep(DRIP)
            still_open = [line for line in still_open if not is_closed(line)]
        enough.set()
        dripping.join()

    record_property("p95 before", round(before, 4))
    record_property("p95 during", round(during, 4))
    assert during <= 2 * before + SPARE
    assert still_open == []
