"""The clock asks every minute; the hour and the database decide."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.clock import AMSTERDAM, dutch_time
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


@pytest.mark.parametrize(
    "day", [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)]
)
def test_when_the_clocks_change_there_is_one_planning_a_day_at_seven(
    session: Session, day: date
) -> None:
    """A tick a minute, at some second of it, from the evening before and for three days."""
    begins = datetime.combine(day - timedelta(days=1), time(20), AMSTERDAM).astimezone(UTC)
    with time_machine.travel(begins + timedelta(seconds=37), tick=False) as clock:
        for _ in range(72 * 60):
            digests.plan()
            clock.shift(60)

    runs = session.scalars(select(DigestRun).order_by(DigestRun.planned_at)).all()
    days = [(day + timedelta(days=ahead)).isoformat() for ahead in range(3)]
    assert [run.period for run in runs] == days
    for run in runs:
        local = dutch_time(run.planned_at)
        assert local.date().isoformat() == run.period
        assert time(7) <= local.time() <= time(7, 1, 30)
