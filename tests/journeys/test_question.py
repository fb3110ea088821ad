"""A question without interest: asked, answered by mail, published, read by others, taken back."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.conversations import answering, service
from app.conversations.answering import AnswerBox, Taken
from app.conversations.models import Conversation
from app.core.actor import SYSTEM
from app.core.verp import answer_address
from app.core.work import begin
from tests.core.answered_mails import a_mail
from tests.journeys.test_opgave_finds_people import (
    OWNER,
    Arrive,
    a_newcomer,
    publish_opgave,
    sign_in_by_mail,
    title_of,
)
from tests.support.mailbox import Mailbox
from tests.support.product import Product, wait_for

pytestmark = pytest.mark.browser

QUESTION = "Tellen reisuren mee?"
ANSWER = "Ja, tot een uur per dag."
BOX = AnswerBox("gesprek@degemeentevannu.example", "een geheim van deze test")


def answer_by_mail(product: Product, conversation_id: str, text: str) -> None:
    """As the door for mail takes it in, at any hour: at night no mail goes that is answered."""
    with product.session() as session, begin(session, SYSTEM) as work:
        conversation = work.fetch(Conversation, UUID(conversation_id))
        owner = session.scalars(select(User).where(User.name == OWNER)).one()
        reader = service.reader_id(work, conversation, owner.id)
        address = answer_address(reader, BOX.address, BOX.secret)
        headers = {"From": owner.email, "To": address, "Message_ID": f"<{uuid4()}@x.example>"}
        mail = a_mail(text, **headers)
        assert answering.take_in(work, BOX, mail.as_bytes()) is Taken.MESSAGE


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_question_is_asked_answered_published_and_taken_back(
    arrive: Arrive, product: Product, box: Mailbox, *, scripts: bool
) -> None:
    who = a_newcomer()
    asker, owner, visitor = arrive(scripts=scripts), arrive(), arrive(scripts=scripts)
    sign_in_by_mail(asker, box, who)
    owner.sign_in_on_demo_page(OWNER)
    address = publish_opgave(owner, who)

    # Asked without a profile, and said to be no interest.
    asker.go(address)
    asker.follow("Stel een vraag")
    asker.look("professional-vraag")
    asker.press("Stel je vraag")
    asker.page.get_by_text("Schrijf eerst je vraag.").first.wait_for()
    asker.look("error-professional-vraag")
    asker.fill("Je vraag", QUESTION)
    asker.press("Stel je vraag")
    asker.page.get_by_text("Je vraag is gesteld.").first.wait_for()
    assert "Dat is geen belangstelling" in asker.text()
    assert "Reactie vóór" in asker.text()
    asker.look("professional-gesprek-vraag")
    conversation_id = asker.page.url.split("#")[0].rsplit("/", 1)[1]
    asker.go("/reacties")
    assert "Vragen die je stelde" in asker.text()
    asker.look("professional-reacties-vraag")

    owner.go("/gesprekken")
    assert "Wacht op jullie" in owner.text()
    assert "Dit is een vraag, nog geen belangstelling" in owner.text()
    owner.look("opgavehouder-gesprekken-vraag")
    owner.go(f"{address}/collegas")
    assert "Stelden een vraag" in owner.text()
    owner.look("opgavehouder-collegas-vraag")

    # Answered by mail.
    answer_by_mail(product, conversation_id, ANSWER)
    asker.go(f"/gesprekken/{conversation_id}")
    assert ANSWER in asker.text()
    assert "Niemand is nu aan zet." in asker.text()

    # Published, without who asked.
    publisher = owner if scripts else arrive(scripts=False)
    if not scripts:
        publisher.sign_in_on_demo_page(OWNER)
    publisher.go(f"/gesprekken/{conversation_id}")
    publisher.look("opgavehouder-gesprek-te-publiceren")
    publisher.follow("Zet de vraag met het antwoord op de opgave")
    publisher.look("opgavehouder-publiceren")
    publisher.fill("Het antwoord", f"Dag {who.name}. {ANSWER}")
    publisher.press("Bekijk hoe het wordt")
    publisher.page.get_by_text("zo heet wie het vroeg").first.wait_for()
    publisher.look("error-opgavehouder-publiceren")
    publisher.fill("Het antwoord", f"{ANSWER} Bel 06-12345678.")
    publisher.press("Bekijk hoe het wordt")
    publisher.page.get_by_text("Er staat een telefoonnummer in.").first.wait_for()
    publisher.look("opgavehouder-publiceren-voorbeeld")
    publisher.fill("Het antwoord", ANSWER)
    publisher.press("Bekijk hoe het wordt")
    publisher.press("Zet dit op de opgave")
    publisher.page.get_by_text("De vraag en het antwoord staan op de opgave.").first.wait_for()
    publisher.look("opgavehouder-opgave-met-vraag")

    # Read by somebody else; who asked hears it.
    visitor.go(address)
    assert "Vragen en antwoorden" in visitor.text()
    assert ANSWER in visitor.text()
    assert who.name not in visitor.text()
    visitor.look("visitor-opgave-met-vraag")

    def heard() -> bool:
        asker.go("/meldingen")
        return f"Je vraag over “{title_of(who)}” staat nu" in asker.text()

    wait_for(heard, "a notice that the question is published", 60)
    asker.look("professional-meldingen-vraag")

    # Taken back.
    publisher.go(address)
    publisher.follow("Wijzig vraag 1")
    publisher.look("opgavehouder-vraag-wijzigen")
    publisher.press("Haal van de opgave")
    publisher.page.get_by_text("staan niet meer op de opgave").first.wait_for()
    visitor.go(address)
    assert "Vragen en antwoorden" not in visitor.text()
