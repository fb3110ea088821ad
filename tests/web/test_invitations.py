"""The pages of an invitation: for who gives it and for who gets it."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.dutch import dutch_date
from app.matching import service as matching
from app.opgaven.models import Opgave
from app.people.rules import Visibility
from app.responses.inviting import NOT_NOW, TOO_LATE
from app.responses.models import Invitation, Response
from app.responses.rules import Answer, InvitationState, WhyNot
from tests.responses.builders import (
    WORDS,
    a_fitting_person,
    a_match,
    an_invitation,
    profile_of,
)
from tests.support.pages import text_of
from tests.support.web import sign_in
from tests.support.work import MONDAY, TODAY, make_work

People = tuple[Opgave, User, User]


@pytest.fixture(autouse=True)
def on_monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def match(session: Session) -> People:
    found = a_match(session)
    session.commit()
    return found


def invitation(session: Session) -> Invitation:
    session.expire_all()
    return session.scalars(select(Invitation)).one()


def test_who_looks_after_an_opgave_invites_a_match_from_its_card(
    client: FlaskClient, session: Session, match: People
) -> None:
    opgave, owner, person = match
    colleagues, invite = (
        f"/opgaven/{opgave.id}/collegas",
        f"/opgaven/{opgave.id}/uitnodigen/{person.id}",
    )
    sign_in(client, session, owner)
    assert f'href="{invite}"' in client.get(colleagues).text

    assert "Nodig Fatima Bouali uit" in text_of(client.get(invite))
    assert client.post(invite, data={"words": ""}).status_code == 422
    answer = client.post(invite, data={"words": WORDS})

    assert answer.location == f"{colleagues}#uitgenodigd"
    page = client.get(colleagues)
    assert "Antwoord kan tot en met 7 december 2026." in text_of(page)
    assert f'href="{invite}"' not in page.text
    assert invitation(session).words == WORDS


def test_who_is_not_known_by_name_is_invited_without_a_name(
    client: FlaskClient, session: Session, match: People
) -> None:
    opgave, owner, person = match
    profile_of(session, person).visibility = Visibility.ANONYMOUS
    session.commit()
    path = f"/opgaven/{opgave.id}"
    invite = f"{path}/uitnodigen/{person.id}"
    sign_in(client, session, owner)

    pages = [client.get(invite), client.post(invite, data={"words": WORDS}, follow_redirects=True)]

    assert [page.status_code for page in pages] == [200, 200]
    assert not any("Fatima" in page.text for page in pages)
    assert "Collega uit Utrecht" in text_of(pages[1])


def test_a_refusal_is_told_where_the_button_stood(
    client: FlaskClient, session: Session, match: People
) -> None:
    opgave, owner, person = match
    path, invite = f"/opgaven/{opgave.id}", f"/opgaven/{opgave.id}/uitnodigen/{person.id}"
    session.add(
        Response(user_id=person.id, opgave_id=opgave.id, answer=Answer.NO, answered_at=MONDAY)
    )
    sign_in(client, session, owner)

    assert invite not in client.get(f"{path}/collegas").text
    page = client.post(invite, data={"words": WORDS}, follow_redirects=True)
    assert NOT_NOW in text_of(page)


def test_who_cannot_answer_in_time_is_not_to_be_invited_and_the_page_says_why(
    client: FlaskClient, session: Session, match: People
) -> None:
    opgave, owner, _ = match
    sign_in(client, session, owner)
    closes_on = TODAY + timedelta(days=1)
    opgave.closes_on = closes_on
    session.commit()

    page = client.get(f"/opgaven/{opgave.id}/collegas")

    assert "/uitnodigen/" not in page.text
    assert TOO_LATE.format(closes_on=dutch_date(closes_on)) in text_of(page)


def test_an_invitation_is_taken_back_where_it_stands(
    client: FlaskClient, session: Session, match: People
) -> None:
    opgave, owner, person = match
    made = an_invitation(session, opgave, person)
    path = f"/opgaven/{opgave.id}/uitnodigingen/{made.id}/terug"
    sign_in(client, session, owner)
    assert f'action="{path}"' in client.get(f"/opgaven/{opgave.id}/collegas").text

    page = client.post(path, follow_redirects=True)

    assert "De uitnodiging is ingetrokken." in text_of(page)
    assert "Ingetrokken." in text_of(page)


def test_who_is_invited_reads_it_and_says_yes(
    client: FlaskClient, session: Session, match: People
) -> None:
    opgave, _, person = match
    an_invitation(session, opgave, person)
    path = f"/opgaven/{opgave.id}/uitnodiging"
    sign_in(client, session, person)

    for page in (client.get("/reacties"), client.get(f"/opgaven/{opgave.id}")):
        assert f'href="{path}"' in page.text
    shown = text_of(client.get(path))
    for words in ("Marloes Hoekzema schrijft", "Heb je een keer tijd", "Waarom het past"):
        assert words in shown
    answered = text_of(client.post(path, data={"said": "ja"}, follow_redirects=True))

    assert "Je zei ja." in answered
    assert invitation(session).state is InvitationState.ACCEPTED
    assert session.scalars(select(Response.answer)).one() is Answer.INTERESTED


def test_a_no_needs_a_reason_and_not_my_skill_leads_to_disputing(
    client: FlaskClient, session: Session, match: People
) -> None:
    opgave, owner, person = match
    an_invitation(session, opgave, person)
    opgave_id = opgave.id
    path = f"/opgaven/{opgave_id}/uitnodiging"
    sign_in(client, session, person)

    refused = client.post(path, data={"said": "nee"})
    no = {"said": "nee", "reason": "niet_mijn_vak", "no_words": "Ik doe alleen fietspaden."}
    said = client.post(path, data=no, follow_redirects=True)

    assert (refused.status_code, "Kies waarom het niet past." in refused.text) == (422, True)
    assert "Je zei nee." in text_of(said)
    assert f'href="/opgaven/{opgave_id}#waarom"' in said.text
    assert invitation(session).reason is WhyNot.NOT_MY_SKILL
    page = sign_in(client, session, session.get_one(User, owner.id)).get(
        f"/opgaven/{opgave_id}/collegas"
    )
    assert "Zei nee. Reden: niet het eigen vak." in text_of(page)
    assert "Ik doe alleen fietspaden." in text_of(page)


def test_who_said_no_stands_once_whatever_came_after(
    client: FlaskClient, session: Session, match: People
) -> None:
    opgave, owner, person = match
    an_invitation(session, opgave, person)
    path, colleagues = f"/opgaven/{opgave.id}/uitnodiging", f"/opgaven/{opgave.id}/collegas"

    def headings() -> list[str]:
        page = sign_in(client, session, session.get_one(User, owner.id)).get(colleagues).text
        return [one for one in re.findall(r"<h3[^>]*>(.*?)</h3>", page) if "Fatima" in one]

    sign_in(client, session, person)
    client.post(path, data={"said": "nee", "reason": "geen_tijd"})
    declined = headings()
    sign_in(client, session, session.get_one(User, person.id))
    client.post(f"/opgaven/{opgave.id}/belangstelling")
    interested = headings()
    refusal = {"reason": "uren", "words": ""}
    client.post(f"/opgaven/{opgave.id}/reacties/{person.id}/nee", data=refusal)

    assert [len(found) for found in (declined, interested, headings())] == [1, 1, 1]
    assert "Afgerond" in text_of(client.get(colleagues))
    assert "Zei nee" not in text_of(client.get(colleagues))


@pytest.mark.parametrize(
    ("visibility", "said"),
    [
        (Visibility.ANONYMOUS, "Zegt je collega ja, dan zie je wie het is en begint jullie"),
        (Visibility.COLLEAGUES, "Zegt je collega ja, dan begint jullie gesprek."),
    ],
)
def test_who_is_known_already_makes_nobody_known(
    client: FlaskClient, session: Session, visibility: Visibility, said: str
) -> None:
    opgave, owner, person = a_match(session)
    profile_of(session, person).visibility = visibility
    session.commit()
    sign_in(client, session, owner)

    assert said in text_of(client.get(f"/opgaven/{opgave.id}/uitnodigen/{person.id}"))


def test_who_said_yes_finds_the_conversation(
    client: FlaskClient, session: Session, match: People
) -> None:
    opgave, _, person = match
    an_invitation(session, opgave, person)
    path = f"/opgaven/{opgave.id}/uitnodiging"
    sign_in(client, session, person)
    before = client.get(path).text

    said = client.post(path, data={"said": "ja"}, follow_redirects=True).text

    assert ["Naar jullie gesprek" in page for page in (before, said)] == [False, True]
    [there] = re.findall(r'href="(/gesprekken/[^"]+)">Naar jullie gesprek', said)
    assert "Gesprek" in text_of(client.get(there))


def test_a_question_leaves_the_answer_open(
    client: FlaskClient, session: Session, match: People
) -> None:
    opgave, owner, person = match
    an_invitation(session, opgave, person)
    path = f"/opgaven/{opgave.id}/uitnodiging"
    sign_in(client, session, person)

    empty = client.post(path, data={"said": "vraag", "text": ""})
    asked = client.post(
        path, data={"said": "vraag", "text": "Op welke dag?"}, follow_redirects=True
    )

    assert empty.status_code == 422
    assert "Je vraag is verstuurd." in text_of(asked)
    assert "Ja, ik wil meer horen" in text_of(asked)
    page = sign_in(client, session, session.get_one(User, owner.id)).get(
        f"/opgaven/{opgave.id}/collegas"
    )
    assert "Stelde een vraag. Antwoord kan tot en met" in text_of(page)


@pytest.mark.parametrize("data", [{}, {"said": "misschien"}, {"said": "nee", "reason": "zomaar"}])
def test_what_no_button_says_is_refused(
    client: FlaskClient, session: Session, match: People, data: dict[str, str]
) -> None:
    opgave, _, person = match
    an_invitation(session, opgave, person)
    sign_in(client, session, person)

    answer = client.post(f"/opgaven/{opgave.id}/uitnodiging", data=data)

    assert answer.status_code == 422
    assert invitation(session).state is InvitationState.WAITING


def test_others_find_no_invitation(client: FlaskClient, session: Session, match: People) -> None:
    opgave, owner, person = match
    an_invitation(session, opgave, person)
    sign_in(client, session, owner)

    assert client.get(f"/opgaven/{opgave.id}/uitnodiging").status_code == 404


def test_a_link_from_a_mail_asks_and_then_tells_how_it_ended(
    client: FlaskClient, session: Session, match: People
) -> None:
    opgave, _, person = match
    an_invitation(session, opgave, person)
    link = client.application.extensions["post"].stationery.renderer.links.invitation(
        person.id, opgave.id
    )
    path = link.removeprefix("http://localhost")

    shown, asked, said = (
        client.get(path),
        client.post(path, data={"said": "vraag", "text": "Wanneer?"}),
        client.post(path, data={"said": "ja"}),
    )

    assert re.findall(r'name="said" value="(\w+)"', shown.text) == ["ja", "vraag", "nee"]
    assert "csrf_token" not in shown.text[shown.text.index("<main") :]
    assert "Je vraag is verstuurd." in text_of(asked)
    assert "Je zei ja." in text_of(said)
    assert 'name="said"' not in said.text
    session.expire_all()
    assert invitation(session).state is InvitationState.ACCEPTED
    assert client.get("/reacties").status_code == 302


def test_of_those_who_fit_alike_who_was_asked_less_stands_first_and_it_says_so(
    client: FlaskClient, session: Session, match: People
) -> None:
    opgave, owner, person = match
    fresh = a_fitting_person(session)
    fresh.name = "Yusuf Demir"
    matching.match_everything(make_work(session))
    for _ in range(2):
        an_invitation(session, None, person)
    sign_in(client, session, owner)

    page = text_of(client.get(f"/opgaven/{opgave.id}/collegas"))

    first, second = page.index("Yusuf Demir"), page.index("Fatima Bouali")
    assert first < page.index("minder vaak gevraagd", first) < second
    assert page.count("minder vaak gevraagd") == 1


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (InvitationState.OVER, "ging voorbij, omdat de opgave niet meer open stond."),
        (InvitationState.TAKEN_BACK, "De gemeente nam de uitnodiging terug."),
        (InvitationState.EXPIRED, "Antwoorden kon tot en met 7 december 2026."),
    ],
)
def test_an_invitation_that_ended_tells_that_the_opgave_is_open(
    client: FlaskClient, session: Session, state: InvitationState, said: str
) -> None:
    given = an_invitation(session, state=state)
    session.commit()

    page = sign_in(client, session, session.get_one(User, given.user_id)).get(
        f"/opgaven/{given.opgave_id}/uitnodiging"
    )

    assert f"{said} De opgave staat nu open." in text_of(page)
    assert "De opgave is niet meer open." not in text_of(page)
    assert "Je antwoord" not in text_of(page)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer.INTERESTED, "Je toont belangstelling."),
        (Answer.CLOSED, "Je belangstelling is afgerond."),
        (None, "De opgave staat nu open."),
    ],
)
def test_an_invitation_says_what_became_of_a_yes(
    client: FlaskClient, session: Session, answer: Answer | None, said: str
) -> None:
    given = an_invitation(session, state=InvitationState.ACCEPTED)
    ids = {"user_id": given.user_id, "opgave_id": given.opgave_id}
    if answer is not None:
        session.add(Response(**ids, answer=answer, answered_at=MONDAY))
    session.commit()

    page = sign_in(client, session, session.get_one(User, given.user_id)).get(
        f"/opgaven/{given.opgave_id}/uitnodiging"
    )

    assert f"Je zei ja. {said}" in text_of(page)
    assert ("zien nu wie je bent" in text_of(page)) is (answer is Answer.INTERESTED)
