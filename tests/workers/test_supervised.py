"""A worker that ends comes back, and so does one that lives without doing anything."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from app.core.heartbeat import Group
from devtools import supervisor as watching
from devtools.hearts import silences
from devtools.supervisor import Child, Supervisor
from devtools.up import WORKERS, worker
from tests.support.product import TICKS, Product, wait_for

ENDS = [sys.executable, "-c", "raise SystemExit(3)"]
SLEEPS = [sys.executable, "-c", "import time; time.sleep(600)"]
OF_TICKS = Group.TICK.value


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    it = Supervisor(tmp_path)
    yield it
    it.stop()


class Clock:
    """Stands still until a test lets it go on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, _seconds: float) -> None:
        """Nobody waits."""

    def go_on(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """That of the supervisor."""
    it = Clock()
    monkeypatch.setattr(watching, "time", it)
    return it


def child(command: list[str], **changed: object) -> Child:
    named = {"name": "it", "label": "De werker", "environment": dict(os.environ)}
    return Child(command=command, **{**named, **changed})  # type: ignore[arg-type]


def pid_of(one: Child) -> int:
    return one.process.pid if one.process else 0


def test_who_ends_time_and_again_is_told_loudly_and_waited_for_ever_longer(
    supervisor: Supervisor,
    clock: Clock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    it = child(ENDS)
    supervisor.launch(it)
    waits = []
    for _ in range(6):
        wait_for(it.has_ended, "its end")
        supervisor.tick()
        assert it.process is None
        waits.append(it.retry_at - clock.now)
        clock.go_on(waits[-1])
        supervisor.tick()

    assert waits == [1, 2, 4, 8, 30, 30]
    assert capsys.readouterr().out.count("stopt telkens weer") == 1


def test_who_is_silent_for_too_long_is_ended_and_comes_back(
    supervisor: Supervisor,
    clock: Clock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    it = child(SLEEPS, beats_as="match")
    heard = {"match": 91.0}
    supervisor.silences = lambda: heard
    supervisor.launch(it)
    first = pid_of(it)

    clock.go_on(90)
    supervisor.tick()
    assert pid_of(it) == first, "what was heard before it started says nothing of it"

    clock.go_on(10)
    supervisor.tick()
    assert it.process is None
    assert "laat al 91 s niets van zich horen" in capsys.readouterr().out

    clock.go_on(1)
    supervisor.tick()
    assert pid_of(it) not in (0, first)


@pytest.mark.parametrize("heard", [None, {"match": 80.0}])
def test_who_beats_or_of_whom_nobody_can_know_is_left_alone(
    supervisor: Supervisor, clock: Clock, heard: dict[str, float] | None
) -> None:
    it = child(SLEEPS, beats_as="match")
    supervisor.silences = lambda: heard
    supervisor.launch(it)
    first = pid_of(it)

    clock.go_on(1000)
    supervisor.tick()

    assert pid_of(it) == first


def test_nobody_is_silent_before_the_clock_of_heartbeats_runs(
    supervisor: Supervisor, clock: Clock
) -> None:
    """On a slow machine that starts longer than anybody may be silent."""
    it = child(SLEEPS, beats_as="match")
    supervisor.launch(it)
    first = pid_of(it)
    clock.go_on(100)
    supervisor.hear(dict)

    clock.go_on(90)
    supervisor.tick()
    assert pid_of(it) == first

    clock.go_on(10)
    supervisor.tick()
    assert it.process is None


def test_who_never_beats_is_not_listened_to(supervisor: Supervisor, clock: Clock) -> None:
    it = child(SLEEPS)
    supervisor.silences = dict
    supervisor.launch(it)
    first = pid_of(it)

    clock.go_on(1000)
    supervisor.tick()

    assert pid_of(it) == first


def test_the_house_waits_for_each_group_as_long_as_the_page_of_the_system() -> None:
    started = [worker({}, name, queue) for name, queue in WORKERS.items()]

    assert {one.beats_as: one.longest_silence for one in started} == {
        group.value: group.longest_silence.total_seconds() for group in Group
    }


def test_a_database_that_is_away_cannot_say_who_is_silent() -> None:
    assert silences("postgresql+psycopg://nobody@127.0.0.1:1/nothing") is None


@pytest.mark.slow
def test_a_real_worker_that_is_frozen_is_replaced_by_one_that_works(
    workers: Product, supervisor: Supervisor
) -> None:
    workers.kill_worker(TICKS)
    it = child(workers._command(TICKS), name=TICKS, environment=workers.environment)
    it.beats_as = OF_TICKS
    database = workers.database.render_as_string(hide_password=False)
    supervisor.silences = partial(silences, database)
    supervisor.launch(it)
    try:
        wait_for(lambda: heard_since(workers, it.started_at), "its first beat")
        frozen = pid_of(it)
        os.killpg(frozen, signal.SIGSTOP)
        it.longest_silence = 2

        def is_replaced() -> bool:
            supervisor.tick()
            return pid_of(it) not in (0, frozen)

        wait_for(is_replaced, "another one in its place")
        it.longest_silence = 90
        wait_for(lambda: heard_since(workers, it.started_at), "the beat of the new one")
    finally:
        supervisor.stop()
        workers.start_worker(TICKS)


def heard_since(product: Product, moment: float) -> bool:
    """Whether the workers of ticks beat after this moment of the clock of processes."""
    silence = product.scalar(
        "SELECT extract(epoch FROM clock_timestamp() - beaten_at)::float FROM worker_heartbeat"
        ' WHERE "group" = :group',
        group=OF_TICKS,
    )
    return silence is not None and float(str(silence)) < time.monotonic() - moment
