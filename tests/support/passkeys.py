"""A device with passkeys, as a browser speaks with it; it signs what it is told to."""

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40
SITE = "http://localhost"


def in_text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


@dataclass
class Device:
    """One passkey. What is changed before an answer is what goes wrong in it."""

    origin: str = SITE
    host: str = "localhost"
    is_verified: bool = True
    # By its own count; 0 is a device that keeps none.
    signed: int = 0
    counts: bool = True
    credential: bytes = field(default_factory=lambda: uuid4().bytes)
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, options: str) -> str:
        """The answer to an invitation."""
        said = self._said("webauthn.create", options)
        data = self._data(PRESENT | WITH_KEY) + self._described()
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(clientDataJSON=said, attestationObject=made)

    def sign(self, options: str) -> str:
        """The answer to a question for a passkey."""
        if self.counts:
            self.signed += 1
        said = self._said("webauthn.get", options)
        data = self._data(PRESENT)
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=said, authenticatorData=data, signature=signature)

    def _said(self, kind: str, options: str) -> bytes:
        challenge = json.loads(options)["challenge"]
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _data(self, flags: int) -> bytes:
        flags |= VERIFIED if self.is_verified else 0
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + self.signed.to_bytes(4, "big")

    def _described(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        length = len(self.credential).to_bytes(2, "big")
        return bytes(16) + length + self.credential + cbor2.dumps(public)

    def _answer(self, **response: bytes) -> str:
        name = in_text(self.credential)
        told: dict[str, Any] = {"id": name, "rawId": name, "type": "public-key"}
        told["response"] = {key: in_text(data) for key, data in response.items()}
        return json.dumps(told)
