"""A relay that takes every mail, and its time for each command about a digest."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox as IntoMaildir
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession

from tests.support.product import MAILBOX, Product

READER = "collega"


@dataclass(frozen=True)
class Crawling:
    keep: IntoMaildir
    seconds_before_text: float
    seconds_after_dot: float
    # Set when it knows the reader of a digest, and when it keeps one and did not say so yet.
    holds_reader: Event = field(default_factory=Event)
    holds_all: Event = field(default_factory=Event)

    async def handle_RCPT(  # noqa: N802  (the names are those of aiosmtpd)
        self, _: SMTP, __: SmtpSession, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        if READER in address:
            self.holds_reader.set()
            await asyncio.sleep(self.seconds_before_text)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: SmtpSession, envelope: Envelope
    ) -> str:
        answer = await self.keep.handle_DATA(server, session, envelope) or "250 OK"
        if READER in envelope.rcpt_tos[0]:
            self.holds_all.set()
            await asyncio.sleep(self.seconds_after_dot)
        return answer


@contextmanager
def relay_that_crawls(product: Product, before_text: float, after_dot: float) -> Iterator[Crawling]:
    """In the place of the mailbox of this product."""
    if MAILBOX in product.parts:
        product.stop(MAILBOX)
    crawling = Crawling(IntoMaildir(product.maildir), before_text, after_dot)
    controller = Controller(crawling, hostname="127.0.0.1", port=product.smtp_port)
    controller.start()
    try:
        yield crawling
    finally:
        controller.stop()
