"""When each group of workers last did what it was asked to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Interval, String, func, select, type_coerce
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.dutch import how_long, plural
from app.core.orm import Base

BEAT_EVERY = timedelta(seconds=15)
# Longer than the longest task of most groups: who is silent for so long does not consume.
LONGEST_SILENCE = timedelta(seconds=90)
# A snapshot of the whole country may take the five minutes that a task may take.
LONGEST_BUILD = timedelta(seconds=390)


class Group(StrEnum):
    """Workers with a queue of their own, so that none waits behind another's work."""

    TICK = "tick"
    MAIL_URGENT = "mail-urgent"
    MAIL_BULK = "mail-bulk"
    MATCH = "match"
    BUILD = "build"

    @property
    def longest_silence(self) -> timedelta:
        return LONGEST_BUILD if self is Group.BUILD else LONGEST_SILENCE


class Heartbeat(Base):
    """Written by a task that came through the queue of the group: proof that they consume."""

    __tablename__ = "worker_heartbeat"

    group: Mapped[str] = mapped_column(String(40), primary_key=True)
    beaten_at: Mapped[datetime]


@dataclass(frozen=True)
class Pulse:
    """How long a group has been silent, by the database's clock; None when it never beat."""

    group: Group
    silence: timedelta | None

    @property
    def is_late(self) -> bool:
        return self.silence is None or self.silence > self.group.longest_silence

    @property
    def words(self) -> str:
        if self.silence is None:
            return "nooit iets van gehoord"
        seconds = int(self.silence.total_seconds())
        if self.is_late:
            return f"al {how_long(self.silence)} stil"
        return f"{plural(seconds, 'seconde', 'seconden')} geleden"


def beat(session: Session, group: Group) -> None:
    now = func.clock_timestamp()
    session.execute(
        insert(Heartbeat)
        .values(group=group.value, beaten_at=now)
        .on_conflict_do_update(index_elements=[Heartbeat.group], set_={"beaten_at": now})
    )


def pulses(session: Session) -> list[Pulse]:
    """Every group, also one that never beat."""
    silence = type_coerce(func.clock_timestamp() - Heartbeat.beaten_at, Interval)
    found = dict(session.execute(select(Heartbeat.group, silence)).all())
    return [Pulse(group, found.get(group.value)) for group in Group]
