"""Every page, for everybody who may see it: readable, quiet, and whole on a small screen."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, expect

from tests.support.browser import NARROW, WIDE, Visitor
from tests.support.keyboard import keyboard_faults
from tests.support.mailbox import Mailbox, link_in

pytestmark = pytest.mark.browser

Arrive = Callable[..., Visitor]

# Somebody of the demo in each role; a visitor is nobody.
SOMEBODY = {
    "visitor": "",
    "professional": "Jorrit Feenstra",
    "opgavehouder": "Marloes Hoekzema",
    "gemeentebeheerder": "Marijke Hulsbos",
    "beheerder": "Willemijn Tersteeg",
}
ROLE_PAGES = {
    "visitor": {
        *("/", "/opgaven", "/over", "/bouw-mee", "/privacy", "/toegankelijkheid"),
        "/verwerkingsregister",
        "/opgaven/_/wie-pakt-dit-op",
        *("/inloggen", "/demo"),
    },
    "professional": {
        *("/matches", "/profiel", "/profiel/bewerken"),
        *("/collegas", "/meldingen", "/reacties", "/gesprekken", "/gemeld"),
        *("/melden/opgave/_", "/melden/profiel/_"),
        *("/inzet", "/uren", "/uren/_", "/opgaven/_/vraag"),
        *("/account", "/account/beeindigen", "/profiel/bekeken", "/profiel/logboek"),
    },
    "opgavehouder": {"/onze-opgaven", "/opgaven/nieuw", "/opgaven/_/bewerken"},
    "gemeentebeheerder": {
        *("/beheer", "/beheer/collegas", "/onze-opgaven"),
        *("/beheer/beoordelen", "/beheer/inzicht", "/uren/limiet", "/gevraagd-aan-mij"),
        *("/beheer/logboek", "/opgaven/afwezig"),
    },
    "beheerder": {
        *("/beheer/aanvragen", "/beheer/domeinen", "/beheer/systeem", "/beheer/begrippen"),
        *("/beheer/mail", "/beheer/gemeld", "/beheer/netwerken"),
        *("/beheer/begrippen/losse-woorden", "/beheer/begrippen/besluiten"),
        *("/beheer/betwist", "/beheer/verrekenen", "/beheer/verrekenen/_"),
    },
}
# Looked at wide by who they are for; others look at them on a phone, where more goes wrong.
OF_SOMEBODY = set().union(*ROLE_PAGES.values())
# The same for everybody, so looked at once.
OF_THE_DEMO = {"/demo", "/postvak"}
CHANGING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/postvak/)[^/]+|(?<=/afmelden/)[^/]+"
    r"|(?<=/voorkeuren/)[^/]+"
    r"|(?<=/antwoord/belangstelling/)[^/]+|(?<=/antwoord/later/)[^/]+"
    r"|(?<=/antwoord/niet-mijn-vak/)[^/]+|(?<=/antwoord/pauze/)[^/]+"
    r"|(?<=/antwoord/uitnodiging/)[^/]+"
    r"|(?<=/tekenen/)[^/]+"
    r"|(?<=/begrippen/)\d+|(?<=/uren/)\d+/\d|(?<=/verrekenen/)\d+"
)
# No pages, and links from mails in the viewer that work only once.
NOT_WALKED = re.compile(
    r"^/(static/|healthz|readyz|robots\.txt|\.well-known/|inloggen/)|/(html|csv|pdf|afspraken/\d+)$"
)


def kind_of(path: str) -> str:
    """The address with one sign for everything that differs between pages of one kind."""
    return CHANGING.sub("_", path)


def links_on(visitor: Visitor) -> list[str]:
    """Where the links of this page lead, within the site, without what they ask."""
    found = visitor.page.eval_on_selector_all(
        "a[href]", "links => links.map(link => new URL(link.href, location).href)"
    )
    parts = [urlsplit(link) for link in found if link.startswith(visitor.base_url)]
    return [part.path for part in parts if not NOT_WALKED.search(part.path)]


def walk(visitor: Visitor, passed_over: set[str]) -> Iterator[str]:
    """One page of each kind that can be reached from the home page; stands on it when it yields."""
    waiting, known = ["/"], {"/", *passed_over}
    while waiting:
        path = waiting.pop(0)
        visitor.go(path)
        if urlsplit(visitor.page.url).path != path:
            # Sent on to another page, which is reached by itself.
            continue
        yield kind_of(path)
        for link in links_on(visitor):
            if kind_of(link) not in known:
                known.add(kind_of(link))
                waiting.append(link)


def name_of(role: str, kind: str) -> str:
    return f"{role}{kind.replace('/', '-').rstrip('-') or '-home'}"


@pytest.mark.parametrize("role", SOMEBODY)
def test_every_page_that_can_be_reached_is_in_order(arrive: Arrive, role: str) -> None:
    visitor = arrive()
    if SOMEBODY[role]:
        visitor.sign_in_on_demo_page(SOMEBODY[role])
    titles: dict[str, str] = {}

    for kind in walk(visitor, OF_THE_DEMO if SOMEBODY[role] else set()):
        is_of_another = kind in OF_SOMEBODY - ROLE_PAGES[role]
        visitor.look(name_of(role, kind), (NARROW,) if is_of_another else (WIDE, NARROW))
        if kind in ROLE_PAGES[role]:
            assert (kind, keyboard_faults(visitor.page)) == (kind, [])
        titles[kind] = visitor.page.title()

    assert ROLE_PAGES[role] - set(titles) == set()
    assert {
        kind for kind, title in titles.items() if list(titles.values()).count(title) > 1
    } == set()


def test_what_the_keyboard_does_not_come_to_is_found(arrive: Arrive) -> None:
    page = arrive().page
    page.set_content(
        "<a href='#a'>Gewoon</a><a href='#b' style='outline: none'>Ongezien</a>"
        "<div inert><a href='#c'>Onbereikbaar</a></div>"
    )

    missed, unseen = keyboard_faults(page)

    assert "not reached" in missed
    assert "Onbereikbaar" in missed
    assert "not seen" in unseen
    assert "Ongezien" in unseen


def test_a_page_that_holds_the_keyboard_is_found(arrive: Arrive) -> None:
    page = arrive().page
    page.set_content(
        "<a href='#a'>Gewoon</a><textarea onkeydown='event.preventDefault()'></textarea>"
        "<a href='#b'>Voorbij</a>"
    )

    assert keyboard_faults(page) == ["Tab never comes round"]


def ask_link(visitor: Visitor, box: Mailbox, address: str) -> None:
    visitor.go("/inloggen")
    visitor.fill("Je werkmail", address)
    visitor.press("Mail mij een link")
    visitor.look("visitor-kijk-in-je-mail")
    visitor.go(link_in(box.wait_for_mail(address), "/inloggen/"))


def test_the_pages_of_a_newcomer_are_in_order(arrive: Arrive, box: Mailbox) -> None:
    visitor = arrive()
    ask_link(visitor, box, f"{uuid4().hex}@groningen.demo.example")
    visitor.look("newcomer-link")
    visitor.press("Ga verder")
    visitor.look("error-newcomer-without-a-name")
    visitor.fill("Je naam", "Nieuwe Collega")
    visitor.press("Ga verder")
    visitor.look("newcomer-profiel-bewerken")
    for path in ("/profiel", "/matches", "/meldingen"):
        visitor.go(path)
        visitor.look(f"newcomer{path.replace('/', '-')}")


def test_the_pages_of_a_public_profile_are_in_order(arrive: Arrive) -> None:
    owner, visitor = arrive(), arrive()
    owner.sign_in_on_demo_page("Anouk Slagter")
    owner.go("/profiel")
    owner.look("professional-profiel-openbaar")
    # As its owner would send it to somebody.
    visitor.go(owner.page.get_by_role("link", name="/profielen/").inner_text())
    visitor.look("visitor-profielen")

    assert visitor.page.get_by_role("heading", level=1).inner_text() == "Anouk Slagter"


def test_the_pages_of_a_stranger_are_in_order(arrive: Arrive, box: Mailbox) -> None:
    visitor = arrive()
    ask_link(visitor, box, f"iemand@{uuid4().hex}.example")
    visitor.look("stranger-link")
    visitor.press("Vraag toegang")
    visitor.look("error-stranger-without-a-name")
    visitor.fill("Je naam", "Een Vreemde")
    visitor.page.get_by_label("Je gemeente").select_option(label="Vlieland")
    visitor.press("Vraag toegang")
    visitor.look("stranger-waits")


def test_the_pages_about_an_own_opgave_are_in_order(arrive: Arrive) -> None:
    visitor = arrive()
    visitor.sign_in_on_demo_page(SOMEBODY["opgavehouder"])
    visitor.go("/onze-opgaven")
    open_ones = visitor.page.locator("main section").filter(has_text="Open")
    open_ones.locator("a[href^='/opgaven/']").first.click()
    visitor.page.wait_for_url(re.compile(r"/opgaven/[0-9a-f-]{36}$"))
    own = visitor.page.url
    visitor.look("opgavehouder-own-opgave")
    for link in ("We hebben wie we zoeken", "Trek de opgave in"):
        visitor.go(own)
        visitor.follow(link)
        visitor.page.wait_for_url(re.compile(r"/(bezet|intrekken)$"))
        visitor.look(f"opgavehouder-{link.split()[0].lower()}")


REFUSED = {
    "no-such-page": ("", "/bestaat-niet", 404),
    "no-such-link": ("", "/inloggen/verzonnen", 410),
    "no-such-unsubscribe": ("", "/afmelden/verzonnen", 404),
    "not-for-you": ("Jorrit Feenstra", "/beheer", 404),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_is_a_page_too(arrive: Arrive, name: str) -> None:
    somebody, path, status = REFUSED[name]
    visitor = arrive()
    if somebody:
        visitor.sign_in_on_demo_page(somebody)

    visitor.go(path, status)

    visitor.look(f"refusal-{name}")


def test_a_faulty_address_is_told_beside_the_field(arrive: Arrive) -> None:
    visitor = arrive()
    visitor.go("/inloggen")
    visitor.fill("Je werkmail", "geen adres")
    visitor.press("Mail mij een link")

    assert "Dit is geen mailadres." in visitor.text()
    visitor.look("error-inloggen")


def test_faults_in_a_profile_are_told_beside_the_fields(arrive: Arrive) -> None:
    visitor = arrive()
    visitor.sign_in_on_demo_page("Chantal van Rooij")
    visitor.go("/profiel/bewerken")
    visitor.fill("Jij in één zin", "x" * 121)
    visitor.fill("Hoe ver wil je reizen?", "9000")
    visitor.press("Bewaar")

    assert "Er klopt nog iets niet" in visitor.text()
    visitor.look("error-profiel")


CV = """\
Ik werk twaalf jaar als planoloog bij een middelgrote gemeente. Ik schrijf omgevingsplannen en
begeleid participatietrajecten met bewoners. Ruimtelijke ordening is mijn vak, maar ik denk ook mee
over woningbouwprojecten, mobiliteit en de energietransitie. Ik werk dagelijks met QGIS."""


def test_the_pages_about_skills_from_a_text_are_in_order(arrive: Arrive) -> None:
    visitor = arrive()
    visitor.sign_in_on_demo_page("Chantal van Rooij")
    visitor.go("/profiel/bewerken")
    visitor.press("Haal vaardigheden uit een tekst")
    visitor.press("Zoek vaardigheden")
    visitor.look("error-uit-tekst")
    visitor.fill("Je tekst", "Hallo, ik ben Chantal.")
    visitor.press("Zoek vaardigheden")
    visitor.look("profiel-uit-tekst-nothing")
    visitor.fill("Je tekst", CV)
    visitor.press("Zoek opnieuw")
    visitor.look("profiel-uit-tekst-answer")
    visitor.press("Neem over")

    assert "zijn nog niet bewaard" in visitor.text()
    skills = visitor.page.get_by_label("Vaardigheid", exact=True).all()
    assert "QGIS" in [skill.input_value() for skill in skills]
    visitor.look("profiel-uit-tekst-taken")


def test_an_opgave_that_is_being_written_asks_what_its_text_tells(arrive: Arrive) -> None:
    visitor = arrive()
    visitor.sign_in_on_demo_page(SOMEBODY["opgavehouder"])
    visitor.go("/opgaven/nieuw")
    visitor.fill("Titel", "Een warm plan voor de wijk")
    visitor.press("Haal vaardigheden uit de tekst")
    visitor.press("Annuleer")
    visitor.fill("Wat is er aan de hand?", "Hallo, wij zijn aardig.")
    visitor.press("Haal vaardigheden uit de tekst")
    visitor.look("opgave-uit-tekst-nothing")
    visitor.fill("De tekst", CV)
    visitor.press("Zoek opnieuw")
    visitor.look("opgave-uit-tekst-answer")
    visitor.press("Neem over")

    assert "zijn nog niet bewaard" in visitor.text()
    assert visitor.page.get_by_label("Titel").input_value() == "Een warm plan voor de wijk"
    skills = visitor.page.get_by_label("Vaardigheid", exact=True).all()
    assert "QGIS" in [skill.input_value() for skill in skills]
    visitor.look("opgave-uit-tekst-taken")


def below(first: Locator, second: Locator) -> float:
    """How many pixels there are between the end of the one and the begin of the other."""
    above, under = first.bounding_box(), second.bounding_box()
    assert above is not None
    assert under is not None
    return under["y"] - (above["y"] + above["height"])


def test_who_writes_an_opgave_sees_what_is_the_same_elsewhere(arrive: Arrive) -> None:
    visitor = arrive()
    visitor.sign_in_on_demo_page(SOMEBODY["opgavehouder"])
    title = "Veilige schoolroutes tussen zeventien dorpen"
    visitor.go("/opgaven/nieuw")
    visitor.page.get_by_text("We vonden nog geen opgave").wait_for()
    visitor.page.get_by_label("Titel").focus()
    visitor.page.keyboard.type(title)
    same = visitor.page.get_by_role("link", name=title)
    same.wait_for()
    told = visitor.page.get_by_role("status").filter(has_text=re.compile("lijk.+ hierop"))
    told.wait_for(state="attached")
    expect(same).to_be_in_viewport()
    field = visitor.page.get_by_label("Wat is er aan de hand?")
    field.fill("Kinderen fietsen langs een drukke weg.")
    expect(same).to_be_in_viewport()
    visitor.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    assert 0 < below(field, visitor.page.locator("[data-elsewhere]")) < 100
    visitor.look("opgave-lijkt-op")
    visitor.press("Bewaar als concept")
    visitor.look("opgave-concept-lijkt-op")
    visitor.follow("Wie pakt dit ook op?")
    visitor.look("wie-pakt-dit-op-with-deeds")
    visitor.page.get_by_role("button", name=f"Doe mee met {title}").focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.get_by_text("Jullie doen mee.").wait_for()
    visitor.page.get_by_role("link", name="Pak samen op").first.click()
    visitor.look("samen-oppakken")
    visitor.page.get_by_label("Hoe noemen jullie het?").fill("Atelier voor de proef")
    visitor.page.get_by_role("button", name="Vraag ").click()
    visitor.page.get_by_text("Je vraag is verstuurd.").wait_for()
    visitor.look("wie-pakt-dit-op-asked")
    for name in ("Stap eruit", "Doe niet meer mee"):
        visitor.page.get_by_role("button", name=name).click()
    assert "Atelier voor de proef" not in visitor.page.inner_text("main")


def test_the_pages_about_disputed_reasons_are_in_order(arrive: Arrive) -> None:
    visitor, beheerder = arrive(), arrive()
    visitor.sign_in_on_demo_page("Chantal van Rooij")
    for button in ("Dit is niet hetzelfde", "Dit is niet mijn vak"):
        visitor.go("/matches")
        explained = visitor.page.locator("details", has_text="Klopt dit niet?").first
        explained.locator("summary").click()
        visitor.look("matches-explained")
        explained.get_by_role("link", name="Klopt dit niet?").first.click()
        visitor.look("matches-klopt-niet")
        visitor.press(button)
        assert "We houden hier voortaan rekening mee" in visitor.page.inner_text("main")
    visitor.look("opgave-after-dispute")
    visitor.go("/matches/past-niet")
    visitor.look("matches-past-niet")
    visitor.go("/profiel")
    visitor.look("profiel-with-disputes")
    beheerder.sign_in_on_demo_page(SOMEBODY["beheerder"])
    beheerder.go("/beheer/betwist")
    beheerder.look("beheerder-betwist-with-pairs")
    visitor.go("/matches/past-niet")
    for _ in range(2):
        visitor.page.get_by_role("button", name="Toch wel").first.click()
    visitor.page.get_by_text("Je hebt nog niets gezegd").wait_for()


def test_what_is_missing_in_an_opgave_is_told_beside_the_fields(arrive: Arrive) -> None:
    visitor = arrive()
    visitor.sign_in_on_demo_page(SOMEBODY["opgavehouder"])
    visitor.go("/opgaven/nieuw")
    visitor.press("Bewaar en zet open")

    assert "Er klopt nog iets niet" in visitor.text()
    visitor.look("error-opgave")


def test_who_comes_back_to_a_form_finds_every_word_still_there(arrive: Arrive) -> None:
    visitor = arrive()
    visitor.sign_in_on_demo_page(SOMEBODY["opgavehouder"])
    visitor.go("/opgaven/nieuw")
    skill = visitor.page.get_by_label("Vaardigheid", exact=True)
    visitor.fill("Titel", "Een plek voor de markt")
    skill.fill("marktmeester")
    visitor.follow("Onze opgaven")
    visitor.page.wait_for_url("**/onze-opgaven")
    visitor.page.go_back()

    assert visitor.page.get_by_label("Titel", exact=True).input_value() == "Een plek voor de markt"
    assert (skill.input_value(), skill.get_attribute("autocomplete")) == ("marktmeester", "off")


def test_a_faulty_domain_is_told_beside_the_field(arrive: Arrive) -> None:
    visitor = arrive()
    visitor.sign_in_on_demo_page(SOMEBODY["beheerder"])
    visitor.go("/beheer/domeinen")
    visitor.fill("Maildomein", "geen domein")
    visitor.press("Voeg domein toe")

    assert "Er klopt nog iets niet" in visitor.text()
    visitor.look("error-domein")


def test_the_pages_about_merging_concepts_are_in_order(arrive: Arrive) -> None:
    visitor = arrive()
    visitor.sign_in_on_demo_page(SOMEBODY["beheerder"])
    visitor.go("/beheer/begrippen?q=bomen")
    visitor.look("beheerder-begrippen-found")
    visitor.follow("bomenbeheer")
    visitor.look("beheerder-begrip")
    visitor.fill("Samenvoegen met", "groenbeheer")
    visitor.press("Bekijk wat er gebeurt")
    visitor.look("beheerder-begrip-plan")
    visitor.press("Voeg samen")
    assert "bomenbeheer telt als groenbeheer" in visitor.text()
    visitor.look("beheerder-begrippen-merged")
    visitor.follow("bomenbeheer")
    visitor.look("beheerder-begrip-merged")
    visitor.page.get_by_role("link", name="Maak ongedaan").click()
    visitor.page.wait_for_url("**/losmaken")
    visitor.look("beheerder-begrip-part")
    visitor.press("Maak ongedaan")
    visitor.page.get_by_text("Weer twee begrippen").wait_for()


def test_the_pages_about_words_without_a_concept_are_in_order(arrive: Arrive) -> None:
    visitor = arrive()
    visitor.sign_in_on_demo_page(SOMEBODY["beheerder"])
    visitor.go("/beheer/begrippen/losse-woorden?q=omgevingscommunicatie")
    visitor.look("beheerder-losse-woorden-found")
    visitor.follow("omgevingscommunicatie")
    visitor.page.wait_for_url("**/woord?**")
    visitor.look("beheerder-los-woord")
    visitor.follow("Maak een nieuw begrip")
    visitor.press("Bekijk wat er gebeurt")
    visitor.page.get_by_text("Er klopt nog iets niet").wait_for()
    visitor.look("error-nieuw-begrip")
    visitor.page.get_by_label("Thema").select_option(label="Communicatie")
    visitor.fill("Valt onder (niet verplicht)", "communicatie")
    visitor.press("Bekijk wat er gebeurt")
    visitor.page.get_by_role("heading", name="Wat er gebeurt").wait_for()
    visitor.look("beheerder-nieuw-begrip")
    visitor.go("/beheer/begrippen/losse-woorden/woord?woord=omgevingscommunicatie")
    visitor.follow("Zeg dat het iets anders is")
    visitor.fill("Het andere woord", "communicatie")
    visitor.press("Bekijk wat er gebeurt")
    visitor.page.get_by_role("button", name="Ja, het is iets anders").wait_for()
    visitor.look("beheerder-iets-anders")
    visitor.go("/beheer/begrippen/losse-woorden/woord?woord=omgevingscommunicatie")
    visitor.follow("Koppel omgevingscommunicatie aan communicatie")
    visitor.page.get_by_role("heading", name="Wat er gebeurt").wait_for()
    visitor.look("beheerder-koppelen")
    visitor.press("Koppel aan communicatie")
    visitor.page.get_by_text("telt nu als “communicatie”").wait_for()
    visitor.follow("Bekijk wat al besloten is")
    visitor.page.wait_for_url("**/besluiten")
    visitor.look("beheerder-besluiten")
    visitor.page.get_by_role("link", name="Maak ongedaan").click()
    visitor.page.get_by_role("heading", name="Wat er gebeurt").wait_for()
    visitor.look("beheerder-besluit-undo")
    visitor.press("Maak ongedaan")
    visitor.page.get_by_text("Het besluit is ongedaan gemaakt.").wait_for()


def test_a_page_that_is_not_in_order_is_found(arrive: Arrive) -> None:
    """The looking itself: a picture without words, and something that is far too wide."""
    visitor = arrive()
    visitor.go("/over")
    visitor.page.evaluate(
        "document.querySelector('h1').outerHTML ="
        ' \'<h1>Een</h1><h1>Twee</h1><img src="/static/favicon.svg" width="700">\''
    )
    visitor.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})

    assert [violation.split(":")[0] for violation in visitor.axe_violations()] == ["image-alt"]
    assert visitor.faults_of_page() == ["2 headings of the first level"]
    assert visitor.sideways() > 0
