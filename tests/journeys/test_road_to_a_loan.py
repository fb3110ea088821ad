"""From interest to hours that were worked: four people, three signatures, and the mailbox."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from email.message import EmailMessage
from uuid import uuid4

import pytest

from app.core.actor import SYSTEM
from app.core.clock import utc_now
from app.core.dutch import dutch_date
from app.core.work import begin
from app.core.workdays import monday_of
from app.loans import service as loans
from tests.journeys.test_opgave_finds_people import (
    OWNER,
    Arrive,
    Keyboard,
    Newcomer,
    a_newcomer,
    owner_address,
    publish_opgave,
    publish_profile,
    sign_in_by_mail,
    title_of,
    today,
)
from tests.support.browser import Visitor
from tests.support.mailbox import Mailbox, link_in, text_of
from tests.support.product import Product, wait_for

# Seconds; the longest road of all, on a busy machine.
pytestmark = pytest.mark.browser

MANAGER = "Fatma de Baas"


@dataclass
class Road:
    """Who is on it, and what they have in hand."""

    product: Product
    box: Mailbox
    who: Newcomer
    professional: Visitor
    owner: Visitor
    manager: Visitor
    opgave: str
    loan: str = ""

    @property
    def manager_email(self) -> str:
        return f"baas.{self.who.email.replace('@', 'x@')}"

    @property
    def owner_email(self) -> str:
        return owner_address(self.product)

    def mail_to(self, address: str, known: int) -> EmailMessage:
        """The next mail of this road; this product keeps no quiet hours."""
        self.product.wait_until_quiet()
        found = wait_for(
            lambda: mails if len(mails := self._mails(address)) > known else [],
            f"mail number {known + 1} about {self.who.name} to {address}",
        )
        return found[-1]

    def known(self, address: str) -> int:
        """How many there are, once all that has happened is told and mailed."""
        self.product.wait_until_quiet()
        self.product.wait_until_mail_went()
        return len(self._mails(address))

    def _mails(self, address: str) -> list[EmailMessage]:
        """Others who walk at the same time have the same opgavehouder."""
        return [mail for mail in self.box.messages(address) if self.who.name in text_of(mail)]


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def set_out(arrive: Arrive, product: Product, box: Mailbox, *, scripts: bool = True) -> Road:
    """A published opgave, and somebody who shows interest in it."""
    who = a_newcomer()
    professional, owner = arrive(scripts=scripts), arrive(scripts=scripts)
    sign_in_by_mail(professional, box, who)
    publish_profile(professional, who)
    owner.sign_in_on_demo_page(OWNER)
    opgave = publish_opgave(owner, who)
    professional.go(opgave)
    professional.press("Ik heb belangstelling")
    return Road(product, box, who, professional, owner, arrive(scripts=scripts), opgave)


def ask(road: Road, starts_on: date, ends_on: date) -> EmailMessage:
    """Ask for hours; the mail that the manager gets of it."""
    visitor = road.professional
    visitor.go(road.opgave)
    visitor.follow("Vraag om uren voor deze opgave")
    visitor.page.wait_for_url("**/inzet")
    visitor.fill("Begint op", starts_on.isoformat())
    visitor.fill("Duurt tot en met", ends_on.isoformat())
    visitor.fill("Terug op", (ends_on + timedelta(days=1)).isoformat())
    visitor.fill("Naam van je leidinggevende", MANAGER)
    visitor.fill("Werkmailadres van je leidinggevende", road.manager_email)
    visitor.press("Onderteken en verstuur")
    visitor.page.wait_for_url(re.compile(r"/inzet/[0-9a-f-]{36}$"))
    road.loan = visitor.page.url
    return road.mail_to(road.manager_email, 0)


def agree(road: Road, mail: EmailMessage) -> None:
    """All that a manager does: follow the link of the mail, and agree."""
    road.manager.go(link_in(mail, "/tekenen/"))
    road.manager.press("Ik ga akkoord")
    road.manager.page.get_by_text("Je hebt getekend").first.wait_for()


def sign(visitor: Visitor, loan: str) -> None:
    visitor.go(loan)
    visitor.press("Onderteken deze afspraken")
    visitor.page.get_by_text("Je hebt getekend.").first.wait_for()


def test_three_sign_and_hours_are_worked(
    arrive: Arrive, product: Product, box: Mailbox, scripts: bool
) -> None:
    road = set_out(arrive, product, box, scripts=scripts)
    professional, owner, manager = road.professional, road.owner, road.manager
    begun = monday_of(today()) - timedelta(weeks=2)
    ends_on = today() + timedelta(weeks=8)

    # The form keeps what was typed, and says beside the fields what is wrong.
    professional.go(road.opgave)
    professional.follow("Vraag om uren voor deze opgave")
    professional.page.wait_for_url("**/inzet")
    professional.look("professional-vraag-om-uren")
    professional.fill("Uren per week", "200")
    professional.press("Onderteken en verstuur")
    professional.look("error-vraag-om-uren")
    owners = road.known(road.owner_email)
    asked = ask(road, begun, ends_on)
    assert f"Wacht tot {MANAGER} en gemeente" in professional.text()
    professional.look("professional-inzet-asked")
    professional.go("/inzet")
    professional.look("professional-inzet")

    # The manager has no account, and needs one page and one button.
    assert "Jouw handtekening gevraagd" in str(asked["Subject"])
    manager.go(link_in(asked, "/tekenen/"))
    manager.look("manager-tekenen")
    for fact in (road.who.name, title_of(road.who), dutch_date(ends_on), "Gesloten beurs"):
        assert fact in manager.text()
    agree(road, asked)
    manager.look("manager-tekenen-agreed")

    # The opgavehouder hears of it, finds it in the menu, and is the third.
    assert road.who.name in text_of(road.mail_to(road.owner_email, owners))
    owner.go("/")
    owner.page.locator("nav a[href='/inzet']").click()
    owner.page.get_by_role("heading", name="Wacht op jou").wait_for()
    owner.look("opgavehouder-inzet")
    owner.follow(title_of(road.who))
    owner.page.wait_for_url(road.loan)
    owner.look("opgavehouder-inzet-asked")
    known = road.known(road.manager_email)
    sign(owner, road.loan)
    assert f"De inzet loopt tot en met {dutch_date(ends_on)}." in owner.text()
    owner.look("opgavehouder-inzet-runs")
    assert "De inzet loopt tot en met" in text_of(road.mail_to(road.manager_email, known))

    # The document is the same for each of them.
    documents = [
        visitor.context.request.get(f"{place}/afspraken/1").body()
        for visitor, place in (
            (professional, road.loan),
            (owner, road.loan),
            (manager, link_in(asked, "/tekenen/")),
        )
    ]
    assert documents[0].startswith(b"%PDF-")
    assert documents[0] == documents[1] == documents[2]

    # Hours, week by week; all three see the same.
    professional.go(road.loan)
    for week, hours in ((begun, "7,5"), (begun + timedelta(weeks=1), "8")):
        professional.fill(f"Week van {dutch_date(week)}", hours)
        row = professional.page.locator("form", has_text=f"Week van {dutch_date(week)}")
        row.get_by_role("button", name="Bewaar").click()
        professional.page.get_by_text("Je uren staan genoteerd.").first.wait_for()
    assert "In totaal 15,5 uur" in professional.text()
    professional.look("professional-inzet-hours")
    booked = "SELECT sum(minutes) FROM hour_transfer WHERE loan_id = CAST(:loan AS uuid)"
    assert product.scalar(booked, loan=road.loan.rpartition("/")[2]) == 15.5 * 60
    for visitor, place in ((owner, road.loan), (manager, link_in(asked, "/tekenen/"))):
        visitor.go(place)
        assert "In totaal 15,5 uur" in visitor.text()
    manager.look("manager-tekenen-runs")

    # Somebody else finds nothing of it.
    stranger = arrive(scripts=scripts)
    stranger.sign_in_on_demo_page("Marloes Hoekzema")
    stranger.go(road.loan, 404)

    # An early end, with a reason, that all hear; the day after, it is over.
    known = road.known(road.manager_email)
    professional.go(road.loan)
    professional.follow("Stop eerder")
    professional.page.wait_for_url("**/stoppen")
    professional.look("professional-inzet-stoppen")
    professional.press("Stop op die dag")
    professional.look("error-inzet-stoppen")
    professional.fill("Laatste dag", today().isoformat())
    professional.page.get_by_label("Het werk is klaar").check()
    professional.press("Stop op die dag")
    professional.page.get_by_text(f"De inzet stopt op {dutch_date(today())}.").first.wait_for()
    assert "het werk is klaar" in text_of(road.mail_to(road.manager_email, known))
    tomorrow = utc_now() + timedelta(days=1)
    with product.session() as session, begin(session, SYSTEM, lambda: tomorrow) as work:
        loans.end_what_is_over(work)
    professional.go(road.loan)
    assert f"Afgelopen op {dutch_date(today())}." in professional.text()
    professional.look("professional-inzet-ended")

    close(road)
    manager.go(link_in(asked, "/tekenen/"))
    assert "met 15,5 uur." in manager.text()
    manager.look("manager-tekenen-closed")
    say_how_it_went(road)
    put_on_profile(road)
    manager.go(link_in(asked, "/tekenen/"))
    assert "Een fijne ploeg." not in manager.text()


def close(road: Road) -> None:
    """Both say that the hours are right; the news of it leads to the page."""
    professional, owner = road.professional, road.owner
    professional.follow("Sluit af")
    professional.page.wait_for_url("**/afsluiten")
    professional.look("professional-inzet-afsluiten")
    professional.fill("Terug op", "")
    professional.press("De uren kloppen")
    professional.look("error-inzet-afsluiten")
    professional.fill("Terug op", (today() + timedelta(days=1)).isoformat())
    professional.press("De uren kloppen")
    professional.page.get_by_text("Je hebt de uren bevestigd.").first.wait_for()
    professional.look("professional-inzet-agreed")
    road.product.wait_until_quiet()

    owner.go("/meldingen")
    line = f"Inzet van {road.who.name} voor “{title_of(road.who)}”"
    owner.page.get_by_role("link", name=line, exact=True).click()
    owner.page.wait_for_url(road.loan)
    owner.follow("De uren kloppen niet")
    owner.page.wait_for_url("**/uren-kloppen-niet")
    owner.look("opgavehouder-inzet-uren-kloppen-niet")
    owner.go(road.loan)
    owner.follow("Sluit af")
    owner.page.wait_for_url("**/afsluiten")
    owner.look("opgavehouder-inzet-afsluiten")
    owner.press("De uren kloppen")
    owner.page.get_by_text(f"Afgesloten op {dutch_date(today())}").first.wait_for()


def say_how_it_went(road: Road) -> None:
    """Neither reads the other's before both wrote."""
    professional, owner = road.professional, road.owner
    owner.follow("Geef feedback")
    owner.page.wait_for_url("**/feedback")
    owner.look("opgavehouder-inzet-feedback")
    owner.press("Bewaar je feedback")
    owner.look("error-inzet-feedback")
    owner.fill("Wat ging goed? (niet verplicht)", "Snel ingewerkt.")
    owner.page.get_by_label("Ja, graag").check()
    craft = owner.page.get_by_role("group", name=road.who.craft)
    craft.get_by_label("Heeft het laten zien").check()
    owner.press("Bewaar je feedback")
    owner.page.get_by_text("Je feedback is bewaard.").first.wait_for()
    owner.look("opgavehouder-inzet-feedback-given")

    professional.go(road.loan)
    assert "Snel ingewerkt." not in professional.text()
    theirs = road.known(road.who.email)
    professional.follow("Geef feedback")
    professional.page.wait_for_url("**/feedback")
    professional.look("professional-inzet-feedback")
    professional.fill("Wat ging goed? (niet verplicht)", "Een fijne ploeg.")
    professional.page.get_by_label("Ja, graag").check()
    professional.press("Bewaar je feedback")
    professional.page.get_by_text("Snel ingewerkt.").first.wait_for()
    assert "schreef hoe het ging. Dat kun je nu lezen." in text_of(
        road.mail_to(road.who.email, theirs)
    )
    professional.look("professional-inzet-feedback-shown")
    professional.follow("Antwoord op de feedback")
    professional.page.wait_for_url("**/antwoord")
    professional.look("professional-inzet-feedback-antwoord")
    professional.fill("Je antwoord", "Graag gedaan.")
    professional.press("Verstuur je antwoord")
    professional.page.get_by_text("Je antwoord staat erbij.").first.wait_for()
    owner.go(road.loan)
    assert "Graag gedaan." in owner.text()


