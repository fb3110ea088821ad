"""What goes to the provider of a gemeente and what comes back: the code flow of OpenID Connect.

Nothing that comes back is believed before it was held against what went: the state, the issuer, the
code with its proof (PKCE), and of the token its signature, who made it, for whom, when, and for
which visit.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any, Protocol

from authlib.integrations.base_client import OAuthError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, RSAKey

from app.accounts.identities import Identity, TurnedAway, Why
from app.accounts.rules import NAME_LIMIT, SUBJECT_LIMIT
from app.openid.calling import Away, Line, LookUp, addresses_of, origin_of

# Signed by who alone has the key: nothing unsigned, and nothing that a public key could sign.
ALGORITHMS = ("RS256", "PS256", "ES256")
# With the curve of those that have one.
KINDS_OF_KEY = (("RSA", None), ("EC", "P-256"))
SCOPE = "openid email profile"
KEPT_FOR = timedelta(hours=1)
# A key that we do not know may be new: asked once more, but not at every turn.
KEYS_KEPT_FOR = timedelta(minutes=1)
# Nobody waits again so soon for one that was away.
AWAY_FOR = timedelta(seconds=15)
# Seconds that two clocks may differ.
LEEWAY = 60
# What Entra ID says instead of `email_verified`: the owner of the domain was verified.
DOMAIN_VERIFIED = "xms_edov"
# Asks that somebody signs in although they did before, and that the token says when they did.
ANEW = {"prompt": "login", "max_age": "0"}
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class Client:
    """How a provider knows us; `returns_to` is the full address of ours that is only for it."""

    issuer: str
    client_id: str
    secret: str
    returns_to: str


@dataclass(frozen=True)
class Visit:
    """One turn of one browser at a provider: what must come back as it went."""

    state: str
    nonce: str
    verifier: str
    # When it began, for who has to sign in there anew: that they did before proves nothing.
    anew_since: int | None = None


@dataclass(frozen=True)
class Described:
    """What a provider says of itself."""

    endpoints: Mapping[str, str]
    # It always says who it is when it sends somebody back (RFC 9207).
    says_issuer: bool
    keys: KeySet
    read_at: datetime


class _Signed(Protocol):
    def headers(self) -> Mapping[str, Any]: ...

    def set_kid(self, kid: str) -> None: ...


def new_visit(*, anew_since: datetime | None = None) -> Visit:
    state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
    since = int(anew_since.timestamp()) if anew_since else None
    return Visit(state, nonce, verifier, since)


class Providers:
    """Speaks with providers, and keeps for a while what they said of themselves."""

    def __init__(self, *, loopback_too: bool, look_up: LookUp = addresses_of) -> None:
        self._loopback_too, self._look_up = loopback_too, look_up
        self._described: dict[str, Described] = {}
        self._away_since: dict[str, datetime] = {}

    def way_in(self, client: Client, visit: Visit, address: str, now: datetime) -> str:
        """Where the browser goes to sign in; `address` is whom we expect. `Away`."""
        described = self._describe(client, now, KEPT_FOR)
        url, _ = self._line(client).create_authorization_url(
            described.endpoints["authorization_endpoint"],
            state=visit.state,
            nonce=visit.nonce,
            code_verifier=visit.verifier,
            **({"login_hint": address} if address else {}),
            **({} if visit.anew_since is None else ANEW),
        )
        return str(url)

    def identity(
        self, client: Client, visit: Visit, answer: Mapping[str, str], now: datetime
    ) -> Identity:
        """Who came back with this answer. `TurnedAway` when something is not as it must be."""
        if not compare_digest(answer.get("state", "").encode(), visit.state.encode()):
            raise TurnedAway(Why.STATE)
        described = self._describe(client, now, KEPT_FOR)
        if answer.get("iss", None if described.says_issuer else client.issuer) != client.issuer:
            raise TurnedAway(Why.ISSUER)
        if "error" in answer:
            is_declined = answer["error"] == "access_denied"
            raise TurnedAway(Why.DECLINED if is_declined else Why.PROVIDER)
        token = self._token(client, described, visit, answer.get("code", ""))
        claims = self._claims(client, described, token, now)
        _check(claims, client, visit, now)
        return _identity(client, claims)

    def _describe(self, client: Client, now: datetime, kept_for: timedelta) -> Described:
        known = self._described.get(client.issuer)
        if known is not None and known.read_at > now - kept_for:
            return known
        away_since = self._away_since.get(client.issuer)
        if away_since is not None and away_since > now - AWAY_FOR:
            raise Away("a moment ago")
        try:
            known = _read(self._line(client), client.issuer, now)
        except Away:
            self._away_since[client.issuer] = now
            raise
        self._described[client.issuer] = known
        return known

    def _line(self, client: Client) -> Line:
        return Line(
            client.issuer,
            loopback_too=self._loopback_too,
            look_up=self._look_up,
            client_id=client.client_id,
            client_secret=client.secret,
            scope=SCOPE,
            redirect_uri=client.returns_to,
            code_challenge_method="S256",
        )

    def _token(self, client: Client, described: Described, visit: Visit, code: str) -> str:
        """The token that says who it is, for this code."""
        if not code:
            raise TurnedAway(Why.CODE)
        try:
            found = self._line(client).fetch_token(
                described.endpoints["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=visit.verifier,
            )
        except OAuthError as error:
            raise TurnedAway(Why.CODE) from error
        except ValueError as error:
            raise Away(type(error).__name__) from error
        token = found.get("id_token")
        if not isinstance(token, str):
            raise TurnedAway(Why.CLAIMS)
        return token

    def _claims(
        self, client: Client, described: Described, token: str, now: datetime
    ) -> dict[str, Any]:
        """What the token says, which the provider signed with a key that it shows everybody."""

        def key_of(signed: _Signed) -> Key:
            kid = signed.headers().get("kid")
            keys = described.keys
            if all(key.kid != kid for key in keys):
                keys = self._describe(client, now, KEYS_KEPT_FOR).keys
            return keys.get_by_kid(kid)

        try:
            return jwt.decode(token, key_of, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError, TypeError) as error:
            raise TurnedAway(Why.SIGNATURE) from error


def _read(line: Line, issuer: str, now: datetime) -> Described:
    about = line.read(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if about.get("issuer") != issuer:
        raise Away("issuer")
    endpoints = {name: str(about.get(name, "")) for name in ENDPOINTS}
    if any(origin_of(url) != origin_of(issuer) for url in endpoints.values()):
        raise Away("elsewhere")
    ways = about.get("code_challenge_methods_supported", ["S256"])
    if not isinstance(ways, list) or "S256" not in ways:
        raise Away("no S256")
    return Described(
        endpoints=endpoints,
        says_issuer=about.get("authorization_response_iss_parameter_supported") is True,
        keys=_keys(line.read(endpoints["jwks_uri"])),
        read_at=now,
    )


def _keys(shown: Mapping[str, Any]) -> KeySet:
    """Those with which tokens are signed; of other kinds we know nothing."""
    listed = shown.get("keys")
    keys = [_key(one) for one in listed] if isinstance(listed, list) else []
    usable = [key for key in keys if key is not None]
    if not usable:
        raise Away("keys")
    return KeySet(usable)


def _key(shown: object) -> Key | None:
    if not isinstance(shown, dict) or not isinstance(shown.get("kid"), str):
        return None
    kind, curve = shown.get("kty"), shown.get("crv")
    if shown.get("use", "sig") != "sig" or (kind, curve) not in KINDS_OF_KEY:
        return None
    try:
        return RSAKey.import_key(shown) if kind == "RSA" else ECKey.import_key(shown)
    except (JoseError, ValueError, TypeError):
        return None


def _check(claims: dict[str, Any], client: Client, visit: Visit, now: datetime) -> None:
    """Refuse a token that was not made by this provider, for us, for this visit, just now."""
    rules = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": client.issuer},
        aud={"essential": True, "value": client.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        azp={"essential": _is_for_several(claims), "value": client.client_id},
    )
    try:
        rules.validate(claims)
    except JoseError as error:
        raise TurnedAway(Why.CLAIMS) from error
    subject = claims["sub"]
    if len(subject) > SUBJECT_LIMIT or not (subject.isascii() and subject.isprintable()):
        raise TurnedAway(Why.CLAIMS)
    if not compare_digest(str(claims.get("nonce", "")).encode(), visit.nonce.encode()):
        raise TurnedAway(Why.NONCE)
    if _was_before(visit, claims.get("auth_time")):
        raise TurnedAway(Why.OLD)


def _was_before(visit: Visit, signed_in_at: object) -> bool:
    """Whether they signed in there before this visit, which asks for it anew.

    Who does not say when was asked for it all the same, and is believed (ADR 0032).
    """
    if visit.anew_since is None or signed_in_at is None:
        return False
    if not isinstance(signed_in_at, int | float):
        return True
    return signed_in_at < visit.anew_since - LEEWAY


def _is_for_several(claims: Mapping[str, Any]) -> bool:
    audience = claims.get("aud")
    return isinstance(audience, list) and len(audience) > 1


def _identity(client: Client, claims: Mapping[str, Any]) -> Identity:
    email, name = claims.get("email"), claims.get("name")
    return Identity(
        issuer=client.issuer,
        subject=claims["sub"],
        email=email if isinstance(email, str) else "",
        is_verified=_is_verified(claims),
        name=name[:NAME_LIMIT] if isinstance(name, str) else "",
    )


def _is_verified(claims: Mapping[str, Any]) -> bool:
    return claims.get("email_verified") is True or claims.get(DOMAIN_VERIFIED) in (True, "1")
