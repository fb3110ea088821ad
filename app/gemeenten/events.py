"""What the room of gemeenten tells."""

from dataclasses import dataclass
from typing import ClassVar

from app.core.outbox import Event


@dataclass(frozen=True)
class GemeenteChanged(Event):
    """Name, size, place or validity is another than before."""

    name: ClassVar[str] = "gemeente.changed"
    gemeente_code: str


@dataclass(frozen=True)
class GemeenteMerged(Event):
    """A gemeente has ended and has a successor."""

    name: ClassVar[str] = "gemeente.merged"
    gemeente_code: str
    successor_code: str
