import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.matching import service
from app.opgaven.events import OpgaveChanged, OpgavePublished
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.people.events import ProfileChanged
from app.people.models import Profile
from app.people.rules import Direction, ProfileState, Visibility
from app.web.matching.pages import MATCHES_A_PAGE
from tests.support.builders import (
    a_dispute,
    a_profile,
    a_skill,
    a_user,
    an_asked_skill,
    an_opgave,
)
from tests.support.queries import counted
from tests.support.web import sign_in
from tests.support.words import a_vocabulary
from tests.support.work import MONDAY, make_work

LONG_AGO = MONDAY - timedelta(days=2)


@pytest.fixture(autouse=True)
def on_monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def professional(session: Session) -> User:
    return a_user(session)


def match(session: Session) -> None:
    service.match_everything(make_work(session))
    session.commit()


def a_written_profile(session: Session, user: User, *skills: Any, **changed: Any) -> None:
    a_profile(
        session, *skills, user=user, **{"changed_at": LONG_AGO, "published_at": LONG_AGO, **changed}
    )


def own_page(client: FlaskClient, session: Session, user: User) -> str:
    return sign_in(client, session, user).get("/matches").text


def headings(page: str, level: int) -> list[str]:
    found = re.findall(rf"<h{level}[^>]*>(.*?)</h{level}>", page, re.DOTALL)
    return [words(one) for one in found]


