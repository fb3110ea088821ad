"""A relay on loopback that writes down what it took, and fails as it is told."""

import re
from asyncio import WriteTransport
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from threading import Lock

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.core.clock import utc_now
from tests.support.product import free_port

MESSAGE_ID = re.compile(rb"^message-id: *(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
NO_SUCH_ADDRESS = "550 5.1.1 No such address"
LATER = "451 4.3.0 Not now"


@dataclass
class Sink:
    """Each fault with its chance, from 0 to 1; an address in `unknown` is refused for good."""

    log: Path
    seed: int
    drop: float = 0
    later: float = 0
    unknown: frozenset[str] = frozenset()
    # Of each mail that was taken: its Message-ID and to whom it went.
    taken: list[tuple[str, str]] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    lost_answers: int = 0

    def __post_init__(self) -> None:
        self._chance, self._lock = Random(self.seed), Lock()
        # A log that goes back far enough to tell that something was not taken.
        self._note("postfix/master[1]: reload", utc_now() - timedelta(hours=1))

    @property
    def copies(self) -> Counter[str]:
        """How many copies of each mail were taken, by Message-ID."""
        return Counter(message_id for message_id, _ in self.taken)

    @property
    def copies_of_people(self) -> Counter[str]:
        return Counter(address for _, address in self.taken)

    async def handle_RCPT(  # noqa: N802  (the names are those of aiosmtpd)
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        if address in self.unknown:
            self.refused[address] += 1
            return NO_SUCH_ADDRESS
        if self._chance.random() < self.later:
            self.refused[address] += 1
            return LATER
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _: Session, envelope: Envelope
    ) -> str:
        number = self._write_down(envelope)
        if self._chance.random() < self.drop and isinstance(server.transport, WriteTransport):
            self.lost_answers += 1
            server.transport.abort()
        return f"250 2.0.0 Ok: queued as {number}"

    def _write_down(self, envelope: Envelope) -> str:
        """In memory, and in a log as Postfix writes one, before the answer goes."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        found = MESSAGE_ID.search(content)
        assert found is not None, "a mail without a Message-ID"
        message_id = found[1].decode()
        with self._lock:
            self.taken += [(message_id, address) for address in envelope.rcpt_tos]
            number = f"{len(self.taken):010X}"
            sender, size = envelope.mail_from, len(content)
            self._note(f"postfix/cleanup[1]: {number}: message-id={message_id}")
            self._note(
                f"postfix/qmgr[1]: {number}: from=<{sender}>, size={size}, nrcpt=1 (queue active)"
            )
        return number

    def _note(self, said: str, at: datetime | None = None) -> None:
        with self.log.open("a") as log:
            log.write(f"{(at or utc_now()).isoformat()} mx {said}\n")


@contextmanager
def listening(sink: Sink, port: int = 0) -> Iterator[int]:
    """The sink on a port of loopback, until the end."""
    controller = Controller(sink, hostname="127.0.0.1", port=port or free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
