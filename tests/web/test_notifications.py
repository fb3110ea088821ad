import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.actor import Role
from app.gemeenten.models import Gemeente
from app.links import Links
from app.matching import service as matching
from app.notifications import queries, service
from app.notifications.models import Preference
from app.notifications.rules import Channel, Family, Frequency, LeftOut, Weekday
from app.opgaven.models import Opgave
from app.people.rules import ProfileState, Visibility
from tests.notifications.builders import interest_in
from tests.support.builders import a_profile, a_skill, a_user, an_opgave
from tests.support.pages import text_of
from tests.support.queries import counted
from tests.support.web import sign_in
from tests.support.work import MONDAY, TODAY, make_work
from tests.web.test_beheer import a_request

EVERY_WEEK = {"frequency": "weekly", "weekday": "4"}


@pytest.fixture(autouse=True)
def on_monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def professional(session: Session) -> User:
    user = a_user(session, name="Fatima")
    a_profile(session, "verkeerskunde", user=user)
    return user


def tell(session: Session, opgave: Opgave, user: User, ago: timedelta = timedelta()) -> None:
    """Match the two and tell both sides."""
    matching.match_everything(make_work(session))
    service.tell_matches(make_work(session, now=MONDAY - ago), opgave.id, [user.id])
    session.commit()


def inbox_of(client: FlaskClient, session: Session, user: User) -> str:
    return sign_in(client, session, user).get("/meldingen").text


def lines(page: str) -> list[str]:
    """What stands in the inbox: titles, texts and days, in order."""
    inside = page[page.index('<ul class="dgvn-inbox">') :]
    found = re.findall(r"<p[^>]*>(.*?)</p>", inside[: inside.index("</ul>")], re.DOTALL)
    return [" ".join(unescape(re.sub("<[^>]+>", "", one)).split()) for one in found]


def links_in(page: str) -> list[str]:
    inside = page[page.index('<ul class="dgvn-inbox">') :]
    return re.findall(r'href="([^"]+)"', inside[: inside.index("</ul>")])


def buttons_in(page: str, word: str) -> list[str]:
    """Where the forms of the lines post to, of those that end in this word."""
    return re.findall(rf'action="(/meldingen/[^"]+/{word})"', page)


def openers_in(page: str) -> list[str]:
    """Where the titles of new lines lead to."""
    return re.findall(r'href="(/meldingen/[^"]+/openen)"', page)


def badge_in(page: str) -> str:
    """What the menu says that there is to read."""
    found = re.search(r'href="/meldingen"[^>]*>(.*?)</a>', page, re.DOTALL)
    return "".join(re.findall(r"\d+", re.sub("<[^>]+>", "", found[1]))) if found else ""


def unsubscribe_path(app: Flask, user_id: UUID) -> str:
    address = Links(app.extensions["settings"]).unsubscribe(user_id)
    return address.removeprefix(app.extensions["settings"].base_url)


def version_in(page: str) -> str:
    """Of the choice that a form began with."""
    found = re.search(r'name="version"[^>]*value="(\w+)"', page)
    return found[1] if found else ""


def choose(
    client: FlaskClient, choice: Mapping[str, Any], path: str = "/voorkeuren"
) -> TestResponse:
    """Open the page, and press its button."""
    version = version_in(client.get(path).text)
    return client.post(
        path, data=MultiDict([*MultiDict(choice).items(multi=True), ("version", version)])
    )


@pytest.mark.parametrize("path", ["/meldingen", "/voorkeuren"])
def test_these_pages_are_for_who_signed_in(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer.location) == (302, "/inloggen")


def test_a_professional_reads_of_an_opgave_what_the_match_says(
    client: FlaskClient, session: Session, professional: User
) -> None:
    opgave = an_opgave(session, "verkeerskunde", title="Een veilig plein")
    tell(session, opgave, professional)
    session.refresh(opgave)
    gemeente = queries.inbox(session, actor_of(professional), TODAY)[0].seen.gemeente.name

    page = inbox_of(client, session, professional)

    assert lines(page) == [
        "Nieuw: “Een veilig plein” past bij je",
        f"{gemeente}, reageer tot en met 13 dec. Je profiel noemt verkeerskunde.",
        "23 november 2026",
    ]
    client.post("/meldingen/gelezen")
    assert links_in(page) == openers_in(page)
    assert links_in(client.get("/meldingen").text) == [f"/opgaven/{opgave.id}"]


