"""Asking something of the provider of a gemeente, the only one elsewhere that the product calls.

It goes to the one host of that provider, at an address that was looked up and judged just before,
so that a name that leads somewhere else by now leads nowhere. No redirect is followed, and nothing
is waited for, or read, for long.
"""

import socket
from collections.abc import Callable, Sequence
from io import BytesIO
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.requests_client import OAuth2Session
from requests import PreparedRequest, RequestException, Response
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

# Seconds: to be let in, and between two parts of an answer.
PATIENCE = (3.0, 5.0)
# Seconds that a whole answer may take, and bytes that it may have.
LONGEST = 10.0
MOST_BYTES = 256 * 1024
PART = 16 * 1024
PORTS = {"https": 443, "http": 80}
# An address of four numbers may hide in these: it would be called by way of a translator.
HIDING = tuple(map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16")))

# The addresses of a host, at a port.
LookUp = Callable[[str, int], Sequence[str]]


class Away(Exception):
    """No answer came from the provider, or none that can be read; what it was, for the log."""


def addresses_of(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in found]


def may_call(address: str, *, loopback_too: bool) -> bool:
    """Whether this is an address of the internet; of our own machine only where that is meant."""
    ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        ip = ip.ipv4_mapped or ip
    if ip.is_loopback:
        return loopback_too
    is_hiding = isinstance(ip, IPv6Address) and any(ip in network for network in HIDING)
    return ip.is_global and not ip.is_multicast and not is_hiding


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port; of what is no address, one that nothing has."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        return "", "", 0


class Line(OAuth2Session):  # type: ignore[misc]  # Authlib has no types
    """What is said to one provider; `Away` whenever that leads to nothing."""

    def __init__(
        self, issuer: str, *, loopback_too: bool, look_up: LookUp = addresses_of, **client: str
    ) -> None:
        super().__init__(**client)
        # No proxy, password or certificate that lies about in the surroundings.
        self.trust_env = False
        self._origin = origin_of(issuer)
        self.adapters.clear()
        pinned = _Pinned(look_up, loopback_too=loopback_too)
        for scheme in ("https://", "http://") if loopback_too else ("https://",):
            self.mount(scheme, pinned)

    def read(self, url: str) -> dict[str, Any]:
        """What stands at this address of the provider, which is an object in JSON."""
        try:
            answer = self.get(url, withhold_token=True, headers={"Accept": "application/json"})
            answer.raise_for_status()
            found = answer.json()
        except (RequestException, ValueError) as error:
            raise Away(type(error).__name__) from error
        if not isinstance(found, dict):
            raise Away("no object")
        return found

    def send(self, request: PreparedRequest, **manner: Any) -> Response:
        if origin_of(request.url or "") != self._origin:
            raise Away("elsewhere")
        manner |= {"allow_redirects": False, "stream": True, "timeout": PATIENCE}
        until = monotonic() + LONGEST
        try:
            answer: Response = super().send(request, **manner)
            if answer.is_redirect:
                raise Away("redirect")
            answer.raw = BytesIO(_whole(answer, until))
        except (RequestException, HTTPError, OSError, UnicodeError) as error:
            raise Away(type(error).__name__) from error
        finally:
            self.close()
        return answer


class _Pinned(HTTPAdapter):
    """Connects to an address that was judged, under the name that the certificate must have."""

    def __init__(self, look_up: LookUp, *, loopback_too: bool) -> None:
        self._look_up, self._loopback_too = look_up, loopback_too
        super().__init__()

    def build_connection_pool_key_attributes(
        self, request: PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        place, manner = super().build_connection_pool_key_attributes(request, verify, cert)
        name = place["host"]
        is_https = place["scheme"] == "https"
        if is_https:
            manner |= {"assert_hostname": name, "server_hostname": name}
        found = self._look_up(name, place["port"] or PORTS[place["scheme"]])
        if not found or not all(may_call(one, loopback_too=self._loopback_too) for one in found):
            raise Away("address")
        return {**place, "host": found[0]}, manner

    def add_headers(self, request: PreparedRequest, **_manner: Any) -> None:
        request.headers["Host"] = urlsplit(request.url or "").netloc


def _whole(answer: Response, until: float) -> bytes:
    found = b""
    while part := answer.raw.read(PART, decode_content=True):
        found += part
        if len(found) > MOST_BYTES or monotonic() > until:
            raise Away("long")
    return found
