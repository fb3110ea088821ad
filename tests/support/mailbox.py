"""Mail as it arrived at the sink: real messages that went over SMTP."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from mailbox import Maildir
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox as IntoMaildir

from tests.support.product import PATIENCE, free_port, wait_for

LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class Mailbox:
    maildir: Path

    def messages(self, to: str = "") -> list[EmailMessage]:
        """Mails to this address, oldest first."""
        if not (self.maildir / "new").exists():
            return []
        box = Maildir(self.maildir, create=False)
        parse = BytesParser(policy=policy.default).parsebytes
        found = [
            (box.get_message(key).get_date(), parse(box.get_bytes(key))) for key in box.iterkeys()
        ]
        found.sort(key=lambda dated: dated[0])
        return [mail for _, mail in found if to in str(mail["X-RcptTo"] or mail["To"])]

    def wait_for_mail(self, to: str, count: int = 1, within: float = PATIENCE) -> EmailMessage:
        """The newest of at least `count` mails to this address."""
        return wait_for(
            lambda: found if len(found := self.messages(to)) >= count else [],
            f"mail number {count} to {to}",
            within,
        )[-1]


def text_of(mail: EmailMessage) -> str:
    return _part(mail, "plain")


def html_of(mail: EmailMessage) -> str:
    return _part(mail, "html")


def link_in(mail: EmailMessage, path: str) -> str:
    """The link in the text part whose path begins like this."""
    links: list[str] = LINK.findall(text_of(mail))
    return next(link for link in links if path in link)


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None, f"no {kind} part in {mail['Subject']}"
    return str(part.get_content())


@contextmanager
def relay_into(maildir: Path) -> Iterator[str]:
    """A relay that takes every mail and keeps it; its address."""
    port = free_port()
    controller = Controller(IntoMaildir(maildir), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()