def test_an_opgavehouder_reads_of_a_colleague_as_far_as_they_show_themselves(
    client: FlaskClient, session: Session
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    opgave = an_opgave(session, "verkeerskunde", owner=owner, title="Een veilig plein")
    anonymous = a_user(session, name="Anouk")
    a_profile(session, "verkeerskunde", user=anonymous, visibility=Visibility.ANONYMOUS)
    tell(session, opgave, anonymous)

    page = inbox_of(client, session, owner)

    assert lines(page) == [
        "Nieuw: Collega uit Utrecht past bij “Een veilig plein”",
        "Het profiel noemt verkeerskunde.",
        "23 november 2026",
    ]
    opened = client.get(openers_in(page)[0])
    assert opened.location == f"/opgaven/{opgave.id}/collegas"
    assert links_in(client.get("/meldingen").text) == [opened.location]
    assert "Anouk" not in page


def test_what_fits_in_part_is_told_of_so_to_both_sides(
    client: FlaskClient, session: Session, professional: User
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    opgave = an_opgave(session, "verkeerskunde", "inkoop", owner=owner, title="Een plein")
    tell(session, opgave, professional)

    assert [lines(inbox_of(client, session, user))[0] for user in (professional, owner)] == [
        "Nieuw: “Een plein” past deels bij je",
        "Nieuw: Fatima past deels bij “Een plein”",
    ]


def test_colleagues_for_one_opgave_share_a_line_until_one_of_them_is_new(
    client: FlaskClient, session: Session
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    opgave = an_opgave(session, "verkeerskunde", owner=owner, title="Een veilig plein")
    for name, energy in (("Bo", 3), ("Fatima", 5)):
        user = a_user(session, name=name)
        a_profile(session, a_skill("verkeerskunde", energy=energy), user=user)
        tell(session, opgave, user)

    together = lines(inbox_of(client, session, owner))
    client.post("/meldingen/gelezen")
    newcomer = a_user(session, name="Kim")
    a_profile(session, "verkeerskunde", user=newcomer)
    tell(session, opgave, newcomer, ago=timedelta(hours=-1))

    assert together[:2] == [
        "Nieuw: 2 collega's passen helemaal of deels bij “Een veilig plein”",
        "Bovenaan: Fatima. Het profiel noemt verkeerskunde.",
    ]
    assert lines(client.get("/meldingen").text)[::3] == [
        "Nieuw: Kim past bij “Een veilig plein”",
        "2 collega's passen helemaal of deels bij “Een veilig plein”",
    ]


def test_the_newest_comes_first(client: FlaskClient, session: Session, professional: User) -> None:
    for days in (2, 1, 3):
        opgave = an_opgave(session, "verkeerskunde", title=f"{days} dagen")
        tell(session, opgave, professional, ago=timedelta(days=days))

    titles = lines(inbox_of(client, session, professional))[::3]

    assert titles == [f"Nieuw: “{days} dagen” past bij je" for days in (1, 2, 3)]


def test_marking_as_read_takes_the_marks_away(
    client: FlaskClient, session: Session, professional: User
) -> None:
    tell(session, an_opgave(session, "verkeerskunde"), professional)
    sign_in(client, session, professional)

    answer = client.post("/meldingen/gelezen")

    page = client.get("/meldingen").text
    assert (answer.status_code, answer.location) == (302, "/meldingen")
    assert lines(page)[0] == "“Een opgave” past bij je"
    assert ("Je hebt alles gelezen." in page, "Markeer alles als gelezen" in page) == (True, False)


def test_opening_what_a_line_is_about_marks_that_line(
    client: FlaskClient, session: Session, professional: User
) -> None:
    first, other = (an_opgave(session, "verkeerskunde", title=title) for title in ("Een", "Twee"))
    tell(session, first, professional, ago=timedelta(hours=1))
    tell(session, other, professional)
    page = inbox_of(client, session, professional)

    opened = client.get(openers_in(page)[1])

    after = client.get("/meldingen").text
    assert (opened.status_code, opened.location) == (302, f"/opgaven/{first.id}")
    assert lines(after)[::3] == ["Nieuw: “Twee” past bij je", "“Een” past bij je"]
    assert (badge_in(page), badge_in(after)) == ("2", "1")


def test_a_line_of_many_colleagues_is_opened_whole(client: FlaskClient, session: Session) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    opgave = an_opgave(session, "verkeerskunde", owner=owner)
    for hours in (2, 1):
        user = a_user(session)
        a_profile(session, "verkeerskunde", user=user)
        tell(session, opgave, user, ago=timedelta(hours=hours))
    page = inbox_of(client, session, owner)

    client.get(openers_in(page)[0])

    assert (badge_in(page), badge_in(client.get("/meldingen").text)) == ("1", "")


def test_a_line_goes_from_new_to_read_and_back(
    client: FlaskClient, session: Session, professional: User
) -> None:
    tell(session, an_opgave(session, "verkeerskunde"), professional)
    page = inbox_of(client, session, professional)

    client.post(buttons_in(page, "gelezen")[0])
    read = client.get("/meldingen").text
    client.post(buttons_in(read, "ongelezen")[0])

    assert [badge_in(one) for one in (page, read, client.get("/meldingen").text)] == ["1", "", "1"]


def test_what_came_after_the_page_was_made_stays_new(client: FlaskClient, session: Session) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    opgave = an_opgave(session, "verkeerskunde", owner=owner)
    seen, unseen = (a_user(session, name=name) for name in ("Bo", "Kim"))
    a_profile(session, "verkeerskunde", user=seen)
    tell(session, opgave, seen, ago=timedelta(hours=1))
    page = inbox_of(client, session, owner)
    a_profile(session, "verkeerskunde", user=unseen)
    tell(session, opgave, unseen)

    client.get(openers_in(page)[0])

    assert lines(client.get("/meldingen").text)[::3] == [
        "Nieuw: Kim past bij “Een opgave”",
        "Bo past bij “Een opgave”",
    ]


@pytest.mark.parametrize(
    ("method", "word"), [("GET", "openen"), ("POST", "gelezen"), ("POST", "ongelezen")]
)
def test_a_notice_of_somebody_else_is_not_there(
    client: FlaskClient, session: Session, professional: User, method: str, word: str
) -> None:
    tell(session, an_opgave(session, "verkeerskunde"), professional)
    notice = queries.inbox(session, actor_of(professional), TODAY)[0].notice
    sign_in(client, session, a_user(session))

    answers = [
        client.open(f"/meldingen/{one}/{word}", method=method) for one in (notice.id, uuid4())
    ]

    session.refresh(notice)
    assert [answer.status_code for answer in answers] == [404, 404]
    assert notice.read_at is None


def test_what_a_browser_fetches_ahead_marks_nothing(
    client: FlaskClient, session: Session, professional: User
) -> None:
    tell(session, an_opgave(session, "verkeerskunde"), professional)
    [opener] = openers_in(inbox_of(client, session, professional))

    answers = [client.get(opener, headers={"Sec-Purpose": "prefetch"}), client.head(opener)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert badge_in(client.get("/meldingen").text) == "1"


def test_reading_the_inbox_marks_nothing(
    client: FlaskClient, session: Session, professional: User
) -> None:
    tell(session, an_opgave(session, "verkeerskunde"), professional)
    sign_in(client, session, professional)

    pages = [lines(client.get("/meldingen").text) for _ in range(2)]

    assert pages[0] == pages[1]


def test_an_empty_inbox_says_what_to_do(client: FlaskClient, session: Session) -> None:
    page = inbox_of(client, session, a_user(session))

    assert ("Nog geen meldingen" in page, 'href="/profiel"' in page) == (True, True)


def test_a_paused_profile_is_promised_nothing(client: FlaskClient, session: Session) -> None:
    user = a_user(session)
    a_profile(session, "verkeerskunde", user=user, state=ProfileState.PAUSED)

    page = inbox_of(client, session, user)

    assert ("Je profiel staat op pauze" in page, "hoor je het hier" in page) == (True, False)


@pytest.mark.parametrize(
    ("role", "is_told"), [(Role.BEHEERDER, True), (Role.GEMEENTEBEHEERDER, False)]
)
def test_who_decides_on_requests_reads_that_one_waits(
    client: FlaskClient, session: Session, role: Role, is_told: bool
) -> None:
    a_request(session)

    page = inbox_of(client, session, a_user(session, role))

    assert ("1 aanvraag om mee te doen wacht op je antwoord." in page) is is_told
    assert ("Nog geen meldingen" in page) is not is_told


@pytest.mark.parametrize(
    ("frequency", "said"),
    [
        (Frequency.DAILY, "Je krijgt het nieuws ook in je mail."),
        (Frequency.NEVER, "Je krijgt geen overzicht in je mail"),
    ],
)
def test_the_inbox_says_whether_the_news_comes_by_mail(
    client: FlaskClient, session: Session, professional: User, frequency: Frequency, said: str
) -> None:
    service.set_preference(make_work(session, professional), frequency, Weekday.MONDAY)

    assert said in inbox_of(client, session, professional)


def test_more_notices_take_no_more_questions_to_the_database(
    client: FlaskClient, session: Session, professional: User
) -> None:
    sign_in(client, session, professional)
    reader_id = professional.id
    asked = []

    for _ in range(3):
        tell(session, an_opgave(session, "verkeerskunde"), session.get_one(User, reader_id))
        with counted(session) as statements:
            client.get("/meldingen")
        asked.append(len(statements))

    assert asked == [asked[0]] * 3


def test_without_a_choice_the_digest_comes_on_monday(
    client: FlaskClient, session: Session, professional: User
) -> None:
    page = sign_in(client, session, professional).get("/voorkeuren").text

    assert "maandag 30 november" in page
    assert re.findall(r'name="frequency" value="(\w+)" checked', page) == ["weekly"]
    assert re.findall(r'<option selected value="(\w+)"', page) == ["1"]


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (EVERY_WEEK, "donderdag 26 november"),
        ({"frequency": "daily", "weekday": "1"}, "dinsdag 24 november"),
        ({"frequency": "never", "weekday": "1"}, "Je krijgt nu geen overzicht."),
    ],
)
def test_a_choice_is_kept_and_its_effect_told(
    client: FlaskClient, session: Session, professional: User, choice: dict[str, str], said: str
) -> None:
    sign_in(client, session, professional)

    answer = choose(client, choice)

    assert (answer.status_code, answer.location) == (302, "/voorkeuren")
    assert queries.preference_of(session, professional.id) == (
        Frequency(choice["frequency"]),
        Weekday(int(choice["weekday"])),
    )
    assert said in client.get("/voorkeuren").text


def opened(client: FlaskClient, path: str = "/voorkeuren") -> dict[str, Any]:
    """What the form holds in a tab that stays open."""
    page = client.get(path).text
    return {
        "version": version_in(page),
        "frequency": "weekly",
        "weekday": "1",
        "road_matches": "digest",
    }


@pytest.mark.parametrize("by_mail", [True, False])
def test_an_old_tab_does_not_undo_leaving_the_digest(
    app: Flask, client: FlaskClient, session: Session, professional: User, *, by_mail: bool
) -> None:
    path = preferences_path(app, professional.id) if by_mail else "/voorkeuren"
    sign_in(client, session, professional)
    tab = opened(client, path)
    client.post(unsubscribe_path(app, professional.id))

    answer = client.post(path, data={**tab, "themes": "wonen"})

    assert (answer.status_code, "intussen ergens anders veranderd" in answer.text) == (409, True)
    assert queries.preference_of(session, professional.id)[0] is Frequency.NEVER
    assert queries.left_out(session, professional.id) == LeftOut()
    told = " ".join(unescape(re.sub("<[^>]+>", "", answer.text)).split())
    assert "Dit is nu bewaard Hoe vaak wil je een overzicht? Nooit Thema's die" in told
    assert re.findall(r'value="([\w-]+)" checked', answer.text)[:1] == ["weekly"]
    assert 'value="wonen" checked' in answer.text


def test_who_read_what_is_stored_now_saves_over_it(
    app: Flask, client: FlaskClient, session: Session, professional: User
) -> None:
    sign_in(client, session, professional)
    tab = opened(client)
    client.post(unsubscribe_path(app, professional.id))
    page = client.post("/voorkeuren", data=tab).text

    answer = client.post("/voorkeuren", data={**tab, "version": version_in(page)})

    assert answer.status_code == 302
    assert queries.preference_of(session, professional.id)[0] is Frequency.WEEKLY


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"frequency": "daily"},
        {"weekday": "3"},
        {"paused_until": "05-12-2026"},
        {"road_matches": "inbox"},
        {"themes": "jeugd"},
        {"skill": "inkoop"},
    ],
)
def test_of_two_tabs_the_second_reads_what_the_first_chose(
    client: FlaskClient, session: Session, professional: User, elsewhere: dict[str, str]
) -> None:
    sign_in(client, session, professional)
    tab = opened(client)
    client.post("/voorkeuren", data={**tab, **elsewhere})
    stored = queries.choice_of(session, professional.id)

    answer = client.post("/voorkeuren", data={**tab, "themes": "wonen"})

    assert (answer.status_code, "Dit is nu bewaard" in answer.text) == (409, True)
    assert queries.choice_of(session, professional.id) == stored


