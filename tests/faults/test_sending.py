"""Senders are killed and relays fail: nobody hears twice, and no mail is lost unseen."""

from random import Random

import pytest

from app.core.crowd import address
from app.notifications.rules import DeliveryState
from tests.faults.office import Office, Scale
from tests.faults.sink import Sink

pytestmark = pytest.mark.slow


def assert_each_once(office: Office, sink: Sink, ambiguous: int) -> None:
    """Nobody got two; and who got none is known to be in doubt, at most so many."""
    states, copies = office.states(), sink.copies
    assert max(copies.values()) == 1
    assert set(states) <= {DeliveryState.ACCEPTED, DeliveryState.UNKNOWN}
    assert states[DeliveryState.UNKNOWN] <= ambiguous
    assert office.message_ids(DeliveryState.ACCEPTED) <= set(copies)
    in_doubt = office.message_ids(DeliveryState.UNKNOWN)
    assert set(copies) <= office.message_ids(DeliveryState.ACCEPTED) | in_doubt


def assert_everybody_once(office: Office, sink: Sink, count: int) -> None:
    """What is known of every mail, and is so."""
    assert office.states() == {DeliveryState.ACCEPTED: count}
    assert set(sink.copies.values()) == set(sink.copies_of_people.values()) == {1}
    assert len(sink.copies) == count


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
    sink.drop = 0.01
    office.fill(scale)
    office.send()
    office.finish()

    assert sink.lost_answers > 0
    assert_each_once(office, sink, ambiguous=sink.lost_answers)


def test_f7_a_relay_that_often_says_not_now(office: Office, sink: Sink, scale: Scale) -> None:
    sink.later = 0.02
    office.fill(scale)
    office.send()
    office.finish()

    assert sink.refused
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
