"""The pages of conversations: for both sides, and for nobody else."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.conversations import awaiting, queries, service
from app.conversations.models import AwaitedAnswer, ConversationReader
from app.conversations.rules import NOTHING_WRITTEN, TEXT_LIMIT
from app.core.actor import Role
from app.gemeenten.models import Gemeente
from app.notifications import service as notifications
from app.opgaven import life
from app.people.service import pause_profile
from app.responses import ending
from app.responses import service as responses
from app.responses.rules import WhyClosed
from tests.conversations.builders import Talk, a_talk, say
from tests.loans.builders import a_loan, parties
from tests.support.builders import a_profile, a_user, an_opgave
from tests.support.pages import fault_at, hidden_in, text_of
from tests.support.queries import counted
from tests.support.web import sign_in
from tests.support.work import MONDAY, TODAY, make_work


@pytest.fixture
def talk(session: Session) -> Talk:
    return a_talk(session)


def path(talk: Talk, deed: str = "") -> str:
    return f"/gesprekken/{talk.id}{deed}"


def texts(session: Session, talk: Talk) -> list[str]:
    return [one.text for one in queries.messages(session, talk.id)]


def as_owner(client: FlaskClient, session: Session, talk: Talk) -> FlaskClient:
    return sign_in(client, session, talk.owner)


def test_a_conversation_without_words_says_who_is_waited_for(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    page = text_of(as_owner(client, session, talk).get(path(talk)))

    assert "Fatima Bouali, gemeente Testerdam" in page
    assert "Jullie zijn aan zet." in page
    assert "Deze collega heeft belangstelling getoond" in page


def test_what_is_written_stands_there_the_newest_last(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    as_owner(client, session, talk).post(path(talk), data={"text": "Wanneer\nkun je?"})
    sign_in(client, session, talk.professional)
    client.post(path(talk), data={"text": "Dinsdag."})

    page = text_of(client.get(path(talk)))

    assert page.index("Wanneer kun je?") < page.index("Dinsdag.")
    assert texts(session, talk) == ["Wanneer\nkun je?", "Dinsdag."]
    assert "Marloes Hoekzema, gemeente Testerdam" in page
    assert "is aan zet." in page


def test_the_same_form_sent_twice_is_one_message(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    form = {"message_id": str(uuid4()), "text": "Eén keer."}
    as_owner(client, session, talk)

    answers = [client.post(path(talk), data=form).status_code for _ in range(2)]

    assert (answers, texts(session, talk)) == ([302, 302], ["Eén keer."])


def test_a_fault_keeps_the_draft(client: FlaskClient, session: Session, talk: Talk) -> None:
    long = "x" * (TEXT_LIMIT + 1)

    answer = as_owner(client, session, talk).post(path(talk), data={"text": long})

    assert answer.status_code == 422
    assert "hoogstens 4.000 tekens" in fault_at(answer, "text")
    assert long in answer.text
    assert texts(session, talk) == []


def test_nothing_written_is_said(client: FlaskClient, session: Session, talk: Talk) -> None:
    answer = as_owner(client, session, talk).post(path(talk), data={"text": "  "})

    assert fault_at(answer, "text") == f"Fout: {NOTHING_WRITTEN}"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_may_not_see_it_gets_the_answer_of_one_that_is_not_there(
    client: FlaskClient, session: Session, talk: Talk, method: str
) -> None:
    sign_in(client, session, a_user(session, Role.OPGAVEHOUDER))

    answers = [client.open(f"/gesprekken/{one}", method=method) for one in (talk.id, uuid4())]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert text_of(answers[0]) == text_of(answers[1])


@pytest.mark.parametrize(
    ("headers", "read_to"),
    [({}, 1), ({"Sec-Purpose": "prefetch"}, 0), ({"Sec-Purpose": "prefetch;prerender"}, 0)],
)
def test_who_looks_at_the_page_has_read_it(
    client: FlaskClient, session: Session, talk: Talk, headers: dict[str, str], read_to: int
) -> None:
    say(session, talk, talk.owner, "Een")
    sign_in(client, session, talk.professional)
    client.head(path(talk))
    assert queries.read_to(session, talk.id, talk.professional.id) == 0

    page = client.get(path(talk), headers=headers)

    assert page.text.count("nieuw</span></h3>") == 1
    assert queries.read_to(session, talk.id, talk.professional.id) == read_to


def test_what_was_read_is_new_no_more(client: FlaskClient, session: Session, talk: Talk) -> None:
    say(session, talk, talk.owner, "Een")
    sign_in(client, session, talk.professional)
    assert "Gesprekken 1" not in text_of(client.get(path(talk)))

    assert "nieuw</span></h3>" not in client.get(path(talk)).text
    assert "nieuw bericht" not in text_of(client.get("/gesprekken"))


def test_the_list_begins_with_what_waits_for_the_reader(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    say(session, talk, talk.owner, "Een")

    page = sign_in(client, session, talk.professional).get("/gesprekken")

    assert text_of(page).count("Wacht op jou") == 1
    assert "1 nieuw bericht" in text_of(page)
    assert "Jij bent aan zet" in text_of(page)
    assert f'href="{path(talk)}#bericht-1"' in page.text


def test_the_menu_counts_conversations_with_news(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    say(session, talk, talk.owner, "Een")
    say(session, talk, talk.owner, "Twee")

    assert "Gesprekken 1" in text_of(sign_in(client, session, talk.professional).get("/over"))


def test_somebody_without_conversations_reads_how_one_begins(
    client: FlaskClient, session: Session
) -> None:
    page = text_of(sign_in(client, session, a_user(session)).get("/gesprekken"))

    assert "Een gesprek begint zodra iemand belangstelling toont" in page


def test_a_notice_leads_to_the_conversation_and_reads_it(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    say(session, talk, talk.owner, "Een")
    notifications.tell_message(make_work(session), talk.id, 1)
    sign_in(client, session, talk.professional)
    inbox = client.get("/meldingen")
    assert "Er staat een nieuw bericht voor je in het gesprek over “Een veilig plein”" in (
        text_of(inbox)
    )
    opens = inbox.text.split('<p class="dgvn-inbox__title">')[1].split('href="')[1].split('"')[0]

    answer = client.get(opens, follow_redirects=True)

    assert answer.request.path == path(talk)
    assert queries.read_to(session, talk.id, talk.professional.id) == 1


def test_several_conversations_about_one_opgave_are_listed(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    other = a_user(session, name="Bram Jansen")
    a_profile(session, user=other)
    sign_in(client, session, other).post(f"/opgaven/{talk.opgave.id}/belangstelling")

    page = text_of(as_owner(client, session, talk).get(f"/opgaven/{talk.opgave.id}/gesprekken"))

    assert ("Fatima Bouali" in page, "Bram Jansen" in page) == (True, True)


def test_there_is_no_list_where_there_is_no_conversation(
    client: FlaskClient, session: Session
) -> None:
    opgave = an_opgave(session)

    answer = sign_in(client, session, a_user(session)).get(f"/opgaven/{opgave.id}/gesprekken")

    assert answer.status_code == 404


def an_answerer(session: Session) -> User:
    user = a_user(session)
    a_profile(session, user=user)
    return user


def test_words_can_be_said_with_interest(client: FlaskClient, session: Session) -> None:
    opgave, user = an_opgave(session), an_answerer(session)
    sign_in(client, session, user)
    shown = client.get(f"/opgaven/{opgave.id}")
    form = {"message_id": hidden_in(shown)["message_id"][0], "text": "Ik ken dit plein."}

    client.post(f"/opgaven/{opgave.id}/belangstelling", data=form)

    (talk_id,) = queries.ids_by_opgave(session, user.id).values()
    assert [one.text for one in queries.messages(session, talk_id)] == ["Ik ken dit plein."]
    assert f"/gesprekken/{talk_id}" in client.get(f"/opgaven/{opgave.id}").text
    assert f"/gesprekken/{talk_id}" in client.get("/reacties").text


def test_too_many_words_with_interest_keep_the_draft(client: FlaskClient, session: Session) -> None:
    opgave, long = an_opgave(session), "x" * (TEXT_LIMIT + 1)
    sign_in(client, session, an_answerer(session))

    answer = client.post(f"/opgaven/{opgave.id}/belangstelling", data={"text": long})

    assert (answer.status_code, long in answer.text) == (422, True)
    assert "hoogstens 4.000 tekens" in fault_at(answer, "text")


def test_the_opgavehouder_comes_from_who_is_interested(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    page = as_owner(client, session, talk).get(f"/opgaven/{talk.opgave.id}/collegas")

    assert f'href="{path(talk)}"' in page.text


def test_an_opgave_that_the_reader_may_not_read_any_more_is_not_named(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    talk.opgave.status = "concept"  # type: ignore[assignment]
    session.flush()

    page = text_of(sign_in(client, session, talk.professional).get(path(talk)))

    assert "Een veilig plein" not in page


def test_a_conversation_about_what_was_taken_down_says_so(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    talk.opgave.taken_down_at = MONDAY
    sign_in(client, session, talk.professional)

    for path in (f"/gesprekken/{talk.id}", "/gesprekken"):
        page = client.get(path)
        assert "Een opgave van 23 november 2026 die is weggehaald" in text_of(page)
        assert "jouw gemeente" not in text_of(page)
        assert f"/opgaven/{talk.opgave.id}" not in page.text
        assert "Een veilig plein" not in page.text


def told_no(session: Session, talk: Talk) -> None:
    work = make_work(session, talk.owner)
    ending.say_no(work, talk.opgave.id, talk.professional.id, WhyClosed.SOMEBODY_ELSE)


def takes_back(session: Session, talk: Talk) -> None:
    responses.withdraw(make_work(session, talk.professional), talk.opgave.id)


def filled(session: Session, talk: Talk) -> None:
    life.fill(make_work(session, talk.owner), talk.opgave.id)
    session.flush()
    ending.let_go(make_work(session), talk.opgave.id, [], {})


def withdrawn(session: Session, talk: Talk) -> None:
    life.withdraw(make_work(session, talk.owner), talk.opgave.id)


def taken_down(session: Session, talk: Talk) -> None:
    life.take_down(make_work(session, a_user(session, Role.BEHEERDER)), talk.opgave.id)


FILLED = "Voor deze opgave is gevonden wie er nodig was."
WITHDRAWN = "Deze opgave is ingetrokken op 23 november 2026."
TAKEN_DOWN = "Een beheerder haalde de opgave weg, na een melding."
ENDS: list[tuple[Callable[[Session, Talk], None], str, str]] = [
    (told_no, "Iemand anders pakt deze opgave op.", "Jullie zeiden nee."),
    (
        takes_back,
        "Je toont nu geen belangstelling meer.",
        "Fatima Bouali toont geen belangstelling meer.",
    ),
    (filled, FILLED, FILLED),
    (withdrawn, WITHDRAWN, WITHDRAWN),
    (taken_down, TAKEN_DOWN, TAKEN_DOWN),
]


@pytest.mark.parametrize(("end_it", "to_professional", "to_owner"), ENDS)
def test_a_conversation_that_ended_says_so_and_waits_for_nobody(
    client: FlaskClient,
    session: Session,
    end_it: Callable[[Session, Talk], None],
    to_professional: str,
    to_owner: str,
) -> None:
    talk = a_talk(session, "Ik ken dit plein.")
    say(session, talk, talk.owner, "Welkom. Wanneer kun je?")
    end_it(session, talk)
    session.commit()

    for reader, said in ((talk.professional, to_professional), (talk.owner, to_owner)):
        sign_in(client, session, reader)
        for address in (path(talk), "/gesprekken"):
            page = text_of(client.get(address))
            assert f"Dit gesprek is afgerond. {said}" in page
            assert "aan zet" not in page
            assert "Wacht op j" not in page
        assert "Je kunt nog iets schrijven" in text_of(client.get(path(talk)))


def test_who_was_told_no_reads_why_from_the_conversation(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    told_no(session, talk)
    session.commit()

    page = sign_in(client, session, talk.professional).get(path(talk))

    assert f'href="/opgaven/{talk.opgave.id}/afloop"' in page.text
    assert "wacht op bericht" not in text_of(page)


def test_interest_that_nobody_sees_is_said_to_both_sides(
    client: FlaskClient, session: Session
) -> None:
    talk = a_talk(session, "Ik ken dit plein.")
    pause_profile(make_work(session, talk.professional))
    session.commit()
    said = {
        talk.professional: "zien de opgavehouders je belangstelling niet.",
        talk.owner: "Fatima Bouali laat het profiel nu niet zien.",
    }

    for reader, words in said.items():
        sign_in(client, session, reader)
        for address in (path(talk), "/gesprekken"):
            assert words in text_of(client.get(address))


def test_no_row_is_made_by_looking(client: FlaskClient, session: Session, talk: Talk) -> None:
    before = session.query(ConversationReader).count()
    sign_in(client, session, talk.professional).get(path(talk))

    assert session.query(ConversationReader).count() == before


def test_both_sides_read_until_when_the_gemeente_has_to_react(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    for reader in (talk.professional, talk.owner):
        sign_in(client, session, reader)
        for address in (path(talk), "/gesprekken"):
            assert "Reactie vóór dinsdag 1 december" in text_of(client.get(address))

    say(session, talk, talk.owner, "Welkom.")
    session.commit()
    assert "Reactie vóór" not in text_of(client.get(path(talk)))


def test_who_waits_longest_for_the_gemeente_stands_on_top(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    others = [a_question_about(session, talk, MONDAY + timedelta(hours=hour)) for hour in (2, 1)]
    sign_in(client, session, talk.owner)

    page = client.get("/gesprekken")

    assert "Wacht op jullie" in text_of(page)
    found = re.findall(r"/gesprekken/([0-9a-f-]{36})", page.text)
    assert list(dict.fromkeys(found)) == [str(one) for one in (talk.id, *reversed(others))]
    opgave = text_of(client.get(f"/opgaven/{talk.opgave.id}"))
    assert "3 collega's wachten op jullie antwoord" in opgave


def test_what_is_late_is_said(client: FlaskClient, session: Session, talk: Talk) -> None:
    row = session.scalars(select(AwaitedAnswer)).one()
    row.answer_before = TODAY
    session.commit()

    page = text_of(sign_in(client, session, talk.professional).get(path(talk)))

    assert "Reactie vóór maandag 23 november: dat is niet gelukt." in page


def test_a_page_asks_as_often_for_one_conversation_as_for_three(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    sign_in(client, session, talk.owner)
    client.get("/gesprekken")
    with counted(session) as one:
        client.get("/gesprekken")
    for hour in (1, 2):
        a_question_about(session, talk, MONDAY + timedelta(hours=hour))
    session.commit()
    # The first asks once more, for what is a question.
    client.get("/gesprekken")
    with counted(session) as three:
        client.get("/gesprekken")

    assert len(three) <= len(one) + 1


def a_question_about(session: Session, talk: Talk, at: datetime) -> UUID:
    work = make_work(session, a_user(session), at)
    found = service.ask(work, talk.opgave.id, "Waar is het?", work.new_id()).id
    session.flush()
    return found


def test_both_sides_read_who_is_waited_for_in_the_loan(
    client: FlaskClient, session: Session
) -> None:
    who = parties(session)
    talk = service.begin(make_work(session), who.opgave.id, who.professional.id)
    awaiting.begin(make_work(session), talk)
    loan = a_loan(session, who)
    awaiting.note_answer(make_work(session), who.opgave.id, who.professional.id)
    session.commit()
    waits = {
        who.professional: "Wacht tot Fatma de Baas en gemeente",
        who.borrower: "Jouw handtekening ontbreekt nog, en die van Fatma de Baas.",
    }

    for reader, said in waits.items():
        sign_in(client, session, reader)
        for place in (f"/gesprekken/{talk.id}", "/gesprekken"):
            page = client.get(place)
            assert said in text_of(page)
            assert f"/inzet/{loan.id}" in page.text
            assert "Niemand is nu aan zet" not in page.text


def test_who_is_waited_for_in_a_loan_finds_the_way_to_it(
    client: FlaskClient, session: Session
) -> None:
    who = parties(session)
    a_loan(session, who)
    session.commit()
    said = "Ook een inzet wacht op jou"

    waiting = sign_in(client, session, who.borrower).get("/gesprekken")
    assert said in text_of(waiting)
    assert '<a href="/inzet">Bekijk wat er wacht bij Inzet</a>' in waiting.text
    assert said not in text_of(sign_in(client, session, who.professional).get("/gesprekken"))


def test_the_lists_of_reactions_and_of_opgaven_say_who_is_waited_for_as_the_conversations_do(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    said: list[list[bool]] = []
    home = session.get_one(Gemeente, talk.opgave.gemeente_code).name
    turns = (
        (f"Gemeente {home} is aan zet", "Jullie zijn aan zet", "Reactie vóór dinsdag 1 december"),
        ("Jij bent aan zet", "Fatima Bouali is aan zet", ""),
    )

    for own, theirs, deadline in turns:
        for reader, words, page in (
            (talk.professional, own, "/reacties"),
            (talk.owner, theirs, "/onze-opgaven"),
        ):
            sign_in(client, session, reader)
            here, there = text_of(client.get("/gesprekken")), text_of(client.get(page))
            line = f"{words}. {deadline}".strip()
            said.append([words in here, deadline in here, line in there])
        say(session, talk, talk.owner, "Wanneer kun je?")

    assert said == [[True] * 3] * 4


def test_the_list_of_opgaven_leads_to_each_conversation_in_which_somebody_is_waited_for(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    page = as_owner(client, session, talk).get("/onze-opgaven").text

    assert f'href="{path(talk)}">Gesprek met Fatima Bouali' in page


@pytest.mark.parametrize("other", [None, Role.OPGAVEHOUDER])
def test_nobody_else_reads_in_the_list_of_opgaven_with_whom_there_is_a_conversation(
    client: FlaskClient, session: Session, talk: Talk, other: Role | None
) -> None:
    reader = a_user(session, other) if other else a_user(session, Role.GEMEENTEBEHEERDER)

    page = sign_in(client, session, reader).get("/onze-opgaven")

    assert (page.status_code, "Fatima Bouali" in page.text) == (200, False)


def test_more_conversations_take_the_list_of_opgaven_no_more_questions(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    opgave_id, asked = talk.opgave.id, []
    as_owner(client, session, talk)

    for _ in range(2):
        with counted(session) as statements:
            page = client.get("/onze-opgaven").text
        asked.append((len(statements), page.count("Gesprek met")))
        another = a_user(session)
        a_profile(session, "Wmo", user=another)
        service.show_interest(make_work(session, another), opgave_id, "")
        service.begin(make_work(session, another), opgave_id, another.id)
        session.commit()

    assert asked == [(asked[0][0], 1), (asked[0][0], 2)]


def test_with_a_loan_both_lists_say_who_is_waited_for_there_alone(
    client: FlaskClient, session: Session
) -> None:
    who = parties(session)
    a_loan(session, who)
    pages = []

    for reader, page in ((who.professional, "/reacties"), (who.borrower, "/onze-opgaven")):
        pages.append(text_of(sign_in(client, session, reader).get(page)))

    assert ["bent aan zet" in pages[0], "zijn aan zet" in pages[1]] == [False, False]
