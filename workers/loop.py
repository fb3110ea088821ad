"""The same ticks and jobs without a broker: one process, and a thread for each group.

A group waits for no other here either. What a broker adds is more processes, and an end to a task
that hangs.
"""

import signal
from collections.abc import Callable
from importlib import import_module
from threading import Thread
from time import monotonic

import click
import structlog
from flask import Flask

from app.core.heartbeat import Group
from app.factory import create_app
from app.settings import Settings
from workers import outbox
from workers.schedule import TICKS
from workers.work import LONGEST_STATEMENT, stop_asked

# Seconds between two looks at what is due, and after something went wrong.
PAUSE, PAUSE_AFTER_FAILURE = 0.5, 5.0
# Seconds. A mail at hand is always ended; other work is undone by then, and done again later.
PATIENCE = 20
MAILING = (Group.MAIL_URGENT, Group.MAIL_BULK)

log = structlog.get_logger()


@click.command("worker", help="Doe zonder Redis al het werk op de achtergrond, tot een SIGTERM.")
def worker() -> None:
    run(create_app(Settings.from_env(), LONGEST_STATEMENT))


def run(app: Flask) -> None:
    """Keep every group at work until somebody asks this process to end."""
    # Here, because `flask` and the site know this command too and need nothing of it.
    import_module("app.matching.core.loading").load_loops()
    requests = {signal.SIGTERM, signal.SIGINT}
    # Taken up here and nowhere else: no thread is disturbed in what it is doing.
    signal.pthread_sigmask(signal.SIG_BLOCK, requests)
    threads = {group: Thread(target=_keep_on, args=(app, group), daemon=True) for group in Group}
    for thread in threads.values():
        thread.start()
    log.info("every group is at work")
    signal.sigwait(requests)
    stop_asked.set()
    ends = monotonic() + PATIENCE
    for group, thread in threads.items():
        thread.join(None if group in MAILING else max(0.0, ends - monotonic()))


def _keep_on(app: Flask, group: Group) -> None:
    ticks = [tick for tick in TICKS.values() if tick.group is group]
    next_at = dict.fromkeys(ticks, 0.0)
    while not stop_asked.is_set():
        for tick in ticks:
            if monotonic() >= next_at[tick] and not stop_asked.is_set():
                next_at[tick] = monotonic() + tick.seconds
                _do(app, tick.act, *tick.args)
        if not _do(app, outbox.run_due, group):
            stop_asked.wait(PAUSE)


def _do(app: Flask, act: Callable[..., object], *args: object) -> object:
    """One thing that goes wrong, or a database that is away, ends nothing else."""
    try:
        with app.app_context():
            return act(*args)
    except Exception:
        log.exception("work failed", work=act.__name__)
        stop_asked.wait(PAUSE_AFTER_FAILURE)
        return None
