"""The main road: a profile, an opgave, an explained match on both sides, a digest that tells it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Locator

from app.core.clock import dutch_day, utc_now
from tests.support.browser import Visitor
from tests.support.mailbox import Mailbox, html_of, link_in, text_of
from tests.support.product import Product, wait_for

pytestmark = pytest.mark.browser

Arrive = Callable[..., Visitor]

# Seconds from publishing to an explained match.
SOON = 10
OWNER = "Annelies Bosgraaf"


@dataclass(frozen=True)
class Newcomer:
    """Somebody of Groningen whom nobody knows yet, with a craft that nobody else has."""

    name: str
    email: str
    craft: str


# Crafts that no vocabulary knows, so that nobody of the demo has them.
NEWCOMERS = iter(
    [
        ("Fenna Terpstra", "kermisterreinen inrichten"),
        ("Hidde Wiersma", "veerponten bemannen"),
        ("Jikke Nauta", "torenklokken stellen"),
        ("Ids Wiarda", "wadlooproutes uitzetten"),
        ("Wietske Bouma", "stormvloedklokken luiden"),
        ("Sjirk Postma", "ijsbanen vegen"),
        ("Renske Dijkstra", "molens laten draaien"),
        ("Wobbe Hoekstra", "sluizen schutten"),
        ("Aukje Visser", "kerktorens bewaken"),
        ("Tjitske Bakker", "dorpsomroepers zoeken"),
        ("Gosse Veenstra", "ganzen tellen"),
        ("Nynke de Haan", "terpen opmeten"),
        ("Sytse Kooistra", "turf steken"),
        ("Froukje Zijlstra", "bruggen bedienen"),
        ("Douwe Sikkema", "rietkragen maaien"),
        ("Geeske Hofstra", "palingrokerijen keuren"),
        ("Harmen Tolsma", "stoomgemalen stoken"),
        ("Baukje Reitsma", "grenspalen zoeken"),
        ("Klaske Hofstra", "beiaarden stemmen"),
        ("Rients Jorna", "trekschuiten slepen"),
    ]
)


def a_newcomer() -> Newcomer:
    name, craft = next(NEWCOMERS)
    return Newcomer(name, f"{uuid4().hex}@groningen.demo.example", craft)


# The road, step by step


def sign_in_by_mail(visitor: Visitor, box: Mailbox, who: Newcomer) -> None:
    visitor.go("/inloggen")
    visitor.fill("Je werkmail", who.email)
    visitor.press("Mail mij een link")
    visitor.go(link_in(box.wait_for_mail(who.email), "/inloggen/"))
    visitor.fill("Je naam", who.name)
    visitor.press("Ga verder")
    assert "/profiel/bewerken" in visitor.page.url


def row(visitor: Visitor, list_name: str, number: int) -> Locator:
    return visitor.page.locator(f"[data-rows={list_name}] > fieldset").nth(number)


def skill_field(visitor: Visitor, number: int) -> Locator:
    return row(visitor, "skills", number).get_by_label("Vaardigheid", exact=True)


def fill_skills(visitor: Visitor, *labels: str) -> None:
    for number, label in enumerate(labels):
        if row(visitor, "skills", number).count() == 0:
            visitor.press("Nog een vaardigheid")
        skill_field(visitor, number).fill(label)
        # As people go on: the proposals under the field lie over what comes below.
        skill_field(visitor, number).press("Tab")


def publish_profile(visitor: Visitor, who: Newcomer) -> None:
    visitor.fill("Jij in één zin", "Ik maak plannen die op straat begrepen worden.")
    fill_skills(visitor, "ruimtelijke ordening", who.craft)
    for number in (0, 1):
        row(visitor, "skills", number).get_by_label("Niveau").select_option("3")
        row(visitor, "skills", number).get_by_label("Energie").select_option("5")
    period = row(visitor, "windows", 0)
    period.get_by_label("Uren per week").fill("16")
    period.get_by_label("Vanaf").fill(today().isoformat())
    visitor.fill("Hoe ver wil je reizen?", "300")
    visitor.page.get_by_label("Alle ingelogde collega's, met naam").check()
    visitor.press("Bewaar en publiceer")
    assert "Je profiel is gepubliceerd." in visitor.text()


def publish_opgave(visitor: Visitor, who: Newcomer) -> str:
    """Its address."""
    visitor.go("/opgaven/nieuw")
    visitor.fill("Titel", title_of(who))
    visitor.fill("Wat is er aan de hand?", "De markt zoekt een nieuwe plek. Jij tekent mee.")
    visitor.page.get_by_label("Ruimte en gebiedsontwikkeling").check()
    fill_skills(visitor, "RO", who.craft)
    visitor.fill("Uren per week", "8")
    visitor.fill("Begint op", (today() + timedelta(days=21)).isoformat())
    visitor.fill("Duurt tot en met", (today() + timedelta(days=120)).isoformat())
    visitor.fill("Reageren kan tot en met", (today() + timedelta(days=14)).isoformat())
    visitor.press("Bewaar en zet open")
    assert "De opgave staat open." in visitor.text()
    return visitor.page.url.split("#")[0]


def title_of(who: Newcomer) -> str:
    return f"Een plek voor {who.craft}"


def today() -> date:
    return dutch_day(utc_now())


# What is to be seen


def card(visitor: Visitor, heading: str) -> Locator:
    return visitor.page.locator("article.dgvn-match").filter(
        has=visitor.page.get_by_role("link", name=heading, exact=True)
    )


def wait_for_card(visitor: Visitor, path: str, heading: str) -> Locator:
    def look() -> bool:
        visitor.go(path)
        return card(visitor, heading).count() == 1

    wait_for(look, f"{heading} on {path}", SOON)
    return card(visitor, heading)


def wait_until_gone(visitor: Visitor, path: str, heading: str) -> None:
    def look() -> bool:
        visitor.go(path)
        return card(visitor, heading).count() == 0

    wait_for(look, f"{heading} to go from {path}", SOON)


def explanation(found: Locator) -> list[tuple[str, str]]:
    """Each asked skill with its points, as the card tells them."""
    asked = found.locator(".dgvn-explanation__asked").all_text_contents()
    points = found.locator(".dgvn-explanation__points p").all_text_contents()
    return [
        (" ".join(one.split()), " ".join(other.split()))
        for one, other in zip(asked, points, strict=True)
    ]


def sentences(found: Locator) -> list[str]:
    """How each asked skill was found, as the card tells it."""
    told = found.locator(".dgvn-explanation__what > p:nth-child(2)").all_text_contents()
    return [" ".join(one.split()) for one in told]


def score(found: Locator) -> int:
    number = re.search(r"\d+", found.locator(".dgvn-score__number").inner_text())
    assert number is not None
    return int(number[0])


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_an_opgave_finds_its_people(
    arrive: Arrive, product: Product, box: Mailbox, scripts: bool
) -> None:
    who = a_newcomer()
    professional, owner = arrive(scripts=scripts), arrive(scripts=scripts)

    sign_in_by_mail(professional, box, who)
    publish_profile(professional, who)
    owner.sign_in_on_demo_page(OWNER)
    address = publish_opgave(owner, who)

    # Both sides see the same explanation, each in words of their own.
    mine = wait_for_card(professional, "/matches", title_of(who))
    theirs = wait_for_card(owner, f"{address}/collegas", who.name)
    assert sentences(mine) == [
        "Op je profiel: ruimtelijke ordening (ander woord voor hetzelfde). Gevraagd: RO.",
        f"Op je profiel: {who.craft}.",
    ]
    assert sentences(theirs) == [
        "Op het profiel: ruimtelijke ordening (ander woord voor hetzelfde). Gevraagd: RO.",
        f"Op het profiel: {who.craft}.",
    ]
    assert explanation(mine) == explanation(theirs)
    assert score(mine) == score(theirs)
    found = score(mine)
    assert sum(int(points.split()[0]) for _, points in explanation(mine)) == found
    if scripts:
        professional.look("professional-matches-found")
        owner.look("opgavehouder-collegas-found")

    # The digest says the same, and can be read in the viewer.
    told = [
        f"{voice} alles wat nodig is. Score {found} van 100. - {' - '.join(sentences(found_card))}"
        for voice, found_card in (("Je hebt", mine), ("Heeft", theirs))
    ]
    has = f"ruimtelijke ordening (ander woord voor hetzelfde: RO) en {who.craft}"
    known = {address: len(box.messages(address)) for address in (who.email, owner_address(product))}
    product.flask("digest", "send", "--now")
    digest, owners_digest = (
        " ".join(text_of(box.wait_for_mail(address, before + 1)).split())
        for address, before in known.items()
    )
    assert f"{title_of(who)} {told[0]}" in digest
    assert told[1] in owners_digest
    assert has in " ".join(html_of(box.messages(who.email)[-1]).split())
    professional.go(f"/postvak?aan={who.email}")
    professional.page.get_by_role("listitem").filter(has_text=who.email).get_by_role(
        "link"
    ).first.click()
    assert f"{title_of(who)}. Je profiel noemt {has}." in " ".join(professional.text().split())
    if scripts:
        professional.look("postvak-digest")
        frame = professional.page.frame_locator("iframe")
        with professional.context.expect_page() as opened:
            frame.get_by_role("link", name="Bekijk al je matches").click()
        opened.value.wait_for_url("**/matches")
        assert opened.value.get_by_role("heading", level=1).inner_text() == "Mijn matches"
        opened.value.close()

    # Another profile is another match.
    professional.go("/profiel/bewerken")
    fill_skills(professional, "ruimtelijke ordening", "bomen planten")
    professional.press("Bewaar")
    wait_for(lambda: 0 < score_now(professional, who) < found, "a lower score", SOON)
    assert sentences(card(professional, title_of(who)))[1] == (
        f"Gevraagd: {who.craft}. Dat staat niet op je profiel."
    )

    # What is withdrawn is gone, and no mail names it any more.
    owner.go(address)
    owner.follow("Trek de opgave in")
    owner.press("Trek de opgave in")
    assert "De opgave is ingetrokken." in owner.text()
    wait_until_gone(professional, "/matches", title_of(who))
    before = len(box.messages(who.email))
    product.flask("digest", "send", "--now")
    product.wait_until_mail_went()
    for mail in box.messages(who.email)[before:]:
        assert title_of(who) not in text_of(mail)


def score_now(visitor: Visitor, who: Newcomer) -> int:
    """On whatever page of the matches it stands: what other journeys publish may come before."""
    visitor.go("/matches")
    further = visitor.page.get_by_role("link", name="Volgende")
    while not card(visitor, title_of(who)).count() and further.count():
        further.click()
    found = card(visitor, title_of(who))
    return score(found) if found.count() else 0


def owner_address(product: Product) -> str:
    found = product.scalar('SELECT email FROM "user" WHERE name = :name', name=OWNER)
    assert isinstance(found, str)
    return found


def test_somebody_of_an_unknown_domain_is_let_in_by_a_beheerder(
    arrive: Arrive, box: Mailbox
) -> None:
    stranger, beheerder = arrive(), arrive()
    address = f"sipke@{uuid4().hex[:8]}.example"

    stranger.go("/inloggen")
    stranger.fill("Je werkmail", address)
    stranger.press("Mail mij een link")
    stranger.go(link_in(box.wait_for_mail(address), "/inloggen/"))
    stranger.fill("Je naam", "Sipke Adema")
    stranger.page.get_by_label("Je gemeente").select_option(label="Schiermonnikoog")
    stranger.press("Vraag toegang")
    assert "Een beheerder kijkt ernaar" in stranger.text()

    beheerder.sign_in_on_demo_page("Willemijn Tersteeg")
    beheerder.go("/beheer/aanvragen")
    beheerder.look("beheerder-aanvragen-waiting")
    request = beheerder.page.get_by_role("listitem").filter(has_text=address)
    request.get_by_role("button", name="Laat toe", exact=True).click()

    decided = box.wait_for_mail(address, 2)
    assert link_in(decided, "/").startswith(stranger.base_url)
    stranger.go("/inloggen")
    stranger.fill("Je werkmail", address)
    stranger.press("Mail mij een link")
    stranger.go(link_in(box.wait_for_mail(address, 3), "/inloggen/"))
    stranger.press("Log in")
    assert "Sipke Adema" in stranger.page.locator("header").inner_text()


class Keyboard:
    """Hands that never leave the keyboard."""

    def __init__(self, visitor: Visitor) -> None:
        self.page = visitor.page

    def tab_to(self, target: Locator, most: int = 120) -> None:
        """Press Tab until that has the focus."""
        for _ in range(most):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} cannot be reached with Tab")

    def type(self, label: str, text: str) -> None:
        self.tab_to(self.page.get_by_label(label, exact=True).first)
        self.page.keyboard.type(text)

    def press(self, button: str) -> None:
        self.tab_to(self.page.get_by_role("button", name=button, exact=True))
        self.page.keyboard.press("Enter")


def ask_link_by_keyboard(visitor: Visitor, keys: Keyboard, address: str) -> None:
    visitor.go("/inloggen")
    keys.type("Je werkmail", address)
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**/inloggen/verstuurd")


def test_joining_and_publishing_a_profile_need_no_mouse(arrive: Arrive, box: Mailbox) -> None:
    visitor = arrive()
    keys = Keyboard(visitor)
    who = a_newcomer()

    ask_link_by_keyboard(visitor, keys, who.email)
    visitor.go(link_in(box.wait_for_mail(who.email), "/inloggen/"))
    keys.type("Je naam", who.name)
    keys.press("Ga verder")
    visitor.page.wait_for_url("**/profiel/bewerken")
    keys.type("Jij in één zin", "Ik ken de weg over het wad.")
    keys.type("Vaardigheid", who.craft)
    keys.type("Uren per week", "8")
    starts_on = visitor.page.get_by_label("Vanaf (niet verplicht)", exact=True)
    keys.tab_to(starts_on)
    type_date(starts_on, today())
    keys.press("Bewaar en publiceer")
    visitor.page.wait_for_url("**/profiel")

    assert "Je profiel is gepubliceerd." in visitor.text()


def test_signing_in_and_publishing_an_opgave_need_no_mouse(
    arrive: Arrive, product: Product, box: Mailbox
) -> None:
    visitor = arrive()
    keys = Keyboard(visitor)
    address = owner_address(product)
    known = len(box.messages(address))
    who = a_newcomer()

    ask_link_by_keyboard(visitor, keys, address)
    visitor.go(link_in(box.wait_for_mail(address, known + 1), "/inloggen/"))
    keys.press("Log in")
    visitor.page.wait_for_url(re.compile(r"/(matches|profiel)"))

    visitor.go("/opgaven/nieuw")
    keys.type("Titel", title_of(who))
    keys.type("Wat is er aan de hand?", "De markt zoekt een nieuwe plek.")
    keys.tab_to(visitor.page.get_by_label("Ruimte en gebiedsontwikkeling"))
    visitor.page.keyboard.press("Space")
    keys.type("Vaardigheid", who.craft)
    keys.type("Uren per week", "8")
    for label, days in (
        ("Begint op", 21),
        ("Duurt tot en met", 120),
        ("Reageren kan tot en met", 14),
    ):
        field = visitor.page.get_by_label(label, exact=True)
        keys.tab_to(field)
        type_date(field, today() + timedelta(days=days))
    keys.press("Bewaar en zet open")
    visitor.page.wait_for_url(re.compile(r"/opgaven/[0-9a-f-]{36}$"))

    assert "De opgave staat open." in visitor.text()


def type_date(field: Locator, day: date) -> None:
    """Type the day in the order in which this Chromium has the parts of a date."""
    for order in ("%d%m%Y", "%m%d%Y"):
        for _ in range(2):
            field.page.keyboard.press("ArrowLeft")
        field.page.keyboard.type(day.strftime(order))
        if field.input_value() == day.isoformat():
            return
    raise AssertionError(f"{day} cannot be typed: {field.input_value()}")
