"""Somebody new signs in where their gemeente does, and comes back as a colleague."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.browser import Visitor, keep_picture
from tests.support.demo_provider import demo_provider
from tests.support.product import Product

pytestmark = pytest.mark.browser

Arrive = Callable[..., Visitor]


@pytest.fixture(scope="module")
def leeuwarden(product: Product) -> Iterator[str]:
    """Has a sign-in of its own, one for both: each has keys of its own, which are kept a while."""
    with demo_provider() as issuer:
        product.flask("demo", "provider", issuer)
        yield issuer
    product.flask("gemeenten", "end-provider", "GM0080")


@pytest.mark.parametrize(
    ("scripts", "box"),
    [(True, "nieuwe.collega"), (False, "tweede.collega")],
    ids=["with-scripts", "without-scripts"],
)
def test_somebody_new_signs_in_at_their_gemeente(
    arrive: Arrive, leeuwarden: str, scripts: bool, box: str
) -> None:
    visitor = arrive(scripts=scripts)
    visitor.others = (leeuwarden,)
    visitor.go("/demo")
    assert "heeft in deze demo een eigen inlog" in visitor.text()
    visitor.go("/inloggen")
    visitor.fill("Je werkmail", f"{box}@leeuwarden.demo.example")
    visitor.press("Mail mij een link")
    assert "Log in bij gemeente Leeuwarden" in visitor.text()
    visitor.look("inloggen-bij-gemeente")

    visitor.follow("Ga naar de inlog van Leeuwarden")
    keep_picture(visitor.page, "inlog-van-de-demo")
    visitor.press(box)
    assert "Welkom, collega uit Leeuwarden" in visitor.text()
    visitor.look("inloggen-bij-gemeente-naam")
    visitor.press("Ga verder")
    visitor.go("/account")
    assert "log je ook in bij je gemeente" in visitor.text()
    visitor.look("account-met-inlog-van-gemeente")

    visitor.press("Log uit")
    visitor.go("/inloggen")
    visitor.fill("Je werkmail", f"{box}@leeuwarden.demo.example")
    visitor.press("Mail mij een link")
    visitor.follow("Ga naar de inlog van Leeuwarden")
    visitor.press(box)
    # Known by now: nothing is asked any more.
    assert "Welkom, collega uit Leeuwarden" not in visitor.text()
    visitor.go("/account")
    assert "Jouw account" in visitor.text()
