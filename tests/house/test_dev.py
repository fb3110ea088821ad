"""What `./dev` promises: a child that dies comes back, and only our own left-overs are ended."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devtools.cli import Stopped, Trouble
from devtools.paths import ROOT
from devtools.processes import MARK, Identity, members, orphans_of, stop_leftovers, wait_for_session
from devtools.services import free_port
from devtools.supervisor import Child, Supervisor

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
VERBS = ["up", "test", "check", "digest", "status", "flask"]
VERBS += ["shell", "psql", "migration", "parts", "holes", "sqlmap", "lock", "clean"]


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    it = Supervisor(tmp_path)
    yield it
    it.stop()


def sleeper(command: list[str] = SLEEP) -> Child:
    return Child(name="sleeper", label="Slaper", command=command, environment=dict(os.environ))


def pid_of(child: Child) -> int:
    return child.process.pid if child.process else 0


def eventually(true: Callable[[], bool], within: float = 10) -> bool:
    deadline = time.monotonic() + within
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


def test_the_bare_command_lists_every_verb() -> None:
    shown = subprocess.run([ROOT / "dev"], capture_output=True, text=True, check=True).stdout

    assert [line.split()[1] for line in shown.splitlines()] == VERBS


def test_an_unknown_verb_is_refused() -> None:
    assert subprocess.run([ROOT / "dev", "nonsense"], capture_output=True).returncode == 2


def test_a_killed_child_comes_back(supervisor: Supervisor) -> None:
    child = sleeper()
    supervisor.start(child, lambda: True)
    first = pid_of(child)
    os.kill(first, signal.SIGKILL)

    def another_one_runs() -> bool:
        supervisor.tick()
        return pid_of(child) not in (0, first)

    assert eventually(another_one_runs)


def test_a_child_that_cannot_start_shows_its_last_words(supervisor: Supervisor) -> None:
    last_words = [sys.executable, "-c", "print('geen schijf'); raise SystemExit(3)"]

    with pytest.raises(Trouble, match="geen schijf"):
        supervisor.start(sleeper(last_words), lambda: False)


def test_stopping_leaves_no_child(supervisor: Supervisor) -> None:
    child = sleeper()
    supervisor.start(child, lambda: True)
    started = Identity.of(pid_of(child), signal.SIGTERM)

    supervisor.stop()

    assert not started.lives()


def test_stopping_waits_for_the_children_of_a_child(supervisor: Supervisor) -> None:
    child = sleeper(["sh", "-c", "trap '' TERM; sleep 60 & wait"])
    child.patience = 0.2
    supervisor.start(child, lambda: len(members(pid_of(child))) == 2)
    leader = pid_of(child)

    supervisor.stop()

    assert members(leader) == []


def test_somebody_who_stays_is_not_waited_for_without_end() -> None:
    with subprocess.Popen(SLEEP, start_new_session=True) as stays:
        assert not wait_for_session(stays.pid, 0.1)
        stays.kill()
        assert wait_for_session(stays.pid, 10)


def test_a_request_to_stop_ends_the_waiting(supervisor: Supervisor) -> None:
    supervisor.requests_to_stop = 1

    with pytest.raises(Stopped):
        supervisor.pause(60)


def test_a_left_over_of_an_earlier_run_is_ended() -> None:
    with subprocess.Popen(SLEEP, start_new_session=True) as left_over:
        found = stop_leftovers([Identity.of(left_over.pid, signal.SIGTERM)])

    assert (found, left_over.returncode) == (1, -signal.SIGTERM)


def test_another_process_with_the_same_number_is_left_alone() -> None:
    with subprocess.Popen(SLEEP) as stranger:
        now = Identity.of(stranger.pid, signal.SIGTERM)
        earlier = Identity(now.pid, now.started - 1, now.boot, now.stop_signal)

        assert (stop_leftovers([earlier]), stranger.poll()) == (0, None)
        stranger.kill()


@pytest.mark.parametrize(("checkout", "ours"), [(str(ROOT), True), ("/another/copy", False)])
def test_orphans_count_only_when_they_carry_our_mark(checkout: str, ours: bool) -> None:
    # The orphan speaks first: right after its start the system does not show its mark yet.
    orphans_words = [*SLEEP[:2], f"print(flush=True); {SLEEP[2]}"]
    leader = (
        f"import subprocess, sys; orphan = subprocess.Popen({orphans_words!r}, stdout=-1);"
        " orphan.stdout.readline(); print(orphan.pid, flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", f"{leader}; sys.stdin.read()"],
        env={**os.environ, MARK: checkout},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        orphan = int(process.stdout.readline()) if process.stdout else 0
        gone = Identity.of(process.pid, signal.SIGTERM)
        process.kill()
        process.wait()

    assert [one.pid for one in orphans_of(gone)] == ([orphan] if ours else [])
    os.kill(orphan, signal.SIGKILL)


def test_a_taken_port_is_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert free_port(port) != port
