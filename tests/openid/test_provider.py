"""The code flow against a provider over HTTP: what is right is let in, what is not is refused."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import OctKey

from app.accounts.identities import TurnedAway, Why
from app.core.clock import utc_now
from app.openid.calling import Away
from app.openid.provider import Client, Providers, Visit, new_visit
from tests.support.openid import CLIENT_ID, KEY, OTHER_KEY, SECRET, Provider, a_provider

RETURNS_TO = "http://localhost/inloggen/gemeente/gm9001/terug"
ANNA = {
    "sub": "7f",
    "email": "Anna@Testerdam.nl",
    "email_verified": True,
    "name": "Anna de Wit",
}


@pytest.fixture
def provider() -> Iterator[Provider]:
    with a_provider(who=ANNA) as made:
        yield made


@pytest.fixture
def client(provider: Provider) -> Client:
    return Client(provider.issuer, CLIENT_ID, SECRET, RETURNS_TO)


@pytest.fixture
def providers() -> Providers:
    return Providers(loopback_too=True)


def plain(header: dict[str, str]) -> str:
    """The head of a token."""
    return urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")


def there_and_back(
    providers: Providers, client: Client, visit: Visit, now: datetime | None = None
) -> dict[str, str]:
    """What a browser brings that was sent there and signed in."""
    way_in = providers.way_in(client, visit, "", now or utc_now())
    sent = requests.get(way_in, allow_redirects=False, timeout=5)
    assert sent.headers["Location"].startswith(RETURNS_TO)
    return dict(parse_qsl(urlsplit(sent.headers["Location"]).query))


def refused(
    providers: Providers, client: Client, visit: Visit, answer: dict[str, str] | None = None
) -> Why:
    brought = answer or there_and_back(providers, client, visit)
    with pytest.raises(TurnedAway) as turned:
        providers.identity(client, visit, brought, utc_now())
    return turned.value.why


def test_who_signed_in_there_is_known(providers: Providers, client: Client) -> None:
    visit = new_visit()
    brought = there_and_back(providers, client, visit)

    found = providers.identity(client, visit, brought, utc_now())

    assert vars(found) == {
        "issuer": client.issuer,
        "subject": "7f",
        "email": "Anna@Testerdam.nl",
        "is_verified": True,
        "name": "Anna de Wit",
    }


def test_the_way_in_says_no_secret_and_what_must_come_back(
    providers: Providers, client: Client
) -> None:
    visit = new_visit()

    way_in = providers.way_in(client, visit, "anna@testerdam.nl", utc_now())

    asked = dict(parse_qsl(urlsplit(way_in).query))
    assert (asked["state"], asked["nonce"]) == (visit.state, visit.nonce)
    assert (asked["response_type"], asked["redirect_uri"]) == ("code", RETURNS_TO)
    assert (asked["code_challenge_method"], asked["login_hint"]) == ("S256", "anna@testerdam.nl")
    assert visit.verifier not in way_in
    assert SECRET not in way_in
    assert not {"prompt", "max_age"} & asked.keys()
    visits = (visit, new_visit())
    assert len({value for one in visits for value in (one.state, one.nonce, one.verifier)}) == 6


@pytest.mark.parametrize("changed", [{"state": ""}, {"state": "x"}])
def test_s27_a_wrong_state_is_refused(
    providers: Providers, client: Client, provider: Provider, changed: dict[str, str]
) -> None:
    visit = new_visit()
    brought = {**there_and_back(providers, client, visit), **changed}

    assert refused(providers, client, visit, brought) is Why.STATE
    assert "/token" not in provider.heard


@pytest.mark.parametrize("nonce", [None, "x", ""])
def test_s27_a_wrong_nonce_is_refused(
    providers: Providers, client: Client, provider: Provider, nonce: str | None
) -> None:
    provider.claims = {"nonce": nonce}

    assert refused(providers, client, new_visit()) is Why.NONCE


def test_s27_a_code_without_its_proof_is_refused(providers: Providers, client: Client) -> None:
    visit = new_visit()
    brought = there_and_back(providers, client, visit)

    assert refused(providers, client, replace(visit, verifier="x" * 64), brought) is Why.CODE


def test_s27_a_provider_that_takes_no_proof_is_not_used(
    providers: Providers, client: Client, provider: Provider
) -> None:
    provider.about = {"code_challenge_methods_supported": ["plain"]}

    with pytest.raises(Away, match="no S256"):
        providers.way_in(client, new_visit(), "", utc_now())


def test_s27_a_code_works_once(providers: Providers, client: Client) -> None:
    visit = new_visit()
    brought = there_and_back(providers, client, visit)
    providers.identity(client, visit, brought, utc_now())

    assert refused(providers, client, visit, brought) is Why.CODE


def test_s28_an_unsigned_token_is_refused(
    providers: Providers, client: Client, provider: Provider
) -> None:
    claims = {**ANNA, "iss": client.issuer, "aud": CLIENT_ID, "exp": 1 << 33, "iat": 1}
    body = jwt.encode({"alg": "HS256"}, claims, OctKey.generate_key()).split(".")[1]
    for header in ({"alg": "none"}, {"alg": "none", "kid": "one"}, {"alg": "None", "kid": "one"}):
        provider.token = f"{plain(header)}.{body}."

        assert refused(providers, client, new_visit()) is Why.SIGNATURE


def test_s28_a_token_signed_with_the_public_key_is_refused(
    providers: Providers, client: Client, provider: Provider
) -> None:
    claims = {**ANNA, "iss": client.issuer, "aud": CLIENT_ID, "exp": 1 << 33, "iat": 1}
    body = jwt.encode({"alg": "HS256"}, claims, OctKey.generate_key()).split(".")[1]
    signed = f"{plain({'alg': 'HS256', 'kid': 'one'})}.{body}"
    for public in (KEY.as_pem(private=False), KEY.as_der(private=False)):
        made = urlsafe_b64encode(hmac.digest(public, signed.encode(), "sha256")).decode()
        provider.token = f"{signed}.{made.rstrip('=')}"

        assert refused(providers, client, new_visit()) is Why.SIGNATURE


@pytest.mark.parametrize("header", [{"kid": "one"}, {"kid": "two"}, {"kid": None}])
def test_s28_a_token_of_another_key_is_refused(
    providers: Providers, client: Client, provider: Provider, header: dict[str, Any]
) -> None:
    provider.key, provider.header = OTHER_KEY, header

    assert refused(providers, client, new_visit()) is Why.SIGNATURE


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "http://127.0.0.1:1"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": [CLIENT_ID, "another"]},
        {"aud": None},
        {"azp": "another"},
        {"exp": 1},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": 1 << 40},
        {"nbf": 1 << 40},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": 7},
        {"sub": "7\0f"},
        {"sub": "é"},
    ],
)
def test_s28_a_token_for_another_or_of_another_time_is_refused(
    providers: Providers, client: Client, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims = claims

    assert refused(providers, client, new_visit()) is Why.CLAIMS


def test_s28_no_token_is_refused(providers: Providers, client: Client, provider: Provider) -> None:
    provider.token = "x"

    assert refused(providers, client, new_visit()) is Why.SIGNATURE


@pytest.mark.parametrize("iss", ["http://127.0.0.1:1", "", None])
def test_s30_who_comes_back_from_another_provider_is_refused(
    providers: Providers, client: Client, provider: Provider, iss: str | None
) -> None:
    provider.answer = {"iss": iss}

    assert refused(providers, client, new_visit()) is Why.ISSUER
    assert "/token" not in provider.heard


def test_a_provider_that_never_says_who_it_is_may_be_silent(
    providers: Providers, client: Client, provider: Provider
) -> None:
    provider.about = {"authorization_response_iss_parameter_supported": None}
    provider.answer = {"iss": None}
    visit = new_visit()

    brought = there_and_back(providers, client, visit)

    assert providers.identity(client, visit, brought, utc_now()).subject == "7f"


@pytest.mark.parametrize(
    "about",
    [
        {"issuer": "https://inloggen.testerdam.example"},
        {"token_endpoint": "http://127.0.0.1:1/token"},
        {"jwks_uri": "http://127.0.0.1:1/keys"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
        {"jwks_uri": "http://127.0.0.1:port/keys"},
        {"jwks_uri": "http://[127.0.0.1/keys"},
    ],
)
def test_s30_a_provider_that_speaks_for_another_is_not_used(
    providers: Providers, client: Client, provider: Provider, about: dict[str, str | None]
) -> None:
    provider.about = about

    with pytest.raises(Away):
        providers.way_in(client, new_visit(), "", utc_now())


@pytest.mark.parametrize(
    ("error", "why"), [("access_denied", Why.DECLINED), ("server_error", Why.PROVIDER)]
)
def test_who_stops_there_is_told_apart(
    providers: Providers, client: Client, provider: Provider, error: str, why: Why
) -> None:
    provider.answer = {"error": error, "code": None}

    assert refused(providers, client, new_visit()) is why


def test_nothing_brought_is_refused(providers: Providers, client: Client) -> None:
    visit = new_visit()
    brought = {"state": visit.state, "iss": client.issuer}

    assert refused(providers, client, visit, brought) is Why.CODE


@pytest.mark.parametrize(
    ("who", "is_verified"),
    [
        ({"email_verified": False}, False),
        ({"email_verified": None}, False),
        ({"email_verified": "true"}, False),
        ({"email_verified": None, "xms_edov": True}, True),
        ({"email_verified": None, "xms_edov": "1"}, True),
        ({"email_verified": None, "xms_edov": False}, False),
    ],
)
def test_whether_the_address_was_verified_is_said_plainly(
    providers: Providers, client: Client, provider: Provider, who: dict[str, Any], is_verified: bool
) -> None:
    provider.claims = who
    visit = new_visit()
    brought = there_and_back(providers, client, visit)

    assert providers.identity(client, visit, brought, utc_now()).is_verified is is_verified


def test_a_new_key_is_found_after_a_minute(
    providers: Providers, client: Client, provider: Provider
) -> None:
    visit, later = new_visit(), utc_now() + timedelta(minutes=2)
    providers.way_in(client, visit, "", utc_now())
    provider.key, provider.shown = OTHER_KEY, (KEY, OTHER_KEY)
    brought = there_and_back(providers, client, visit)

    assert providers.identity(client, visit, brought, later).subject == "7f"


def test_what_a_provider_says_of_itself_is_asked_once_an_hour(
    providers: Providers, client: Client, provider: Provider
) -> None:
    now = utc_now()
    for later in (0, 59, 60):
        providers.way_in(client, new_visit(), "", now + timedelta(minutes=later))

    assert provider.heard.count("/keys") == 2


def test_a_provider_that_is_away_is_said_to_be(providers: Providers, client: Client) -> None:
    gone = replace(client, issuer="http://127.0.0.1:1")

    with pytest.raises(Away):
        providers.way_in(gone, new_visit(), "", utc_now())


def test_a_key_that_we_cannot_use_stands_in_nobodys_way(
    providers: Providers, client: Client, provider: Provider
) -> None:
    provider.more_keys = [
        *("no key", {}, {"kty": "oct", "kid": "one", "k": "AAAA"}),
        {"kty": "EC", "kid": "three", "crv": "P-999", "x": "a", "y": "b"},
        {"kty": "RSA", "kid": "four", "n": 5, "e": "AQAB"},
        {"kty": ["RSA"], "kid": "five"},
    ]
    visit = new_visit()
    brought = there_and_back(providers, client, visit)

    assert providers.identity(client, visit, brought, utc_now()).subject == "7f"


def test_a_provider_without_keys_lets_nobody_in(
    providers: Providers, client: Client, provider: Provider
) -> None:
    provider.shown = ()

    with pytest.raises(Away, match="keys"):
        providers.way_in(client, new_visit(), "", utc_now())
