"""Mails as the local mail sink left them, in whatever state."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from mailbox import Error, Maildir
from pathlib import Path
from typing import Any

from app.core.errors import NotFound
from app.core.ids import new_id
from app.core.paging import Page
from app.core.text import clean_line

LONGEST_LIST = 500
LINES_A_PAGE = 25
UNREADABLE = "(dit bericht is niet goed te lezen)"


@dataclass(frozen=True)
class MailLine:
    """A mail in the list."""

    key: str
    subject: str
    sender: str
    to: str
    at: datetime


@dataclass(frozen=True)
class Mail:
    """A whole mail."""

    line: MailLine
    text: str
    html: str
    headers: list[tuple[str, str]]

    @property
    def answers_to(self) -> str:
        """Where an answer goes when it has a place of its own, or nothing."""
        return next((value for name, value in self.headers if name.lower() == "reply-to"), "")


def reply_to(mail: Mail, text: str, domain: str) -> bytes:
    """What a mail program would send for who answers this mail."""
    reply = EmailMessage(policy=SMTP)
    reply["From"], reply["To"] = mail.line.to, mail.answers_to or mail.line.sender
    reply["Subject"] = f"Re: {mail.line.subject}"
    reply["Message-ID"] = f"<{new_id().hex}@{domain}>"
    quoted = "\n".join(f"> {line}" for line in mail.text.splitlines())
    reply.set_content(f"{text}\n\nOp 1 januari 2027 schreef {mail.line.sender}:\n{quoted}")
    return reply.as_bytes()


class MailReader:
    """Reads the folder anew for every page; it is small, and the sink writes in it meanwhile."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def lines(self) -> list[MailLine]:
        """The newest mails, newest first."""
        box = self._open()
        if box is None:
            return []
        found: list[MailLine] = []
        # Keys begin with the moment of filing.
        for key in sorted(box.keys(), reverse=True)[:LONGEST_LIST]:
            with suppress(KeyError, OSError):  # gone since the folder was listed
                found.append(_line(box, key))
        return sorted(found, key=lambda line: (line.at, line.key), reverse=True)

    def page(self, to: str, number: int) -> Page[MailLine]:
        """The newest mails to addresses that hold these letters; none given: to everybody."""
        wanted = to.casefold()
        lines = [line for line in self.lines() if wanted in line.to.casefold()]
        last = max(1, -(-len(lines) // LINES_A_PAGE))
        number = max(1, min(number, last))
        first = (number - 1) * LINES_A_PAGE
        return Page(lines[first : first + LINES_A_PAGE], number, len(lines), LINES_A_PAGE)

    def mail(self, key: str) -> Mail:
        box = self._open()
        if box is None or key not in box:
            raise NotFound(f"mail {key}")
        return _mail(box, key)

    def _open(self) -> Maildir | None:
        """The folder, or None as long as the sink has not made it."""
        try:
            box = Maildir(self._folder, create=False)
            box.keys()
        except (Error, OSError):
            return None
        return box


def _line(box: Maildir, key: str) -> MailLine:
    return _line_of(key, _read(box, key), box.get_message(key).get_date())


def _line_of(key: str, message: EmailMessage, filed_at: float) -> MailLine:
    return MailLine(
        key=key,
        subject=_header(message, "subject") or "(geen onderwerp)",
        sender=_header(message, "from"),
        to=_header(message, "to"),
        at=_date(message) or datetime.fromtimestamp(filed_at, UTC),
    )


def _mail(box: Maildir, key: str) -> Mail:
    message = _read(box, key)
    return Mail(
        line=_line_of(key, message, box.get_message(key).get_date()),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        headers=[(name, _header(message, name)) for name in message],
    )


def _read(box: Maildir, key: str) -> EmailMessage:
    return message_from_bytes(box.get_bytes(key), policy=default)


def _header(message: EmailMessage, name: str) -> str:
    try:
        return clean_line(str(message[name] or ""))
    except Exception:  # the parser of the standard library fails on bad headers in many ways
        return UNREADABLE


def _date(message: EmailMessage) -> datetime | None:
    try:
        at: Any = message["date"].datetime
        return at.astimezone(UTC) if at else None
    except Exception:  # as above; a mail without a date has no such header either
        return None


def _body(message: EmailMessage, kind: str) -> str:
    try:
        part = message.get_body((kind,))
        return str(part.get_content()) if part else ""
    except Exception:  # an unknown character set, a part that is cut off
        return UNREADABLE
