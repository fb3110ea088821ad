"""What the database holds but must not tell: sealed with a key that only the settings know."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.settings import Settings

KEY_BYTES = 32


class Seal:
    """Seals of one purpose: what was sealed for another one does not open."""

    def __init__(self, settings: Settings, purpose: str) -> None:
        made = HKDF(SHA256(), KEY_BYTES, salt=None, info=f"seal {purpose}".encode())
        self._box = Fernet(urlsafe_b64encode(made.derive(settings.secret_key.encode())))

    def close(self, text: str) -> str:
        return self._box.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str | None:
        """What was sealed; None when it was not sealed by us, for this, with this key."""
        try:
            return self._box.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None