def test_a_word_that_went_elsewhere_meanwhile_stays_on_the_form(
    client: FlaskClient, session: Session, professional: User
) -> None:
    sign_in(client, session, professional)
    choose(client, {**EVERY_WEEK, "skill": "inkoop"})
    tab = {**opened(client), "kept": ["inkoop"]}
    choose(client, EVERY_WEEK)

    answer = client.post("/voorkeuren", data=tab)

    assert (answer.status_code, 'value="inkoop" checked' in answer.text) == (409, True)


def test_the_same_choice_twice_is_no_change(
    client: FlaskClient, session: Session, professional: User
) -> None:
    sign_in(client, session, professional)
    tab = {**opened(client), "frequency": "daily", "skill": "Inkoop"}

    answers = [client.post("/voorkeuren", data=tab).status_code for _ in range(2)]

    assert answers == [302, 302]


@pytest.mark.parametrize("version", ["", "0", "x" * 10_000, "\x00", "🎉"])
def test_a_form_that_does_not_say_what_it_began_with_saves_nothing(
    client: FlaskClient, session: Session, professional: User, version: str
) -> None:
    sign_in(client, session, professional)

    answer = client.post("/voorkeuren", data={**EVERY_WEEK, "version": version})

    assert answer.status_code == 409
    assert session.get(Preference, professional.id) is None


