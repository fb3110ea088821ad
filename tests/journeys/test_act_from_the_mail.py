"""What somebody answers from a mail, without a sign-in, changes the matches and the next digest."""

import pytest

from tests.journeys.test_opgave_finds_people import (
    OWNER,
    SOON,
    Arrive,
    a_newcomer,
    owner_address,
    publish_opgave,
    publish_profile,
    score,
    score_now,
    sign_in_by_mail,
    title_of,
    wait_for_card,
)
from tests.support.mailbox import Mailbox, link_in, text_of
from tests.support.product import Product, wait_for

pytestmark = pytest.mark.browser


def test_answers_from_a_mail_are_obeyed(arrive: Arrive, product: Product, box: Mailbox) -> None:
    who, other = a_newcomer(), a_newcomer()
    professional, owner, reader = arrive(), arrive(), arrive()
    sign_in_by_mail(professional, box, who)
    publish_profile(professional, who)
    owner.sign_in_on_demo_page(OWNER)
    address = publish_opgave(owner, who)
    before = score(wait_for_card(professional, "/matches", title_of(who)))
    known = len(box.messages(who.email))
    product.flask("digest", "send", "--now")
    digest = box.wait_for_mail(who.email, known + 1)

    # The mail as its reader finds it in the viewer offers the same.
    professional.go(f"/postvak?aan={who.email}")
    newest = professional.page.get_by_role("listitem").filter(has_text=who.email)
    newest.get_by_role("link").first.click()
    frame = professional.page.frame_locator("iframe")
    for words in ("Ik heb belangstelling", "Later", "Klopt niet, niet mijn vak"):
        frame.get_by_role("link", name=words, exact=True).first.wait_for()
    professional.look("postvak-digest-to-answer")

    # Not my skill, by somebody who is not signed in.
    reader.go(link_in(digest, "/antwoord/niet-mijn-vak/"))
    reader.look("mail-niet-mijn-vak")
    reader.page.get_by_role("button", name="Dit is niet mijn vak").click()
    reader.page.get_by_text("We houden hier voortaan rekening mee").wait_for()
    reader.look("mail-niet-mijn-vak-said")
    wait_for(lambda: 0 < score_now(professional, who) < before, "a lower score", SOON)

    # Interest, which the opgavehouder sees.
    reader.go(link_in(digest, "/antwoord/belangstelling/"))
    reader.look("mail-belangstelling")
    reader.press("Ik heb belangstelling")
    reader.page.get_by_text("Je belangstelling is doorgegeven").first.wait_for()
    reader.look("mail-belangstelling-shown")
    owner.go(f"{address}/collegas")
    assert "Hebben belangstelling" in owner.text()
    assert who.email in owner.text()
    owner.look("opgavehouder-collegas-interested")
    professional.go("/reacties")
    assert title_of(who) in professional.text()
    professional.look("professional-reacties-answered")
    professional.go(address)
    professional.look("professional-opgave-answered")

    # The other pages of the mail ask before they do.
    for deed in ("later", "pauze"):
        reader.go(link_in(digest, f"/antwoord/{deed}/"))
        reader.look(f"mail-{deed}")
    reader.go("/matches")
    assert "/inloggen" in reader.page.url

    # What asks the same skill comes in no digest of theirs any more.
    publish_opgave(owner, other)
    product.wait_until_quiet()
    known_to_owner = len(box.messages(owner_address(product)))
    product.flask("digest", "send", "--now")
    product.wait_until_mail_went()
    assert len(box.messages(owner_address(product))) >= known_to_owner
    for mail in box.messages(who.email)[known + 1 :]:
        assert title_of(who) not in text_of(mail)
        assert title_of(other) not in text_of(mail)
