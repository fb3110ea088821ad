"""A no with a reason, thinking again, and how a reaction ended, on their pages."""

from collections.abc import Iterator
from uuid import UUID

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.matching import service as matching
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.people.rules import ProfileState
from app.responses import ending
from app.responses.ending import ALREADY_CLOSED
from app.responses.models import Outcome, Response
from app.responses.rules import Answer, WhyClosed
from tests.conversations.builders import Talk, a_talk
from tests.loans.builders import a_lender, a_loan, a_running_loan, interest, parties
from tests.responses.builders import a_fitting_person, an_invitation
from tests.support.builders import a_user, an_opgave
from tests.support.pages import text_of
from tests.support.web import sign_in
from tests.support.work import MONDAY, TODAY, make_work

NO = {"reason": "ervaring", "words": "We hopen je nog eens te spreken."}


@pytest.fixture(autouse=True)
def on_monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def talk(session: Session) -> Talk:
    found = a_talk(session)
    session.commit()
    return found


def address(talk: Talk, deed: str) -> str:
    return f"/opgaven/{talk.opgave.id}/reacties/{talk.professional.id}/{deed}"


def closed(session: Session, talk: Talk) -> None:
    work = make_work(session, talk.owner)
    reason, words = WhyClosed.EXPERIENCE, NO["words"]
    ending.say_no(work, talk.opgave.id, talk.professional.id, reason, words)
    session.commit()


def answers(session: Session) -> list[Answer]:
    session.expire_all()
    return list(session.scalars(select(Response.answer)))