def test_a_road_is_chosen_per_sort_of_news(client: FlaskClient, session: Session) -> None:
    opgavehouder = a_user(session, Role.OPGAVEHOUDER)
    sign_in(client, session, opgavehouder)
    before = re.findall(r'value="(\w+)" checked', client.get("/voorkeuren").text)

    choose(client, {**EVERY_WEEK, "road_matches": "inbox", "road_responses": "digest"})

    assert before == [
        *("weekly", "digest", "digest", "at_once", "at_once", "digest"),
        *("at_once", "at_once", "digest", "at_once"),
    ]
    assert queries.channels(session, opgavehouder.id) == {
        Family.MATCHES: Channel.INBOX,
        Family.COLLEAGUES: Channel.DIGEST,
        Family.RESPONSES: Channel.DIGEST,
        Family.OWN: Channel.AT_ONCE,
        Family.TOGETHER: Channel.DIGEST,
        Family.MESSAGES: Channel.AT_ONCE,
        Family.INVITATIONS: Channel.AT_ONCE,
        Family.LOANS: Channel.DIGEST,
        Family.OUTCOMES: Channel.AT_ONCE,
        # Nobody else hears of it.
        Family.URENBANK: Channel.AT_ONCE,
    }


def test_who_looks_after_no_opgaven_is_asked_nothing_about_them(
    client: FlaskClient, session: Session, professional: User
) -> None:
    sign_in(client, session, professional)
    asked = re.findall(r'value="(\w+)" checked', client.get("/voorkeuren").text)

    choose(client, {**EVERY_WEEK, "road_matches": "inbox", "road_responses": "digest"})

    # Everybody can follow an opgave, hear how it ends, be in a talk, be invited and be lent.
    assert asked == ["weekly", "digest", "digest", "at_once", "at_once", "digest", "at_once"]
    assert queries.channels(session, professional.id)[Family.RESPONSES] is Channel.AT_ONCE


