"""Whether the house can receive people: its database, its tables, its Redis."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from redis import Redis, RedisError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

PATIENCE_SECONDS = 2
FINE = "ok"
AWAY = "away"
UNUSED = "unused"


@dataclass(frozen=True)
class Readiness:
    database: str
    migrations: str
    redis: str

    @property
    def is_ready(self) -> bool:
        """Without Redis pages still work: facts wait, and limits are kept in memory."""
        return self.database == self.migrations == FINE


def readiness(session: Session, migrations: Path, redis_url: str) -> Readiness:
    redis = _redis(redis_url)
    try:
        heads = MigrationContext.configure(session.connection()).get_current_heads()
    except OperationalError:
        session.rollback()
        return Readiness(database=AWAY, migrations="unknown", redis=redis)
    behind = set(heads) != _heads(migrations)
    return Readiness(database=FINE, migrations="behind" if behind else FINE, redis=redis)


@lru_cache
def _heads(migrations: Path) -> set[str]:
    return set(ScriptDirectory(str(migrations)).get_heads())


def _redis(url: str) -> str:
    if not url:
        return UNUSED
    try:
        with Redis.from_url(
            url, socket_connect_timeout=PATIENCE_SECONDS, socket_timeout=PATIENCE_SECONDS
        ) as redis:
            redis.ping()
    except RedisError:
        return AWAY
    return FINE
