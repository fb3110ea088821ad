"""Reporting from where one reads it, and deciding about it, by pages."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.conversations import publishing
from app.conversations import service as conversations
from app.conversations.rules import Words
from app.core.actor import Role
from app.core.ids import new_id
from app.core.outbox import OutboxMessage
from app.gemeenten.models import Gemeente
from app.moderation import service
from app.moderation.models import Report
from app.moderation.rules import MOST_A_DAY, Ground, Ruling, Subject
from app.notifications import service as notifications
from app.notifications.models import Delivery
from app.notifications.rules import MailKind
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.people.rules import ProfileState, Visibility
from app.post import Post
from app.responses import ending
from tests.conversations.builders import Talk, a_question, a_talk, say
from tests.loans.builders import a_lender, a_loan_asked, a_running_loan, interest, parties
from tests.moderation.builders import a_published_answer, a_report, last_message
from tests.responses.builders import a_fitting_person, a_match, an_invitation
from tests.support.builders import a_profile, a_user, an_opgave
from tests.support.pages import fault_at, press, text_of
from tests.support.web import sign_in
from tests.support.work import TODAY, make_work
from workers.reactions import LET_GO

UNKIND = {"ground": "unkind", "words": "Dit is kwetsend."}
GONE = {"read": "1", "ruling": "taken_down", "answer": "Zo praten we hier niet."}
# An opgave does not come back: a second page asks.
SURELY_GONE = {**GONE, "sure": "ja"}


@pytest.fixture
def reader(client: FlaskClient, session: Session) -> User:
    found = a_user(session)
    sign_in(client, session, found)
    return found


@pytest.fixture
def beheerder(session: Session) -> User:
    return a_user(session, Role.BEHEERDER)


@pytest.fixture
def talk(session: Session) -> Talk:
    found = a_talk(session)
    say(session, found, found.owner, "Wat ben jij een sukkel.")
    return found


def reports(session: Session) -> list[tuple[Subject, Ground, str]]:
    return [(one.subject, one.ground, one.words) for one in session.scalars(select(Report))]


def gemeente_names(session: Session) -> dict[str, str]:
    return {one.code: one.name for one in session.scalars(select(Gemeente))}


def test_what_is_reported_from_its_page_stands_in_the_own_list(
    client: FlaskClient, session: Session, reader: User
) -> None:
    opgave = an_opgave(session, title="Verdien snel geld")
    address = f"/melden/opgave/{opgave.id}"

    assert address in client.get(f"/opgaven/{opgave.id}").text
    assert "Meld deze opgave" in text_of(client.get(address))
    answer = client.post(address, data=UNKIND, follow_redirects=True)

    assert "Dank je. Een beheerder kijkt ernaar" in text_of(answer)
    assert "Opgave: Verdien snel geld" in text_of(answer)
    assert "Wacht op een beheerder" in text_of(answer)
    assert reports(session) == [(Subject.OPGAVE, Ground.UNKIND, "Dit is kwetsend.")]


def test_a_profile_and_a_message_are_reported_from_where_they_stand(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    profile, message = a_profile(session, "wonen"), last_message(session, talk)
    sign_in(client, session, talk.professional)
    places = {
        f"/collegas/{profile.user_id}": f"/melden/profiel/{profile.user_id}",
        f"/gesprekken/{talk.id}": f"/melden/bericht/{message.id}",
    }

    for page, address in places.items():
        assert address in client.get(page).text
        client.post(address, data=UNKIND)

    assert [one[0] for one in reports(session)] == [Subject.PROFILE, Subject.MESSAGE]


def test_a_published_answer_and_an_invitation_are_reported_from_where_they_stand(
    client: FlaskClient, session: Session, reader: User
) -> None:
    published = a_published_answer(session)
    opgave, _, person = a_match(session)
    invitation = an_invitation(session, opgave, person)
    answer_link, invitation_link = (
        f"/melden/antwoord/{published.id}",
        f"/melden/uitnodiging/{invitation.id}",
    )

    assert answer_link in client.get(f"/opgaven/{published.opgave_id}").text
    client.post(answer_link, data=UNKIND)
    sign_in(client, session, person)
    assert invitation_link in client.get(f"/opgaven/{opgave.id}/uitnodiging").text
    assert "Meld deze uitnodiging" in text_of(client.get(invitation_link))
    client.post(invitation_link, data=UNKIND)

    assert [one[0] for one in reports(session)] == [Subject.PUBLISHED, Subject.INVITATION]
    publisher = session.get_one(User, published.published_by)
    page = sign_in(client, session, publisher).get(f"/opgaven/{published.opgave_id}")
    assert answer_link not in page.text


@pytest.mark.parametrize(
    ("kind", "text", "back"),
    [
        ("published", "Bij die sukkels.", "staan weer op de opgave"),
        ("invitation", "Heb je een keer tijd", "staan weer in de uitnodiging"),
    ],
)
def test_a_beheerder_reads_these_takes_them_down_and_puts_them_back(
    client: FlaskClient, session: Session, beheerder: User, kind: str, text: str, back: str
) -> None:
    is_answer = kind == "published"
    row = a_published_answer(session) if is_answer else an_invitation(session)
    about: dict[str, Any] = {f"{kind}_id": row.id}
    one = a_report(session, **about)
    case = f"/beheer/gemeld/{one.id}"
    sign_in(client, session, beheerder)

    assert text in text_of(client.get(case))
    client.post(case, data=GONE)
    assert case in client.get("/beheer/gemeld").text
    answer = client.post(f"{case}/terugzetten", follow_redirects=True)

    assert back in text_of(answer)


def test_nobody_is_offered_to_report_what_is_their_own(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    sign_in(client, session, talk.owner)

    for page in (f"/opgaven/{talk.opgave.id}", f"/gesprekken/{talk.id}"):
        assert "/melden/" not in client.get(page).text
    assert client.get(f"/melden/opgave/{talk.opgave.id}").status_code == 409


def test_a_fault_keeps_what_was_typed(client: FlaskClient, session: Session, reader: User) -> None:
    opgave = an_opgave(session)

    answer = client.post(f"/melden/opgave/{opgave.id}", data={"words": "Kijk eens hier"})

    assert answer.status_code == 422
    assert "Kies een van de mogelijkheden." in fault_at(answer, "ground")
    assert "Kijk eens hier" in answer.text
    assert reports(session) == []


def test_too_many_is_said_on_the_form(client: FlaskClient, session: Session, reader: User) -> None:
    for _ in range(MOST_A_DAY):
        client.post(f"/melden/opgave/{an_opgave(session).id}", data=UNKIND)

    answer = client.post(f"/melden/opgave/{an_opgave(session).id}", data=UNKIND)

    assert answer.status_code == 422
    assert "Je hebt de laatste 24 uur al 10 keer iets gemeld." in text_of(answer)
    assert "Dit is kwetsend." in answer.text


def test_what_waits_stands_at_beheer_with_its_age(
    client: FlaskClient, session: Session, beheerder: User
) -> None:
    one = a_report(session)
    later = one.reported_at + timedelta(hours=1)
    a_report(session, opgave_id=one.opgave_id, ground=Ground.UNTRUE, reported_at=later)
    sign_in(client, session, beheerder)

    assert "1 te beslissen" in text_of(client.get("/beheer"))
    queue = client.get("/beheer/gemeld")

    assert f"/beheer/gemeld/{one.id}" in queue.text
    assert "Opgave: Verdien snel geld" in text_of(queue)
    assert "2 keer gemeld: " in text_of(queue)
    assert "Wacht " in text_of(queue)


@pytest.mark.parametrize("path", ["/beheer/gemeld", "/beheer/gemeld/{id}"])
def test_the_queue_is_of_beheerders_only(client: FlaskClient, session: Session, path: str) -> None:
    address = path.format(id=a_report(session).id)
    sign_in(client, session, a_user(session, Role.GEMEENTEBEHEERDER))

    assert client.get(address).status_code == 404


def test_a_beheerder_takes_a_message_down_and_puts_it_back(
    client: FlaskClient, session: Session, beheerder: User, talk: Talk
) -> None:
    one = a_report(session, talk.professional, message_id=last_message(session, talk).id)
    case = f"/beheer/gemeld/{one.id}"
    sign_in(client, session, beheerder)

    page = text_of(client.get(case))
    assert "Wat ben jij een sukkel." in page
    assert "Fatima Bouali" in page
    client.post(case, data=GONE)
    seen = text_of(sign_in(client, session, talk.professional).get(f"/gesprekken/{talk.id}"))
    assert "Dit bericht is weggehaald na een melding." in seen
    assert "sukkel" not in seen

    answer = sign_in(client, session, beheerder).post(f"{case}/terugzetten", follow_redirects=True)

    assert "Het bericht staat weer in het gesprek." in text_of(answer)
    for reader, place in ((beheerder, case), (talk.professional, "/gemeld")):
        again = text_of(sign_in(client, session, reader).get(place))
        assert "Weggehaald, en later teruggezet" in again
    seen = text_of(sign_in(client, session, talk.professional).get(f"/gesprekken/{talk.id}"))
    assert "Wat ben jij een sukkel." in seen


def test_a_message_that_is_down_is_not_read_where_it_was_published(
    client: FlaskClient, session: Session, beheerder: User, reader: User
) -> None:
    talk = a_question(session)
    say(session, talk, talk.owner, "Bij die sukkels.")
    words = Words("Waar is het plein?", "Bij die sukkels.")
    publishing.publish(make_work(session, talk.owner), talk.id, uuid4(), words)
    one = a_report(session, talk.professional, message_id=last_message(session, talk).id)
    opgave, case = f"/opgaven/{talk.opgave.id}", f"/beheer/gemeld/{one.id}"

    def seen(*readers: User) -> list[bool]:
        return ["sukkels" in sign_in(client, session, each).get(opgave).text for each in readers]

    assert seen(reader, talk.owner) == [True, True]
    sign_in(client, session, beheerder).post(case, data=GONE)
    gone = seen(reader, talk.owner)
    of_owner = text_of(client.get(f"/gesprekken/{talk.id}"))
    sign_in(client, session, beheerder).post(f"{case}/terugzetten")

    assert (gone, seen(reader, talk.owner)) == ([False, False], [True, True])
    assert "Een vraag uit dit gesprek staat nu niet op de opgave" in of_owner
    assert "sukkels" not in of_owner


def test_the_words_of_an_invitation_that_are_down_are_read_by_nobody(
    client: FlaskClient, session: Session, beheerder: User
) -> None:
    opgave, _, person = a_match(session)
    invitation = an_invitation(session, opgave, person, words="Kom eens, sukkel.")
    conversations.show_interest(make_work(session, person), opgave.id)
    session.flush()
    one = a_report(session, person, message_id=invitation.id)
    case, path = f"/beheer/gemeld/{one.id}", f"/opgaven/{opgave.id}/uitnodiging"
    assert "Kom eens, sukkel." in sign_in(client, session, person).get(path).text

    sign_in(client, session, beheerder).post(case, data=GONE)
    gone = text_of(sign_in(client, session, person).get(path))
    sign_in(client, session, beheerder).post(f"{case}/terugzetten")
    back = text_of(sign_in(client, session, person).get(path))

    assert ("sukkel" in gone, "weggehaald na een melding" in gone) == (False, True)
    assert "Kom eens, sukkel." in back


def test_what_is_down_is_found_again_until_it_is_back(
    client: FlaskClient, session: Session, beheerder: User, talk: Talk
) -> None:
    one = a_report(session, talk.professional, message_id=last_message(session, talk).id)
    case = f"/beheer/gemeld/{one.id}"
    sign_in(client, session, beheerder)

    client.post(case, data=GONE)
    down = client.get("/beheer/gemeld")
    client.post(f"{case}/terugzetten")
    back = client.get("/beheer/gemeld")

    assert "Wat weggehaald is" in text_of(down)
    assert case in down.text
    assert "Wat weggehaald is" not in text_of(back)
    assert case not in back.text


def test_who_a_case_is_about_reads_not_who_reported_and_puts_nothing_back(
    client: FlaskClient, session: Session, beheerder: User
) -> None:
    profile = a_profile(session, "wonen", user=beheerder)
    reporter = a_user(session, name="Fatima Bouali")
    one = a_report(session, reporter, profile_id=profile.user_id, words="Dit is een leugen.")
    case = f"/beheer/gemeld/{one.id}"
    other = make_work(session, a_user(session, Role.BEHEERDER))
    sign_in(client, session, beheerder)

    waits = client.get(case)
    service.decide(other, one.id, Ruling.TAKEN_DOWN, "Weg.", read=1)
    session.commit()
    decided = client.get(case)
    client.post(f"{case}/terugzetten")

    for page in (waits, decided):
        assert "Fatima Bouali" not in page.text
        assert "een leugen" not in page.text
    assert "terugzetten" not in decided.text
    assert profile.taken_down_at is not None


def test_a_message_that_is_down_is_not_reported_again(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    message = last_message(session, talk)
    message.taken_down_at = message.said_at
    sign_in(client, session, talk.professional)

    assert "/melden/bericht" not in client.get(f"/gesprekken/{talk.id}").text


def test_the_title_of_what_is_gone_is_for_its_own_people_only(
    client: FlaskClient, session: Session, beheerder: User
) -> None:
    talk = a_talk(session)
    talk.opgave.title = "Sukkels gezocht"
    one = a_report(session, talk.professional, opgave_id=talk.opgave.id)
    sign_in(client, session, beheerder).post(f"/beheer/gemeld/{one.id}", data=SURELY_GONE)
    ending.let_go(make_work(session), talk.opgave.id, set(), {})
    notifications.tell_outcome(make_work(session), talk.opgave.id, talk.professional.id)
    session.commit()
    place = f"/opgaven/{talk.opgave.id}/afloop"
    viewer = make_work(session, talk.professional).actor
    mail = session.scalars(
        select(Delivery).where(
            Delivery.user_id == viewer.user_id, Delivery.kind == MailKind.OUTCOME
        )
    ).one()
    post: Post = client.application.extensions["post"]
    mail.lease_owner = owner = uuid4()
    session.flush()
    letter = notifications.write_letter(
        make_work(session), post.stationery, notifications.Claim(mail.id, mail.kind, owner)
    )
    assert letter is not None
    assert "Sukkels" not in f"{letter}"
    head = opgaven.heads(session, [talk.opgave.id])[talk.opgave.id]
    assert head.for_reader(viewer).title == "Een opgave van 23 november 2026 die is weggehaald"
    owner_of_it = make_work(session, talk.owner).actor
    assert head.for_reader(owner_of_it).title == "Sukkels gezocht"

    sign_in(client, session, talk.professional)
    for page in ("/gemeld", "/meldingen", place):
        answer = client.get(page)
        assert answer.status_code == 200
        assert "Sukkels" not in answer.text
        assert "Een opgave van 23 november 2026 die is weggehaald" in text_of(answer)


def test_what_came_meanwhile_is_shown_and_what_was_typed_is_kept(
    client: FlaskClient, session: Session, beheerder: User
) -> None:
    one = a_report(session)
    a_report(session, opgave_id=one.opgave_id, words="Nog een reden.")
    case = f"/beheer/gemeld/{one.id}"
    sign_in(client, session, beheerder)

    answer = client.post(case, data=GONE)

    assert answer.status_code == 422
    assert "Er kwam nog iets bij." in text_of(answer)
    assert "Nog een reden." in text_of(answer)
    assert "Zo praten we hier niet." in answer.text
    assert client.post(case, data={**SURELY_GONE, "read": "2"}).status_code == 302


def test_a_beheerder_reads_what_stood_there_and_what_stands_there_now(
    client: FlaskClient, session: Session, beheerder: User, reader: User
) -> None:
    profile = a_profile(
        session,
        "wonen",
        user=a_user(session, gemeente_code=beheerder.gemeente_code),
        visibility=Visibility.ANONYMOUS,
    )
    profile.skills[0].label = "Zonnepanelen verkopen"
    session.commit()
    client.post(f"/melden/profiel/{profile.user_id}", data=UNKIND)
    case = f"/beheer/gemeld/{session.scalars(select(Report.id)).one()}"

    before = sign_in(client, session, beheerder).get(case)
    profile.skills[0].label = "Bouwkunde"
    session.commit()
    changed = text_of(client.get(case))
    profile.state = ProfileState.PAUSED
    session.commit()
    paused = text_of(client.get(case))

    assert "Zonnepanelen verkopen" in text_of(before)
    assert "Wat er stond" not in text_of(before)
    # Their own gemeente does not see it: there is no page to go to.
    assert "Bekijk de pagina zelf" not in before.text
    for page, now in ((changed, "Bouwkunde"), (paused, "geen tekst te zien")):
        assert "Wat er stond toen het gemeld werd" in page
        assert "Zonnepanelen verkopen" in page
        assert now in page[page.index("Wat er nu staat") :]


@pytest.mark.parametrize("read", ["", "-1", "x", "9" * 30])
def test_what_no_form_of_ours_sends_decides_nothing(
    client: FlaskClient, session: Session, beheerder: User, read: str
) -> None:
    one = a_report(session)
    sign_in(client, session, beheerder)

    answer = client.post(f"/beheer/gemeld/{one.id}", data={**GONE, "read": read})

    assert (answer.status_code, one.decided_at) == (422, None)


def test_who_reported_two_opgaven_tells_them_apart_once_they_are_gone(
    client: FlaskClient, session: Session, beheerder: User
) -> None:
    reporter, down = a_user(session), [an_opgave(session), an_opgave(session)]
    for opgave in down:
        one = a_report(session, reporter, opgave_id=opgave.id)
        service.decide(make_work(session, beheerder), one.id, Ruling.TAKEN_DOWN, "Reclame.", read=1)
    session.commit()

    said = text_of(sign_in(client, session, reporter).get("/gemeld"))

    names = gemeente_names(session)
    for opgave in down:
        assert f"Van gemeente {names[opgave.gemeente_code]}." in said
    assert said.count("Gemeld op 23 november 2026 om 09:00.") == 2


def test_who_wrote_an_opgave_reads_why_it_is_gone(
    client: FlaskClient, session: Session, beheerder: User
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    opgave = an_opgave(session, owner=owner)
    one = a_report(session, opgave_id=opgave.id)
    sign_in(client, session, beheerder).post(f"/beheer/gemeld/{one.id}", data=SURELY_GONE)

    mine = text_of(sign_in(client, session, owner).get(f"/opgaven/{opgave.id}"))
    others = sign_in(client, session, a_user(session)).get(f"/opgaven/{opgave.id}")

    assert session.get_one(Opgave, opgave.id).status is OpgaveStatus.WITHDRAWN
    assert "een beheerder haalde hem weg" in mine
    assert "Zo praten we hier niet." in mine
    assert others.status_code == 404


def test_who_has_a_part_in_an_opgave_that_is_gone_is_led_on(
    client: FlaskClient, session: Session, beheerder: User
) -> None:
    who = parties(session, title="Snel rijk worden", text="Bel nu dit nummer.", people_needed=2)
    loan = a_running_loan(session, who)
    home = who.professional.gemeente_code
    manager = a_user(session, gemeente_code=home, email=who.manager.email)
    interest(session, waiting := a_lender(session), who.opgave)
    asking, invited = (a_fitting_person(session) for _ in range(2))
    asked = conversations.ask(make_work(session, asking), who.opgave.id, "Hoe laat?", new_id())
    an_invitation(session, who.opgave, invited)
    one = a_report(session, opgave_id=who.opgave.id)
    work = make_work(session, beheerder)
    service.decide(work, one.id, Ruling.TAKEN_DOWN, "Dit is reclame.", read=1)
    session.commit()

    address = f"/opgaven/{who.opgave.id}"
    inzet = f'href="/inzet/{loan.id}">Naar'
    roads = {
        who.professional: f"{inzet} je inzet",
        manager: f"{inzet} de inzet van {who.professional.name}",
        waiting: 'href="/reacties">Naar je reacties',
        asking: f'href="/gesprekken/{asked.id}">Naar het gesprek',
        invited: 'href="/reacties">Naar je reacties',
    }
    for reader, road in roads.items():
        page = sign_in(client, session, reader).get(address)
        assert page.status_code == 410
        assert road in page.text
        assert "Een beheerder haalde de opgave weg, na een melding." in text_of(page)
        assert not any(word in page.text for word in ("Snel rijk", "Bel nu", "Dit is reclame"))
    strangers = [a_user(session), a_user(session, gemeente_code=home)]
    for answer in [
        *(sign_in(client, session, stranger).get(address) for stranger in strangers),
        sign_in(client, session, strangers[0]).get(f"/opgaven/{new_id()}"),
    ]:
        assert answer.status_code == 404
        assert "weggehaald" not in answer.text
    LET_GO.act(make_work(session), {"opgave_id": str(who.opgave.id)})
    session.commit()
    ended = sign_in(client, session, waiting).get(address)
    assert f'href="{address}/afloop">Lees hoe het voor jou afliep' in ended.text


def test_a_profile_that_is_gone_says_so_to_its_owner(
    client: FlaskClient, session: Session, beheerder: User
) -> None:
    profile = a_profile(session, "wonen")
    one = a_report(session, profile_id=profile.user_id)
    work = make_work(session, beheerder)
    service.decide(work, one.id, Ruling.TAKEN_DOWN, "Dit is reclame.", read=1)
    sign_in(client, session, session.get_one(User, profile.user_id))

    page = client.get("/profiel")
    assert "Je profiel is weggehaald" in text_of(page)
    assert "pauze" not in text_of(page)
    assert "zien anderen het weer zoals eerst" in text_of(page)
    assert "Dit is reclame." in text_of(page)
    assert "/profiel/publiceren" not in page.text
    answer = client.post("/profiel/publiceren", follow_redirects=True)

    assert "weggehaald na een melding" in text_of(answer)


@pytest.mark.parametrize("path", ["/matches", "/meldingen"])
def test_what_is_empty_because_a_beheerder_hid_the_profile_says_so(
    client: FlaskClient, session: Session, beheerder: User, path: str
) -> None:
    profile = a_profile(session, "wonen")
    one = a_report(session, profile_id=profile.user_id)
    service.decide(make_work(session, beheerder), one.id, Ruling.TAKEN_DOWN, "Reclame.", read=1)

    page = sign_in(client, session, session.get_one(User, profile.user_id)).get(path)

    assert "Een beheerder haalde je profiel weg" in text_of(page)
    assert "op pauze" not in text_of(page)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ProfileState.PUBLISHED, "Het profiel is weer te zien zoals eerst."),
        (ProfileState.PAUSED, "De collega kan het profiel weer publiceren."),
    ],
)
def test_who_puts_a_profile_back_reads_whether_it_is_seen(
    client: FlaskClient, session: Session, beheerder: User, state: ProfileState, said: str
) -> None:
    profile = a_profile(session, "wonen", state=state)
    one = a_report(session, profile_id=profile.user_id)
    service.decide(make_work(session, beheerder), one.id, Ruling.TAKEN_DOWN, "Reclame.", read=1)
    sign_in(client, session, beheerder)

    answer = client.post(f"/beheer/gemeld/{one.id}/terugzetten", follow_redirects=True)

    assert said in text_of(answer)


@pytest.mark.parametrize(
    ("starts_on", "runs"),
    [
        (TODAY, "1 inzet loopt."),
        (TODAY + timedelta(days=7), "1 inzet is afgesproken en begint nog."),
    ],
)
def test_a_beheerder_reads_what_hangs_on_an_opgave_before_it_is_taken_down(
    client: FlaskClient, session: Session, beheerder: User, starts_on: date, runs: str
) -> None:
    who = parties(session, people_needed=3)
    running = a_running_loan(session, who, starts_on=starts_on)
    interest(session, other := a_lender(session), who.opgave)
    asked = a_loan_asked(session, other, who.opgave, "baas@example.nl")
    interest(session, waiting := a_lender(session), who.opgave)
    one = a_report(session, opgave_id=who.opgave.id)
    case, names = f"/beheer/gemeld/{one.id}", gemeente_names(session)
    sign_in(client, session, beheerder)

    pages = [client.get(case), client.post(case, data=GONE)]

    for said in map(text_of, pages):
        for loan, what in ((running, runs), (asked, "1 aanvraag wacht op")):
            lender, borrower = names[loan.lender_code], names[loan.borrower_code]
            assert what in said
            assert f"Van gemeente {lender} aan gemeente {borrower}: 8 uur per week" in said
        assert "1 collega wacht op bericht." in said
        assert not any(person.name in said for person in (who.professional, other, waiting))
    assert (one.decided_at, who.opgave.taken_down_at) == (None, None)


def test_of_what_is_decided_nothing_is_at_stake_any_more(
    client: FlaskClient, session: Session, beheerder: User
) -> None:
    one = a_report(session)
    service.decide(make_work(session, beheerder), one.id, Ruling.LEFT, "", read=1)
    session.commit()

    page = sign_in(client, session, beheerder).get(f"/beheer/gemeld/{one.id}")

    assert "Wat eraan hangt" not in page.text


def test_taking_down_an_opgave_is_asked_twice_and_done_once(
    client: FlaskClient, session: Session, beheerder: User
) -> None:
    one = a_report(session)
    case = f"/beheer/gemeld/{one.id}"
    opgave = session.get_one(Opgave, one.opgave_id)
    sign_in(client, session, beheerder)

    first = client.post(case, data=GONE)
    assert (first.status_code, opgave.taken_down_at) == (200, None)
    assert "Wil je deze opgave weghalen?" in text_of(first)
    back = press(client, first, "sure", "nee")
    assert (back.status_code, opgave.taken_down_at) == (200, None)
    assert "Zo praten we hier niet." in back.text
    again = press(client, client.post(case, data=GONE), "sure", "ja")
    twice = press(client, first, "sure", "ja")

    assert (again.status_code, twice.status_code) == (302, 302)
    assert opgave.taken_down_at is not None
    decided = select(OutboxMessage).where(OutboxMessage.name == "report.decided")
    assert len(session.scalars(decided).all()) == 1


def test_a_second_page_is_not_asked_of_what_is_faulty_or_comes_back(
    client: FlaskClient, session: Session, beheerder: User, talk: Talk
) -> None:
    faulty, message = a_report(session), last_message(session, talk)
    comes_back = a_report(session, talk.professional, message_id=message.id)
    sign_in(client, session, beheerder)

    answer = client.post(f"/beheer/gemeld/{faulty.id}", data={**GONE, "answer": ""})
    done = client.post(f"/beheer/gemeld/{comes_back.id}", data=GONE)

    assert (answer.status_code, done.status_code) == (422, 302)
    assert "Leg uit waarom je het weghaalt" in fault_at(answer, "answer")


def test_what_came_before_somebody_is_sure_is_read_first(
    client: FlaskClient, session: Session, beheerder: User
) -> None:
    one = a_report(session)
    sign_in(client, session, beheerder)
    first = client.post(f"/beheer/gemeld/{one.id}", data=GONE)
    a_report(session, opgave_id=one.opgave_id, words="Nog een reden.")

    answer = press(client, first, "sure", "ja")

    assert answer.status_code == 422
    assert "Er kwam nog iets bij." in text_of(answer)
    assert "Zo praten we hier niet." in answer.text
    assert one.decided_at is None


def test_who_reports_reads_what_it_is_and_finds_the_way_back(
    client: FlaskClient, session: Session, talk: Talk
) -> None:
    message, published = last_message(session, talk), a_published_answer(session)
    opgave, _, _ = a_match(session)
    invitation = an_invitation(session, opgave, talk.professional, words="Kom je een keer?")
    colleague = a_profile(session, "wonen", headline="Ik regel alles")
    sign_in(client, session, talk.professional)
    forms = {
        f"opgave/{talk.opgave.id}": ("Er is werk.", f"/opgaven/{talk.opgave.id}"),
        f"profiel/{colleague.user_id}": ("Ik regel alles", f"/collegas/{colleague.user_id}"),
        f"bericht/{message.id}": ("sukkel", f"/gesprekken/{talk.id}#bericht-{message.number}"),
        f"antwoord/{published.id}": ("Bij die sukkels.", f"/opgaven/{published.opgave_id}"),
        f"uitnodiging/{invitation.id}": ("Kom je", f"/opgaven/{opgave.id}/uitnodiging"),
    }

    for address, (words, back) in forms.items():
        page = client.get(f"/melden/{address}")
        assert words in text_of(page)
        assert f'<a href="{back}">Annuleer</a>' in page.text
        assert page.text.count(f'href="{back}"') == 2
    about = text_of(client.get(f"/melden/bericht/{message.id}"))
    assert "Een bericht in je gesprek over “Een veilig plein”." in about


def test_a_long_text_is_read_by_who_opens_it(
    client: FlaskClient, session: Session, reader: User
) -> None:
    opgave = an_opgave(session, text="Snel geld. " * 100)

    page = client.get(f"/melden/opgave/{opgave.id}")

    assert "Lees de hele tekst" in text_of(page)
    assert "Snel geld." in text_of(page)


def test_what_waits_is_not_offered_to_report_again(
    client: FlaskClient, session: Session, talk: Talk, beheerder: User
) -> None:
    message, published = last_message(session, talk), a_published_answer(session)
    colleague = a_profile(session, "wonen")
    opgave, _, _ = a_match(session)
    invitation = an_invitation(session, opgave, talk.professional)
    sign_in(client, session, talk.professional)
    places = {
        f"/melden/opgave/{talk.opgave.id}": f"/opgaven/{talk.opgave.id}",
        f"/melden/profiel/{colleague.user_id}": f"/collegas/{colleague.user_id}",
        f"/melden/bericht/{message.id}": f"/gesprekken/{talk.id}",
        f"/melden/antwoord/{published.id}": f"/opgaven/{published.opgave_id}",
        f"/melden/uitnodiging/{invitation.id}": f"/opgaven/{opgave.id}/uitnodiging",
    }

    for address, place in places.items():
        client.post(address, data=UNKIND)
        page = client.get(place)
        assert address not in page.text
        assert "Je meldde dit op " in text_of(page)
        again = client.get(address, follow_redirects=True)
        assert again.request.path == "/gemeld"
        assert "Je meldde dit op " in text_of(again)
    one = session.scalars(select(Report).where(Report.message_id == message.id)).one()
    service.decide(make_work(session, beheerder), one.id, Ruling.LEFT, "", read=1)
    session.commit()

    talked = client.get(f"/gesprekken/{talk.id}")
    assert f"/melden/bericht/{message.id}" not in talked.text
    assert "Een beheerder besloot erover op" in text_of(talked)
    again = client.get(f"/melden/bericht/{message.id}", follow_redirects=True)
    assert "Hier lees je wat een beheerder besloot." in text_of(again)


def test_other_words_than_were_decided_about_can_be_reported(
    client: FlaskClient, session: Session, talk: Talk, beheerder: User
) -> None:
    sign_in(client, session, talk.professional)
    address, place = f"/melden/opgave/{talk.opgave.id}", f"/opgaven/{talk.opgave.id}"
    client.post(address, data=UNKIND)
    one = session.scalars(select(Report)).one()
    service.decide(make_work(session, beheerder), one.id, Ruling.LEFT, "", read=1)
    session.commit()
    assert address not in client.get(place).text

    talk.opgave.text = "Iets heel anders."
    session.commit()

    assert address in client.get(place).text