@pytest.mark.parametrize("road", ["at_once", "", "smoke", "digest\x00"])
def test_a_road_that_a_sort_of_news_cannot_take_is_refused(
    client: FlaskClient, session: Session, professional: User, road: str
) -> None:
    sign_in(client, session, professional)

    answer = choose(client, {**EVERY_WEEK, "road_matches": road})

    assert answer.status_code == 422
    assert queries.channels(session, professional.id)[Family.MATCHES] is Channel.DIGEST


def at_once_path(app: Flask, user_id: UUID) -> str:
    address = Links(app.extensions["settings"]).unsubscribe(user_id, Family.RESPONSES)
    return address.removeprefix(app.extensions["settings"].base_url)


def test_one_click_ends_mail_at_once_about_one_thing_and_nothing_else(
    app: Flask, client: FlaskClient, session: Session, professional: User
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    path = at_once_path(app, professional.id)

    looked = client.get(path)
    kept = queries.channels(session, professional.id)[Family.RESPONSES]
    answers = [client.post(path, data={"List-Unsubscribe": "One-Click"}) for _ in range(2)]

    assert (looked.status_code, kept) == (200, Channel.AT_ONCE)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.headers.getlist("Set-Cookie") for answer in answers] == [[], []]
    assert "Je krijgt dit niet meer meteen" in client.get(path).text
    assert queries.channels(session, professional.id)[Family.RESPONSES] is Channel.DIGEST
    assert queries.preference_of(session, professional.id)[0] is Frequency.WEEKLY


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://webmail.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://webmail.example"},
        {"Referer": "https://webmail.example/postvak"},
    ],
)
@pytest.mark.parametrize("of_family", [False, True])
def test_a_mail_program_in_a_browser_ends_it_with_one_click_too(
    app: Flask,
    client: FlaskClient,
    session: Session,
    professional: User,
    headers: dict[str, str],
    *,
    of_family: bool,
) -> None:
    """It posts from its own page and says so; the key in the address is all that is asked."""
    app.config["WTF_CSRF_ENABLED"] = True
    path = (at_once_path if of_family else unsubscribe_path)(app, professional.id)

    answer = client.post(path, data={"List-Unsubscribe": "One-Click"}, headers=headers)

    assert answer.status_code == 200
    at_once = queries.channels(session, professional.id)[Family.RESPONSES]
    frequency, _ = queries.preference_of(session, professional.id)
    assert (at_once is Channel.DIGEST) if of_family else (frequency is Frequency.NEVER)


def test_leaving_the_digest_leaves_mail_at_once_as_it_is(
    app: Flask, client: FlaskClient, session: Session, professional: User
) -> None:
    client.post(unsubscribe_path(app, professional.id))

    assert queries.preference_of(session, professional.id)[0] is Frequency.NEVER
    assert queries.channels(session, professional.id)[Family.RESPONSES] is Channel.AT_ONCE