def put_on_profile(road: Road) -> None:
    """What the gemeente saw stands on the profile once its owner puts it there."""
    professional, craft = road.professional, road.who.craft
    professional.press(f"Zet {craft} op je profiel")
    professional.page.get_by_text("Het staat op je profiel.").first.wait_for()
    professional.go("/profiel")
    professional.page.get_by_role("heading", name="Bevestigd door gemeenten").wait_for()
    assert f"opgave “{title_of(road.who)}”" in professional.text()
    professional.look("professional-profiel-bevestigd")
    professional.press(f"Verberg {craft}")
    professional.page.get_by_text("Anderen zien dit bewijs nu niet.").first.wait_for()
    professional.press(f"Toon {craft}")
    professional.page.get_by_text("ziet dit bewijs nu ook.").first.wait_for()


def test_a_manager_asks_first_and_then_says_no(
    arrive: Arrive, product: Product, box: Mailbox, scripts: bool
) -> None:
    road = set_out(arrive, product, box, scripts=scripts)
    professional, manager = road.professional, road.manager
    starts_on = today() + timedelta(days=21)
    asked = ask(road, starts_on, starts_on + timedelta(weeks=8))
    theirs = road.known(road.who.email)

    manager.go(link_in(asked, "/tekenen/"))
    manager.follow("Ik heb eerst een vraag")
    manager.page.wait_for_url("**/vragen")
    manager.look("manager-vragen")
    manager.press("Verstuur")
    assert "Schrijf je vraag of je antwoord." in manager.text()
    manager.look("error-manager-vragen")
    manager.fill("Je vraag of je antwoord", "Op welke dagen?\nEn wie neemt je werk over?")
    manager.press("Verstuur")
    manager.page.get_by_role("heading", name="Vragen en antwoorden").wait_for()
    manager.look("manager-tekenen-asks")

    mail = road.mail_to(road.who.email, theirs)
    assert f"{MANAGER} stelde een vraag en wacht op antwoord." in text_of(mail)
    assert "Op welke dagen?" in text_of(mail)
    professional.go("/inzet")
    professional.page.get_by_role("heading", name="Wacht op jou").wait_for()
    professional.go(link_in(mail, "/inzet/"))
    professional.follow("Stel een vraag of geef antwoord")
    professional.page.wait_for_url("**/vragen")
    professional.look("professional-inzet-vragen")
    professional.fill("Je vraag of je antwoord", "Op maandag. Jelle neemt het over.")
    known = road.known(road.manager_email)
    professional.press("Verstuur")
    professional.page.get_by_text("Je bericht is verstuurd.").first.wait_for()
    professional.look("professional-inzet-answered")
    answer = road.mail_to(road.manager_email, known)
    assert "Jelle neemt het over." in text_of(answer)

    theirs = road.known(road.who.email)
    manager.go(link_in(answer, "/tekenen/"))
    manager.follow("Ik zeg nee")
    manager.page.wait_for_url("**/weigeren")
    manager.look("manager-weigeren")
    manager.press("Zeg nee")
    manager.look("error-manager-weigeren")
    manager.page.get_by_label("Er is nu te veel eigen werk").check()
    manager.fill("Toelichting (niet verplicht)", "Na de zomer graag.")
    manager.press("Zeg nee")
    manager.page.get_by_text("Jij zei nee.").first.wait_for()
    manager.look("manager-tekenen-refused")

    mail = road.mail_to(road.who.email, theirs)
    assert f"{MANAGER} zei nee." in text_of(mail)
    assert "Na de zomer graag." in text_of(mail)
    professional.go(road.loan)
    professional.look("professional-inzet-refused")
    # Who was refused may ask again.
    professional.go(road.opgave)
    professional.follow("Vraag om uren voor deze opgave")
    professional.page.wait_for_url(re.compile(r"/opgaven/.*/inzet$"))


