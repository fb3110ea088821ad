"""What the database holds but must not tell: sealed with a key that only the settings know.

Or named by an id: the same one each time, from which nobody without that key finds the text.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha1, sha256
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.settings import Settings

KEY_BYTES = 32
# What seals the secrets of apps for codes, and of the sign-in of gemeenten.
OF_APPS, OF_PROVIDERS = "second factor", "provider"
# What seals that the log was made shorter by this house.
LOG_SEAL = "log"
ID_BYTES = 16
# How cookies and the keys in links are signed (`itsdangerous`): HMAC with this.
SIGNED: dict[str, Any] = {"digest_method": sha256}
# And how they were until November 2026. Nothing is signed so any more; what was opens until it
# ends by itself, the last of it two months later.
SIGNED_BEFORE: dict[str, Any] = {"digest_method": sha1}
# Of a UUID: the version that is random, the one that anybody may fill, and where it stands.
RANDOM, OWN, VERSION_BITS = 4, 8, 76


class Seal:
    """Seals of one purpose: what was sealed for another one does not open."""

    def __init__(self, settings: Settings, purpose: str) -> None:
        self._box = Fernet(urlsafe_b64encode(_key(settings, f"seal {purpose}")))

    def close(self, text: str) -> str:
        return self._box.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str | None:
        """What was sealed; None when it was not sealed by us, for this, with this key."""
        try:
            return self._box.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None


class Alias:
    """Another name for an id, the same each time, of which only we know what it stands for."""

    def __init__(self, settings: Settings, purpose: str) -> None:
        self._box = AESSIV(_key(settings, f"alias {purpose}"))

    def of(self, known: UUID) -> str:
        return urlsafe_b64encode(self._box.encrypt(known.bytes, None)).decode().rstrip("=")

    def id_of(self, alias: str) -> UUID | None:
        """What it stands for; None when it was not made by us, for this, with this key."""
        try:
            return UUID(bytes=self._box.decrypt(urlsafe_b64decode(alias + "=="), None))
        except (InvalidTag, ValueError):
            return None


def id_of_text(settings: Settings, purpose: str, text: str) -> UUID:
    """An id of this text for this purpose; ids of people are of another version."""
    made = hmac.digest(_key(settings, f"id {purpose}"), text.encode(), "sha256")
    random = UUID(bytes=made[:ID_BYTES], version=RANDOM)
    return UUID(int=random.int ^ (RANDOM ^ OWN) << VERSION_BITS)


def is_id_of_text(found: UUID) -> bool:
    return found.version == OWN


def _key(settings: Settings, purpose: str) -> bytes:
    """Of each purpose its own."""
    made = HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode())
    return made.derive(settings.secret_key.encode())