def test_an_opgavehouder_reads_who_shows_interest_and_how_to_answer(
    client: FlaskClient, session: Session
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    opgave = an_opgave(session, "verkeerskunde", owner=owner, title="Een plein")
    colleague = interest_in(session, opgave, name="Bo", email="bo@urk.example")
    town = session.get_one(Gemeente, colleague.gemeente_code).name

    page = inbox_of(client, session, owner)

    assert lines(page)[:2] == [
        f"Nieuw: Bo uit {town} heeft belangstelling voor “Een plein”",
        "Schrijf terug in jullie gesprek.",
    ]
    opened = client.get(openers_in(page)[0])
    assert opened.location == f"/opgaven/{opgave.id}/collegas"


def test_what_is_left_out_is_kept_and_can_be_taken_back(
    client: FlaskClient, session: Session, professional: User
) -> None:
    sign_in(client, session, professional)

    choose(client, {**EVERY_WEEK, "themes": ["wonen", "jeugd"], "skill": " Inkoop "})
    page = client.get("/voorkeuren").text
    choose(client, {**EVERY_WEEK, "kept": "Inkoop", "skill": "water"})

    checked = re.findall(r'name="(?:themes|kept)" value="([\w-]+)" checked', page)
    assert checked == ["wonen", "jeugd", "Inkoop"]
    assert "je matches</a> zie je de opgave nog wel" in page
    assert queries.left_out(session, professional.id) == LeftOut((), ("Inkoop", "water"))


def test_another_skill_is_asked_for_once_there_is_one(
    client: FlaskClient, session: Session, professional: User
) -> None:
    sign_in(client, session, professional)
    before = client.get("/voorkeuren").text

    choose(client, {**EVERY_WEEK, "skill": "inkoop"})

    after = client.get("/voorkeuren").text
    assert ("Een vaardigheid om weg" in before, "Nog een vaardigheid om weg" in before) == (1, 0)
    assert ("Een vaardigheid om weg" in after, "Nog een vaardigheid om weg" in after) == (0, 1)


def test_no_field_hides_what_scripts_may_ask_of_a_form(
    client: FlaskClient, session: Session, professional: User
) -> None:
    page = sign_in(client, session, professional).get("/voorkeuren").text

    assert ('name="road_matches"' in page, 'name="matches"' in page) == (True, False)


def test_a_word_that_cannot_be_left_out_says_why(
    client: FlaskClient, session: Session, professional: User
) -> None:
    sign_in(client, session, professional)

    answer = choose(client, {"frequency": "daily", "weekday": "1", "skill": "?!"})

    assert (answer.status_code, "Gebruik letters of cijfers." in answer.text) == (422, True)
    assert queries.left_out(session, professional.id) == LeftOut()
    assert queries.preference_of(session, professional.id) == (Frequency.WEEKLY, Weekday.MONDAY)


def test_a_pause_is_kept_and_told_in_plain_words(
    client: FlaskClient, session: Session, professional: User
) -> None:
    sign_in(client, session, professional)

    choose(client, {**EVERY_WEEK, "paused_until": "05-12-2026"})

    page = " ".join(re.sub("<[^>]+>", "", client.get("/voorkeuren").text).split())
    assert "Je krijgt weer een overzicht vanaf zaterdag 5 december" in page
    assert "Het eerste kan komen op donderdag 10 december" in page
    assert "weer in je mail vanaf zaterdag 5 december" in client.get("/meldingen").text


def test_a_pause_that_is_over_is_not_shown_any_more(
    client: FlaskClient, session: Session, professional: User
) -> None:
    session.add(Preference(user_id=professional.id, paused_until=TODAY))

    page = sign_in(client, session, professional).get("/voorkeuren").text

    assert "even geen overzicht." not in page
    assert "maandag 30 november" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("23-11-2026", "Kies een dag die nog komt"),
        ("2026-11-01", "Kies een dag die nog komt"),
        ("25-11-2027", "Kies een dag binnen een jaar."),
        ("31-02-2027", "Vul een datum in, bijvoorbeeld 31-01-2027."),
        ("volgende week", "Vul een datum in, bijvoorbeeld 31-01-2027."),
    ],
)
def test_a_pause_that_cannot_be_says_why_and_changes_nothing(
    client: FlaskClient, session: Session, professional: User, typed: str, said: str
) -> None:
    sign_in(client, session, professional)

    answer = choose(client, {**EVERY_WEEK, "paused_until": typed})

    assert (answer.status_code, said in answer.text) == (422, True)
    assert queries.preference_of(session, professional.id) == (Frequency.WEEKLY, Weekday.MONDAY)