def words(page: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", page)).split())


def test_matches_are_for_who_signed_in(client: FlaskClient) -> None:
    answer = client.get("/matches")

    assert (answer.status_code, answer.location) == (302, "/inloggen")


def test_what_is_complete_comes_before_what_is_not(
    client: FlaskClient, session: Session, professional: User
) -> None:
    a_written_profile(session, professional, "verkeerskunde")
    an_opgave(session, "verkeerskunde", "omgevingsrecht", title="Half")
    an_opgave(session, an_asked_skill("verkeerskunde", level=4), title="Bijna")
    an_opgave(session, "verkeerskunde", title="Heel")
    match(session)

    page = own_page(client, session, professional)

    assert headings(page, 1) == ["Mijn matches"]
    assert "3 opgaven passen helemaal of deels bij je profiel." in words(page)
    assert headings(page, 2) == [
        "Je hebt alles wat nodig is",
        "Je komt dicht in de buurt",
        "Je hebt een deel",
    ]
    assert headings(page, 3) == ["Heel", "Bijna", "Half"]


def test_a_group_has_one_heading_however_its_scores_mix_with_those_of_another(
    client: FlaskClient, session: Session, professional: User
) -> None:
    a_written_profile(session, professional, "verkeerskunde")
    higher = an_asked_skill("verkeerskunde", level=4)
    wishes = [an_asked_skill("participatie", must=False) for _ in range(2)]
    an_opgave(session, higher, title="Bijna, hoog")
    an_opgave(session, "verkeerskunde", wishes[0], title="Heel, met een wens")
    an_opgave(session, an_asked_skill("verkeerskunde", level=4), wishes[1], title="Bijna, laag")
    match(session)

    page = own_page(client, session, professional)

    assert headings(page, 2) == ["Je hebt alles wat nodig is", "Je komt dicht in de buurt"]
    assert headings(page, 3) == ["Heel, met een wens", "Bijna, hoog", "Bijna, laag"]


def test_a_match_says_what_is_there_what_is_missing_and_what_would_help(
    client: FlaskClient, session: Session, professional: User
) -> None:
    a_written_profile(session, professional, a_skill("verkeerskunde", energy=5, level=3))
    an_opgave(session, "verkeerskunde", "omgevingsrecht")
    match(session)

    said = words(own_page(client, session, professional))

    assert said.count("Op je profiel: verkeerskunde.") == 2
    assert "Ontbreekt: omgevingsrecht." in said
    assert (
        "Met 'omgevingsrecht' op niveau zelfstandig en veel energie zou de score 100 zijn." in said
    )
    assert "Niveau: ervaren. Dat geeft je veel energie." in said
    assert "50 van de 50 punten" in said
    assert "0 van de 50 punten" in said
    assert "Samen 50 van de 100 punten" in said


def test_what_fits_in_part_is_marked_so_for_every_reader(
    client: FlaskClient, session: Session, professional: User
) -> None:
    a_written_profile(session, professional, "verkeerskunde")
    wish = an_asked_skill("participatie", must=False)
    an_opgave(session, an_asked_skill("verkeerskunde", level=4), wish)
    match(session)

    page = own_page(client, session, professional)

    assert [page.count(mark) for mark in ("dgvn-reasons__part", "explanation__mark--part")] == [
        1
    ] * 2
    assert words(page).count("Past deels:") == 2
    assert "Ontbreekt: participatie (mooi meegenomen)." in words(page)


def test_the_points_on_the_page_add_up(
    client: FlaskClient, session: Session, professional: User
) -> None:
    a_written_profile(
        session, professional, a_skill("verkeerskunde", energy=2, level=1), "omgevingsrecht"
    )
    nice = an_asked_skill("participatie", must=False)
    an_opgave(session, an_asked_skill("verkeerskunde", level=4), "omgevingsrecht", nice)
    match(session)

    said = words(own_page(client, session, professional))

    points = [int(number) for number in re.findall(r"(\d+) van de \d+ punten", said)]
    assert sum(points[:-1]) == points[-1]


def test_more_than_the_best_stand_on_pages_that_follow(
    client: FlaskClient, session: Session, professional: User
) -> None:
    a_written_profile(session, professional, "verkeerskunde")
    for number in range(MATCHES_A_PAGE + 1):
        an_opgave(session, "verkeerskunde", title=f"Heel {number}")
    an_opgave(session, "verkeerskunde", "omgevingsrecht", title="Half")
    match(session)

    first = own_page(client, session, professional)
    [path] = re.findall(r'href="([^"]*)" rel="next"', first)
    second = client.get(path).text

    assert [words(page).count("12 opgaven passen") for page in (first, second)] == [1, 1]
    assert (len(headings(first, 3)), headings(second, 3)[1:]) == (MATCHES_A_PAGE, ["Half"])
    assert headings(first, 2) == ["Je hebt alles wat nodig is"]
    assert headings(second, 2) == ["Je hebt alles wat nodig is", "Je hebt een deel"]
    assert len({*headings(first, 3), *headings(second, 3)}) == MATCHES_A_PAGE + 2
    assert "<title>Mijn matches, pagina 2" in second
    assert headings(client.get("/matches?pagina=99").text, 3) == headings(second, 3)


@pytest.mark.parametrize(
    ("state", "title"),
    [
        (None, "Nog geen profiel"),
        (ProfileState.CONCEPT, "Je profiel is nog een concept"),
        (ProfileState.PAUSED, "Je profiel staat op pauze"),
        (ProfileState.PUBLISHED, "Nog geen opgave die bij je past"),
    ],
)
def test_an_empty_list_says_why_and_what_to_do(
    client: FlaskClient,
    session: Session,
    professional: User,
    state: ProfileState | None,
    title: str,
) -> None:
    if state is not None:
        a_written_profile(session, professional, "verkeerskunde", state=state)

    page = own_page(client, session, professional)

    assert headings(page, 2) == [title]
    assert re.findall(r'<a class="nl-button', page) != []


@pytest.mark.parametrize(
    ("ago", "title"),
    [
        (timedelta(seconds=30), "We zoeken nu opgaven voor je"),
        (timedelta(seconds=31), "Het zoeken duurt langer dan normaal"),
    ],
)
def test_while_a_search_waits_the_page_says_so(
    client: FlaskClient, session: Session, professional: User, ago: timedelta, title: str
) -> None:
    a_written_profile(session, professional, "verkeerskunde")
    make_work(session, now=MONDAY - ago).emit(ProfileChanged(user_id=professional.id))

    assert headings(own_page(client, session, professional), 2) == [title]


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=30), "Wat je ons vertelde is veranderd. We zoeken nu opnieuw."),
        (
            timedelta(seconds=31),
            "Wat je ons vertelde is veranderd. "
            "We zoeken opnieuw, maar dat duurt langer dan normaal.",
        ),
    ],
)
def test_what_was_found_before_a_change_says_so(
    client: FlaskClient, session: Session, professional: User, ago: timedelta, said: str
) -> None:
    a_written_profile(session, professional, "verkeerskunde")
    an_opgave(session, "verkeerskunde", title="Van daarvoor")
    match(session)
    before = words(own_page(client, session, professional))
    make_work(session, now=MONDAY - ago).emit(ProfileChanged(user_id=professional.id))

    page = client.get("/matches").text

    assert headings(page, 3) == ["Van daarvoor"]
    assert ("is veranderd" in before, said in words(page)) == (False, True)


