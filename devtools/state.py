"""What is running in this checkout: one holder of the lock, and a note of what it runs."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from devtools.cli import Trouble
from devtools.paths import RUN, VAR
from devtools.processes import Identity, stop_leftovers

STATE = RUN / "state.json"
LOCK = RUN / "lock"


@dataclass
class State:
    supervisor: int = field(default_factory=os.getpid)
    ready: bool = False
    urls: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    children: dict[str, dict[str, Any]] = field(default_factory=dict)

    def save(self) -> None:
        """Write it whole or not at all; the settings in it are for its owner's eyes."""
        fresh = STATE.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(self), file, indent=1)
        fresh.rename(STATE)

    @classmethod
    def read(cls) -> "State":
        try:
            return cls(**json.loads(STATE.read_text()))
        except (OSError, ValueError, TypeError):
            return cls(supervisor=0)


@contextmanager
def only_one() -> Iterator[int]:
    """Hold this checkout for as long as services run; answer how many left-overs were ended."""
    try:
        RUN.mkdir(parents=True, exist_ok=True)
        lock = LOCK.open("a")
    except PermissionError as refused:
        raise Trouble(f"De map {VAR} is van een andere gebruiker.") from refused
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise Trouble(already_running()) from held
        earlier = [Identity.read(facts) for facts in State.read().children.values()]
        try:
            yield stop_leftovers(earlier)
        finally:
            STATE.unlink(missing_ok=True)


def already_running() -> str:
    state = State.read()
    where = state.urls.get("site", "nog aan het starten")
    return f"Deze kopie draait al (proces {state.supervisor}): {where}"


def running() -> State | None:
    """The state of a house that is up in this checkout, if there is one."""
    try:
        with LOCK.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return State.read()
    return None