@pytest.mark.parametrize(
    "typed",
    [
        {"frequency": "", "weekday": ""},
        {"frequency": "hourly", "weekday": "1"},
        {"frequency": "weekly", "weekday": "8"},
        {"frequency": "weekly", "weekday": "0"},
        {"frequency": "weekly", "weekday": "maandag"},
        {"frequency": "weekly\x00", "weekday": "1"},
        {"frequency": "🎉", "weekday": "1"},
        {"frequency": "<script>alert(1)</script>", "weekday": "1"},
        {"frequency": "weekly", "weekday": "9" * 10_000},
    ],
)
def test_what_is_no_choice_changes_nothing(
    client: FlaskClient, session: Session, professional: User, typed: dict[str, str]
) -> None:
    sign_in(client, session, professional)

    answer = choose(client, typed)

    assert answer.status_code == 422
    assert "Kies een van de mogelijkheden." in answer.text
    assert "<script>alert" not in answer.text
    assert queries.preference_of(session, professional.id) == (Frequency.WEEKLY, Weekday.MONDAY)


def test_of_two_answers_the_first_counts(
    client: FlaskClient, session: Session, professional: User
) -> None:
    twice = MultiDict([("frequency", "never"), ("frequency", "daily"), ("weekday", "1")])

    sign_in(client, session, professional)

    choose(client, twice)

    assert queries.preference_of(session, professional.id)[0] is Frequency.NEVER


def test_a_megabyte_is_refused(client: FlaskClient, session: Session, professional: User) -> None:
    sign_in(client, session, professional)

    answer = client.post("/voorkeuren", data={**EVERY_WEEK, "frequency": "x" * 1_000_000})

    assert answer.status_code == 413


def test_following_the_link_changes_nothing(
    app: Flask, client: FlaskClient, session: Session, professional: User
) -> None:
    answer = client.get(unsubscribe_path(app, professional.id))

    assert (answer.status_code, "Meld je af" in answer.text) == (200, True)
    assert queries.preference_of(session, professional.id)[0] is Frequency.WEEKLY


