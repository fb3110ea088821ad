"""The provider of the demo, which others made, as `./dev up` starts it."""

import re
from datetime import UTC, timedelta
from urllib.parse import parse_qsl, urlsplit

import requests
from time_machine import escape_hatch

from app.openid.provider import Client, Providers, new_visit
from devtools.provider import PEOPLE
from tests.support.demo_provider import demo_provider

RETURNS_TO = "http://localhost/inloggen/gemeente/gm0080/terug"


def test_who_chooses_to_be_somebody_there_is_known_here() -> None:
    # Of another process, which has no Monday of ours.
    now = escape_hatch.datetime.datetime.now(UTC)
    providers, visit = Providers(loopback_too=True), new_visit()
    with demo_provider() as issuer:
        client = Client(issuer, "degemeentevannu", "degemeentevannu", RETURNS_TO)
        way_in = providers.way_in(client, visit, "", now)
        page = requests.get(way_in, timeout=5)
        chosen = re.findall(r'name="sub" value="([^"]+)"', page.text)
        sent = requests.post(way_in, data={"sub": chosen[0]}, allow_redirects=False, timeout=5)
        brought = dict(parse_qsl(urlsplit(sent.headers["Location"]).query))

        found = providers.identity(client, visit, brought, now + timedelta(seconds=2))

    assert chosen == [one["sub"] for one in PEOPLE]
    assert (found.subject, found.email) == (PEOPLE[0]["sub"], PEOPLE[0]["email"])
    assert (found.is_verified, found.name) == (True, "Nieuwe Collega")


def test_its_page_asks_nothing_from_elsewhere() -> None:
    now = escape_hatch.datetime.datetime.now(UTC)
    with demo_provider() as issuer:
        client = Client(issuer, "degemeentevannu", "degemeentevannu", RETURNS_TO)
        way_in = Providers(loopback_too=True).way_in(client, new_visit(), "", now)
        page = requests.get(way_in, timeout=5)

    assert "Inlog van gemeente Leeuwarden" in page.text
    assert re.findall(r"https?://[^\"<\s]+", page.text) == []
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
