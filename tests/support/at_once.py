"""Two pieces of work at once, on two real connections that really commit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Thread
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Self

from sqlalchemy import URL, create_engine, text
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM, Actor
from app.core.work import Work, begin
from tests.support.work import MONDAY

PATIENCE = 20
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)

Deed = Callable[[Work], Any]


class SharedDatabase:
    """A database of its own, in which what is saved stays for who comes after."""

    def __init__(self, url: URL, at_once: int = 5) -> None:
        self._engine = create_engine(url, pool_size=at_once)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._engine.dispose()

    @contextmanager
    def work(self, actor: Actor = SYSTEM, now: datetime = MONDAY) -> Iterator[Work]:
        with Session(self._engine) as session, begin(session, actor, lambda: now) as work:
            yield work

    def overlap(
        self, first: Deed, second: Deed, actor: Actor = SYSTEM, now: datetime = MONDAY
    ) -> tuple[Any, Any]:
        """What both gave when the second began before the first was saved.

        The first is saved as soon as the second waits for it, or is done without waiting. A
        refusal of the second is what it gave.
        """
        given: list[Any] = []

        def follow() -> None:
            try:
                with self.work(actor, now) as work:
                    two = second(work)
                given.append(two)
            except Exception as refusal:
                given.append(refusal)

        follower = Thread(target=follow)
        with self.work(actor, now) as work:
            one = first(work)
            work.session.flush()
            follower.start()
            self.until_it_waits(follower)
        follower.join(PATIENCE)
        return one, given[0]

    def until_it_waits(self, follower: Thread) -> None:
        """Or is done without waiting."""
        deadline = monotonic() + PATIENCE
        with self._engine.connect() as watcher:
            while follower.is_alive() and monotonic() < deadline:
                if watcher.scalar(WAITING):
                    return
                watcher.rollback()
                sleep(0.005)
