"""One piece of work: a session, an actor, a moment, a source of ids; saved whole or not at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.clock import dutch_day, utc_now
from app.core.errors import NotFound
from app.core.ids import new_id
from app.core.outbox import Event, OutboxMessage

Row = TypeVar("Row")


@dataclass(frozen=True)
class Work:
    session: Session
    actor: Actor
    now: datetime
    new_id: Callable[[], UUID] = new_id

    @property
    def today(self) -> date:
        return dutch_day(self.now)

    def fetch(self, kind: type[Row], key: Any) -> Row:
        """The row, or `NotFound`."""
        row = self.session.get(kind, key)
        if row is None:
            raise NotFound(f"{kind.__name__} {key}")
        return row

    def fetch_to_change(self, kind: type[Row], key: Any) -> Row:
        """The row, locked until this work is done, so that two changes come one after the other."""
        row = self.session.get(kind, key, with_for_update=True, populate_existing=True)
        if row is None:
            raise NotFound(f"{kind.__name__} {key}")
        return row

    def emit(self, event: Event) -> None:
        self.session.add(
            OutboxMessage(
                name=event.name,
                payload=event.payload(),
                actor_id=self.actor.user_id,
                occurred_at=self.now,
            )
        )


@contextmanager
def begin(
    session: Session, actor: Actor, clock: Callable[[], datetime] = utc_now
) -> Iterator[Work]:
    """Everything inside is saved together, or not at all."""
    try:
        yield Work(session=session, actor=actor, now=clock())
        session.commit()
    except BaseException:
        session.rollback()
        raise
