"""Work of the system itself, and the wish to end it."""

from collections.abc import Iterator
from contextlib import contextmanager
from mmap import mmap
from threading import Event

from app.core.actor import SYSTEM
from app.core.work import Work, begin
from app.extensions import db

# Longer than the longest task: a full comparison may wait for another one to end.
LONGEST_STATEMENT = "5min"


class Wish:
    """That the work ends: what is at hand is done, and nothing new is begun.

    Processes that are forked hear of it too, whatever they are doing: they read the same byte.
    There is no lock around it that somebody could be killed with.
    """

    def __init__(self) -> None:
        self._said = mmap(-1, 1)
        self._woken = Event()

    def is_set(self) -> bool:
        return self._said[0] != 0

    def set(self) -> None:
        self._said[0] = 1
        self._woken.set()

    def wait(self, seconds: float) -> None:
        """So long, or until somebody in this process says it."""
        self._woken.wait(seconds)


stop_asked = Wish()


@contextmanager
def open_work() -> Iterator[Work]:
    with begin(db.session(), SYSTEM) as work:
        yield work
