"""The same ticks and jobs without a broker: a process for each group, and one that watches them.

A group waits for no other here either, and a task that hangs is ended with its process. What a
broker adds is more processes in a group.
"""

import os
import signal
from collections.abc import Callable
from importlib import import_module
from multiprocessing import get_context
from time import monotonic

import click
import structlog
from flask import Flask

from app.core.heartbeat import Group
from app.extensions import db
from app.factory import create_app
from app.settings import Settings
from workers import outbox
from workers.schedule import TICKS, limits_of
from workers.work import LONGEST_STATEMENT, stop_asked

# Seconds between two looks at what is due, and after something went wrong.
PAUSE, PAUSE_AFTER_FAILURE = 0.5, 5.0
# Seconds between two looks at who hangs or ended.
WATCH_EVERY = 1.0
# Seconds. A mail at hand is always ended; other work is undone by then, and done again later.
PATIENCE = 20
MAILING = (Group.MAIL_URGENT, Group.MAIL_BULK)
REQUESTS = {signal.SIGTERM, signal.SIGINT}

# What is loaded once is shared by every process after it.
FORK = get_context("fork")
log = structlog.get_logger()


@click.command("worker", help="Doe zonder Redis al het werk op de achtergrond, tot een SIGTERM.")
def worker() -> None:
    run(create_app(Settings.from_env(), LONGEST_STATEMENT))


def run(app: Flask) -> None:
    """Keep every group at work until somebody asks this process to end."""
    # Here, because `flask` and the site know this command too and need nothing of it.
    import_module("app.matching.core.loading").load_loops()
    # Taken up where we wait for them and nowhere else: no work is disturbed in what it is doing.
    signal.pthread_sigmask(signal.SIG_BLOCK, REQUESTS)
    members = [Member(app, group) for group in Group]
    log.info("every group is at work")
    while signal.sigtimedwait(REQUESTS, WATCH_EVERY) is None:
        for member in members:
            member.look_after()
    stop_asked.set()
    ends = monotonic() + PATIENCE
    for member in members:
        member.end(None if member.group in MAILING else max(0.0, ends - monotonic()))


class Member:
    """The process of one group; another one takes the place of who hangs or ends."""

    def __init__(self, app: Flask, group: Group) -> None:
        self.app, self.group = app, group
        # Shared with the process: since when it does something, and which job that is, if one.
        # Without a lock: who is killed would never give it back.
        self._since, self._job = FORK.RawValue("d", 0.0), FORK.RawValue("q", 0)
        self._next_at = 0.0
        self._start()

    def look_after(self) -> None:
        since = self._since.value
        if since and monotonic() - since > limits_of(self.group)["time_limit"]:
            log.error("work hangs", group=self.group.value, job=self._job.value)
            self.end(0)
            self._start(cut_off=self._job.value)
        elif not self._process.is_alive() and monotonic() >= self._next_at:
            log.error("process ended", group=self.group.value, ended_with=self._process.exitcode)
            self._start()

    def end(self, patience: float | None) -> None:
        self._process.join(patience)
        self._process.kill()
        self._process.join()

    def do(self, act: Callable[..., object], *args: object, job: int = 0) -> object:
        """One thing that goes wrong, or a database that is away, ends nothing else."""
        self._job.value, self._since.value = job, monotonic()
        try:
            with self.app.app_context():
                return act(*args)
        except Exception:
            log.exception("work failed", work=act.__name__)
            stop_asked.wait(PAUSE_AFTER_FAILURE)
            return None
        finally:
            self._since.value = 0.0

    def _start(self, cut_off: int = 0) -> None:
        self._since.value, self._next_at = 0.0, monotonic() + PAUSE_AFTER_FAILURE
        self._process = FORK.Process(target=self._keep_on, args=(os.getpid(), cut_off))
        self._process.start()

    def _keep_on(self, parent: int, cut_off: int) -> None:
        with self.app.app_context():
            # A socket shared by two processes after the fork garbles what goes over it.
            db.engine.dispose(close=False)
        if cut_off:
            self.do(outbox.note_cut_off, cut_off)
        ticks = [tick for tick in TICKS.values() if tick.group is self.group]
        next_at = dict.fromkeys(ticks, 0.0)
        # Without who watches it a process would go on alone, beside those of the next start.
        while not stop_asked.is_set() and os.getppid() == parent:
            for tick in ticks:
                if monotonic() >= next_at[tick] and not stop_asked.is_set():
                    next_at[tick] = monotonic() + tick.seconds
                    self.do(tick.act, *tick.args)
            if not self.do(outbox.run_due, self.group, self._run_job):
                stop_asked.wait(PAUSE)

    def _run_job(self, job_id: int) -> None:
        self.do(outbox.run_job, job_id, job=job_id)
