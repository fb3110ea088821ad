"""The clock asks every minute; the hour and the database decide."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.matching.service import match_opgave
from app.notifications.models import Delivery, DigestRun
from app.notifications.rules import MailKind
from app.notifications.service import tell_matches
from tests.support.builders import a_profile, an_opgave
from tests.support.work import MONDAY, make_work
from workers import digests

# Monday 23 November 2026 in Amsterdam.
SEVEN = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.fixture
def reader(session: Session) -> None:
    """A professional and an opgavehouder with news since yesterday."""
    yesterday = make_work(session, now=MONDAY - timedelta(days=1))
    profile, opgave = a_profile(session, "Verkeerskunde"), an_opgave(session, "Verkeerskunde")
    match_opgave(yesterday, opgave.id)
    tell_matches(yesterday, opgave.id, [profile.user_id])
    session.commit()


def planned(session: Session) -> int | None:
    return session.scalar(
        select(func.count()).select_from(Delivery).where(Delivery.kind == MailKind.DIGEST)
    )


@pytest.mark.usefixtures("reader")
def test_nothing_is_planned_before_seven(session: Session) -> None:
    with time_machine.travel(SEVEN - timedelta(seconds=1), tick=False):
        digests.plan()

    assert planned(session) == 0


@pytest.mark.usefixtures("reader")
def test_at_seven_the_digests_of_the_day_are_planned_once(session: Session) -> None:
    for minute in range(3):
        with time_machine.travel(SEVEN + timedelta(minutes=minute), tick=False):
            digests.plan()

    runs = session.execute(select(DigestRun.period, DigestRun.planned)).all()
    assert [tuple(run) for run in runs] == [("2026-11-23", 2)]
    assert planned(session) == 2
