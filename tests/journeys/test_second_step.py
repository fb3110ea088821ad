"""A beheerder of an installation couples an app, and signs in with it from then on."""

import re
from collections.abc import Callable
from uuid import uuid4

import pyotp
import pytest

from app.core.clock import utc_now
from tests.support.browser import Visitor
from tests.support.mailbox import Mailbox, link_in
from tests.support.product import Product, wait_for

pytestmark = pytest.mark.browser

Arrive = Callable[..., Visitor]


def sign_in_by_mail(visitor: Visitor, box: Mailbox, address: str, mails: int) -> None:
    visitor.go("/inloggen")
    visitor.fill("Je werkmail", address)
    visitor.press("Mail mij een link")
    visitor.go(link_in(box.wait_for_mail(address, mails), "/inloggen/"))
    visitor.press("Log in")


def code_after(secret: str, code: str) -> str:
    """The code that an app shows once this one is over: each works once."""

    def another() -> str:
        shown = pyotp.TOTP(secret).at(utc_now())
        return "" if shown == code else shown

    return wait_for(another, "another code")


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_who_has_power_signs_in_with_two_steps(
    arrive: Arrive, product: Product, box: Mailbox, scripts: bool
) -> None:
    address = f"{uuid4().hex}@groningen.demo.example"
    product.flask("accounts", "add", address, "Tjitske Boersma", "GM0014")
    product.give_role(address, "gemeentebeheerder")
    first = arrive(scripts=scripts)

    sign_in_by_mail(first, box, address, 1)
    assert "Koppel een app op je telefoon" in first.text()
    first.look("beheerder-tweede-stap-app")
    shown = first.page.locator(".dgvn-code").inner_text()
    first.fill("Code", "123")
    first.press("Koppel de app")
    assert "Deze code klopt niet" in first.text()
    assert first.page.locator(".dgvn-code").inner_text() == shown
    secret = shown.replace(" ", "")
    code = pyotp.TOTP(secret).at(utc_now())
    first.fill("Code", code)
    first.press("Koppel de app")
    assert "Bewaar je reservecodes" in first.text()
    first.look("beheerder-reservecodes")
    spare = first.page.locator(".dgvn-code").all_inner_texts()
    assert len(spare) == 10
    # Who did not do this themselves hears of it.
    warning = box.wait_for_mail(address, 2)
    assert warning["Subject"] == "Er is een app gekoppeld aan je account"
    assert link_in(warning, "/account").startswith(product.base_url)
    first.follow("Ik heb ze bewaard, ga verder")
    first.follow("Beheer")
    assert "Collega’s en rollen" in first.text()

    # Another browser is a colleague like any other until the second step.
    second = arrive(scripts=scripts)
    sign_in_by_mail(second, box, address, 3)
    assert "Nog één stap" in second.text()
    second.look("beheerder-tweede-stap")
    second.follow("Nu niet")
    assert second.page.get_by_role("link", name="Beheer", exact=True).count() == 0
    second.page.goto("/beheer/collegas")
    second.fill("Code", code_after(secret, code))
    second.press("Ga verder")
    assert re.search(r"/beheer/collegas$", second.page.url)

    # Whoever is signed in with a browser that does not know them hears of it.
    elsewhere = box.wait_for_mail(address, 4)
    assert elsewhere["Subject"] == "Er is ingelogd op je account"

    # Without a phone a code on paper does; and one may look where one is signed in.
    third = arrive(scripts=scripts)
    sign_in_by_mail(third, box, address, 5)
    third.fill("Code", spare[0])
    third.press("Ga verder")
    third.go("/account")
    assert "9 reservecodes" in third.text()
    third.press("Log uit in alle andere browsers")
    assert "Je bent uitgelogd in 2 andere browsers." in third.text()
    first.page.goto("/account")
    assert "/inloggen" in first.page.url
