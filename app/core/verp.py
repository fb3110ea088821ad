"""Addresses that tell of themselves what they are about: where a mail comes back, or is answered.

`bounce+<id>.<seal>@domain` (variable envelope return path). Only who has the key can make the
seal: whoever makes up a bounce, or an answer, makes up nothing that we believe.
"""

from base64 import b32decode, b32encode
from binascii import Error as NotBase32
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as hmac_digest
from uuid import UUID

# Bytes; together with the id it leaves 20 letters for the name of the box (RFC 5321: 64 in all).
SEAL = 10
LONGEST_BOX = 20
# What a seal is for: none made for something else fits there.
RETURNED, ANSWERED = b"verp:", b"answer:"


def envelope_sender(mail_id: UUID, bounce_address: str, secret: str) -> str:
    """Where this mail comes back to."""
    return _sealed(RETURNED, mail_id, bounce_address, secret)


def mail_of(address: str, bounce_address: str, secret: str) -> UUID | None:
    """The mail that came back to this address, or None when we did not make it."""
    return _opened(RETURNED, address, bounce_address, secret)


def answer_address(reader_id: UUID, answer_box: str, secret: str) -> str:
    """Where this reader of this conversation answers."""
    return _sealed(ANSWERED, reader_id, answer_box, secret)


def reader_of(address: str, answer_box: str, secret: str) -> UUID | None:
    """Who answers at this address in which conversation, or None when we did not make it."""
    return _opened(ANSWERED, address, answer_box, secret)


def is_at(address: str, own_address: str) -> bool:
    """Whether it is an address of this box, whatever stands behind its plus."""
    name, _, domain = address.strip().strip("<>").lower().rpartition("@")
    box, _, own_domain = own_address.lower().rpartition("@")
    return domain == own_domain and name.startswith(f"{box}+")


def _sealed(purpose: bytes, about: UUID, own_address: str, secret: str) -> str:
    box, _, domain = own_address.rpartition("@")
    return f"{box}+{_letters(about.bytes)}.{_seal(purpose, about, secret)}@{domain}"


def _opened(purpose: bytes, address: str, own_address: str, secret: str) -> UUID | None:
    name = address.strip().strip("<>").lower().rpartition("@")[0]
    box = own_address.lower().rpartition("@")[0]
    word, dot, seal = name.removeprefix(f"{box}+").partition(".")
    if not is_at(address, own_address) or not dot:
        return None
    about = _id_in(word)
    if about is None or not compare_digest(seal.encode(), _seal(purpose, about, secret).encode()):
        return None
    return about


def _seal(purpose: bytes, about: UUID, secret: str) -> str:
    return _letters(hmac_digest(secret.encode(), purpose + about.bytes, sha256)[:SEAL])


def _letters(data: bytes) -> str:
    return b32encode(data).decode().rstrip("=").lower()


def _id_in(word: str) -> UUID | None:
    try:
        data = b32decode(f"{word}======".upper())
        about = UUID(bytes=data)
    except (NotBase32, ValueError):
        return None
    # The last letter has bits to spare: there is one spelling only.
    return about if _letters(data) == word else None
