"""What waits for workers, in the words that the page and the command both say."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.core.outbox import OutboxMessage
from app.notifications.rules import DeliveryState
from app.notifications.waiting import waits
from tests.notifications.builders import a_delivery
from tests.support.work import MONDAY, database_now


def test_without_work_nothing_waits_and_nothing_is_late(session: Session) -> None:
    found = waits(session, MONDAY)

    assert [line.words for line in found.lines] == [
        "Nieuws dat nog verdeeld moet worden: 0",
        "Taken die aan de beurt zijn: 0",
        "Mails die weg moeten: 0",
    ]
    assert not found.is_late


def test_what_waits_is_counted_with_how_long_the_oldest_does(session: Session) -> None:
    now = database_now(session)
    for minutes in (2, 5):
        a_delivery(session, next_attempt_at=now - timedelta(minutes=minutes))
    a_delivery(session, next_attempt_at=now + timedelta(hours=1))
    a_delivery(session, state=DeliveryState.ACCEPTED)

    last = waits(session, MONDAY).lines[-1]

    assert last.words == "Mails die weg moeten: 2 (de oudste wacht 5 minuten)"


@pytest.mark.parametrize(("seconds", "is_late"), [(30, False), (31, True)])
def test_work_that_waits_longer_than_seconds_is_late(
    session: Session, seconds: int, is_late: bool
) -> None:
    told_at = MONDAY - timedelta(seconds=seconds)
    session.add(OutboxMessage(name="profile.changed", payload={}, occurred_at=told_at))
    session.flush()

    assert waits(session, MONDAY).is_late is is_late
