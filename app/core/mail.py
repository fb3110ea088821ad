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
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from enum import StrEnum
from functools import lru_cache
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from app.core.clock import dutch_time
from app.core.phases import Phase

# Seconds; the answer to the dot may take longer than the rest.
CONNECT_TIMEOUT = 10
ANSWER_TIMEOUT = 60
LINE_THAT_BEGINS_WITH_DOT = re.compile(rb"(?m)^\.")
# As Postfix and most others say it.
QUEUED_AS = re.compile(r"queued as ([0-9A-Za-z]{1,64})\b")
WHAT_LOOKS_LIKE_AN_ADDRESS = re.compile(r"<?(?:\"[^\"]*\"|[^\s<>\"@:;,]+)@[^\s<>,;]+>?")
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
    comes back to, `address_hash` how we know the address without writing it down.
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


class MachineHeader(UnstructuredHeader, BaseHeader):
    """One that programs read: a fold would encode a long link past recognition."""

    def fold(self, *, policy: "Policy[Any]") -> str:
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> "EmailPolicy[EmailMessage]":
    headers = HeaderRegistry()
    headers.map_to_type("list-unsubscribe", MachineHeader)
    headers.map_to_type("list-id", MachineHeader)
    return SMTP.clone(header_factory=headers)


POLICY = _policy()
# No line of quoted-printable can be this one (RFC 2045, 6.7), so it need not be looked for.
ALTERNATIVE = 'multipart/alternative; boundary="=_dgvn"'


def message_of(letter: Letter, sender: str, sent_at: datetime) -> EmailMessage:
    """The letter as RFC 5322 wants it; ValueError when header or address cannot be written so."""
    letter.to.encode("ascii")
    message = EmailMessage(policy=POLICY)
    message["From"] = _same("From", sender)
    message["To"] = Address(letter.to_name, addr_spec=letter.to)
    message["Subject"] = letter.subject
    message["Date"] = dutch_time(sent_at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    for name, value in letter.headers:
        message[name] = value
    message["MIME-Version"] = "1.0"
    message["Content-Type"] = _same("Content-Type", ALTERNATIVE)
    message["Content-Language"] = "nl"
    message.attach(_part("plain", letter.text))
    message.attach(_part("html", letter.html))
    return message


@lru_cache(maxsize=64)
def _same(name: str, value: str) -> Any:
    """A header that is the same in mail after mail: reading it takes longer than all the rest."""
    return POLICY.header_factory(name, value)


def _part(subtype: str, text: str) -> EmailMessage:
    """As `set_content` makes it, of which the loop over each sign takes ten times as long."""
    part = EmailMessage(policy=POLICY)
    part["Content-Type"] = _same("Content-Type", f'text/{subtype}; charset="utf-8"')
    part["Content-Transfer-Encoding"] = _same("Content-Transfer-Encoding", "quoted-printable")
    lines = b"\n".join(text.encode().splitlines()) + b"\n"
    part.set_payload(b2a_qp(lines).decode("ascii"))
    return part


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
        self, message: EmailMessage, sender: str, to: str, before_dot: Callable[[], bool]
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
        self, smtp: smtplib.SMTP, message: EmailMessage, to: str, before_dot: Callable[[], bool]
    ) -> Answer:
        data = LINE_THAT_BEGINS_WITH_DOT.sub(b"..", message.as_bytes(policy=SMTP))
        smtp.send(data if data.endswith(b"\r\n") else data + b"\r\n")
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
