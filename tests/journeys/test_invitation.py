"""An invitation: given, answered from the mail or on its page; and nobody is left hanging."""

import pytest
from playwright.sync_api import Locator

from tests.journeys.test_opgave_finds_people import (
    OWNER,
    Arrive,
    Newcomer,
    a_newcomer,
    card,
    publish_opgave,
    publish_profile,
    sign_in_by_mail,
    title_of,
    wait_for_card,
)
from tests.support.browser import Visitor
from tests.support.mailbox import Mailbox, link_in
from tests.support.product import Product, wait_for

pytestmark = pytest.mark.browser

WORDS = "Wij zoeken precies jouw vak.\nPraten we een keer?"


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def hear_by_digest(visitor: Visitor) -> None:
    """A digest can be made at any hour; mail at once waits for the morning."""
    visitor.go("/voorkeuren")
    for family in ("invitations", "outcomes"):
        visitor.page.locator(f"input[name=road_{family}][value=digest]").check()
    visitor.page.get_by_role("button", name="Bewaar").first.click()


def invite(owner: Visitor, address: str, who: Newcomer) -> None:
    found: Locator = wait_for_card(owner, f"{address}/collegas", who.name)
    owner.look("opgavehouder-collegas-to-invite")
    found.get_by_role("link", name="Nodig uit").click()
    owner.look("opgavehouder-uitnodigen")
    owner.press("Verstuur de uitnodiging")
    owner.page.get_by_text("Schrijf in een paar zinnen").first.wait_for()
    owner.look("error-opgavehouder-uitnodigen")
    owner.page.get_by_label("Waarom denk je aan deze collega?").fill(WORDS)
    owner.press("Verstuur de uitnodiging")
    owner.page.get_by_text("Je uitnodiging is verstuurd.").first.wait_for()
    assert card(owner, who.name).get_by_role("link", name="Nodig uit").count() == 0
    owner.look("opgavehouder-collegas-invited")


def set_out(
    arrive: Arrive, box: Mailbox, *, scripts: bool
) -> tuple[Newcomer, Visitor, Visitor, str]:
    """Somebody who is invited for an opgave, and who invites."""
    who = a_newcomer()
    professional, owner = arrive(scripts=scripts), arrive(scripts=scripts)
    sign_in_by_mail(professional, box, who)
    publish_profile(professional, who)
    hear_by_digest(professional)
    owner.sign_in_on_demo_page(OWNER)
    address = publish_opgave(owner, who)
    invite(owner, address, who)
    return who, professional, owner, address


def wait_for_notice(visitor: Visitor, words: str) -> None:
    def stands() -> bool:
        visitor.go("/meldingen")
        return words in visitor.text()

    wait_for(stands, words, 60)


def test_yes_from_the_mail_begins_a_conversation_and_who_waits_hears_the_end(
    arrive: Arrive, product: Product, box: Mailbox, *, scripts: bool
) -> None:
    who, professional, owner, address = set_out(arrive, box, scripts=scripts)
    other = publish_opgave(owner, who)
    wait_for_card(owner, f"{other}/collegas", who.name)
    product.wait_until_quiet()
    known = len(box.messages(who.email))
    product.flask("digest", "send", "--now")
    digest = box.wait_for_mail(who.email, known + 1)

    reader = arrive(scripts=scripts)
    reader.go(link_in(digest, "/antwoord/uitnodiging/"))
    assert "Wij zoeken precies jouw vak." in reader.text()
    reader.look("mail-uitnodiging")
    reader.press("Ja, ik wil meer horen")
    reader.page.get_by_text("Je zei ja.").first.wait_for()
    reader.look("mail-uitnodiging-yes")

    owner.go(f"{address}/collegas")
    assert "Hebben belangstelling" in owner.text()
    owner.page.get_by_role("link", name="Schrijf een bericht").first.click()
    owner.page.get_by_text("Wij zoeken precies jouw vak.").first.wait_for()

    owner.go(f"{address}/bezet")
    assert who.name in owner.text()
    owner.look("opgavehouder-bezet-who-hears")
    owner.press("Zet op bezet")
    wait_for_notice(professional, "gaat voor jou niet door")
    professional.go(address)
    professional.follow("Lees waarom, en wat nu bij je past")
    professional.page.get_by_text("De gemeente heeft gevonden wie er nodig was.").wait_for()
    professional.look("professional-afloop")
    professional.page.get_by_role("listitem").get_by_role("link", name=title_of(who)).click()
    professional.page.wait_for_url(f"**{other[-36:]}")
    professional.go("/reacties")
    professional.look("professional-reacties-closed")
    owner.go(f"{address}/collegas")
    assert "Afgerond" in owner.text()
    owner.look("opgavehouder-collegas-closed")


def test_a_no_has_a_reason_and_so_has_that_of_the_opgavehouder(
    arrive: Arrive, box: Mailbox, *, scripts: bool
) -> None:
    who, professional, owner, address = set_out(arrive, box, scripts=scripts)
    wait_for_notice(professional, "nodigt je uit voor")
    professional.go("/reacties")
    professional.look("professional-reacties-invited")
    professional.page.locator("main").get_by_role("link", name=title_of(who)).first.click()
    professional.look("professional-uitnodiging")
    professional.press("Zeg nee")
    professional.page.get_by_text("Kies waarom het niet past.").first.wait_for()
    professional.look("error-professional-uitnodiging")
    professional.page.get_by_label("Ik heb nu geen tijd").check()
    professional.press("Zeg nee")
    professional.page.get_by_text("Je zei nee.").first.wait_for()
    professional.look("professional-uitnodiging-no")

    owner.go(f"{address}/collegas")
    assert "Zei nee. Reden: nu geen tijd." in owner.text()
    owner.look("opgavehouder-collegas-declined")

    # Who thought again shows interest, and gets a no.
    professional.go(address)
    professional.press("Ik heb belangstelling")
    owner.go(f"{address}/collegas")
    owner.page.get_by_role("link", name="Zeg nee").first.click()
    owner.look("opgavehouder-zeg-nee")
    owner.page.get_by_label("De uren of de periode passen niet").check()
    owner.press("Zeg nee")
    owner.page.get_by_text("Je antwoord is verstuurd.").first.wait_for()
    wait_for_notice(professional, "gaat voor jou niet door")
    owner.page.get_by_role("link", name="Ga toch verder").first.click()
    owner.look("opgavehouder-toch-verder")
    owner.page.get_by_label("Je bericht").fill("Het kan toch op dinsdag.")
    owner.press("Ga toch verder")
    owner.page.get_by_text("De reactie staat weer open.").first.wait_for()