def test_of_a_skill_that_is_gone_the_page_says_nothing(
    client: FlaskClient, session: Session, professional: User
) -> None:
    a_written_profile(session, professional, "verkeerskunde", "AVG")
    an_opgave(session, "AVG", title="Weg")
    an_opgave(session, "verkeerskunde", title="Blijft")
    match(session)
    profile = session.get_one(Profile, professional.id)
    del profile.skills[1]
    make_work(session).emit(ProfileChanged(user_id=professional.id))

    page = own_page(client, session, professional)

    assert (headings(page, 3), "AVG" in page) == (["Blijft"], False)


@pytest.mark.parametrize(
    ("ago", "lead"),
    [
        (timedelta(seconds=30), "Je doet mee. We zoeken nu welke opgaven bij je passen."),
        (
            timedelta(seconds=31),
            "Je doet mee. Het zoeken duurt langer dan normaal. Je profiel is bewaard; "
            "kijk straks nog eens bij je matches.",
        ),
    ],
)
def test_the_own_profile_says_that_a_search_waits(
    client: FlaskClient, session: Session, professional: User, ago: timedelta, lead: str
) -> None:
    a_written_profile(session, professional, "verkeerskunde")
    make_work(session, now=MONDAY - ago).emit(ProfileChanged(user_id=professional.id))

    assert lead in words(sign_in(client, session, professional).get("/profiel").text)


def test_an_opgave_that_closed_is_gone(
    client: FlaskClient, session: Session, professional: User
) -> None:
    a_written_profile(session, professional, "verkeerskunde")
    opgave = an_opgave(session, "verkeerskunde")
    match(session)
    opgave.closes_on = (MONDAY - timedelta(days=1)).date()

    page = own_page(client, session, professional)

    assert headings(page, 2) == ["Nog geen opgave die bij je past"]


def test_a_skill_that_looks_like_markup_stays_text(
    client: FlaskClient, session: Session, professional: User
) -> None:
    a_written_profile(session, professional, "<i>verkeer</i>")
    an_opgave(session, "<i>verkeer</i>", title="<i>Titel</i>")
    match(session)

    page = own_page(client, session, professional)

    assert "<i>" not in page
    assert "Op je profiel: &lt;i&gt;verkeer&lt;/i&gt;." in page


def test_more_matches_take_no_more_questions_to_the_database(
    client: FlaskClient, session: Session, professional: User
) -> None:
    a_written_profile(session, professional, "verkeerskunde")
    sign_in(client, session, professional)
    asked = []

    for _ in range(3):
        an_opgave(session, "verkeerskunde")
        match(session)
        session.expunge_all()
        with counted(session) as statements:
            client.get("/matches")
        asked.append(len(statements))

    assert asked == [asked[0]] * 3


def test_colleagues_are_shown_as_far_as_they_want(client: FlaskClient, session: Session) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    opgave = an_opgave(session, "verkeerskunde", owner=owner)
    for name, visibility in (
        ("Fatima", Visibility.COLLEAGUES),
        ("Anouk", Visibility.ANONYMOUS),
        ("Hidde", Visibility.HIDDEN),
    ):
        user = a_user(session, name=name)
        a_written_profile(
            session, user, "verkeerskunde", visibility=visibility, headline=f"Ik ben {name}"
        )
    match(session)

    page = sign_in(client, session, owner).get(f"/opgaven/{opgave.id}/collegas").text

    assert sorted(headings(page, 3)[:2]) == [
        "Collega uit Utrecht met verkeerskunde",
        "Fatima",
    ]
    assert [name for name in ("Fatima", "Anouk", "Hidde") if name in page] == ["Fatima"]
    assert words(page).count("Op het profiel: verkeerskunde.") == 4
    assert "2 collega's passen helemaal of deels bij Een opgave Niet iedereen" in words(page)


