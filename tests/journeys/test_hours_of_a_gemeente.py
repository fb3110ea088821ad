"""A gemeente reads its hours, agrees on a limit, and a year is settled; in a real browser."""

from collections.abc import Callable

import pytest

from tests.journeys.test_every_page import SOMEBODY
from tests.support.browser import Visitor

pytestmark = pytest.mark.browser

Arrive = Callable[..., Visitor]


def to_a_quarter_with_hours(visitor: Visitor) -> None:
    """The last one in which something was booked."""
    visitor.go("/uren")
    links = visitor.page.locator("main .dgvn-list a")
    addresses = [links.nth(number).get_attribute("href") for number in range(links.count())]
    for address in filter(None, addresses):
        visitor.go(address)
        if visitor.page.locator("main details").count():
            return
    raise AssertionError("no hours in the demo")


def open_with_the_keyboard(visitor: Visitor, number: int = 0) -> None:
    visitor.page.locator("main summary").nth(number).focus()
    visitor.page.keyboard.press("Enter")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_colleague_reads_what_was_lent(arrive: Arrive, scripts: bool) -> None:
    visitor = arrive(scripts=scripts)
    visitor.sign_in_on_demo_page(SOMEBODY["professional"])
    to_a_quarter_with_hours(visitor)

    open_with_the_keyboard(visitor)
    visitor.page.locator("main details li").first.wait_for()

    assert "Week van" in visitor.text()
    if scripts:
        visitor.look("professional-uren-met-boekingen")


def test_a_gemeentebeheerder_agrees_on_a_limit(arrive: Arrive) -> None:
    visitor = arrive()
    visitor.sign_in_on_demo_page(SOMEBODY["gemeentebeheerder"])
    visitor.go("/uren")
    visitor.look("gemeentebeheerder-uren-zonder-limiet")
    visitor.follow("Spreek een limiet af")
    visitor.page.get_by_role("textbox", name="Hoeveel uur").fill("-1")
    visitor.page.keyboard.press("Enter")
    visitor.page.get_by_role("alert").wait_for()
    visitor.look("error-uren-limiet")
    visitor.page.get_by_role("textbox", name="Hoeveel uur").fill("400")
    visitor.page.keyboard.press("Enter")
    visitor.page.get_by_text("De limiet is bewaard: 400 uur.").wait_for()
    visitor.look("gemeentebeheerder-uren-met-limiet")
    visitor.follow("Wijzig de limiet")
    visitor.page.get_by_role("textbox", name="Hoeveel uur").fill("")
    visitor.press("Bewaar de limiet")
    visitor.page.get_by_text("Jullie hebben geen limiet.").wait_for()


def test_a_beheerder_settles_a_year_and_undoes_it(arrive: Arrive) -> None:
    visitor = arrive()
    visitor.sign_in_on_demo_page(SOMEBODY["beheerder"])
    visitor.go("/beheer")
    visitor.follow("Uren verrekenen")
    visitor.look("beheerder-verrekenen")
    # The first is the year that runs.
    visitor.page.locator("main .dgvn-list a").nth(1).click()
    visitor.page.get_by_role("heading", name="Wie maakt wat goed?").wait_for()
    open_with_the_keyboard(visitor)
    visitor.look("beheerder-verrekenen-voorstel")
    visitor.page.locator("main details[open] button").click()
    visitor.page.get_by_text("Wat eind dat jaar openstond, staat op nul.").wait_for()
    visitor.look("beheerder-verrekend")
    open_with_the_keyboard(visitor)
    visitor.press("Ja, maak het ongedaan")
    visitor.page.get_by_text("is ongedaan gemaakt.").wait_for()
    assert "Nog niet verrekend." in visitor.text()
