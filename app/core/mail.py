"""Mail over SMTP, with a pause between the text and the final dot.

Between that dot and the relay's answer nobody knows whether a mail was taken (RFC 1047). The
pause is where the caller writes down that it has come so far.
"""

import re
import smtplib
import socket
import ssl
from binascii import b2a_qp
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum
from functools import lru_cache
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit
from uuid import UUID

from app.core.clock import dutch_time
from app.core.phases import Phase

# Seconds; the answer to the dot may take longer than the rest.
CONNECT_TIMEOUT = 10
ANSWER_TIMEOUT = 60
NEW_LINE = b"\r\n"
# As Postfix and most others say it.
QUEUED_AS = re.compile(r"queued as ([0-9A-Za-z]{1,64})\b")
WHAT_LOOKS_LIKE_AN_ADDRESS = re.compile(r"<?(?:\"[^\"]*\"|[^\s<>\"@:;,]{1,254}+)@[^\s<>,;]+>?")
SHORTEST_NAME = 3
# A relay may talk on for as long as it likes.
LONGEST_WORDS = 500


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    LATER = "later"
    REFUSED = "refused"
    # The caller changed its mind before the dot: the relay got nothing.
    HELD_BACK = "held_back"
    # The dot was sent and no answer came.
    UNKNOWN = "unknown"
    # The relay could not be reached at all; says nothing about this mail.
    NO_RELAY = "no_relay"


@dataclass(frozen=True)
class Answer:
    """What became of a try; `words` are the relay's, without the address."""

    verdict: Verdict
    words: str = ""
    phase: Phase = Phase.WRITE
    code: int | None = None
    relay_queue_id: str | None = None


@dataclass(frozen=True)
class Letter:
    """One mail to one address; `message_id` is the same at every attempt.

    `fingerprint` tells whether what it was written from is still the same; as long as `version` is,
    where there is one, nothing that it was written from has changed at all. `sender` is where it
    comes back to, `address_hash` how we know the address without writing it down. `passed_over` is
    news that it would tell, if that stood: it is left to the next one.
    """

    to: str
    to_name: str
    subject: str
    text: str
    html: str
    message_id: str
    headers: tuple[tuple[str, str], ...] = ()
    fingerprint: str = ""
    version: str = ""
    sender: str = ""
    address_hash: bytes = b""
    passed_over: tuple[UUID, ...] = ()


# No line of quoted-printable can be this one (RFC 2045, 6.7), so it need not be looked for.
BOUNDARY = "=_dgvn"
BEGINS, ENDS = f"--{BOUNDARY}\r\n".encode(), f"--{BOUNDARY}--\r\n".encode()


def message_of(letter: Letter, sender: str, sent_at: datetime) -> bytes:
    """The letter as RFC 5322 wants it; ValueError when header or address cannot be written so.

    The library writes what people typed. It takes longer than all the rest, so it is left out of
    what we made ourselves.
    """
    letter.to.encode("ascii")
    return b"".join(
        (
            _same("From", sender),
            _typed("To", Address(letter.to_name, addr_spec=letter.to)),
            _typed("Subject", letter.subject),
            _made("Date", format_datetime(dutch_time(sent_at))),
            _made("Message-ID", letter.message_id),
            _made("Auto-Submitted", "auto-generated"),
            *(_made(name, value) for name, value in letter.headers),
            _made("MIME-Version", "1.0"),
            _made("Content-Type", f'multipart/alternative; boundary="{BOUNDARY}"'),
            _made("Content-Language", "nl"),
            NEW_LINE,
            *(BEGINS, _part("plain", letter.text), NEW_LINE),
            *(BEGINS, _part("html", letter.html), NEW_LINE),
            ENDS,
        )
    )


def with_dots(message: bytes) -> bytes:
    """As it goes over the line: one that begins with a dot gets another (RFC 5321, 4.5.2)."""
    return message.replace(b"\r\n.", b"\r\n..")


def _typed(name: str, value: str | Address) -> bytes:
    _, header = SMTP.header_store_parse(name, value)
    folded = str(SMTP.fold(name, header))
    # When all words fit the next line only, none is left behind the name; some relays trip on it.
    return folded.replace(f"{name}:\r\n ", f"{name}: ", 1).encode("ascii")


@lru_cache(maxsize=8)
def _same(name: str, value: str) -> bytes:
    return _typed(name, value)


def _made(name: str, value: str) -> bytes:
    """One that programs read: a fold would encode a long link past recognition."""
    if not value.isprintable():
        raise ValueError(f"no header holds {value!r}")
    return f"{name}: {value}\r\n".encode("ascii")


