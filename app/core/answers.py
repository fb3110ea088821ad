"""A mail with which somebody answers one of ours: who wrote it, where to, and what they wrote anew.

Mail programs set what they answer below the answer, each in its own way. Our mails begin with a
line that says so, and the ways of Dutch mail programs to begin what they quote are known here;
signatures and what is quoted with a sign before each line are left to a library. Where there is
doubt, text stays: somebody may be quoted too much, but never loses a word.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import default
from email.utils import getaddresses
from hashlib import sha256

import email_reply_parser
from bs4 import BeautifulSoup

from app.core.reports import ADDRESS, ADDRESSED, LONGEST_REPORT
from app.core.text import clean_text

# Stands at the top of our mails; in the templates it is written out.
ANSWER_ABOVE = "Antwoord boven deze regel"
# Bytes; what people send along comes after what they write.
LONGEST_ANSWER = LONGEST_REPORT
AUTOMATIC_PRECEDENCE = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
NOBODY = frozenset({"mailer-daemon", "postmaster"})
# Between a beginning and its end a mail program may break the line. What was read once is kept, as
# whoever writes the mail chooses how often it would be read again.
WHOLE_LINES = r"[^\n]*+(?:\n[^\n]++){0,2}?\n"
WROTE = r"(?:schreef|geschreven)\b"
ENDS = rf"(?:[^\n]*:[ \t]*$|{WHOLE_LINES}[^\n]+:[ \t]*$)"


def _says(verb: str) -> str:
    """From anywhere in a line to the first such word in it, or in one of the next three."""
    return rf"(?:(?>[^\n]*?\b{verb})|{WHOLE_LINES}(?>[^\n]*?\b{verb}))"


QUOTE_BEGINS = tuple(
    re.compile(pattern, re.MULTILINE | re.IGNORECASE)
    for pattern in (
        # Gmail, Thunderbird, Apple Mail: Op ma 23 nov 2026 om 09:12 schreef Jo <jo@...>:
        rf"^[> ]*Op (?=[^\n]*\d){_says(WROTE)}{ENDS}",
        rf"^[> ]*On (?=[^\n]*\d){_says('wrote')}{ENDS}",
        # Outlook: a block of headers, mostly under a line.
        r"^(?:_{20,}[ \t]*\n+)?[*> ]*(?:Van|From):[^\n]+\n(?:[^\n]*\n)?"
        r"[*> ]*(?:Verzonden|Datum|Sent|Date):[^\n]+$",
        r"^[> ]*-{2,} ?(?:Oorspronkelijk bericht|Original Message|Original Appointment) ?-{2,}",
    )
)
SENT_FROM = re.compile(
    r"^(?:(?:Verstuurd|Verzonden) (?:vanaf|via|met) [^\n]{1,60}|Sent from [^\n]{1,60}"
    r"|Outlook voor (?:iOS|Android)(?: downloaden)?[^\n]{0,60}"
    r"|(?:Download|Get) Outlook (?:voor|for) [^\n]{1,60})$",
    re.IGNORECASE,
)
NOTHING = re.compile(r"(?!)")
# What mail programs set around what they quote.
QUOTES_IN_HTML = "blockquote, .gmail_quote, .moz-cite-prefix, style, script, head, title"
# From here on Outlook quotes, without anything around it.
OUTLOOK_BEGINS = "#appendonsend, #divRplyFwdMsg, #mail-editor-reference-message-container"
BLOCKS = ("p", "div", "li", "tr", "h1", "h2", "h3", "h4", "pre", "ul", "ol", "table")


@dataclass(frozen=True)
class MailedAnswer:
    # In small letters; empty when it names nobody, or more than one.
    sender: str
    addresses: tuple[str, ...]
    # The same for the same mail, however often it comes.
    key: str
    text: str
    is_automatic: bool


def read_answer(content: bytes) -> MailedAnswer | None:
    """What this mail says, or None when nobody can read it."""
    mail = message_from_bytes(content[:LONGEST_ANSWER], policy=default)
    try:
        return MailedAnswer(
            sender=_sender(mail),
            addresses=_addresses(mail),
            key=_key(mail, content),
            text=clean_text(new_words(_written(mail))),
            is_automatic=_is_automatic(mail),
        )
    except (MessageError, ValueError, TypeError, LookupError, AttributeError):
        # The library stumbles over headers that nobody writes by accident.
        return None


def new_words(text: str) -> str:
    """What somebody wrote above what they answer, without a signature."""
    plain = text.replace("\r\n", "\n").replace("\xa0", " ").replace("\ufeff", "")
    lines = plain.split("\n")
    marked = next((at for at, line in enumerate(lines) if ANSWER_ABOVE in line), None)
    above = "\n".join(lines[:marked])
    begins = [found.start() for one in QUOTE_BEGINS if (found := one.search(above))]
    above = above[: min(begins)] if begins else above
    return _without_sent_from(_without_quotes(above))


def _without_quotes(text: str) -> str:
    """What stands above signatures and lines that begin with a sign."""
    reply = email_reply_parser.EmailMessage(text)
    # Tries every two beginnings of a quote with every end. What it is for is found before.
    reply.MULTI_QUOTE_HDR_REGEX_MULTILINE = NOTHING
    return str(reply.read().reply)


def _without_sent_from(text: str) -> str:
    lines = text.rstrip().split("\n")
    while lines and (not lines[-1].strip() or SENT_FROM.match(lines[-1].strip())):
        lines.pop()
    return "\n".join(lines)


def _written(mail: EmailMessage) -> str:
    part = mail.get_body(("plain", "html"))
    if part is None:
        return ""
    content = _text_of(part)
    return _plain(content) if part.get_content_subtype() == "html" else content


def _text_of(part: MIMEPart) -> str:
    """With the character set that the mail names, or the nearest to what was meant."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    try:
        return data.decode(part.get_content_charset("utf-8"))
    except (LookupError, UnicodeDecodeError):
        try:
            return data.decode()
        except UnicodeDecodeError:
            return data.decode("cp1252", "replace")


