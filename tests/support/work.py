"""Work as tests do it: on a Monday, for an actor of their choice."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.actor import SYSTEM, Actor, Role
from app.core.work import Work

# Monday 23 November 2026, nine o'clock in Amsterdam.
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def make_work(session: Session, actor: Actor | User = SYSTEM, now: datetime = MONDAY) -> Work:
    if isinstance(actor, User):
        actor = actor_of(actor)
    return Work(session=session, actor=actor, now=now)


def database_now(session: Session) -> datetime:
    """The moment at which the database thinks this test runs: never the Monday of the others."""
    return session.execute(select(func.now())).scalar_one()


def opgavehouder(gemeente_code: str, user_id: UUID | None = None) -> Actor:
    return Actor(user_id, gemeente_code, frozenset({Role.OPGAVEHOUDER}))