def test_other_hours_void_the_signatures(arrive: Arrive, product: Product, box: Mailbox) -> None:
    road = set_out(arrive, product, box)
    professional, owner, manager = road.professional, road.owner, road.manager
    starts_on = today() + timedelta(days=21)
    asked = ask(road, starts_on, starts_on + timedelta(weeks=8))
    agree(road, asked)
    known = {one: road.known(one) for one in (road.manager_email, road.who.email)}

    owner.go(road.loan)
    owner.follow("Stel andere afspraken voor")
    owner.page.wait_for_url("**/wijzigen")
    owner.look("opgavehouder-inzet-wijzigen")
    owner.fill("Uren per week", "12")
    owner.press("Onderteken en verstuur")
    owner.page.get_by_text("Je voorstel is verstuurd, met jouw handtekening.").first.wait_for()
    owner.look("opgavehouder-inzet-changed")

    told = {one: text_of(road.mail_to(one, before)) for one, before in known.items()}
    assert all("12 uur per week" in words for words in told.values())
    assert all("andere afspraken" in words for words in told.values())
    manager.go(link_in(asked, "/tekenen/"))
    manager.look("manager-tekenen-changed")
    manager.press("Ik ga akkoord")
    manager.page.get_by_text("Je hebt getekend").first.wait_for()
    professional.go(road.loan)
    professional.look("professional-inzet-changed")
    sign(professional, road.loan)
    assert "en duurt tot en met" in professional.text()


