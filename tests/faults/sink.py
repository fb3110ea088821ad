"""A relay on loopback that writes down what it took, and fails as it is told."""

import asyncio
import re
from asyncio import WriteTransport
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from threading import Event, Lock
from typing import NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.core.clock import utc_now
from tests.support.product import free_port

# A long one stands on a line of its own.
MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
NO_SUCH_ADDRESS = "550 5.1.1 No such address"
LATER = "451 4.3.0 Not now"
SOFT_BREAK = b"=\r\n"
READER = "collega"
# Seconds; a test that forgot to open it ends.
LONGEST_HOLD = 120


class Taken(NamedTuple):
    """One copy; `says` are those of the words that the sink looks for that stand in it."""

    message_id: str
    address: str
    at: datetime
    says: frozenset[str]


@dataclass
class Sink:
    """Each fault with its chance, from 0 to 1; an address in `unknown` is refused for good."""

    log: Path
    seed: int
    drop: float = 0
    later: float = 0
    unknown: frozenset[str] = frozenset()
    # Seconds before it answers to the address of a digest.
    dawdles: float = 0
    # Seconds that somebody may be silent before the line is cut.
    patience: float = 300
    looks_for: frozenset[str] = frozenset()
    # Called with the envelope sender and the address of what was taken, before the answer goes.
    before_answer: Callable[[str, str], object] | None = None
    # While it is not set a mail that came in full is not taken, whoever waits for the answer.
    opens: Event = field(default_factory=Event)
    holds: Event = field(default_factory=Event)
    taken: list[Taken] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    lost_answers: int = 0
    cut_lines: int = 0
    dawdling: int = 0

    def __post_init__(self) -> None:
        self._chance, self._lock = Random(self.seed), Lock()
        self.opens.set()
        # A log that goes back far enough to tell that something was not taken.
        self._note("postfix/master[1]: reload", utc_now() - timedelta(hours=1))

    @property
    def copies(self) -> Counter[str]:
        """How many copies of each mail were taken, by Message-ID."""
        return Counter(one.message_id for one in self.taken)

    @property
    def copies_of_people(self) -> Counter[str]:
        return Counter(one.address for one in self.taken)

    async def handle_RCPT(  # noqa: N802  (the names are those of aiosmtpd)
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        if address in self.unknown:
            self.refused[address] += 1
            return NO_SUCH_ADDRESS
        if self._chance.random() < self.later:
            self.refused[address] += 1
            return LATER
        if address.startswith(READER):
            self.dawdling += 1
            await asyncio.sleep(self.dawdles)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _: Session, envelope: Envelope
    ) -> str:
        # In a thread: it goes on when the sender is gone.
        taking = asyncio.get_running_loop().run_in_executor(None, self._take, envelope)
        number = await asyncio.shield(taking)
        if self._chance.random() < self.drop and isinstance(server.transport, WriteTransport):
            self.lost_answers += 1
            server.transport.abort()
        return f"250 2.0.0 Ok: queued as {number}"

    def _take(self, envelope: Envelope) -> str:
        self.holds.set()
        self.opens.wait(LONGEST_HOLD)
        number = self._write_down(envelope)
        if self.before_answer is not None:
            self.before_answer(str(envelope.mail_from), envelope.rcpt_tos[0])
        return number

    def _write_down(self, envelope: Envelope) -> str:
        """In memory, and in a log as Postfix writes one, before the answer goes."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        found = MESSAGE_ID.search(content)
        assert found is not None, "a mail without a Message-ID"
        message_id, text = found[1].decode(), content.replace(SOFT_BREAK, b"")
        says = frozenset(word for word in self.looks_for if word.encode() in text)
        with self._lock:
            self.taken += [
                Taken(message_id, address, utc_now(), says) for address in envelope.rcpt_tos
            ]
            number = f"{len(self.taken):010X}"
            sender, size = envelope.mail_from, len(content)
            self._note(f"postfix/cleanup[1]: {number}: message-id={message_id}")
            self._note(
                f"postfix/qmgr[1]: {number}: from=<{sender}>, size={size}, nrcpt=1 (queue active)"
            )
        return number

    def goes_on(self) -> None:
        """As a relay does that has nothing to take: its log ends no earlier than the senders."""
        self._note("postfix/anvil[1]: statistics: max cache size 1", utc_now())

    def _note(self, said: str, at: datetime | None = None) -> None:
        with self.log.open("a") as log:
            log.write(f"{(at or utc_now()).isoformat()} mx {said}\n")


class Line(SMTP):
    """One that tells when it is cut."""

    def _timeout_cb(self) -> None:
        self.event_handler.cut_lines += 1
        super()._timeout_cb()  # type: ignore[no-untyped-call]


class SinkController(Controller):
    def factory(self) -> SMTP:
        return Line(self.handler, timeout=self.handler.patience, **self.SMTP_kwargs)


@contextmanager
def listening(sink: Sink, port: int = 0) -> Iterator[int]:
    """The sink on a port of loopback, until the end."""
    port = port or free_port()
    controller = SinkController(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
