"""What the relay kept of a mail whose answer we never heard: it has it, surely not, or who knows.

Of Postfix the log tells. That it says `message-id=` proves nothing: a client that is killed before
the final dot leaves that line too. Only the queue manager's `queue active` for the same queue id
says that the mail was taken.
"""

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from app.core.clock import utc_now


class Known(StrEnum):
    ACCEPTED = "accepted"
    SURELY_NOT = "surely_not"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True)
class Entry:
    known: Known
    queue_id: str | None = None


CANNOT_TELL = Entry(Known.CANNOT_TELL)


class Ledger(Protocol):
    def ask(self, asked: Mapping[str, datetime]) -> Mapping[str, Entry]:
        """What is known of these Message-IDs; each with the moment of its final dot."""


class NoLedger:
    """A relay of somebody else, whose log we cannot read."""

    def ask(self, asked: Mapping[str, datetime]) -> Mapping[str, Entry]:
        return dict.fromkeys(asked, CANNOT_TELL)


NO_LEDGER = NoLedger()

# ISO 8601 as rsyslog writes it now, or the old way: `Nov 22 05:53:51`, local time without a year.
LINE = re.compile(
    r"^(?:(?P<iso>\d{4}-\d\d-\d\dT\S+)|(?P<old>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)) "
    r"\S+ \S*?(?<![a-z])(?P<program>[a-z]++)\[\d+\]: (?P<said>.*)$"
)
TAKEN_IN = re.compile(r"^([0-9A-Za-z]+): message-id=(<[^>]*>)")
QUEUED = re.compile(r"^([0-9A-Za-z]+): from=.*\(queue active\)$")
STARTED = "daemon started"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass
class Log:
    """What the lines of one log say, in the order in which they were written."""

    begins: datetime | None = None
    ends: datetime | None = None
    started: datetime | None = None
    accepted: dict[str, str] = field(default_factory=dict)

    def entry(self, message_id: str, dot_at: datetime) -> Entry:
        if message_id in self.accepted:
            return Entry(Known.ACCEPTED, self.accepted[message_id])
        # Moments in a log may have no part of a second.
        at = dot_at.replace(microsecond=0)
        if self.begins is None or self.ends is None or self.begins > at or self.ends < at:
            return CANNOT_TELL
        # After a power cut a line may be missing of a mail that is there.
        if self.started is not None and self.started >= at:
            return CANNOT_TELL
        return Entry(Known.SURELY_NOT)


class PostfixLog:
    """The log of our own Postfix, with what `logrotate` made of it: `.1`, `-20261122`, `.2.gz`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def ask(self, asked: Mapping[str, datetime]) -> Mapping[str, Entry]:
        if not asked:
            return {}
        try:
            log = read_log(self._lines(min(asked.values())), asked, utc_now())
        except (OSError, EOFError, zlib.error):
            return NO_LEDGER.ask(asked)
        return {message_id: log.entry(message_id, at) for message_id, at in asked.items()}

    def _lines(self, since: datetime) -> Iterator[str]:
        for path in self._files(since):
            opened = gzip.open if path.suffix == ".gz" else open
            with opened(path, "rt", encoding="ascii", errors="replace") as lines:
                yield from lines

    def _files(self, since: datetime) -> list[Path]:
        """Oldest first; of those that end before this moment only the last one."""
        around = self._path.parent
        rotated = (path for mark in ".-" for path in around.glob(f"{self._path.name}{mark}*"))
        found = sorted({self._path, *rotated}, key=lambda path: path.stat().st_mtime)
        ended = [path for path in found if path.stat().st_mtime < since.timestamp()]
        return found[max(len(ended) - 1, 0) :]


def read_log(lines: Iterable[str], asked: Iterable[str], now: datetime) -> Log:
    """What these lines say of these Message-IDs."""
    log, wanted = Log(), set(asked)
    # An id of the queue is used again after a while: the last line that names it counts.
    taken_in: dict[str, str] = {}
    for line in lines:
        found = LINE.match(line.rstrip("\n"))
        if found is None:
            continue
        at = _moment(found["iso"], found["old"], now)
        if at is None:
            continue
        log.begins, log.ends = log.begins or at, max(log.ends or at, at)
        _note(log, wanted, taken_in, found["program"], found["said"], at)
    return log


def _note(
    log: Log, wanted: set[str], taken_in: dict[str, str], program: str, said: str, at: datetime
) -> None:
    if program == "master" and said.startswith(STARTED):
        log.started = at
    elif program == "cleanup" and (found := TAKEN_IN.match(said)):
        queue_id, message_id = found.groups()
        taken_in.pop(queue_id, None)
        if message_id in wanted:
            taken_in[queue_id] = message_id
    elif program == "qmgr" and (found := QUEUED.match(said)) and found[1] in taken_in:
        log.accepted[taken_in[found[1]]] = found[1]


def _moment(iso: str | None, old: str | None, now: datetime) -> datetime | None:
    try:
        if iso is not None:
            return datetime.fromisoformat(iso).astimezone(UTC)
        month, day, clock = (old or "").split()
        written = f"{now.year}-{MONTHS.index(month) + 1:02}-{int(day):02}T{clock}"
        at = datetime.fromisoformat(written).astimezone(UTC)
        # The log of December, read in January.
        return at if at <= now + timedelta(days=1) else at.replace(year=at.year - 1)
    except ValueError:
        return None