def _part(subtype: str, text: str) -> bytes:
    lines = NEW_LINE.join(text.encode().splitlines()) + NEW_LINE
    return b"".join(
        (
            _made("Content-Type", f'text/{subtype}; charset="utf-8"'),
            _made("Content-Transfer-Encoding", "quoted-printable"),
            NEW_LINE,
            b2a_qp(lines),
        )
    )


class Relay:
    """A connection to the relay, opened at the first letter and used again for the next ones."""

    def __init__(self, smtp_url: str) -> None:
        self._url = urlsplit(smtp_url)
        self._smtp: smtplib.SMTP | None = None
        self._phase = Phase.CONNECT

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
        self._hang_up()

    def submit(
        self, message: bytes, sender: str, to: str, before_dot: Callable[[], bool]
    ) -> Answer:
        """Hand over one mail; `before_dot` answers whether the dot may be sent."""
        try:
            smtp = self._smtp or self._connect()
        except (OSError, smtplib.SMTPException) as error:
            return Answer(Verdict.NO_RELAY, type(error).__name__, Phase.CONNECT)
        self._phase = Phase.MAIL
        try:
            refused = self._envelope(smtp, sender, to)
            return refused or self._body(smtp, message, to, before_dot)
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            return Answer(Verdict.LATER, type(error).__name__, self._phase)
        except BaseException:
            # Halfway a mail the line is of no use to the next one.
            self._hang_up()
            raise

    def _connect(self) -> smtplib.SMTP:
        host, port = self._url.hostname or "localhost", self._url.port or 25
        if self._url.scheme == "smtps":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=CONNECT_TIMEOUT, context=ssl.create_default_context()
            )
        else:
            smtp = smtplib.SMTP(host, port, timeout=CONNECT_TIMEOUT)
        self._smtp = smtp
        if smtp.sock is not None:
            # The dot is small and comes alone: without this it waits for the relay's word that it
            # got the text, which a kernel keeps back for 40 ms.
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self._introduce(smtp)
        except (OSError, smtplib.SMTPException):
            self._hang_up()
            raise
        return smtp

    def _introduce(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        if self._url.scheme == "smtp+starttls":
            smtp.starttls(context=ssl.create_default_context())
            # What was said in the clear does not count any more (RFC 3207).
            smtp.ehlo()
        if self._url.username:
            smtp.login(unquote(self._url.username), unquote(self._url.password or ""))

    def _envelope(self, smtp: smtplib.SMTP, sender: str, to: str) -> Answer | None:
        # One at a time: a relay may take the text of a mail of which it refused the address.
        steps: tuple[tuple[Phase, Callable[[], tuple[int, bytes]]], ...] = (
            (Phase.MAIL, lambda: smtp.mail(sender)),
            (Phase.RCPT, lambda: smtp.rcpt(to)),
            (Phase.DATA, lambda: smtp.docmd("DATA")),
        )
        for phase, step in steps:
            self._phase = phase
            code, words = step()
            if code >= 400:
                smtp.rset()
                return _refusal(phase, code, words, to)
        return None

    def _body(
        self, smtp: smtplib.SMTP, message: bytes, to: str, before_dot: Callable[[], bool]
    ) -> Answer:
        smtp.send(with_dots(message))
        if not before_dot():
            # Without the dot the relay forgets the mail as soon as the line is cut.
            self._hang_up()
            return Answer(Verdict.HELD_BACK, phase=Phase.DATA)
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(ANSWER_TIMEOUT)
            smtp.send(b".\r\n")
            code, words = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            return Answer(Verdict.UNKNOWN, type(error).__name__, Phase.DOT)
        if code >= 400:
            return _refusal(Phase.DOT, code, words, to)
        queued = QUEUED_AS.search(words[:LONGEST_WORDS].decode("ascii", "replace"))
        return Answer(
            Verdict.ACCEPTED,
            _text(code, words, to),
            Phase.DOT,
            code,
            queued.group(1) if queued else None,
        )

    def _hang_up(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def without_address(words: str, address: str) -> str:
    """What a relay says, without whom it is about: relays like to quote the address."""
    name = address.rpartition("@")[0]
    unnamed = WHAT_LOOKS_LIKE_AN_ADDRESS.sub("<adres>", words)
    if len(name) < SHORTEST_NAME:
        return unnamed
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "<adres>", unnamed, flags=re.IGNORECASE)


def _refusal(phase: Phase, code: int, words: bytes, to: str) -> Answer:
    verdict = Verdict.LATER if code < 500 else Verdict.REFUSED
    return Answer(verdict, _text(code, words, to), phase, code)


def _text(code: int, words: bytes, to: str) -> str:
    said = words[:LONGEST_WORDS].decode("ascii", "replace")
    return f"{code} {without_address(said, to)}"[:200]
