"""A provider of OpenID Connect on this machine, as a gemeente has one; it can be told to lie.

Unlike the one of the demo it holds a client to what it sent: the secret, the place to come back to,
and the proof of the code (PKCE).
"""

import json
import secrets
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import Key, RSAKey

from app.core.clock import utc_now

CLIENT_ID = "degemeentevannu"
SECRET = "known to both"  # pragma: allowlist secret
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
MINUTE = 60


@dataclass
class Provider:
    """Says what it is told to say; `heard` is what was asked of it, in this order."""

    server: ThreadingHTTPServer
    # Who signs in there.
    who: dict[str, Any] = field(default_factory=dict)
    # Where what it says is another thing than the truth.
    about: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, str | None] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    key: Key = field(default_factory=lambda: KEY)
    shown: tuple[Key, ...] = (KEY,)
    more_keys: list[Any] = field(default_factory=list)
    # The token as it is, in the place of one that is signed.
    token: str = ""
    redirects: str = ""
    heard: list[str] = field(default_factory=list)
    # By which name it was called.
    hosts: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def description(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "authorization_response_iss_parameter_supported": True,
            **self.about,
        }

    def sent_back(self, asked: dict[str, str]) -> str:
        """Where a browser goes that signed in here."""
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": self.issuer, **self.answer}
        given = {name: value for name, value in answer.items() if value is not None}
        return f"{asked['redirect_uri']}?{urlencode(given)}"

    def id_token(self, asked: Mapping[str, str]) -> str:
        now = int(utc_now().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "exp": now + 5 * MINUTE,
            "iat": now,
            "nonce": asked.get("nonce"),
            **self.who,
            **self.claims,
        }
        told = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "RS256", "kid": self.key.kid, **self.header}
        header = {name: value for name, value in header.items() if value is not None}
        return self.token or jwt.encode(header, told, self.key, algorithms=[header["alg"]])


def takes(asked: Mapping[str, str] | None, sent: Mapping[str, str], secret: str) -> bool:
    """Whether who comes for the token is who sent the browser."""
    return asked is not None and (
        asked["client_id"] == CLIENT_ID
        and secret == f"{CLIENT_ID}:{SECRET}"
        and sent.get("redirect_uri") == asked["redirect_uri"]
        and asked.get("code_challenge_method") == "S256"
        and create_s256_code_challenge(sent.get("code_verifier", "")) == asked["code_challenge"]
    )


class _Door(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        provider, parts = self.provider, urlsplit(self.path)
        provider.heard.append(parts.path)
        provider.hosts.append(self.headers["Host"])
        if provider.redirects:
            self._send_to(provider.redirects)
        elif parts.path == "/authorize":
            self._send_to(provider.sent_back(dict(parse_qsl(parts.query))))
        elif parts.path == "/keys":
            keys = [key.as_dict(private=False) for key in provider.shown]
            self._tell({"keys": [*provider.more_keys, *keys]})
        else:
            self._tell(provider.description())

    def do_POST(self) -> None:
        provider = self.provider
        provider.heard.append(self.path)
        sent = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        basic = self.headers.get("Authorization", "").partition(" ")[2]
        asked = provider.codes.pop(sent.get("code", ""), None)
        if asked is not None and takes(asked, sent, unquote(b64decode(basic).decode())):
            token = provider.id_token(asked)
            self._tell({"access_token": "a", "token_type": "Bearer", "id_token": token})
        else:
            self._tell({"error": "invalid_grant"}, 400)

    def _tell(self, what: Mapping[str, Any], status: int = 200) -> None:
        told = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def _send_to(self, url: str) -> None:
        self.send_response(302)
        self.send_header("Location", url)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Tests read `heard`."""


@contextmanager
def a_provider(**told: Any) -> Iterator[Provider]:
    """A provider at a port of its own; gone at the end."""
    door = type("Door", (_Door,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), door)
    provider = Provider(server, **told)
    door.provider = provider  # type: ignore[attr-defined]  # made just above
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
