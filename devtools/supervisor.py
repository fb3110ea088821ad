"""Children that are started, watched, restarted and stopped together."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

from devtools.cli import Stopped, Trouble, say
from devtools.paths import ROOT
from devtools.processes import MARK, Identity, die_with_parent, wait_for_session

LONGEST_BACKOFF = 30.0
TOO_OFTEN = 5
AFTER_KILL = 5.0
TAIL = 15
# Seconds between two looks at who is silent, and how long somebody who beats may be.
LISTEN_EVERY = 5.0
LONGEST_SILENCE = 90.0

Silences = Callable[[], Mapping[str, float] | None]


@dataclass
class Child:
    """One process we keep alive."""

    name: str
    label: str
    command: Sequence[str]
    environment: Mapping[str, str]
    stop_signal: int = signal.SIGTERM
    patience: float = 10.0
    folder: Path = ROOT
    account: Mapping[str, Any] = field(default_factory=dict)
    door: socket.socket | None = None
    before_start: Callable[[], None] = lambda: None
    # Under which name it beats, when it does, and for how many seconds it may be silent.
    beats_as: str = ""
    longest_silence: float = LONGEST_SILENCE
    started_at: float = 0.0
    process: subprocess.Popen[bytes] | None = None
    exits: list[float] = field(default_factory=list)
    retry_at: float = 0.0

    def has_ended(self) -> bool:
        if self.process is None:
            return False
        # WNOWAIT leaves the zombie, so its number cannot go to another group before we clean up.
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        with suppress(ChildProcessError):
            return os.waitid(os.P_PID, self.process.pid, options) is not None
        return True

    def collect(self) -> int:
        """Take the exit code, and what it may have left running in its group."""
        if self.process is None:
            return 0
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        code = self.process.wait()
        # A kill is a request too: the children of a child end a moment later.
        wait_for_session(self.process.pid, AFTER_KILL)
        self.process = None
        return code

    def ask_to_stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(self.stop_signal)


class Supervisor:
    def __init__(self, logs: Path, changed: Callable[[], None] = lambda: None) -> None:
        self.logs = logs
        self.changed = changed
        # Tells per name how long it has been silent; nothing as long as nobody can know.
        self.silences: Silences = lambda: None
        # Before that nobody could beat.
        self._hears_since = 0.0
        self._listen_at = 0.0
        self.children: list[Child] = []
        self.requests_to_stop = 0
        logs.mkdir(parents=True, exist_ok=True)

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note_request)

    def _note_request(self, _number: int, _frame: FrameType | None) -> None:
        self.requests_to_stop += 1

    def pause(self, seconds: float) -> None:
        """Sleep, unless somebody asks us to stop."""
        if self.requests_to_stop:
            raise Stopped
        time.sleep(seconds)
        if self.requests_to_stop:
            raise Stopped

    def hear(self, silences: Silences) -> None:
        """From now on whoever beats is asked to beat, and is silent when they do not."""
        self.silences = silences
        self._hears_since = time.monotonic()

    # Starting and watching

    def start(self, child: Child, ready: Callable[[], bool], within: float = 60.0) -> None:
        self.launch(child)
        self.wait_for(child, ready, within)

    def launch(self, child: Child) -> None:
        self.children.append(child)
        self._spawn(child)

    def wait_for(self, child: Child, ready: Callable[[], bool], within: float) -> None:
        deadline = time.monotonic() + within
        while not ready():
            self.tick()
            if len(child.exits) > 2 or time.monotonic() > deadline:
                raise Trouble(f"{child.label} start niet.\n{self.tail(child.name)}")
            self.pause(0.05)

    def watch(self) -> None:
        """Keep everybody alive until somebody asks us to stop."""
        with suppress(Stopped):
            while True:
                self.tick()
                self.pause(0.2)

    def tick(self) -> None:
        for child in self.children:
            if child.has_ended():
                self._plan_restart(child)
            if child.process is None and time.monotonic() >= child.retry_at:
                self._spawn(child)
        if time.monotonic() >= self._listen_at:
            self._listen_at = time.monotonic() + LISTEN_EVERY
            self._end_who_is_silent()

    def _end_who_is_silent(self) -> None:
        """Who runs and does not do what it is asked to do is of no more use than who ended."""
        silences = self.silences()
        if silences is None:
            return
        beating = [child for child in self.children if child.beats_as and child.process]
        for child in beating:
            runs = time.monotonic() - max(child.started_at, self._hears_since)
            # What was heard before it started tells of an earlier one.
            silent = min(runs, silences.get(child.beats_as, runs))
            if silent > child.longest_silence:
                say(f"  {child.label} laat al {silent:.0f} s niets van zich horen.")
                self._plan_restart(child)

    def identities(self) -> dict[str, dict[str, Any]]:
        running = [child for child in self.children if child.process]
        return {
            child.name: Identity.of(child.process.pid, child.stop_signal).facts()
            for child in running
            if child.process
        }

    def _spawn(self, child: Child) -> None:
        child.before_start()
        with self._log(child.name).open("ab") as log:
            child.process = subprocess.Popen(
                list(child.command),
                env={**child.environment, MARK: str(ROOT)},
                cwd=child.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[child.door.fileno()] if child.door else [],
                preexec_fn=die_with_parent(child.stop_signal),
                **child.account,
            )
        child.started_at = time.monotonic()
        self.changed()

    def _plan_restart(self, child: Child) -> None:
        code = child.collect()
        now = time.monotonic()
        child.exits = [moment for moment in child.exits if now - moment < 60] + [now]
        often = len(child.exits)
        delay = LONGEST_BACKOFF if often >= TOO_OFTEN else min(2.0 ** (often - 1), LONGEST_BACKOFF)
        child.retry_at = now + delay
        say(f"  {child.label} is gestopt (code {code}) en start over {delay:.0f} s opnieuw.")
        if often == TOO_OFTEN:
            say(f"  {child.label} stopt telkens weer. Kijk wat er mis is:\n{self.tail(child.name)}")
        self.changed()

    # Commands that end by themselves

    def run(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        account: Mapping[str, Any] | None = None,
    ) -> None:
        """Run one command to its end while the children stay watched."""
        for _ in self.lines(name, command, environment, account):
            pass

    def lines(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        account: Mapping[str, Any] | None = None,
    ) -> Iterator[str]:
        """Run one command, and hand on what it says as soon as it says it."""
        path = self._log(name)
        with path.open("ab") as log, path.open(errors="replace") as said:
            said.seek(0, os.SEEK_END)
            process = subprocess.Popen(
                list(command),
                env={**environment, MARK: str(ROOT)},
                cwd=ROOT if account is None else "/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
                **(account or {}),
            )
            try:
                yield from self._follow(process, said)
            finally:
                end(process, 10)
        if process.returncode:
            raise Trouble(f"Niet gelukt: {' '.join(command[1:])}\n{self.tail(name)}")

    def _follow(self, process: subprocess.Popen[bytes], said: TextIO) -> Iterator[str]:
        started = ""
        ended = False
        while not ended:
            ended = process.poll() is not None
            *complete, started = (started + said.read()).split("\n")
            yield from complete
            self.tick()
            self.pause(0.05)

    def foreground(self, command: Sequence[str], environment: Mapping[str, str]) -> int:
        """Lend the terminal to a command; Ctrl-C is for it, not for us."""
        process = subprocess.Popen(list(command), env=dict(environment), cwd=ROOT)
        signal.signal(signal.SIGINT, lambda *_: None)
        told = False
        while process.poll() is None:
            self.tick()
            time.sleep(0.05)
            if self.requests_to_stop and not told:
                process.terminate()
                told = True
        return process.returncode if process.returncode >= 0 else 128 - process.returncode

    # Stopping

    def stop(self, *names: str) -> None:
        """Stop these children together (none named: all of them), kindly first."""
        chosen = [child for child in self.children if not names or child.name in names]
        self.children = [child for child in self.children if child not in chosen]
        running = [child for child in chosen if child.process and not child.has_ended()]
        for child in running:
            child.ask_to_stop()
        asked = self.requests_to_stop
        deadline = time.monotonic() + max((child.patience for child in running), default=0)
        while not all(child.has_ended() for child in running) and time.monotonic() < deadline:
            # Asking again means: now.
            if self.requests_to_stop > max(asked, 1):
                break
            time.sleep(0.05)
        for child in chosen:
            child.collect()
        self.changed()

    # Logs

    def _log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def has_said(self, name: str, words: str) -> bool:
        return words in self._log(name).read_text(errors="replace")

    def tail(self, name: str) -> str:
        log = self._log(name)
        lines = log.read_text(errors="replace").splitlines()[-TAIL:] if log.exists() else []
        shown = "\n".join(f"    {line}" for line in lines)
        return f"De laatste regels van {log}:\n{shown}"


def end(process: subprocess.Popen[bytes], patience: float) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
