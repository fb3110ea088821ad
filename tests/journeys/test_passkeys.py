"""A beheerder makes a passkey in a browser, and signs in with it from then on."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser

from tests.support.browser import Visitor, keep_picture
from tests.support.mailbox import Mailbox, link_in
from tests.support.product import Product

pytestmark = pytest.mark.browser

Arrive = Callable[..., Visitor]
Enter = Callable[[Visitor, int], None]
# Of a phone or a laptop: it keeps its passkeys, and knows its owner.
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Device:
    """A device that Chromium plays in one browser."""

    def __init__(self, visitor: Visitor) -> None:
        self.line = visitor.context.new_cdp_session(visitor.page)
        self.line.send("WebAuthn.enable")
        self.id = self._send("addVirtualAuthenticator", options=DEVICE)["authenticatorId"]

    def knows_its_owner(self, is_so: bool) -> None:
        self._send("setUserVerified", authenticatorId=self.id, isUserVerified=is_so)

    def passkeys(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._send("getCredentials", authenticatorId=self.id)[
            "credentials"
        ]
        return found

    def take_over(self, passkeys: list[dict[str, Any]]) -> None:
        for one in passkeys:
            self._send("addCredential", authenticatorId=self.id, credential=one)

    def _send(self, name: str, **words: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.line.send(f"WebAuthn.{name}", words)
        return answer


@pytest.fixture
def here(product: Product) -> str:
    """A passkey belongs to a name, so on the own machine one goes to localhost."""
    return product.base_url.replace("127.0.0.1", "localhost")


@pytest.fixture
def come(browser: Browser, here: str) -> Iterator[Arrive]:
    visitors: list[Visitor] = []

    def come(*, scripts: bool = True) -> Visitor:
        visitors.append(Visitor.arrive(browser, here, scripts=scripts))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.leave()


@pytest.fixture
def address(product: Product) -> str:
    address = f"{uuid4().hex}@groningen.demo.example"
    product.flask("accounts", "add", address, "Tjitske Boersma", "GM0014")
    product.give_role(address, "gemeentebeheerder")
    return address


@pytest.fixture
def enter(
    product: Product, box: Mailbox, address: str, here: str
) -> Callable[[Visitor, int], None]:
    def enter(visitor: Visitor, mails: int) -> None:
        visitor.go("/inloggen")
        visitor.fill("Je werkmail", address)
        visitor.press("Mail mij een link")
        link = link_in(box.wait_for_mail(address, mails), "/inloggen/")
        visitor.go(link.replace(product.base_url, here))
        visitor.press("Log in")

    return enter


def test_who_has_power_signs_in_with_a_passkey(
    come: Arrive, box: Mailbox, address: str, enter: Enter
) -> None:
    first = come()
    device = Device(first)
    enter(first, 1)
    first.follow("Voeg een passkey toe")
    first.look("beheerder-passkey")
    first.press("Maak de passkey")
    assert "Geef je passkey een naam." in first.text()
    first.fill("Naam van de passkey", "Laptop van het werk")
    first.press("Maak de passkey")
    first.page.wait_for_url(lambda url: "/passkeys/" not in url)
    assert len(device.passkeys()) == 1
    # Who did not do this themselves hears of it.
    assert box.wait_for_mail(address, 2)["Subject"] == (
        "Er is een passkey toegevoegd aan je account"
    )
    first.go("/beheer/collegas")
    first.go("/account")
    assert "Laptop van het werk" in first.text()
    first.look("account-met-passkey")
    first.press("Verwijder passkey Laptop van het werk")
    assert "Dit is je enige tweede stap" in first.text()
    kept = device.passkeys()

    second = come()
    device = Device(second)
    device.take_over(kept)
    device.knows_its_owner(False)
    enter(second, 3)
    assert "Nog één stap" in second.text()
    second.look("beheerder-tweede-stap-passkey")
    second.press("Gebruik je passkey")
    second.page.get_by_text("Het is niet gelukt met je passkey").wait_for()
    keep_picture(second.page, "beheerder-tweede-stap-passkey-mislukt")
    device.knows_its_owner(True)
    second.press("Gebruik je passkey")
    second.page.wait_for_url(lambda url: "/tweede-stap" not in url)
    second.go("/beheer/collegas")

    # Without a passkey at hand one is a colleague like any other.
    box.wait_for_mail(address, 4)
    third = come(scripts=False)
    enter(third, 5)
    assert "heeft deze pagina JavaScript nodig" in third.text()
    assert third.page.get_by_role("button", name="Gebruik je passkey").count() == 0
    third.follow("Nu niet")
    assert third.page.get_by_role("link", name="Beheer", exact=True).count() == 0