def test_a_mail_program_ends_the_digest_with_one_click_and_may_do_so_twice(
    app: Flask, client: FlaskClient, session: Session, professional: User
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    path = unsubscribe_path(app, professional.id)

    answers = [client.post(path, data={"List-Unsubscribe": "One-Click"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.headers.getlist("Set-Cookie") for answer in answers] == [[], []]
    assert "Je bent afgemeld" in answers[1].text
    assert queries.preference_of(session, professional.id) == (Frequency.NEVER, Weekday.MONDAY)


def test_a_link_that_was_used_says_that_it_is_done(
    app: Flask, client: FlaskClient, professional: User
) -> None:
    path = unsubscribe_path(app, professional.id)
    client.post(path)

    page = client.get(path)

    assert (page.status_code, "Je was al afgemeld" in page.text) == (200, True)
    assert '<form method="post">' not in page.text


def test_who_left_the_digest_reads_for_which_address_and_what_still_comes(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    reader = a_user(session, email="willemijn@utrecht.nl")
    path = unsubscribe_path(app, reader.id)

    pages = [client.get(path).text, client.post(path).text, client.get(path).text]

    assert [page.count("w…@utrecht.nl") for page in pages] == [1, 1, 1]
    assert ["de link om in te loggen" in page for page in pages] == [False, True, True]
    assert ["willemijn" in page for page in pages] == [False] * 3


def test_a_beheerder_who_left_the_digest_still_hears_of_requests(
    app: Flask, client: FlaskClient, session: Session, professional: User
) -> None:
    beheerder = a_user(session, Role.BEHEERDER)

    pages = [client.post(unsubscribe_path(app, user.id)).text for user in (beheerder, professional)]

    assert ["Als beheerder hoor je ook nog" in page for page in pages] == [True, False]


def test_who_is_signed_in_as_another_is_not_sent_to_the_choice_of_that_one(
    app: Flask, client: FlaskClient, session: Session, professional: User
) -> None:
    path = unsubscribe_path(app, professional.id)

    sign_in(client, session, a_user(session))
    as_another = client.get(path).text
    sign_in(client, session, professional)
    as_self = client.get(path).text

    for page, is_another in ((as_another, True), (as_self, False)):
        assert ("Je bent nu ingelogd met een ander adres." in page) is is_another
        assert ('href="/voorkeuren"' in page) is not is_another


@pytest.mark.parametrize("family", [None, Family.RESPONSES])
def test_who_leaves_reads_how_to_choose_without_a_sign_in(
    app: Flask, client: FlaskClient, session: Session, professional: User, family: Family | None
) -> None:
    leave = at_once_path if family else unsubscribe_path
    path = leave(app, professional.id)

    by_mail = client.post(path).text
    signed_in = sign_in(client, session, professional).get(path).text

    for page, says in ((by_mail, True), (signed_in, False)):
        assert 'href="/voorkeuren"' in page
        assert ("Daarvoor log je in. Zonder inloggen kan het met de link" in page) is says
        # A link to leave never ends; one to preferences does.
        assert "/voorkeuren/" not in page


def test_a_damaged_link_says_what_to_do(
    app: Flask, client: FlaskClient, professional: User
) -> None:
    page = client.get(unsubscribe_path(app, professional.id)[:-1])
    assert "Open de link in de mail zelf" in page.text


def test_unsubscribing_somebody_who_left_does_no_harm(app: Flask, client: FlaskClient) -> None:
    assert client.post(unsubscribe_path(app, uuid4())).status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forged_link_leads_nowhere(
    app: Flask, client: FlaskClient, session: Session, professional: User, method: str
) -> None:
    ours = unsubscribe_path(app, professional.id)
    other_purpose = Links(app.extensions["settings"]).sign_in(professional.id).rsplit("/", 1)[-1]
    paths = (ours[:-1], "/afmelden/x", "/afmelden/%00", f"/afmelden/{other_purpose}")

    answers = [getattr(client, method)(path).status_code for path in paths]

    assert answers == [404] * len(paths)
    assert queries.preference_of(session, professional.id)[0] is Frequency.WEEKLY


# Preferences without a sign-in


def preferences_path(app: Flask, user_id: UUID) -> str:
    address = Links(app.extensions["settings"]).preferences(user_id)
    return address.removeprefix(app.extensions["settings"].base_url)


def test_the_link_in_a_mail_shows_the_choice_and_changes_nothing(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    reader = a_user(session, email="willemijn@utrecht.nl")

    answer = client.get(preferences_path(app, reader.id))

    assert answer.status_code == 200
    assert "w…@utrecht.nl" in answer.text
    assert "willemijn" not in answer.text
    assert session.get(Preference, reader.id) is None


def test_who_comes_from_a_mail_chooses_without_a_sign_in(
    app: Flask, client: FlaskClient, session: Session, professional: User
) -> None:
    path = preferences_path(app, professional.id)

    answer = choose(client, {**EVERY_WEEK, "paused_until": "05-12-2026"}, path)

    assert (answer.status_code, answer.location) == (302, path)
    assert queries.preference_of(session, professional.id) == (
        Frequency.WEEKLY,
        Weekday.THURSDAY,
    )
    assert queries.paused_until(session, professional.id, TODAY) == date(2026, 12, 5)
    assert client.get("/voorkeuren").status_code == 302


def test_the_link_changes_nothing_for_who_is_signed_in_as_another(
    app: Flask, client: FlaskClient, session: Session, professional: User
) -> None:
    another = a_user(session)
    path = preferences_path(app, professional.id)
    sign_in(client, session, another)

    page = client.get(path).text
    choose(client, EVERY_WEEK, path)

    assert "Je bent nu ingelogd met een ander adres" in page
    assert queries.preference_of(session, professional.id)[1] is Weekday.THURSDAY
    assert session.get(Preference, another.id) is None


def test_another_site_cannot_choose_with_the_link(
    app: Flask, client: FlaskClient, session: Session, professional: User
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True

    answer = client.post(preferences_path(app, professional.id), data=EVERY_WEEK)
    app.config["WTF_CSRF_ENABLED"] = False

    assert answer.status_code == 400
    assert session.get(Preference, professional.id) is None


@pytest.mark.parametrize(("days", "status"), [(60, 200), (61, 410)])
def test_the_link_works_for_sixty_days_and_then_says_so(
    app: Flask, client: FlaskClient, session: Session, professional: User, days: int, status: int
) -> None:
    path = preferences_path(app, professional.id)

    with time_machine.travel(MONDAY + timedelta(days=days), tick=False):
        shown = client.get(path)
        acted = choose(client, EVERY_WEEK, path)

    assert shown.status_code == status
    assert ("Deze link is te oud" in shown.text) is (status == 410)
    assert (session.get(Preference, professional.id) is None) is (acted.status_code == 410)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forged_link_to_preferences_leads_nowhere(
    app: Flask, client: FlaskClient, professional: User, method: str
) -> None:
    ours = preferences_path(app, professional.id)
    other_purpose = unsubscribe_path(app, professional.id).rsplit("/", 1)[-1]
    paths = (
        ours[:-1],
        "/voorkeuren/x",
        "/voorkeuren/%00",
        f"/voorkeuren/{other_purpose}",
        preferences_path(app, uuid4()),
    )

    answers = [getattr(client, method)(path, data=EVERY_WEEK).status_code for path in paths]

    assert answers == [404] * len(paths)


def test_what_is_asked_in_a_loan_is_said_to_be_mailed_at_once(
    client: FlaskClient, session: Session
) -> None:
    page = text_of(sign_in(client, session, a_user(session)).get("/voorkeuren"))

    assert page.count("Wat van jou gevraagd wordt bij een inzet, mailen we altijd meteen.") == 1
