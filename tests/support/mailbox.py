"""Mail as it arrived at the sink: real messages that went over SMTP."""

import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from mailbox import Maildir
from pathlib import Path

from tests.support.product import wait_for

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

    def wait_for_mail(self, to: str, count: int = 1) -> EmailMessage:
        """The newest of at least `count` mails to this address."""
        return wait_for(
            lambda: found if len(found := self.messages(to)) >= count else [],
            f"mail number {count} to {to}",
        )[-1]


def text_of(mail: EmailMessage) -> str:
    return _part(mail, "plain")


def html_of(mail: EmailMessage) -> str:
    return _part(mail, "html")


def link_in(mail: EmailMessage, path: str) -> str:
    """The link in the text part whose path begins like this."""
    return next(link for link in LINK.findall(text_of(mail)) if path in link)


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None, f"no {kind} part in {mail['Subject']}"
    content: str = part.get_content()
    return content
