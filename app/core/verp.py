"""A sender of its own for each mail, so that what comes back tells of itself which mail it was.

`bounce+<id>.<seal>@domain` (variable envelope return path). Only who has the key can make the
seal: whoever makes up a bounce makes up nothing that we believe.
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


def envelope_sender(mail_id: UUID, bounce_address: str, secret: str) -> str:
    """Where this mail comes back to."""
    box, _, domain = bounce_address.rpartition("@")
    return f"{box}+{_letters(mail_id.bytes)}.{_seal(mail_id, secret)}@{domain}"


def mail_of(address: str, bounce_address: str, secret: str) -> UUID | None:
    """The mail that came back to this address, or None when we did not make it."""
    name, _, domain = address.strip().strip("<>").lower().rpartition("@")
    box, _, own_domain = bounce_address.lower().rpartition("@")
    word, dot, seal = name.removeprefix(f"{box}+").partition(".")
    if domain != own_domain or not name.startswith(f"{box}+") or not dot:
        return None
    mail_id = _id_in(word)
    if mail_id is None or not compare_digest(seal.encode(), _seal(mail_id, secret).encode()):
        return None
    return mail_id


def _seal(mail_id: UUID, secret: str) -> str:
    # The name of what it is for: no seal made for something else fits here.
    return _letters(hmac_digest(secret.encode(), b"verp:" + mail_id.bytes, sha256)[:SEAL])


def _letters(data: bytes) -> str:
    return b32encode(data).decode().rstrip("=").lower()


def _id_in(word: str) -> UUID | None:
    try:
        data = b32decode(f"{word}======".upper())
        mail_id = UUID(bytes=data)
    except (NotBase32, ValueError):
        return None
    # The last letter has bits to spare: there is one spelling only.
    return mail_id if _letters(data) == word else None