def test_a_manager_needs_no_mouse(arrive: Arrive, product: Product, box: Mailbox) -> None:
    road = set_out(arrive, product, box)
    starts_on = today() + timedelta(days=21)
    asked = ask(road, starts_on, starts_on + timedelta(weeks=8))
    manager, keys = road.manager, Keyboard(road.manager)

    manager.go(link_in(asked, "/tekenen/"))
    keys.tab_to(manager.page.get_by_role("link", name="Ik heb eerst een vraag"))
    manager.page.keyboard.press("Enter")
    manager.page.wait_for_url("**/vragen")
    keys.type("Je vraag of je antwoord", "Welke dagen?")
    keys.press("Verstuur")
    manager.page.get_by_role("heading", name="Vragen en antwoorden").wait_for()
    keys.press("Ik ga akkoord")
    manager.page.get_by_text("Je hebt getekend").first.wait_for()

    professional, hands = road.professional, Keyboard(road.professional)
    professional.go("/inzet")
    hands.tab_to(professional.page.get_by_role("link", name=title_of(road.who)))
    professional.page.keyboard.press("Enter")
    professional.page.wait_for_url(road.loan)
    hands.tab_to(professional.page.get_by_role("link", name="Trek je aanvraag in"))
    professional.page.keyboard.press("Enter")
    professional.page.wait_for_url("**/intrekken")
    hands.press("Trek je aanvraag in")
    professional.page.get_by_text("Je aanvraag is ingetrokken.").first.wait_for()


def test_links_that_are_no_good_are_told(arrive: Arrive) -> None:
    visitor = arrive()
    visitor.go(f"/tekenen/{uuid4().hex}", 404)
    visitor.look("refusal-tekenen")
