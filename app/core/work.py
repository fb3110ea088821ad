"""One piece of work: a session, an actor, a moment, a source of ids; saved whole or not at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.audit import OF_ITSELF, entry_of
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
    # Which request asked for it, as it stands in the log; nothing outside the web.
    request_id: str = ""

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

    def of_itself(self, gemeente_code: str | None = None) -> "Work":
        """The same work, for what nobody does: it follows, from a deed or from the day."""
        return replace(self, actor=Actor(gemeente_code=gemeente_code, is_system=True))

    def emit(self, event: Event, person_id: UUID | None = None) -> None:
        """Tell a fact, and keep who brought it about, and about whom when it names nobody. Of what
        the house does of itself little is kept, and as of nobody.
        """
        person_id = event.person() or person_id
        if event.comes_of_itself and self.actor.is_system:
            self.record(event.deed() + OF_ITSELF, event.subject(), person_id)
        elif event.is_deed or not self.actor.is_system:
            self.record(event.deed(), event.subject(), person_id)
        self.session.add(
            OutboxMessage(
                name=event.name,
                payload=event.payload(),
                actor_id=self.actor.user_id,
                occurred_at=self.now,
            )
        )

    def record(
        self,
        deed: str,
        about: tuple[str, object],
        person_id: UUID | None = None,
        by: UUID | None = None,
    ) -> None:
        """Keep that the actor did this to a kind of thing, and which one, and about whom; or that
        it was done `by` somebody who is only now known.
        """
        self.session.add(
            entry_of(
                self.now,
                deed,
                about,
                actor_id=by or self.actor.user_id or self.actor.address_id,
                gemeente_code=self.actor.gemeente_code,
                person_id=person_id,
                request_id=self.request_id,
            )
        )


@contextmanager
def begin(
    session: Session,
    actor: Actor,
    clock: Callable[[], datetime] = utc_now,
    request_id: str = "",
) -> Iterator[Work]:
    """Everything inside is saved together, or not at all."""
    try:
        yield Work(session=session, actor=actor, now=clock(), request_id=request_id)
        session.commit()
    except BaseException:
        session.rollback()
        raise
