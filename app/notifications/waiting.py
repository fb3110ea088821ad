"""Everything that a worker still has to pick up, in words for a beheerder."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.core import backlog
from app.core.backlog import Backlog
from app.core.dutch import how_long, number
from app.notifications import queries

# Work waits for seconds when the workers run.
PATIENCE = timedelta(seconds=30)
IS_LATE = (
    "De werkers lopen achter of staan stil. Kijk of ze draaien. Er gaat niets verloren: wat "
    "wacht, gebeurt zodra ze weer lopen."
)


@dataclass(frozen=True)
class Wait:
    """A kind of work that waits: how much, and in words for how long."""

    label: str
    value: str
    oldest: str

    @property
    def words(self) -> str:
        """Mails die weg moeten: 3 (de oudste wacht 2 minuten)"""
        oldest = f" ({self.oldest})" if self.oldest else ""
        return f"{self.label}: {self.value}{oldest}"


@dataclass(frozen=True)
class Waits:
    lines: list[Wait]
    is_late: bool


def waits(session: Session, now: datetime) -> Waits:
    backlogs = {
        "Nieuws dat nog verdeeld moet worden": backlog.of_facts(session, now),
        "Taken die aan de beurt zijn": backlog.of_jobs(session),
        "Mails die weg moeten": queries.backlog(session),
    }
    lines = [Wait(label, *_waiting(found)) for label, found in backlogs.items()]
    waited = [found.waited for found in backlogs.values() if found.waited is not None]
    return Waits(lines, is_late=max(waited, default=timedelta()) > PATIENCE)


def _waiting(found: Backlog) -> tuple[str, str]:
    oldest = "" if found.waited is None else f"de oudste wacht {how_long(found.waited)}"
    return number(found.count), oldest
