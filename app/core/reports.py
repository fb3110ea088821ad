"""What a mail server says of a mail that we sent: it came back (RFC 3464), or somebody complains.

Only what happened is read here. Which mail it was is told by the address it came back to
(`verp.py`), never by what the report says itself: anybody can write a report.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.policy import default
from typing import Any

# Bytes. A report quotes the mail it is about; what matters stands before that.
LONGEST_REPORT = 1_000_000
# Parts that are looked at; a mail may be made of thousands.
MOST_PARTS = 50
# How RFC 3463 spells it: class, subject and detail.
STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
# Headers that a mail server writes above a mail for us, and the one that who reports writes.
ADDRESSED = ("Delivered-To", "X-Original-To", "To")
ADDRESS = re.compile(r"[^\s<>,;\"]{1,64}@[^\s<>,;\"]{1,255}")
COMPLAINT = "complaint"
# Codes with which a server says that there is no such box, when it gives no status.
NO_SUCH_BOX = frozenset({550, 551, 553})


@dataclass(frozen=True)
class Report:
    """`status` is that of RFC 3463, or `complaint`; `addresses` are where it says it came back."""

    status: str
    addresses: tuple[str, ...]


def read_report(content: bytes) -> Report | None:
    """What this mail reports, or None: out of office, still trying, delivered, or no report."""
    try:
        return _report_in(message_from_bytes(content[:LONGEST_REPORT], policy=default))
    except (MessageError, ValueError, TypeError, LookupError, AttributeError):
        # The library stumbles over headers that nobody writes by accident.
        return None


def status_in(words: str) -> str | None:
    """The first status that stands in these words."""
    found = STATUS.search(words)
    return found.group() if found else None


def _report_in(mail: EmailMessage) -> Report | None:
    if mail.get_content_type() != "multipart/report":
        return None
    headers = " ".join(str(value) for name in ADDRESSED for value in mail.get_all(name, []))
    for part in _parts(mail):
        if part.get_content_type() == "message/delivery-status":
            status = _failure_in(part)
            return Report(status, _addresses(headers)) if status else None
        if part.get_content_type() == "message/feedback-report":
            if _field(part, "Feedback-Type").lower() == "not-spam":
                return None
            # A complaint goes to an address of its own; the mail's sender stands inside.
            sender = _field(part, "Original-Mail-From")
            return Report(COMPLAINT, _addresses(f"{headers} {sender}"))
    return None


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(ADDRESS.findall(text))


def _failure_in(part: "Message[Any, Any]") -> str | None:
    """The status of the first recipient for whom the server gave up."""
    for block in _blocks(part):
        # `delayed` says that the server still tries.
        if block.get("action", "").lower() == "failed":
            status = status_in(block.get("status", ""))
            return status if status and not status.startswith("2") else None
    return None


def _field(part: "Message[Any, Any]", name: str) -> str:
    return next((block[name.lower()] for block in _blocks(part) if name.lower() in block), "")


def _blocks(part: "Message[Any, Any]") -> Iterator[dict[str, str]]:
    """The fields of each block; as plain text, since parsers differ in what they make of it."""
    for block in re.split(r"\r?\n\s*\r?\n", _text(part)):
        unfolded = re.sub(r"\r?\n[ \t]+", " ", block)
        lines = (line.partition(":") for line in unfolded.splitlines())
        yield {name.strip().lower(): value.strip() for name, colon, value in lines if colon}


def _text(part: "Message[Any, Any]") -> str:
    inside = part.get_payload()
    if isinstance(inside, list):
        return "\n".join(str(one) for one in inside)
    payload = part.get_payload(decode=True)
    return payload.decode("ascii", "replace") if isinstance(payload, bytes) else ""


def _parts(mail: EmailMessage) -> Iterator["Message[Any, Any]"]:
    inside = mail.get_payload()
    if isinstance(inside, list):
        yield from (part for part in inside[:MOST_PARTS] if isinstance(part, Message))