def test_colleagues_stand_on_pages_too(client: FlaskClient, session: Session) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    opgave = an_opgave(session, "verkeerskunde", owner=owner)
    for number in range(MATCHES_A_PAGE + 1):
        a_written_profile(session, a_user(session, name=f"Collega {number}"), "verkeerskunde")
    match(session)

    first = sign_in(client, session, owner).get(f"/opgaven/{opgave.id}/collegas").text
    [path] = re.findall(r'href="([^"]*)" rel="next"', first)
    second = client.get(path).text

    assert path == f"/opgaven/{opgave.id}/collegas?pagina=2"
    assert (len(headings(first, 3)), len(headings(second, 3))) == (MATCHES_A_PAGE, 1)
    assert headings(second, 3)[0] not in headings(first, 3)


def test_who_does_not_look_after_the_opgave_finds_no_such_page(
    client: FlaskClient, session: Session, professional: User
) -> None:
    opgave = an_opgave(session, "verkeerskunde")
    stranger = a_user(session, Role.OPGAVEHOUDER)

    answers = [
        sign_in(client, session, somebody).get(f"/opgaven/{opgave.id}/collegas").status_code
        for somebody in (professional, stranger)
    ]

    assert answers == [403, 404]


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (OpgaveStatus.CONCEPT, "De opgave is nog een concept"),
        (OpgaveStatus.DONE, "We zoeken niet meer"),
        (OpgaveStatus.WITHDRAWN, "We zoeken niet meer"),
        (OpgaveStatus.OPEN, "Nog niemand gevonden"),
    ],
)
def test_an_opgave_without_colleagues_says_why(
    client: FlaskClient, session: Session, status: OpgaveStatus, title: str
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    opgave = an_opgave(
        session,
        "verkeerskunde",
        owner=owner,
        status=status,
        changed_at=LONG_AGO,
        published_at=LONG_AGO,
    )

    page = sign_in(client, session, owner).get(f"/opgaven/{opgave.id}/collegas").text

    assert headings(page, 2) == [title]


@pytest.mark.parametrize(
    ("ago", "title"),
    [
        (timedelta(seconds=30), "We zoeken nu collega's"),
        (timedelta(seconds=31), "Het zoeken duurt langer dan normaal"),
    ],
)
def test_while_colleagues_are_looked_for_the_page_says_so(
    client: FlaskClient, session: Session, ago: timedelta, title: str
) -> None:
    owner = a_user(session, Role.GEMEENTEBEHEERDER)
    opgave = an_opgave(session, "verkeerskunde", owner=owner)
    make_work(session, now=MONDAY - ago).emit(OpgavePublished(opgave_id=opgave.id))

    page = sign_in(client, session, owner).get(f"/opgaven/{opgave.id}/collegas").text

    assert headings(page, 2) == [title]


def test_colleagues_who_were_found_before_a_change_are_said_to_be_so(
    client: FlaskClient, session: Session
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    opgave = an_opgave(session, "verkeerskunde", owner=owner)
    a_written_profile(session, a_user(session), "verkeerskunde")
    match(session)
    make_work(session).emit(OpgaveChanged(opgave_id=opgave.id))

    page = sign_in(client, session, owner).get(f"/opgaven/{opgave.id}/collegas").text

    assert "De opgave is veranderd. We zoeken nu opnieuw." in words(page)


def test_somebody_who_wants_to_learn_is_told_of_so(client: FlaskClient, session: Session) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    opgave = an_opgave(session, "verkeerskunde", "omgevingsrecht", owner=owner)
    learner = a_skill("omgevingsrecht", direction=Direction.WANTS)
    a_written_profile(session, a_user(session), "verkeerskunde", learner)
    match(session)

    page = sign_in(client, session, owner).get(f"/opgaven/{opgave.id}/collegas").text

    assert words(page).count("Op het profiel: omgevingsrecht, om te leren.") == 2


@pytest.mark.parametrize("visibility", [Visibility.ANONYMOUS, Visibility.COLLEAGUES])
def test_who_looks_after_the_opgave_reads_what_comes_next(
    client: FlaskClient, session: Session, professional: User, visibility: Visibility
) -> None:
    owner, stranger = a_user(session, Role.OPGAVEHOUDER), a_user(session, Role.OPGAVEHOUDER)
    second, beheerder = (
        a_user(session, role, gemeente_code=owner.gemeente_code)
        for role in (Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER)
    )
    an_opgave(session, "verkeerskunde", owner=owner, co_owner_id=second.id)
    a_written_profile(session, professional, "verkeerskunde", visibility=visibility)
    match(session)

    seen = [
        words(sign_in(client, session, reader).get(f"/collegas/{professional.id}").text)
        for reader in (owner, second, beheerder, stranger, professional)
    ]

    own = "Deze collega ziet jouw opgave ook, met jouw naam erbij."
    ours = (
        "Deze collega ziet ook de opgave van jouw gemeente, met de naam van de opgavehouder erbij."
    )
    assert [own in one for one in seen] == [True, True, False, False, False]
    assert [ours in one for one in seen] == [False, False, True, False, False]


# What people say of reasons


def a_doubtful_match(session: Session, professional: User) -> Opgave:
    """One reason is near in letters only, the other is the very word."""
    a_written_profile(session, professional, "energietransitiee", "verkeerskunde")
    opgave = an_opgave(session, "energietransitie", "verkeerskunde", title="Warmte")
    match(session)
    return opgave


def hidden_in_form(page: str, action: str) -> dict[str, str]:
    """What the form with this address sends along unseen."""
    form = page.split(f'action="{action}"', 1)[1].split("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form))


def dispute_link(opgave: Opgave) -> str:
    return f"/opgaven/{opgave.id}/klopt-niet?gevraagd=energietransitie"


@pytest.mark.parametrize("address", ["/matches", "/opgaven/{}"])
def test_a_reason_says_where_to_say_that_it_is_wrong(
    client: FlaskClient, session: Session, professional: User, address: str
) -> None:
    opgave = a_doubtful_match(session, professional)

    page = sign_in(client, session, professional).get(address.format(opgave.id)).text

    assert re.findall(r'href="([^"]*klopt-niet[^"]*)"', page) == [dispute_link(opgave)]
    assert "Klopt dit niet? Over energietransitie" in words(page)


def test_who_looks_after_an_opgave_disputes_nothing(client: FlaskClient, session: Session) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    opgave = an_opgave(session, "energietransitie", owner=owner)
    a_written_profile(session, a_user(session), "energietransitiee")
    match(session)

    page = sign_in(client, session, owner).get(f"/opgaven/{opgave.id}/collegas").text

    assert "Op het profiel: energietransitiee (net anders geschreven)." in words(page)
    assert "klopt-niet" not in page


def test_before_it_counts_somebody_reads_what_comes_of_it(
    client: FlaskClient, session: Session, professional: User
) -> None:
    opgave = a_doubtful_match(session, professional)

    page = sign_in(client, session, professional).get(dispute_link(opgave)).text

    assert (
        "De opgave “Warmte” vraagt “energietransitie”. "
        "Daarvoor telt “energietransitiee” op je profiel mee (net anders geschreven)."
    ) in words(page)
    assert headings(page, 2) == [
        "“energietransitiee” is iets anders dan “energietransitie”",
        "“energietransitie” is niet mijn vak",
    ]


@pytest.mark.parametrize(
    ("offered", "said"),
    [
        ("energietransitiee", "“energietransitiee” is iets anders dan “energietransitie”"),
        ("", "“energietransitie” is niet mijn vak"),
    ],
)
def test_who_says_it_finds_it_back_and_can_take_it_back(
    client: FlaskClient, session: Session, professional: User, offered: str, said: str
) -> None:
    opgave = a_doubtful_match(session, professional)
    sign_in(client, session, professional)
    before = words(client.get(f"/opgaven/{opgave.id}").text)

    answer = client.post(
        dispute_link(opgave), data={"asked": "energietransitie", "offered": offered}
    )
    told, listed = client.get(answer.location).text, client.get("/matches/past-niet").text
    running = words(client.get("/matches").text)
    match(session)
    after = words(client.get(f"/opgaven/{opgave.id}").text)

    assert (answer.status_code, answer.location) == (302, f"/opgaven/{opgave.id}#waarom")
    assert f"We houden hier voortaan rekening mee: {said}. Hieronder zie je" in words(
        told.split('id="waarom"')[1]
    )
    assert words(told).count("We houden hier voortaan rekening mee") == 1
    assert f"Je zei: {said}. Toch wel" in words(told)
    assert headings(listed, 2) == [said]
    assert "Wat je ons vertelde is veranderd. We zoeken nu opnieuw." in running
    assert "Op je profiel: energietransitiee" not in after
    assert f"Je zei: {said}. Toch wel" in after

    [way_back] = re.findall(r'action="([^"]*toch-wel)"', told)
    taken = client.post(way_back, data=hidden_in_form(told, way_back))
    match(session)

    assert taken.location == f"/opgaven/{opgave.id}#waarom"
    assert f"Teruggedraaid: {said}. Je matches worden nu opnieuw berekend. " in words(
        client.get(taken.location).text.split('id="waarom"')[1]
    )
    assert words(client.get(f"/opgaven/{opgave.id}").text) == before
    assert headings(client.get("/matches/past-niet").text, 2) == ["Je hebt nog niets gezegd"]


@pytest.mark.parametrize("opgave", ["", "geen-opgave", "https://elders.example"])
def test_who_takes_it_back_on_the_list_stays_on_the_list(
    client: FlaskClient, session: Session, professional: User, opgave: str
) -> None:
    said = a_dispute(session, a_profile(session, user=professional), "wonen")
    sign_in(client, session, professional)

    taken = client.post(f"/matches/past-niet/{said.id}/toch-wel", data={"opgave": opgave})

    assert taken.location == "/matches/past-niet"
    assert "Teruggedraaid: “wonen” is niet mijn vak." in words(client.get(taken.location).text)


def test_who_takes_back_one_thing_reads_what_still_stands(
    client: FlaskClient, session: Session, professional: User, tmp_path: Path
) -> None:
    a_vocabulary(session, tmp_path)
    profile = a_profile(session, user=professional)
    of_pair = a_dispute(session, profile, "RO", "omgevingsplan")
    a_dispute(session, profile, "planologie")
    a_dispute(session, profile, "jeugdzorg")
    sign_in(client, session, professional)

    taken = client.post(f"/matches/past-niet/{of_pair.id}/toch-wel")

    assert (
        "Teruggedraaid: “omgevingsplan” is iets anders dan “RO”. "
        "Je matches worden nu opnieuw berekend. "
        "Dit zei je ook, en dat blijft gelden: “planologie” is niet mijn vak. "
    ) in words(client.get(taken.location).text)


def test_who_loses_a_match_by_what_they_say_reads_so_there(
    client: FlaskClient, session: Session, professional: User
) -> None:
    a_written_profile(session, professional, "energietransitiee")
    opgave = an_opgave(session, "energietransitie")
    match(session)
    sign_in(client, session, professional)

    answer = client.post(dispute_link(opgave), data={"asked": "energietransitie"})
    panel = words(client.get(answer.location).text.split('id="waarom"')[1])
    later = words(client.get(answer.location).text)

    assert "Daardoor staat deze opgave niet meer bij je matches." in panel
    assert "Hieronder zie je" not in panel
    assert "niet bij je matches. Dat kan komen door wat je zei." in later


def test_what_is_said_twice_of_an_opgave_that_is_not_there_is_not_found(
    client: FlaskClient, session: Session, professional: User
) -> None:
    a_dispute(session, a_profile(session, user=professional), "wonen")
    sign_in(client, session, professional)

    answer = client.post(f"/opgaven/{uuid4()}/klopt-niet", data={"asked": "wonen"})

    assert answer.status_code == 404


def test_what_was_said_stands_with_every_word_that_means_the_same(
    client: FlaskClient, session: Session, professional: User, tmp_path: Path
) -> None:
    a_vocabulary(session, tmp_path)
    a_dispute(session, a_profile(session, user=professional), "RO")
    opgave = an_opgave(session, "planologie")
    session.commit()

    page = words(sign_in(client, session, professional).get(f"/opgaven/{opgave.id}").text)

    assert "Je zei: “RO” is niet mijn vak." in page


@pytest.mark.parametrize(
    ("offered", "is_told"), [("verkeerskunde", False), ("verkeerskundee", True)]
)
def test_only_who_can_say_it_is_told_where(
    client: FlaskClient, session: Session, professional: User, offered: str, is_told: bool
) -> None:
    a_written_profile(session, professional, offered)
    an_opgave(session, "verkeerskunde")
    match(session)

    page = own_page(client, session, professional)

    assert "van de 100 punten" in page
    assert ("Klopt een reden niet?" in page) is is_told


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_of_a_reason_that_has_gone_the_opgave_tells_how_it_is_now(
    client: FlaskClient, session: Session, professional: User, method: str
) -> None:
    opgave = a_doubtful_match(session, professional)
    sign_in(client, session, professional)

    answer = client.open(
        f"/opgaven/{opgave.id}/klopt-niet?gevraagd=wonen", method=method, data={"asked": "wonen"}
    )

    assert (answer.status_code, answer.location) == (302, f"/opgaven/{opgave.id}")
    assert "Deze reden staat niet meer bij je match." in words(client.get(answer.location).text)


def test_a_button_that_is_not_on_the_page_is_refused(
    client: FlaskClient, session: Session, professional: User
) -> None:
    opgave = a_doubtful_match(session, professional)

    answer = sign_in(client, session, professional).post(dispute_link(opgave))

    assert answer.status_code == 422
    assert "Kies een van de knoppen op de pagina." in words(answer.text)


def test_what_somebody_said_is_closed_to_others(
    client: FlaskClient, session: Session, professional: User
) -> None:
    said = a_dispute(session, a_profile(session), "wonen")
    sign_in(client, session, professional)

    assert client.post(f"/matches/past-niet/{said.id}/toch-wel").status_code == 404
    assert "wonen" not in client.get("/matches/past-niet").text


@pytest.mark.parametrize("address", ["/matches", "/profiel"])
def test_who_said_something_finds_the_way_to_it_without_a_match(
    client: FlaskClient, session: Session, professional: User, address: str
) -> None:
    a_written_profile(session, professional, "verkeerskunde")
    sign_in(client, session, professional)
    before = client.get(address).text
    a_dispute(session, session.get_one(Profile, professional.id), "wonen")

    after = client.get(address).text

    assert ['href="/matches/past-niet"' in page for page in (before, after)] == [False, True]


def test_a_beheerder_reads_what_people_say_and_not_who(
    client: FlaskClient, session: Session, tmp_path: Path
) -> None:
    a_vocabulary(session, tmp_path)
    people = [a_profile(session, user=a_user(session, name="Fatima")) for _ in range(2)]
    for profile in people:
        a_dispute(session, profile, "RO", "jeugdzorg")
    a_dispute(session, people[0], "wolkenfluisteren", made_at=LONG_AGO)
    a_dispute(session, people[0], "planologie", "RO", made_at=LONG_AGO - timedelta(days=1))

    page = sign_in(client, session, a_user(session, Role.BEHEERDER)).get("/beheer/betwist").text

    assert headings(page, 2) == [
        "“jeugdzorg” is iets anders dan “RO”",
        "“wolkenfluisteren” is niet mijn vak",
        "“RO” is iets anders dan “planologie”",
    ]
    assert (
        "2 collega's voor het laatst op 23 november 2026 Begrippen: jeugdhulp , ruimtelijke"
        in words(page)
    )
    assert "1 collega voor het laatst op 21 november 2026 “RO”" in words(page)
    assert "Begrip: ruimtelijke ordening" in words(page)
    assert "Fatima" not in page


def test_more_pairs_take_no_more_questions_to_the_database(
    client: FlaskClient, session: Session, tmp_path: Path
) -> None:
    a_vocabulary(session, tmp_path)
    profile = a_profile(session)
    sign_in(client, session, a_user(session, Role.BEHEERDER)).get("/beheer/betwist")
    asked = []

    for word in ("RO", "jeugdzorg", "omgevingsplan"):
        a_dispute(session, session.get_one(Profile, profile.user_id), word)
        with counted(session) as statements:
            client.get("/beheer/betwist")
        asked.append(len(statements))

    assert asked == [asked[0]] * 3
