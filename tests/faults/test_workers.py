"""The real worker of the mail queue is killed, or asked to stop: its work goes on, once."""

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest

from app.core.clock import utc_now
from app.notifications.rules import DeliveryState
from tests.faults.conftest import Record
from tests.faults.office import Office, Scale
from tests.faults.sink import Sink
from tests.faults.verdicts import assert_everybody_once
from tests.support.product import BEAT, BULK, own_broker, wait_for

pytestmark = pytest.mark.slow

CONSUMES_WITHIN = timedelta(seconds=5)
STOPS_WITHIN = timedelta(seconds=25)
# Seconds between two kills at most; in small they come sooner, for there are fewer mails to kill.
BETWEEN = {Scale.SMALL: 1.0, Scale.FULL: 4.0}
KILLS = {Scale.SMALL: 5, Scale.FULL: 30}
STOPS = {Scale.SMALL: 3, Scale.FULL: 10}
# How many mails there are plays no part, as long as there are some left at the kills.
SHARE = 3


@pytest.fixture
def staffed(office: Office, sink: Sink, scale: Scale) -> Iterator[Office]:
    """With a broker, the metronome, and the worker of the digests at work."""
    with own_broker(os.environ["TEST_REDIS_URL"]) as url:
        office.broker, office.ledger = url, sink.log
        office.fill(scale // SHARE)
        office.start(BEAT, BULK)
        wait_for(lambda: sink.taken, "the first mail")
        yield office


def test_f2_the_whole_worker_is_killed(
    staffed: Office, sink: Sink, scale: Scale, seed: int, record_property: Record
) -> None:
    """Main process and children at once. A third of the mails of F1, and fewer kills in small."""
    chance, slowest, killed = Random(seed), timedelta(0), 0
    # From nothing, so with what Python takes to read the product.
    longest = timedelta(0)
    while killed < KILLS[scale] and staffed.are_due():
        staffed.wait(chance.uniform(0, BETWEEN[scale]))
        staffed.kill_worker(BULK)
        killed += 1
        before, spawned = len(sink.taken), utc_now()
        staffed.start_worker(BULK)
        began = utc_now()
        if staffed.are_due():
            wait_for(lambda: len(sink.taken) > before, "the new worker to send")  # noqa: B023
            slowest = max(slowest, sink.taken[before].at - began)
            longest = max(longest, sink.taken[before].at - spawned)
    record_property("kills", killed)
    record_property("slowest from nothing", round(longest.total_seconds(), 1))
    record_property("slowest start", round(slowest.total_seconds(), 1))
    # What is left is for others, of whom it is known whether they live.
    staffed.kill_worker(BULK)
    # The last mail of all may be among what was killed.
    sink.goes_on()
    staffed.send()
    staffed.finish()

    assert killed > 1
    assert slowest <= CONSUMES_WITHIN
    assert_everybody_once(staffed, sink, scale // SHARE)


def test_f3_the_worker_is_asked_to_stop(
    staffed: Office, sink: Sink, scale: Scale, seed: int, record_property: Record
) -> None:
    """As at a deploy. What it was doing is ended, and what it had not begun is given back."""
    chance, slowest, stopped = Random(seed), timedelta(0), 0
    while stopped < STOPS[scale] and staffed.are_due():
        staffed.wait(chance.uniform(0, BETWEEN[scale]))
        worker = staffed.parts.pop(BULK)
        asked = utc_now()
        worker.process.send_signal(signal.SIGTERM)
        assert worker.process.wait(STOPS_WITHIN.total_seconds()) == 0
        slowest = max(slowest, utc_now() - asked)
        stopped += 1
        assert staffed.states()[DeliveryState.SUBMITTING] == 0
        assert staffed.scalar("SELECT count(*) FROM delivery WHERE lease_until > now()") == 0
        before = len(sink.taken)
        staffed.start_worker(BULK)
        wait_for(
            lambda: len(sink.taken) > before or not staffed.waiting(),  # noqa: B023
            "the new worker to send",
        )
    record_property("stops", stopped)
    record_property("slowest stop", round(slowest.total_seconds(), 1))
    wait_for(lambda: not staffed.waiting(), "the rest", 300)

    assert stopped > 1
    assert set(staffed.scalars("SELECT attempts FROM delivery")) == {1}
    assert_everybody_once(staffed, sink, scale // SHARE)
