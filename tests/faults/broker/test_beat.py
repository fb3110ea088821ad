"""The beat is a metronome: killed, doubled, absent or without memory, all that is due runs once."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from celery import Celery
from celery.beat import PersistentScheduler, ScheduleEntry
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.matching.models import NightlyRun
from app.notifications.models import Delivery, DigestRun
from app.notifications.rules import MailKind
from tests.notifications.builders import a_told_match
from tests.support.queries import counted
from tests.support.work import MONDAY
from workers.factory import make_celery
from workers.schedule import TICKS, Tick

SCHEDULE = "schedule"
# Ten to seven in Amsterdam on that Monday.
START = MONDAY - timedelta(hours=2, minutes=10)
TOLD = START - timedelta(hours=12)
PEOPLE = 3
# Queries of a tick that finds nothing to do. Two of them look at four things each, now and then.
MOST_QUERIES = {"mail.settle": 4, "housekeeping.keep_fresh": 4}
# What SQLAlchemy says to keep the work of a test apart.
OF_TESTS = ("SAVEPOINT", "RELEASE", "ROLLBACK")


class Metronome(PersistentScheduler):  # type: ignore[misc]  # Celery has no types
    """The real one; what it sends is done at once."""

    producer = None

    def apply_async(self, entry: ScheduleEntry, **_: object) -> None:
        self.app.tasks[entry.task](*entry.args)


class Beat:
    """One beat with a folder of its own; it lives until it is forgotten."""

    def __init__(self, app: Celery, folder: Path) -> None:
        folder.mkdir()
        self.app, self.folder = app, folder
        self._begin()

    def _begin(self) -> None:
        self.metronome = Metronome(app=self.app, schedule_filename=str(self.folder / SCHEDULE))

    def killed(self, *, without_memory: bool = False) -> "Beat":
        """The next one, with what this one had on disk."""
        folder = self.folder.with_name(f"{self.folder.name}-next")
        successor = Beat.__new__(Beat)
        successor.app, successor.folder = self.app, folder
        if without_memory:
            folder.mkdir()
        else:
            shutil.copytree(self.folder, folder)
        # Only now may it write what it knows, where nobody looks any more.
        self.metronome.close()
        successor._begin()
        return successor

    def tick(self) -> None:
        for _ in self.app.conf.beat_schedule:
            self.metronome.tick()


@pytest.fixture
def celery_app(app: Flask, session: Session) -> Celery:
    """What decides whether something is due; the ticks of every second decide nothing."""
    made = make_celery(app)
    entries = made.conf.beat_schedule.items()
    made.conf.beat_schedule = {name: one for name, one in entries if one["schedule"] >= 60}
    return made


@pytest.fixture
def readers(session: Session) -> None:
    for _ in range(PEOPLE):
        a_told_match(session, told_at=TOLD)
    session.commit()


def runs(session: Session) -> dict[str, object]:
    digests = select(func.count()).where(Delivery.kind == MailKind.DIGEST)
    return {
        "digests planned": session.execute(select(DigestRun.period, DigestRun.planned)).all(),
        "nights": session.scalars(select(NightlyRun.night)).all(),
        "mails": session.scalar(digests),
    }


@pytest.mark.usefixtures("readers")
@pytest.mark.parametrize("what", ["one beat", "killed", "two", "forgetful", "absent"])
def test_f28_all_that_is_due_runs_exactly_once(
    session: Session, celery_app: Celery, tmp_path: Path, what: str
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        beats = [Beat(celery_app, tmp_path / "one")]
        if what == "two":
            beats.append(Beat(celery_app, tmp_path / "two"))
        for minute in range(200):
            clock.shift(timedelta(minutes=1))
            if what == "killed" and minute in (9, 10):
                beats = [beat.killed() for beat in beats]
            if what == "forgetful" and minute in (9, 12):
                beats = [beat.killed(without_memory=True) for beat in beats]
            if what == "absent" and minute == 9:
                clock.shift(timedelta(hours=1))
            for beat in beats:
                beat.tick()
    for beat in beats:
        beat.metronome.close()

    day = START.date()
    assert runs(session) == {
        "digests planned": [(day.isoformat(), 2 * PEOPLE)],
        "nights": [day],
        "mails": 2 * PEOPLE,
    }


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("tick", TICKS.values(), ids=TICKS)
def test_f28_a_tick_that_comes_twice_costs_next_to_nothing(session: Session, tick: Tick) -> None:
    tick.act(*tick.args)

    with counted(session) as statements:
        tick.act(*tick.args)

    asked = [one for one in statements if not one.startswith(OF_TESTS)]
    assert len(asked) <= MOST_QUERIES.get(tick.name, 2), asked
