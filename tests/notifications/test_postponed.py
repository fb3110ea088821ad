"""Mails that wait for a moment to come."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.notifications.postponed import postponed
from app.notifications.rules import DeliveryState, MailKind, next_morning
from tests.notifications.builders import a_delivery
from tests.support.work import database_now

AT_ONCE = MailKind.INTEREST_SHOWN


def test_what_is_to_go_now_or_has_gone_is_not_postponed(session: Session) -> None:
    tomorrow = database_now(session) + timedelta(days=1)
    a_delivery(session)
    a_delivery(session, state=DeliveryState.ACCEPTED, next_attempt_at=tomorrow)

    assert postponed(session) == []


def test_what_waits_for_the_end_of_quiet_hours_goes_together(session: Session) -> None:
    morning = next_morning(database_now(session))
    for _ in range(2):
        a_delivery(session, kind=AT_ONCE, next_attempt_at=morning)
    a_delivery(session, kind=AT_ONCE, next_attempt_at=next_morning(morning))

    found = postponed(session)

    assert [(one.count, one.goes_at, one.is_quiet) for one in found] == [
        (2, morning, True),
        (1, next_morning(morning), True),
    ]


def test_what_is_tried_again_is_counted_at_once_with_the_first_that_goes(session: Session) -> None:
    now = database_now(session)
    tries = [now + timedelta(minutes=minutes, microseconds=7) for minutes in (9, 3)]
    for at, kind in zip(tries, (AT_ONCE, MailKind.DIGEST), strict=True):
        a_delivery(session, kind=kind, next_attempt_at=at)

    assert [(one.count, one.goes_at, one.is_quiet) for one in postponed(session)] == [
        (2, tries[1], False)
    ]


def test_a_digest_never_waits_for_quiet_hours(session: Session) -> None:
    a_delivery(session, next_attempt_at=next_morning(database_now(session)))

    assert [one.is_quiet for one in postponed(session)] == [False]
