"""What the room of moderation tells; never who reported, nor what they wrote."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.core.outbox import Event


@dataclass(frozen=True)
class ReportMade(Event):
    name: ClassVar[str] = "report.made"
    report_id: UUID


@dataclass(frozen=True)
class ReportDecided(Event):
    name: ClassVar[str] = "report.decided"
    report_id: UUID
    ruling: str


@dataclass(frozen=True)
class PutBack(Event):
    """What was taken down may be seen again."""

    name: ClassVar[str] = "report.put_back"
    report_id: UUID
