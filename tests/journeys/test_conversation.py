"""Interest with words begins a conversation, in which both sides write and see whose turn it is."""

import pytest

from tests.journeys.test_opgave_finds_people import (
    OWNER,
    Arrive,
    a_newcomer,
    publish_opgave,
    publish_profile,
    sign_in_by_mail,
    title_of,
)
from tests.support.mailbox import Mailbox
from tests.support.product import wait_for

pytestmark = pytest.mark.browser


def test_both_sides_write_to_each_other(arrive: Arrive, box: Mailbox) -> None:
    who = a_newcomer()
    professional, owner, without_scripts = arrive(), arrive(), arrive(scripts=False)
    sign_in_by_mail(professional, box, who)
    publish_profile(professional, who)
    owner.sign_in_on_demo_page(OWNER)
    address = publish_opgave(owner, who)

    professional.go(address)
    professional.look("professional-opgave-words-with-interest")
    professional.page.locator("#woorden").fill("Ik ken dit werk.\nDinsdag kan ik bellen.")
    professional.press("Ik heb belangstelling")
    professional.page.get_by_text("Je belangstelling is doorgegeven").first.wait_for()
    professional.follow("Naar jullie gesprek")
    assert "Ik ken dit werk." in professional.text()
    professional.look("professional-gesprek")

    owner.go("/gesprekken")
    assert "1 nieuw bericht" in owner.text()
    owner.look("opgavehouder-gesprekken")
    owner.page.get_by_role("link", name=title_of(who)).first.click()
    assert "Jullie zijn aan zet." in owner.text()
    owner.page.get_by_label("Je bericht").fill("Fijn! Ik bel om tien uur.")
    owner.press("Verstuur je bericht")
    assert "is aan zet." in owner.text()
    owner.look("opgavehouder-gesprek")

    without_scripts.sign_in_on_demo_page(OWNER)
    without_scripts.go("/gesprekken")
    without_scripts.page.get_by_role("link", name=title_of(who)).first.click()
    without_scripts.page.get_by_label("Je bericht").fill("Past dat?")
    without_scripts.press("Verstuur je bericht")
    assert "Past dat?" in without_scripts.text()

    def news() -> bool:
        professional.go("/meldingen")
        return "een nieuw bericht voor je in het gesprek" in professional.text()

    wait_for(news, "a notice of the message", 60)
    professional.go("/gesprekken")
    professional.look("professional-gesprekken")
    professional.page.get_by_role("link", name=title_of(who)).first.click()
    assert "Ik bel om tien uur." in professional.text()
    professional.press("Verstuur je bericht")
    professional.page.get_by_text("Schrijf eerst je bericht.").first.wait_for()
    professional.look("error-professional-gesprek")
