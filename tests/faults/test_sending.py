"""Senders are killed and relays fail: nobody hears twice, and no mail is lost unseen."""

import os
import signal
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select

from app.notifications.models import AddressHealth
from app.notifications.rules import ANSWER_WAIT, FIRST_WAIT, LEASE, DeliveryState
from app.notifications.service.health import hash_of
from tests.faults.conftest import Record
from tests.faults.office import SENDERS, Office, Scale
from tests.faults.sink import Sink
from tests.faults.verdicts import assert_each_once, assert_everybody_once
from tests.faults.within import stop_before_a_dot
from tests.support.product import LOOP, wait_for
from workers.crowd import address
from workers.mail import BATCH

pytestmark = pytest.mark.slow

# Where it plays no part how many there are.
FEW = 60


def test_f1_senders_killed_at_any_moment(
    office: Office, sink: Sink, scale: Scale, seed: int
) -> None:
    office.ledger = sink.log
    office.fill(scale)
    office.send()
    killed = office.kill_some(Random(seed), scale.kills)
    office.finish()

    assert killed > 0
    assert_everybody_once(office, sink, scale)


def test_f1_senders_killed_without_a_ledger(
    office: Office, sink: Sink, scale: Scale, seed: int
) -> None:
    office.fill(scale)
    office.send()
    killed = office.kill_some(Random(seed), scale.kills)
    office.finish()

    assert killed > 0
    assert_each_once(office, sink, ambiguous=killed)


def a_frozen_sender(office: Office, sink: Sink) -> int:
    """One of two stopped before its dot, and three leases went by; who it is.

    How many mails there are plays no part: the other sender only has to have some.
    """
    office.senders, office.within = 2, stop_before_a_dot
    office.fill(FEW)
    office.send()
    # The rest of its claim waits with it.
    wait_for(lambda: office.frozen.exists() and office.waiting() <= BATCH, "what it holds")
    office.let_pass(3 * LEASE)
    return int(office.frozen.read_text())


def thaw(office: Office, frozen: int) -> None:
    """It goes on, and writes down what it thinks; nobody else does anything meanwhile."""
    [other] = set(office.pids()) - {frozen}
    os.kill(other, signal.SIGSTOP)
    os.kill(frozen, signal.SIGCONT)
    office.see_a_turn()


def test_f4_a_sender_that_freezes_before_its_dot(office: Office, sink: Sink) -> None:
    """The relay cuts a silent line long before anybody decides on the mail, as Postfix does."""
    office.ledger, sink.patience = sink.log, 5
    frozen = a_frozen_sender(office, sink)
    wait_for(lambda: sink.cut_lines, "the relay to cut the line")
    office.finish()
    before = office.rows()
    thaw(office, frozen)

    assert office.rows() == before
    assert_everybody_once(office, sink, FEW)


def test_f4_a_sender_that_freezes_without_a_ledger(office: Office, sink: Sink) -> None:
    """The relay waits for it for ever: nobody else may offer what it may still hand over."""
    frozen = a_frozen_sender(office, sink)
    office.finish()
    before, copies = office.rows(), sum(sink.copies.values())
    thaw(office, frozen)

    assert office.rows() == before
    assert (copies, sum(sink.copies.values())) == (FEW - 1, FEW)
    assert_each_once(office, sink, ambiguous=1)


def test_f6_answers_that_never_come(office: Office, sink: Sink, scale: Scale) -> None:
    sink.drop, office.ledger = 0.01, sink.log
    office.fill(scale)
    office.send()
    office.finish()

    assert sink.lost_answers > 0
    assert_everybody_once(office, sink, scale)


def test_f6_answers_that_never_come_without_a_ledger(
    office: Office, sink: Sink, scale: Scale
) -> None:
    sink.drop = 0.03
    office.fill(scale)
    office.send()
    office.finish()

    assert sink.lost_answers > 0
    assert_each_once(office, sink, ambiguous=sink.lost_answers)


def test_f7_a_relay_that_often_says_not_now(office: Office, sink: Sink, scale: Scale) -> None:
    """Time goes on when everybody waits."""
    sink.later = 0.02
    office.fill(scale)
    office.note_waits()
    office.send()
    while office.waiting():
        wait_for(office.is_at_rest, "all that is due", 600)
        office.hurry()

    waits = office.waits()
    assert len(waits) == sum(sink.refused.values()) > 0
    for tries, wait in waits:
        assert 0.5 <= wait / (FIRST_WAIT * 2 ** (tries - 1)) <= 1.5
    assert_everybody_once(office, sink, scale)


def test_f8_addresses_that_do_not_exist(office: Office, sink: Sink, scale: Scale) -> None:
    sink.unknown = frozenset(address(number) for number in range(1, scale + 1, 33))
    office.fill(scale)
    office.send()
    office.finish()

    assert set(sink.refused.values()) == {1}
    assert set(sink.refused) == sink.unknown
    assert office.states() == {
        DeliveryState.ACCEPTED: scale - len(sink.unknown),
        DeliveryState.FAILED: len(sink.unknown),
    }
    assert set(sink.copies_of_people.values()) == {1}
    with office.session() as session:
        rests = AddressHealth.suppressed_since.is_not(None)
        resting = set(session.scalars(select(AddressHealth.address_hash).where(rests)))
    assert resting == {hash_of(one, office.paper.secret) for one in sink.unknown}


def test_f10_a_relay_that_takes_twenty_seconds_holds_up_no_link(
    office: Office, sink: Sink, record_property: Record
) -> None:
    """Of the digests only; how many there are plays no part."""
    sink.dawdles = 20
    office.fill(FEW)
    office.start(LOOP)
    wait_for(lambda: sink.dawdling, "the first digest to hang")
    asked = [office.ask_for_a_link() for _ in range(20)]
    wait_for(lambda: set(asked) <= set(sink.copies_of_people), "the links", 120)
    waits = sorted(
        (one.at - office.asked_at(one.address)).total_seconds()
        for one in sink.taken
        if one.address in asked
    )
    slowest = waits[int(len(waits) * 0.95) - 1]
    record_property("p95 seconds", round(slowest, 1))

    assert len(waits) == len(asked)
    assert slowest <= 30
    assert office.waiting() > 0


def test_f10_a_relay_that_takes_a_mail_after_its_sender_was_killed(
    office: Office, sink: Sink
) -> None:
    """Fifty seconds late, one mail: as long as the relay may take it nobody offers it again."""
    office.ledger, office.senders = sink.log, 1
    sink.opens.clear()
    office.fill(1)
    office.send()
    wait_for(sink.holds.is_set, "the dot")
    office.kill(SENDERS)
    office.let_pass(timedelta(seconds=50))
    office.send()
    office.see_a_turn()
    assert office.states()[DeliveryState.SUBMITTING] == 1
    sink.opens.set()
    wait_for(lambda: sink.taken, "the relay to take it")
    office.let_pass(ANSWER_WAIT)
    office.finish()

    assert set(sink.copies.values()) == {1}
    assert office.states() == {DeliveryState.ACCEPTED: 1}
