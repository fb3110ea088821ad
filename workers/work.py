"""Work of the system itself, and the wish to end it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from app.core.actor import SYSTEM
from app.core.work import Work, begin
from app.extensions import db

# Longer than the longest task: a full comparison may wait for another one to end.
LONGEST_STATEMENT = "5min"
# Set when this process is asked to end: what is at hand is done, and nothing new is begun.
stop_asked = Event()


@contextmanager
def open_work() -> Iterator[Work]:
    with begin(db.session(), SYSTEM) as work:
        yield work
