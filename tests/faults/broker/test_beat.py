"""The beat is a metronome: killed, doubled, absent or without memory, all that is due runs once."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.actor import Role
from app.matching.models import NightlyRun
from app.notifications.models import Delivery, DigestRun
from app.notifications.rules import MailKind
from tests.conftest import DatabaseMaker
from tests.faults.broker.house import House
from tests.faults.clock import on_day
from tests.faults.crowd import news_for
from tests.faults.sink import Sink, listening
from tests.support.builders import a_user
from tests.support.product import BEAT, BUILDING, BULK, wait_for
from tests.support.queries import counted
from workers.schedule import TICKS, Tick

pytestmark = pytest.mark.slow

SECOND_BEAT = "second-beat"
PEOPLE = 3
A_MOMENT, AN_HOUR = timedelta(seconds=1), timedelta(hours=1)
# The ticks that look at the day to decide whether something is due, and who does them.
DAILY = {BULK: "digests.plan", BUILDING: "housekeeping.match_nightly"}
# Of a tick that finds nothing to do any more.
MOST_QUERIES = 3
# What SQLAlchemy says to keep the work of a test apart.
OF_TESTS = ("SAVEPOINT", "RELEASE", "ROLLBACK")


class House28(House):
    """What goes by the day, and a hasty beat."""

    always = (BULK, BUILDING, BEAT)
    mondays = 0

    def make_ready(self) -> None:
        if SECOND_BEAT in self.parts:
            self.kill(SECOND_BEAT)
        self.start(*(name for name in self.always if name not in self.parts))

    def next_monday(self) -> datetime:
        """Seven o'clock on a Monday that no test has seen; it is ten minutes before that."""
        monday = on_day(7 * self.mondays, 7)
        self.mondays += 1
        self.clock.set(monday - 10 * AN_HOUR)
        with self.clock.running(), self.session() as session:
            for _ in range(PEOPLE):
                news_for(session, a_user(session), a_user(session, Role.OPGAVEHOUDER))
            session.commit()
        self.clock.set(monday - AN_HOUR / 6)
        return monday

    def see_ticks(self) -> None:
        """Two of each of those that look at the day come along, and are over."""
        before = self._ticks()
        wait_for(
            lambda: all(now >= then + 2 for now, then in zip(self._ticks(), before, strict=True)),
            "the ticks",
        )

    def _ticks(self) -> list[int]:
        return [
            len(re.findall(rf"Task {re.escape(tick)}\[.*\] succeeded", self._read(part)))
            for part, tick in DAILY.items()
        ]

    def forget_schedules(self) -> None:
        for file in self.folder.glob("schedule*"):
            file.unlink()

    def runs_of(self, monday: datetime) -> dict[str, object]:
        day = monday.date()
        mails = select(func.count(), func.count(Delivery.user_id.distinct())).where(
            Delivery.kind == MailKind.DIGEST, Delivery.created_at >= monday
        )
        planned = select(DigestRun.planned).where(DigestRun.period == day.isoformat())
        with self.session() as session:
            return {
                "planned": session.scalars(planned).all(),
                "nights": session.scalars(select(NightlyRun.night).filter_by(night=day)).all(),
                "mails and readers": tuple(session.execute(mails).one()),
            }

    def _command(self, name: str) -> list[str]:
        command = super()._command(BEAT if name == SECOND_BEAT else name)
        if name == SECOND_BEAT:
            command[command.index("-s") + 1] += "-of-the-second"
        python, _, _, _, _, *words = command
        return [python, "-m", "tests.faults.broker.hastened", *words]

    def _ready(self, name: str) -> bool:
        if name == SECOND_BEAT:
            return "Sending due task" in self._read(name)
        return super()._ready(name)


@pytest.fixture(scope="module")
def metronome(
    new_database: DatabaseMaker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House28]:
    folder = tmp_path_factory.mktemp("metronome")
    with listening(Sink(folder / "relay.log", seed=0)) as port:
        house = House28(folder, new_database(), broker="", smtp_port=port)
        try:
            yield house
        finally:
            house.close()


def is_killed(house: House28, moment: datetime) -> None:
    house.kill(BEAT)
    house.clock.set(moment)
    house.start(BEAT)


def has_a_double(house: House28, moment: datetime) -> None:
    if SECOND_BEAT not in house.parts:
        house.start(SECOND_BEAT)
    house.clock.set(moment)


def loses_its_memory(house: House28, moment: datetime) -> None:
    house.kill(BEAT)
    house.forget_schedules()
    house.clock.set(moment)
    house.start(BEAT)


def is_absent(house: House28, moment: datetime) -> None:
    is_killed(house, moment + AN_HOUR)


@pytest.mark.parametrize("beat", [is_killed, has_a_double, loses_its_memory, is_absent])
def test_f28_all_that_is_due_runs_exactly_once(
    metronome: House28, beat: Callable[[House28, datetime], None]
) -> None:
    """It happens at seven, when the digests become due, and once more within a minute."""
    monday = metronome.next_monday()
    metronome.make_ready()
    metronome.see_ticks()
    nothing_yet = metronome.runs_of(monday)
    for moment in (monday + A_MOMENT, monday + 30 * A_MOMENT):
        beat(metronome, moment)
        metronome.see_ticks()
    # The next Monday is too late for them.
    wait_for(metronome.is_at_rest, "the mails to go")

    assert nothing_yet["planned"] == []
    assert metronome.runs_of(monday) == {
        "planned": [2 * PEOPLE],
        "nights": [monday.date()],
        "mails and readers": (2 * PEOPLE, 2 * PEOPLE),
    }


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("tick", TICKS.values(), ids=TICKS)
def test_f28_a_tick_that_comes_twice_costs_next_to_nothing(session: Session, tick: Tick) -> None:
    tick.act(*tick.args)

    with counted(session) as statements:
        tick.act(*tick.args)

    asked = [one for one in statements if not one.startswith(OF_TESTS)]
    assert len(asked) <= MOST_QUERIES, asked
