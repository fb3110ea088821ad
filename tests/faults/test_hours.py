"""Who books hours is killed, also between booking and committing: the urenbank stays whole."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import URL, func, select, text
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.actor import Role
from app.core.outbox import OutboxMessage
from app.hours import queries, service
from app.hours.models import HourSettling, HourTransfer
from app.hours.rules import TransferKind, balances
from tests.conftest import DatabaseMaker
from tests.faults.bookkeepers import MOMENTS, YEAR
from tests.faults.conftest import Record
from tests.faults.office import Scale
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_gemeente, a_user
from tests.support.product import ROOT, wait_for

pytestmark = pytest.mark.slow

GEMEENTEN, AT_WORK = 12, 4
OPERATIONS = {Scale.SMALL: 600, Scale.FULL: 10_000}
# Somebody is killed in whatever they do, once in so many operations.
KILLED = 0.02
OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
)


@pytest.fixture
def url(new_database: DatabaseMaker) -> URL:
    """A database with gemeenten, and a beheerder who can settle."""
    url = new_database()
    with SharedDatabase(url) as shared, shared.work() as work:
        codes = [a_gemeente(work.session).code for _ in range(GEMEENTEN)]
        a_user(work.session, Role.BEHEERDER, gemeente_code=codes[0])
    return url


class Crew:
    """Bookkeepers at work, and what they told."""

    def __init__(self, url: URL, seed: int) -> None:
        database = url.render_as_string(hide_password=False)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.bookkeepers", database, str(AT_WORK), str(seed)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.chance = Random(seed)
        self.alive: list[str] = []
        self.told: Counter[str] = Counter()
        # What is known to be committed, and what is known not to be.
        self.booked: set[UUID] = set()
        self.lost: set[UUID] = set()

    def work(self, operations: int) -> None:
        for word, pid, ids in self._lines():
            self.told[word] += 1
            if word == "begun":
                self.alive.append(pid)
            elif word == "inside":
                self.lost |= ids
                self._kill(pid)
            else:
                self.booked |= ids
                if self.chance.random() < KILLED:
                    self._kill(self.chance.choice(self.alive))
            if self.told["done"] + self.told["refused"] >= operations:
                break

    def end(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _lines(self) -> Iterator[tuple[str, str, set[UUID]]]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            word, pid, *ids = line.split()
            yield word, pid, set(map(UUID, ids))

    def _kill(self, pid: str) -> None:
        if pid not in self.alive:
            # Killed already, before its last words were read.
            return
        self.alive.remove(pid)
        self.told["killed"] += 1
        os.kill(int(pid), signal.SIGKILL)


def test_hours_stay_whole_whoever_is_killed(
    url: URL, scale: Scale, seed: int, record_property: Record
) -> None:
    crew = Crew(url, seed)
    try:
        crew.work(OPERATIONS[scale])
    finally:
        crew.end()
    for word, count in crew.told.items():
        record_property(word, count)

    with SharedDatabase(url) as shared:
        wait_for(lambda: is_quiet(shared), "what was killed to be rolled back")
    with SharedDatabase(url) as shared, shared.work() as work:
        session = work.session
        rows = list(session.scalars(select(HourTransfer)))
        record_property("transfers", len(rows))
        assert crew.told["inside"] > 0
        assert crew.told["done"] + crew.told["refused"] >= OPERATIONS[scale]
        assert_committed(session, crew)
        assert_whole(session, rows)
    assert_settles(url)


def is_quiet(shared: SharedDatabase) -> bool:
    # Within one transaction PostgreSQL gives the activity it saw first, again and again.
    with shared.work() as work:
        return not work.session.scalar(OTHERS)


def assert_committed(session: Session, crew: Crew) -> None:
    """What somebody said that is done is there, and of what broke off nothing is."""
    known = {*session.scalars(select(HourTransfer.id)), *session.scalars(select(HourSettling.id))}
    assert crew.booked <= known
    assert not crew.lost & known


def assert_whole(session: Session, rows: list[HourTransfer]) -> None:
    """All together nothing; every row taken back at most once, by its mirror; facts as rows."""
    known = {row.id: row for row in rows}
    back = [row for row in rows if row.kind is TransferKind.REVERSAL]
    assert sum(balances(rows).values()) == 0
    assert back
    for row in back:
        assert row.reverses_id is not None
        first = known[row.reverses_id]
        assert first.kind is not TransferKind.REVERSAL
        assert (row.debit_code, row.credit_code) == (first.credit_code, first.debit_code)
        assert (row.minutes, row.settling_id) == (first.minutes, first.settling_id)
    gone = {row.reverses_id for row in back}
    assert len(gone) == len(back)
    weeks = Counter(
        (row.loan_id, row.week)
        for row in rows
        if row.kind is TransferKind.LENT and row.id not in gone
    )
    assert max(weeks.values()) == 1
    facts = dict(
        session.execute(select(OutboxMessage.name, func.count()).group_by(OutboxMessage.name)).all()
    )
    kinds = Counter(row.kind for row in rows)
    assert facts.get("hours.booked", 0) == kinds[TransferKind.LENT]
    assert facts.get("hours.reversed", 0) == kinds[TransferKind.REVERSAL]
    settlings = list(session.scalars(select(HourSettling)))
    assert facts.get("year.settled", 0) == len(settlings)
    assert sum(one.undone_at is None for one in settlings) <= 1


def assert_settles(url: URL) -> None:
    """After all that a year can be settled to nothing, and undone to what it was."""
    with SharedDatabase(url) as shared:
        with shared.work() as work:
            actor = actor_of(work.session.scalars(select(User)).one())
        with shared.work(actor, MOMENTS[-1]) as work:
            service.undo_settling(work, YEAR)
            owed = queries.balances(work.session, YEAR)
            assert any(owed.values())
            service.settle_year(work, YEAR, queries.proposal(work.session, YEAR).mark)
            assert not any(queries.balances(work.session, YEAR).values())
            service.undo_settling(work, YEAR)
            assert queries.balances(work.session, YEAR) == owed