def test_who_looks_after_the_opgave_says_no_from_the_list(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    colleagues, no = f"/opgaven/{talk.opgave.id}/collegas", address(talk, "nee")
    sign_in(client, session, talk.owner)
    assert f'href="{no}"' in client.get(colleagues).text

    asked, wordless = client.get(no), client.post(no, data={"words": "Helaas."})
    said = client.post(no, data=NO, follow_redirects=True)

    assert "Zeg nee tegen Fatima Bouali" in text_of(asked)
    assert (wordless.status_code, "Helaas." in wordless.text) == (422, True)
    assert "Afgerond Fatima Bouali" in text_of(said)
    assert "We zoeken andere ervaring, op 23 november 2026." in text_of(said)
    assert "Hebben belangstelling" not in said.text
    assert answers(session) == [Answer.CLOSED]


def test_the_professional_reads_why_and_what_fits_now(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    opgave_id = talk.opgave.id
    others = [an_opgave(session, "Verkeerskunde", title=f"Plein {n}") for n in range(2)]
    matching.match_everything(make_work(session))
    closed(session, talk)
    sign_in(client, session, talk.professional)

    for page in (client.get("/reacties"), client.get(f"/opgaven/{opgave_id}")):
        assert "Je toonde belangstelling. Dat is afgerond." in text_of(page)
        assert f'href="/opgaven/{opgave_id}/afloop"' in page.text
        assert "/toch-niet" not in page.text
        assert f'action="/opgaven/{opgave_id}/belangstelling"' not in page.text
    page = client.get(f"/opgaven/{opgave_id}/afloop")

    said = text_of(page)
    assert "De gemeente zoekt iemand met andere ervaring." in said
    assert NO["words"] in said
    assert "Meer vonden we nu niet." in said
    for one in others:
        assert f'href="/opgaven/{one.id}"' in page.text


def test_without_a_match_that_is_said_plainly(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    opgave_id = talk.opgave.id
    closed(session, talk)
    sign_in(client, session, talk.professional)

    page = client.get(f"/opgaven/{opgave_id}/afloop")

    assert "Er staat nu niets anders open dat bij je past." in text_of(page)


def test_a_no_is_taken_back_on_a_page(client: FlaskClient, session: Session, talk: Talk) -> None:
    again = address(talk, "toch")
    closed(session, talk)
    outcome = session.scalars(select(Outcome)).one()
    outcome.told_at = MONDAY
    session.commit()
    sign_in(client, session, talk.owner)
    assert f'href="{again}"' in client.get(f"/opgaven/{talk.opgave.id}/collegas").text

    asked, wordless = client.get(again), client.post(again, data={"text": ""})
    said = client.post(again, data={"text": "Het kan nu toch."}, follow_redirects=True)

    assert "las al dat het niet doorging" in text_of(asked)
    assert wordless.status_code == 422
    assert "De reactie staat weer open." in text_of(said)
    assert answers(session) == [Answer.INTERESTED]


def test_words_for_who_was_closed_meanwhile_stay_on_the_form(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    no = address(talk, "nee")
    work = make_work(session)
    talk.opgave.status = OpgaveStatus.FILLED
    session.flush()
    ending.let_go(work, talk.opgave.id, set(), {})
    session.commit()
    sign_in(client, session, talk.owner)

    said = client.post(no, data=NO)

    assert said.status_code == 409
    assert ALREADY_CLOSED in text_of(said)
    assert NO["words"] in said.text
    assert session.scalars(select(Outcome.reason)).one() is WhyClosed.FILLED


def who_says(session: Session, opgave_id: UUID, answer: Answer | None, person: User) -> UUID:
    """Or said nothing, or was told no."""
    ids = {"user_id": person.id, "opgave_id": opgave_id}
    again_on = TODAY if answer is Answer.LATER else None
    if answer is not None:
        session.add(Response(**ids, answer=answer, answered_at=MONDAY, again_on=again_on))
    if answer is Answer.CLOSED:
        session.add(Outcome(**ids, reason=WhyClosed.HOURS, said_at=MONDAY))
    return person.id


def everything(session: Session) -> list[tuple[object, ...]]:
    """What was said to opgaven, and how that ended."""
    session.expire_all()
    tables = (Response.__table__, Outcome.__table__)
    return [
        tuple(row) for one in tables for row in session.execute(select(one).order_by("user_id"))
    ]


@pytest.mark.parametrize("deed", ["nee", "toch"])
@pytest.mark.parametrize("state", [ProfileState.PAUSED, ProfileState.CONCEPT])
def test_of_who_hides_nothing_is_told_by_any_answer(
    client: FlaskClient, session: Session, talk: Talk, state: ProfileState, deed: str
) -> None:
    opgave_id = talk.opgave.id
    said = (None, Answer.LATER, Answer.INTERESTED, Answer.CLOSED)
    people = [
        who_says(session, opgave_id, answer, a_fitting_person(session, state=state))
        for answer in said
    ]
    # Of who does show themselves, "later" and nothing are not told either.
    people += [
        who_says(session, opgave_id, answer, a_fitting_person(session))
        for answer in (None, Answer.LATER)
    ]
    session.commit()
    sign_in(client, session, talk.owner)
    before = everything(session)

    told = set()
    for user_id in people:
        for sent in ({}, {**NO, "text": "Toch wel."}):
            page = client.post(f"/opgaven/{opgave_id}/reacties/{user_id}/{deed}", data=sent)
            told.add((page.status_code, page.text.replace(str(user_id), "")))

    assert [status for status, _ in told] == [404]
    assert everything(session) == before


@pytest.mark.parametrize("deed", ["nee", "toch"])
def test_others_find_nothing_to_answer(
    client: FlaskClient, session: Session, talk: Talk, deed: str
) -> None:
    path, opgave_id = address(talk, deed), talk.opgave.id
    sign_in(client, session, a_user(session, Role.OPGAVEHOUDER))

    assert client.get(path).status_code == 404
    assert client.get(f"/opgaven/{opgave_id}/afloop").status_code == 404


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("bezet", "De gemeente heeft gevonden wie er nodig was."),
        ("intrekken", "De gemeente trok de opgave in."),
    ],
)
def test_before_ending_an_opgave_one_sees_who_hears_it(
    client: FlaskClient, session: Session, talk: Talk, path: str, why: str
) -> None:
    an_invitation(session, talk.opgave, a_fitting_person(session))
    hidden = a_fitting_person(session, state=ProfileState.PAUSED)
    who_says(session, talk.opgave.id, Answer.INTERESTED, hidden)
    sign_in(client, session, talk.owner)

    said = text_of(client.get(f"/opgaven/{talk.opgave.id}/{path}"))

    assert "Wie hoort dit? Fatima Bouali" in said
    assert "En ook 2 collega's van wie je hier de naam niet ziet." in said
    assert why in said


def test_where_nobody_waits_nothing_is_said_of_it(client: FlaskClient, session: Session) -> None:
    opgave: Opgave = an_opgave(session, "Verkeerskunde", status=OpgaveStatus.RUNNING)
    sign_in(client, session, session.get_one(User, opgave.owner_id))

    assert "Wie hoort dit?" not in client.get(f"/opgaven/{opgave.id}/afronden").text


def test_who_works_on_it_is_told_no_on_the_page_of_the_loan_only(
    client: FlaskClient, session: Session
) -> None:
    who = parties(session)
    loan = a_loan(session, who)
    no = f"/opgaven/{who.opgave.id}/reacties/{who.professional.id}/nee"
    sign_in(client, session, who.borrower)

    page = client.get(f"/opgaven/{who.opgave.id}/collegas")
    answers = [
        client.get(no, follow_redirects=True),
        client.post(no, data=NO, follow_redirects=True),
    ]

    said = text_of(page)
    assert "Werken mee, of wachten op handtekeningen" in said
    assert "Hebben belangstelling" not in said
    assert f"/inzet/{loan.id}" in page.text
    assert "Jouw handtekening ontbreekt nog, en die van Fatma de Baas." in said
    assert no not in page.text
    for answer in answers:
        assert answer.request.path == f"/opgaven/{who.opgave.id}/collegas"
        assert "Stoppen doe je op de pagina van de inzet." in text_of(answer)
    assert session.scalars(select(Outcome)).all() == []


def test_the_page_of_an_opgave_counts_who_works_on_it_apart(
    client: FlaskClient, session: Session
) -> None:
    who = parties(session, people_needed=2)
    a_running_loan(session, who)
    interest(session, a_lender(session), who.opgave)
    sign_in(client, session, who.borrower)

    of_opgave = text_of(client.get(f"/opgaven/{who.opgave.id}"))
    ours = text_of(client.get("/onze-opgaven"))

    assert "1 collega werkt mee, of wacht op handtekeningen" in of_opgave
    for page in (of_opgave, ours):
        assert "1 collega heeft belangstelling" in page


def test_the_page_says_when_a_beheerder_took_it_down(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    session.add(
        Outcome(
            user_id=talk.professional.id,
            opgave_id=talk.opgave.id,
            reason=WhyClosed.WITHDRAWN,
            said_at=MONDAY,
        )
    )
    talk.opgave.status, talk.opgave.taken_down_at = OpgaveStatus.WITHDRAWN, MONDAY
    session.flush()
    sign_in(client, session, talk.professional)

    said = text_of(client.get(f"/opgaven/{talk.opgave.id}/afloop"))

    assert "Een beheerder haalde de opgave weg" in said
    assert "De gemeente trok" not in said