def _plain(html: str) -> str:
    """What a person reads of a mail with markup, without what is quoted in it."""
    page = BeautifulSoup(html, "html.parser")
    for begin in page.select(OUTLOOK_BEGINS):
        for after in list(begin.find_all_next()):
            after.extract()
        begin.extract()
    for quoted in page.select(QUOTES_IN_HTML):
        quoted.extract()
    for end in page.find_all("br"):
        end.replace_with("\n")
    for block in page.find_all(BLOCKS):
        block.insert_before("\n")
        block.append("\n")
    return str(page.get_text())


def _sender(mail: EmailMessage) -> str:
    found: tuple[Address, ...] = mail["From"].addresses if mail["From"] else ()
    sender = found[0].addr_spec.strip().lower() if len(found) == 1 else ""
    return sender if sender.isascii() else ""


def _addresses(mail: EmailMessage) -> tuple[str, ...]:
    headers = [str(value) for name in (*ADDRESSED, "Cc") for value in mail.get_all(name, [])]
    known = [address for _, address in getaddresses(headers)]
    return tuple(dict.fromkeys([*known, *ADDRESS.findall(" ".join(headers))]))


def _key(mail: EmailMessage, content: bytes) -> str:
    message_id = str(mail["Message-ID"] or "").strip()
    return sha256(message_id.encode("utf-8", "replace") if message_id else content).hexdigest()


def _is_automatic(mail: EmailMessage) -> bool:
    """Out of office, a report, a list: RFC 3834, and what Outlook and others made of it."""
    submitted = str(mail["Auto-Submitted"] or "no").split(";")[0].strip().lower()
    precedence = str(mail["Precedence"] or "").strip().lower()
    return (
        submitted != "no"
        or mail["X-Auto-Response-Suppress"] is not None
        or mail["X-Autoreply"] is not None
        or precedence in AUTOMATIC_PRECEDENCE
        or mail.get_content_type() == "multipart/report"
        or str(mail["Return-Path"] or "").strip() == "<>"
        or _sender(mail).partition("@")[0] in NOBODY
    )
