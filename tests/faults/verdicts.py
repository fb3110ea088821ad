"""What must be so after a run, whatever went wrong in it."""

from app.notifications.rules import DeliveryState
from tests.faults.office import Office
from tests.faults.sink import Sink


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
