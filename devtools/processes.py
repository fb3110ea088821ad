"""Looking at processes through /proc: who is still the one we started?"""

import ctypes
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from devtools.paths import ROOT

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
MARK = "DGVN_CHECKOUT"
PATIENCE = 30.0


@dataclass(frozen=True)
class Identity:
    """A process number alone is reused; with its start and the boot it is one process."""

    pid: int
    started: int
    boot: str
    stop_signal: int

    @classmethod
    def of(cls, pid: int, stop_signal: int) -> "Identity":
        fields = stat_fields(pid)
        return cls(pid, fields.started if fields else 0, boot_id(), stop_signal)

    @classmethod
    def read(cls, facts: dict[str, Any]) -> "Identity":
        return cls(**facts)

    def facts(self) -> dict[str, Any]:
        return asdict(self)

    def lives(self) -> bool:
        fields = stat_fields(self.pid)
        same = fields is not None and fields.started == self.started and self.boot == boot_id()
        return same and fields is not None and fields.state not in "ZX"


@dataclass(frozen=True)
class StatFields:
    state: str
    session: int
    started: int


def stat_fields(pid: int) -> StatFields | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The name stands in parentheses and may itself hold spaces and parentheses.
    fields = text.rpartition(")")[2].split()
    return StatFields(state=fields[0], session=int(fields[3]), started=int(fields[19]))


def boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def command_line(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


def die_with_parent(stop_signal: int) -> Callable[[], None]:
    """For the moment between fork and exec: ask the kernel to end us with our parent."""
    parent = os.getpid()

    def ask() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, int(stop_signal))
        if os.getppid() != parent:
            os._exit(1)

    return ask


def stop_leftovers(earlier: list[Identity]) -> int:
    """End what an earlier run of this checkout left behind; answer how many were found."""
    alive = [one for one in earlier if one.lives()]
    alive += [orphan for one in earlier for orphan in orphans_of(one)]
    for one in alive:
        send(one, one.stop_signal)
    deadline = time.monotonic() + PATIENCE
    while any(one.lives() for one in alive) and time.monotonic() < deadline:
        time.sleep(0.1)
    for one in alive:
        send(one, signal.SIGKILL)
    return len(alive)


def send(one: Identity, what: int) -> None:
    if one.lives():
        with suppress(ProcessLookupError):
            os.kill(one.pid, what)


def orphans_of(leader: Identity) -> list[Identity]:
    """Processes in the session of a leader that is gone itself, marked as ours."""
    if leader.boot != boot_id():
        return []
    found = []
    for entry in Path("/proc").iterdir():
        pid = int(entry.name) if entry.name.isdigit() else 0
        fields = stat_fields(pid) if pid and pid != leader.pid else None
        if fields and fields.session == leader.pid and carries_our_mark(pid):
            found.append(Identity.of(pid, signal.SIGTERM))
    return found


def wait_for_session(leader: int, patience: float = PATIENCE) -> bool:
    """Whether everybody that this leader started is gone; they are not ours to wait for by name."""
    deadline = time.monotonic() + patience
    while members(leader) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not members(leader)


def members(leader: int) -> list[int]:
    """Processes in the session of this leader that still run."""
    numbers = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    found = ((pid, stat_fields(pid)) for pid in numbers)
    return [
        pid
        for pid, fields in found
        if fields and fields.session == leader and fields.state not in "ZX"
    ]


def carries_our_mark(pid: int) -> bool:
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False
    return f"{MARK}={ROOT}".encode() in environment
