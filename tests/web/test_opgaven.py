"""Reading and searching opgaven, and writing them from concept to closed."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.core.dutch import dutch_date
from app.core.outbox import OutboxMessage
from app.matching.service import match_everything
from app.notifications.service import tell_matches
from app.opgaven.models import Opgave
from app.opgaven.queries import STEPS
from app.opgaven.rules import Audience, Kind, OpgaveStatus
from app.people.rules import Level, Visibility
from app.web.opgaven.ours import STEP_WORDS
from tests.conversations.builders import a_question
from tests.loans.builders import a_loan, a_loan_asked, parties, sign_rest
from tests.support.builders import (
    a_gemeente,
    a_network,
    a_profile,
    a_user,
    an_asked_skill,
    an_opgave,
)
from tests.support.pages import fault_at, text_of, value_of
from tests.support.queries import counted
from tests.support.web import sign_in
from tests.support.words import a_vocabulary
from tests.support.work import MONDAY, TODAY, make_work

NEW = "/opgaven/nieuw"


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def owner(client: FlaskClient, session: Session) -> User:
    """An opgavehouder, who sits behind the browser."""
    owner = a_user(session, Role.OPGAVEHOUDER)
    sign_in(client, session, owner)
    return owner


def begun(**changed: Any) -> dict[str, Any]:
    """The form with no more than a title."""
    return {
        "version": "0",
        "opgave_id": str(uuid4()),
        "title": "Een plan voor het plein",
        "kind": "klus",
        "people_needed": "1",
        "colleagues_weeks": "4",
        "place": "hybrid",
        "audience": "everybody",
        "is_public": "y",
        "actie": "bewaar",
        **changed,
    }


def filled(**changed: Any) -> dict[str, Any]:
    """Everything that is needed to open an opgave."""
    complete = {
        "text": "Het plein is leeg.",
        "themes": ["ruimte"],
        "hours_per_week": "8",
        "starts_on": "2027-01-04",
        "ends_on": "2027-06-30",
        "closes_on": "2026-12-20",
        "skills-0-label": "ruimtelijke ordening",
        "skills-0-must": "True",
        "skills-0-level": "3",
        "skills-1-label": "tekenen",
        "skills-1-must": "False",
        "skills-1-level": "1",
    }
    return begun(**{**complete, **changed})


def the_opgave(session: Session) -> Opgave:
    return session.scalars(select(Opgave)).one()


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Opgave)) or 0


def edit_of(opgave: Opgave) -> str:
    return f"/opgaven/{opgave.id}/bewerken"


# --- reading --------------------------------------------------------------------------------


def test_a_visitor_reads_public_open_opgaven_without_names(
    client: FlaskClient, session: Session
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER, name="Vera Houder")
    public = an_opgave(session, "Wmo", owner=owner, title="Voor iedereen")
    inside = an_opgave(session, title="Alleen voor ons", is_public=False)

    page = client.get(f"/opgaven/{public.id}")
    listed = text_of(client.get("/opgaven"))

    assert (page.status_code, "Log in met je werkmail" in text_of(page)) == (200, True)
    assert ("Vera" in page.text, owner.email in page.text) == (False, False)
    assert ("Voor iedereen" in listed, "Alleen voor ons" in listed) == (True, False)
    assert client.get(f"/opgaven/{inside.id}").status_code == 404


@pytest.fixture
def two_contacts(session: Session) -> tuple[Opgave, list[str]]:
    """An opgave, and the addresses of the two who look after it."""
    owner = a_user(session, Role.OPGAVEHOUDER, name="Vera Houder")
    second = a_user(session, name="Tom Tweede", gemeente_code=owner.gemeente_code)
    opgave = an_opgave(session, owner=owner, co_owner_id=second.id)
    return opgave, [owner.email, second.email]


def test_who_works_elsewhere_reads_names_and_begins_a_conversation(
    client: FlaskClient, session: Session, two_contacts: tuple[Opgave, list[str]]
) -> None:
    opgave, addresses = two_contacts
    sign_in(client, session, a_user(session))

    page = client.get(f"/opgaven/{opgave.id}")

    assert "Vera Houder , Opgavehouder Tom Tweede , Tweede opgavehouder" in text_of(page)
    assert [one in page.text for one in addresses] == [False, False]
    assert f'<a href="/opgaven/{opgave.id}/vraag">Begin een gesprek</a>' in page.text


def test_who_talks_already_goes_on_there(client: FlaskClient, session: Session) -> None:
    talk = a_question(session)
    sign_in(client, session, talk.professional)

    page = client.get(f"/opgaven/{talk.opgave.id}")

    there = f"/gesprekken/{talk.id}"
    assert f'<a href="{there}">Schrijf in jullie gesprek</a>' in page.text
    assert "mailto:" not in page.text


def test_a_colleague_of_the_own_gemeente_sees_whom_to_mail(
    client: FlaskClient, session: Session, two_contacts: tuple[Opgave, list[str]]
) -> None:
    opgave, addresses = two_contacts
    sign_in(client, session, a_user(session, gemeente_code=opgave.gemeente_code))

    page = client.get(f"/opgaven/{opgave.id}")

    assert [f'href="mailto:{one}?' in page.text for one in addresses] == [True, True]


def test_who_is_lent_to_an_opgave_sees_whom_to_mail_as_long_as_that_runs(
    client: FlaskClient, session: Session
) -> None:
    who = parties(session)
    loan = a_loan(session, who)
    sign_in(client, session, who.professional)
    asked = client.get(f"/opgaven/{who.opgave.id}").text
    sign_rest(session, who, loan.id, 1)

    running = client.get(f"/opgaven/{who.opgave.id}").text

    assert [f"mailto:{who.borrower.email}" in page for page in (asked, running)] == [False, True]


@pytest.mark.parametrize(
    "changed",
    [
        {"status": OpgaveStatus.CONCEPT},
        {"audience": Audience.PROVINCE},
    ],
    ids=["concept", "another province"],
)
def test_what_is_not_meant_for_you_does_not_exist(
    client: FlaskClient, session: Session, changed: dict[str, Any]
) -> None:
    opgave = an_opgave(session, title="Niet voor jou", **changed)
    reader = a_user(session, gemeente_code=a_gemeente(session, province="Drenthe").code)
    sign_in(client, session, reader)

    assert client.get(f"/opgaven/{opgave.id}").status_code == 404
    assert "Niet voor jou" not in client.get("/opgaven").text


def test_an_unknown_id_is_not_found(client: FlaskClient, session: Session) -> None:
    addresses = (f"/opgaven/{uuid4()}", "/opgaven/geen-id", "/opgaven/1")

    assert [client.get(address).status_code for address in addresses] == [404] * 3


def test_the_page_tells_what_is_asked_in_paragraphs_and_plain_text(
    client: FlaskClient, session: Session
) -> None:
    opgave = an_opgave(
        session, an_asked_skill("Wmo", level=3), an_asked_skill("koken", must=False),
        text="Eerst.\n\n<script>alert(1)</script>", kind=Kind.RUIL, people_needed=2,
    )  # fmt: skip

    page = client.get(f"/opgaven/{opgave.id}")
    said = text_of(page)

    assert page.text.count('<p class="dgvn-preline">') == 2
    assert "<script>alert" not in page.text
    assert re.search(r"Nodig Wmo ervaren Mooi meegenomen koken zelfstandig", said)
    assert ("Ruil" in said, "2 collega's" in said, "8 uur per week" in said) == (True, True, True)


@pytest.mark.parametrize("level", list(Level))
def test_a_level_has_a_dot_for_every_step_of_the_scale(
    client: FlaskClient, session: Session, level: Level
) -> None:
    opgave = an_opgave(session, an_asked_skill("Wmo", level=level))

    page = client.get(f"/opgaven/{opgave.id}").text

    assert (page.count("<circle"), page.count("dgvn-level__dot--on")) == (len(Level), level)


def test_a_professional_reads_why_it_fits(client: FlaskClient, session: Session) -> None:
    opgave = an_opgave(session, "Wmo", "schuldhulpverlening")
    profile = a_profile(session, "Wmo")
    match_everything(make_work(session))
    sign_in(client, session, session.get_one(User, profile.user_id))

    said = text_of(client.get(f"/opgaven/{opgave.id}"))

    assert "Waarom dit bij jou past" in said
    assert "Van wat nodig is, staat 1 van de 2 helemaal op je profiel." in said
    assert "Met 'schuldhulpverlening' op niveau zelfstandig en veel energie zou" in said


def test_who_has_no_match_or_no_profile_reads_what_to_do(
    client: FlaskClient, session: Session
) -> None:
    opgave = an_opgave(session, "Wmo")
    reader = a_user(session)
    sign_in(client, session, reader)

    without = text_of(client.get(f"/opgaven/{opgave.id}"))
    a_profile(session, "koken", user=reader)
    with_profile = text_of(client.get(f"/opgaven/{opgave.id}"))

    assert "Past deze opgave bij jou? Maak je profiel" in without
    assert "Deze opgave staat niet bij je matches." in with_profile


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"status": OpgaveStatus.WITHDRAWN, "ended_at": MONDAY},
            "Deze opgave is ingetrokken op 23 november 2026.",
        ),
        (
            {"status": OpgaveStatus.DONE, "ended_at": MONDAY},
            "Deze opgave is afgerond op 23 november 2026.",
        ),
        (
            {"closes_on": TODAY - timedelta(days=1)},
            "Reageren op deze opgave kon tot en met 22 november 2026.",
        ),
    ],
)
def test_an_opgave_that_ended_says_so_and_invites_nobody(
    client: FlaskClient, session: Session, owner: User, changed: dict[str, Any], said: str
) -> None:
    opgave = an_opgave(session, "Wmo", owner=owner, **changed)
    reader = a_user(session)

    seen = [
        text_of(sign_in(client, session, somebody).get(f"/opgaven/{opgave.id}"))
        for somebody in (reader, owner)
    ]

    assert f"{said} Bekijk andere opgaven" in seen[0]
    assert f"{said} We zoeken er geen collega's meer bij." in seen[1]
    assert [one for one in ("Contact", "Past deze opgave", owner.email) if one in seen[0]] == []
    assert "Hier kunnen collega's jullie vinden" not in seen[1]


@pytest.mark.parametrize(
    "changed",
    [{"status": OpgaveStatus.DONE, "ended_at": MONDAY}, {"closes_on": TODAY - timedelta(days=1)}],
    ids=["closed", "past its last day"],
)
def test_what_ended_fits_nobody_any_more_though_the_match_is_still_there(
    client: FlaskClient, session: Session, changed: dict[str, Any]
) -> None:
    opgave, profile = an_opgave(session, "Wmo"), a_profile(session, "Wmo")
    match_everything(make_work(session))
    sign_in(client, session, session.get_one(User, profile.user_id))

    while_open = text_of(client.get(f"/opgaven/{opgave.id}"))
    for name, value in changed.items():
        setattr(opgave, name, value)
    session.commit()
    after = text_of(client.get(f"/opgaven/{opgave.id}"))

    why = "Waarom dit bij jou past"
    assert (why in while_open, why in after) == (True, False)


def test_a_search_finds_words_of_the_title_and_skills_by_meaning(
    client: FlaskClient, session: Session, tmp_path: Path
) -> None:
    a_vocabulary(session, tmp_path)
    an_opgave(session, "pleeg-zorg", title="Meer gezinnen")
    an_opgave(session, title="Het plein")

    by_skill = text_of(client.get("/opgaven?q=jeugdzorg"))
    by_title = text_of(client.get("/opgaven?q=plein"))

    assert ("Meer gezinnen" in by_skill, "Het plein" in by_skill) == (True, False)
    assert "We zochten op jeugdhulp" in by_skill
    assert "Gevraagd: pleeg-zorg (je zoekwoord is breder dan gevraagd)" in by_skill
    assert "Niet bij de vaardigheden, wel in de tekst: plein" in by_title
    assert ("Meer gezinnen" in by_title, "Het plein" in by_title) == (False, True)


def test_what_asks_for_a_skill_comes_before_what_only_writes_of_it(
    client: FlaskClient, session: Session, tmp_path: Path
) -> None:
    a_vocabulary(session, tmp_path)
    soon = TODAY + timedelta(days=1)
    an_opgave(session, title="Alleen tekst", text="Over pleegzorg.", closes_on=soon)
    an_opgave(session, "jeugdhulp", title="Breder gevraagd", closes_on=soon)
    an_opgave(session, "Pleegzorg", title="Zelf gevraagd")

    page = client.get("/opgaven?q=pleegzorg").text

    titles = re.findall(r'class="dgvn-card__link"[^>]*>([^<]+)<', page)
    assert titles == ["Zelf gevraagd", "Breder gevraagd", "Alleen tekst"]
    assert "(je zoekwoord is specifieker dan gevraagd)" in page


def test_the_filters_of_the_search(client: FlaskClient, session: Session) -> None:
    drenthe = a_user(
        session, Role.OPGAVEHOUDER, gemeente_code=a_gemeente(session, province="Drenthe").code
    )
    an_opgave(
        session, owner=drenthe, title="Klein", themes=["wonen"], kind=Kind.KLUS, hours_per_week=4
    )
    an_opgave(session, title="Groot", hours_per_week=24)

    for asked in ("thema=wonen", "soort=klus", "provincie=Drenthe", "uren=8"):
        said = text_of(client.get(f"/opgaven?{asked}"))
        assert (asked, "Klein" in said, "Groot" in said) == (asked, True, False)


@pytest.mark.parametrize(
    "asked",
    [
        "q=%00%ff", "q=" + "y" * 5000, "thema=x", "soort=%C2%B2", "uren=999", "uren=-1",
        "pagina=" + "9" * 400, "pagina=0&q=%25_%5C", "provincie=%F0%9F%99%82", "q=!!!",
    ],
)  # fmt: skip
def test_an_odd_search_is_no_error(client: FlaskClient, session: Session, asked: str) -> None:
    an_opgave(session, "Wmo")

    assert client.get(f"/opgaven?{asked}").status_code == 200


def test_an_empty_list_says_what_to_do_next(client: FlaskClient, owner: User) -> None:
    nothing_yet = text_of(client.get("/opgaven"))
    nothing_found = text_of(client.get("/opgaven?q=plein"))

    assert "Nog geen open opgaven" in nothing_yet
    assert "Geen opgave gevonden" in nothing_found


def test_a_list_of_three_costs_no_more_questions_than_a_list_of_one(
    client: FlaskClient, session: Session
) -> None:
    def count_for(opgaven: int) -> int:
        for _ in range(opgaven):
            an_opgave(session, "Wmo", "Awb")
        session.commit()
        session.expire_all()
        with counted(session) as statements:
            client.get("/opgaven")
        return len(statements)

    assert count_for(1) == count_for(2)


# --- writing --------------------------------------------------------------------------------


def test_only_an_opgavehouder_comes_to_the_form(client: FlaskClient, session: Session) -> None:
    opgave = an_opgave(session)
    visitor = client.get(NEW).status_code
    sign_in(client, session, a_user(session))
    professional = [client.get(path).status_code for path in (NEW, edit_of(opgave))]
    sign_in(client, session, a_user(session, Role.GEMEENTEBEHEERDER))
    manager = client.get(NEW).status_code

    assert (visitor, professional, manager) == (302, [403, 403], 403)


def test_a_title_is_enough_for_a_concept(
    client: FlaskClient, session: Session, owner: User
) -> None:
    answer = client.post(NEW, data=begun())

    opgave = the_opgave(session)
    assert (answer.status_code, answer.location) == (302, f"/opgaven/{opgave.id}")
    assert (opgave.status, opgave.title) == (OpgaveStatus.CONCEPT, "Een plan voor het plein")
    assert (opgave.gemeente_code, opgave.owner_id) == (owner.gemeente_code, owner.id)


def test_everything_that_was_filled_in_is_kept(
    client: FlaskClient, session: Session, owner: User
) -> None:
    second = a_user(session, Role.OPGAVEHOUDER, gemeente_code=owner.gemeente_code)

    client.post(
        NEW,
        data=filled(
            people_needed="3",
            place="remote",
            audience="province",
            is_public="",
            co_owner_email=second.email.upper(),
        ),
    )

    opgave = the_opgave(session)
    skills = [(skill.label, skill.must, skill.level) for skill in opgave.skills]
    assert skills == [("ruimtelijke ordening", True, 3), ("tekenen", False, 1)]
    assert (opgave.kind, opgave.themes, opgave.hours_per_week) == (Kind.KLUS, ["ruimte"], 8)
    assert (opgave.starts_on, opgave.closes_on) == (date(2027, 1, 4), date(2026, 12, 20))
    assert (opgave.people_needed, opgave.place, opgave.audience) == (3, "remote", "province")
    assert opgave.co_owner_id == second.id


def test_an_unticked_box_keeps_visitors_out(
    client: FlaskClient, session: Session, owner: User
) -> None:
    data = filled()
    del data["is_public"]

    client.post(NEW, data=data)

    assert the_opgave(session).is_public is False


def test_saving_and_opening_tells_it_to_matching(
    client: FlaskClient, session: Session, owner: User
) -> None:
    answer = client.post(NEW, data=filled(actie="publiceer"))

    told = session.scalars(select(OutboxMessage.name)).all()
    assert (answer.status_code, the_opgave(session).status) == (302, OpgaveStatus.OPEN)
    assert told == ["opgave.drafted", "opgave.published"]


def test_what_is_not_complete_is_saved_as_concept_and_says_what_is_missing(
    client: FlaskClient, session: Session, owner: User
) -> None:
    answer = client.post(NEW, data=begun(actie="publiceer"))

    opgave, said = the_opgave(session), text_of(answer)
    assert (answer.status_code, opgave.status) == (422, OpgaveStatus.CONCEPT)
    assert "De opgave is bewaard als concept" in said
    assert "Vul in hoeveel uur per week het kost." in said
    assert 'id="hours_per_week-fout"' in answer.text
    assert f'action="{edit_of(opgave)}"' in answer.text


def test_after_a_refused_opening_the_same_form_goes_on_where_it_was(
    client: FlaskClient, session: Session, owner: User
) -> None:
    refused = client.post(NEW, data=begun(actie="publiceer"))
    opgave = the_opgave(session)

    version = value_of(refused, "version")
    answer = client.post(edit_of(opgave), data=filled(version=version, actie="publiceer"))

    assert (answer.status_code, opgave.status) == (302, OpgaveStatus.OPEN)
    assert count(session) == 1


def test_the_same_form_posted_twice_makes_one_opgave(
    client: FlaskClient, session: Session, owner: User
) -> None:
    data = filled()

    statuses = [client.post(NEW, data=data).status_code for _ in range(2)]

    assert (statuses, count(session), the_opgave(session).version) == ([302, 302], 1, 1)


def test_going_back_and_saving_other_words_changes_the_same_opgave(
    client: FlaskClient, session: Session, owner: User
) -> None:
    data = filled()
    client.post(NEW, data=data)

    answer = client.post(NEW, data={**data, "title": "Een beter plan"})

    assert answer.status_code == 302
    assert (count(session), the_opgave(session).title) == (1, "Een beter plan")


def test_going_back_to_the_new_form_finds_what_was_saved_there(
    client: FlaskClient, session: Session, owner: User
) -> None:
    address = client.get(NEW).location
    opgave_id = value_of(client.get(address), "opgave_id")
    client.post(NEW, data=filled(opgave_id=opgave_id))

    back = client.get(address, follow_redirects=True)

    assert back.request.path == edit_of(the_opgave(session))
    assert value_of(back, "skills-0-label") == "ruimtelijke ordening"
    assert value_of(back, "version") == "1"


@pytest.mark.parametrize("typed", ["", "?opgave=", "?opgave=nee"])
def test_every_new_form_has_an_address_of_its_own(
    client: FlaskClient, owner: User, typed: str
) -> None:
    first, second = (client.get(NEW + typed).location for _ in range(2))
    again = [value_of(client.get(first), "opgave_id") for _ in range(2)]
    assert (first != second, first.endswith(str(again[0])), len(set(again))) == (True, True, 1)


def test_the_address_of_an_opgave_elsewhere_opens_no_new_form(
    client: FlaskClient, session: Session, owner: User
) -> None:
    other = an_opgave(session)
    assert client.get(f"{NEW}?opgave={other.id}").status_code == 404


def test_going_back_after_a_colleague_changed_it_overwrites_nothing(
    client: FlaskClient, session: Session, owner: User
) -> None:
    data = filled()
    client.post(NEW, data=data)
    opgave = the_opgave(session)
    opgave.title, opgave.version = "Van een collega", 2
    session.commit()

    answer = client.post(NEW, data={**data, "title": "Van mij"})

    assert (answer.status_code, the_opgave(session).title) == (409, "Van een collega")
    assert value_of(answer, "title") == "Van mij"
    assert f'action="{edit_of(opgave)}"' in answer.text


@pytest.mark.parametrize("status", [OpgaveStatus.CONCEPT, OpgaveStatus.OPEN])
@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"actie": "publiceer"},
        {"title": ""},
        {"title": "", "actie": "publiceer"},
        {"people_needed": "veel"},
        {"add": "skills"},
        {"remove": "skills-0"},
    ],
    ids=["save", "open", "no title", "open without title", "unread", "add a row", "drop a row"],
)
def test_an_id_of_somebody_elses_opgave_is_neither_taken_nor_shown(
    client: FlaskClient,
    session: Session,
    owner: User,
    typed: dict[str, str],
    status: OpgaveStatus,
) -> None:
    other = an_opgave(session, title="Van een ander", status=status)
    session.commit()

    answer = client.post(NEW, data=filled(opgave_id=str(other.id), **typed))

    assert (answer.status_code, the_opgave(session).title) == (404, "Van een ander")
    assert "Van een ander" not in answer.text


@pytest.mark.parametrize("typed", ["", "geen-id", "\0", "x" * 5000])
def test_an_id_that_is_none_gets_a_new_one(
    client: FlaskClient, session: Session, owner: User, typed: str
) -> None:
    answer = client.post(NEW, data=filled(opgave_id=typed))

    assert (answer.status_code, isinstance(the_opgave(session).id, UUID)) == (302, True)


def test_of_two_writers_the_second_is_told_and_can_save_on_purpose(
    client: FlaskClient, session: Session, owner: User
) -> None:
    opgave = an_opgave(session, "Wmo", owner=owner)
    session.commit()
    opened = client.get(edit_of(opgave))
    seen = value_of(opened, "version")
    client.post(edit_of(opgave), data=filled(version=seen, title="De eerste"))

    answer = client.post(edit_of(opgave), data=filled(version=seen, title="De tweede"))

    assert answer.status_code == 409
    assert "intussen door iemand anders gewijzigd" in text_of(answer)
    assert value_of(answer, "title") == "De tweede"
    again = filled(version=value_of(answer, "version"), title="De tweede")
    assert client.post(edit_of(opgave), data=again).status_code == 302
    assert the_opgave(session).title == "De tweede"


def test_an_open_opgave_stays_complete(client: FlaskClient, session: Session, owner: User) -> None:
    opgave = an_opgave(session, "Wmo", owner=owner, title="Zoals het was")
    session.commit()

    answer = client.post(edit_of(opgave), data=begun(version="1"))

    assert (answer.status_code, the_opgave(session).title) == (422, "Zoals het was")
    assert "Kies minstens één thema." in text_of(answer)


def test_a_change_of_an_open_opgave_is_told_to_matching(
    client: FlaskClient, session: Session, owner: User
) -> None:
    opgave = an_opgave(session, "Wmo", owner=owner)
    session.commit()

    client.post(edit_of(opgave), data=filled(version="1"))

    assert session.scalars(select(OutboxMessage.name)).all() == ["opgave.changed"]


BAD = {
    "no title": ({"title": " \u200b "}, "title", "Geef de opgave een titel."),
    "a title too long": ({"title": "x" * 121}, "title", "Gebruik hier hoogstens 120 tekens."),
    "a text too long": ({"text": "x" * 10_001}, "text", "Gebruik hier hoogstens 10.000 tekens."),
    "200 hours": ({"hours_per_week": "200"}, "hours_per_week", "Kies een getal van 1 tot en met"),
    "no hours at all": ({"hours_per_week": "0"}, "hours_per_week", "Kies een getal van 1"),
    "hours in words": ({"hours_per_week": "veel"}, "hours_per_week", "Vul een heel getal in"),
    "nobody": ({"people_needed": "0"}, "people_needed", "Kies een getal van 1 tot en met 50."),
    "an endless crowd": ({"people_needed": "9" * 4000}, "people_needed", "Vul een heel getal in"),
    "a great crowd": ({"people_needed": "99999999999"}, "people_needed", "Kies een getal van 1"),
    "no such day": ({"starts_on": "31-02-2027"}, "starts_on", "Vul een datum in"),
    "an end before the begin": ({"ends_on": "2027-01-03"}, "ends_on", "voor de begindatum"),
    "more than three years": ({"ends_on": "2031-01-04"}, "ends_on", "hoogstens drie jaar"),
    "closing after the end": ({"closes_on": "2027-07-01"}, "closes_on", "ligt na het einde"),
    "no such kind": ({"kind": "baan"}, "kind", "Kies een van de mogelijkheden."),
    "no such place": ({"place": "maan"}, "place", "Kies een van de mogelijkheden."),
    "no such theme": ({"themes": "geheim"}, "themes", "Kies een van de mogelijkheden."),
    "a label too long": ({"skills-1-label": "x" * 81}, "skills-1-label", "hoogstens 80 tekens."),
    "the same twice": (
        {"skills-1-label": "Ruimtelijke-ordening"}, "skills-1-label", "staat er al",
    ),
    "an unclear must": ({"skills-0-must": "misschien"}, "skills-0-must", "Kies een van de"),
    "an unknown colleague": (
        {"co_owner_email": "wie@elders.example"}, "co_owner_email", "Dit adres kennen we niet",
    ),
    "no address at all": ({"co_owner_email": "'; --"}, "co_owner_email", "Dit adres kennen we"),
}  # fmt: skip


@pytest.mark.parametrize(("changed", "field", "said"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_told_beside_its_field_and_nothing_is_saved(
    client: FlaskClient,
    session: Session,
    owner: User,
    changed: dict[str, str],
    field: str,
    said: str,
) -> None:
    answer = client.post(NEW, data=filled(**changed))

    assert (answer.status_code, count(session)) == (422, 0)
    assert said in fault_at(answer, field)
    assert value_of(answer, "skills-0-label") == "ruimtelijke ordening"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"closes_on": "2026-11-22"}, "De sluitingsdatum ligt in het verleden."),
        (
            {"starts_on": "2026-01-05", "ends_on": "2026-10-01", "closes_on": "2026-09-01"},
            "De einddatum ligt in het verleden.",
        ),
        ({"starts_on": "2026-11-22"}, "De begindatum ligt in het verleden."),
    ],
)
def test_what_is_over_can_be_kept_but_not_opened(
    client: FlaskClient, session: Session, owner: User, changed: dict[str, str], said: str
) -> None:
    answer = client.post(NEW, data=filled(actie="publiceer", **changed))

    assert (answer.status_code, the_opgave(session).status) == (422, OpgaveStatus.CONCEPT)
    assert said in text_of(answer)


def test_everything_that_is_in_the_way_of_opening_is_told_at_once(
    client: FlaskClient, session: Session, owner: User
) -> None:
    words = filled(
        actie="publiceer", title="", text="", hours_per_week="", co_owner_email="wie@x.example"
    )

    said = text_of(client.post(NEW, data=words))

    told = [
        "Geef de opgave een titel.",
        "Vertel wat er aan de hand is en wat iemand gaat doen.",
        "Vul in hoeveel uur per week het kost.",
        "Dit adres kennen we niet bij jouw gemeente.",
    ]
    assert [one for one in told if one not in said] == []


def test_closing_today_is_not_too_late(client: FlaskClient, session: Session, owner: User) -> None:
    client.post(NEW, data=filled(actie="publiceer", closes_on=TODAY.isoformat()))

    assert the_opgave(session).status is OpgaveStatus.OPEN


def test_16_skills_are_too_many_and_all_stay_on_the_page(
    client: FlaskClient, session: Session, owner: User
) -> None:
    rows = {f"skills-{at}-label": f"vaardigheid {at}" for at in range(16)}

    answer = client.post(NEW, data=filled(**rows))

    assert (answer.status_code, count(session)) == (422, 0)
    assert "Noem hoogstens 15 vaardigheden." in text_of(answer)
    assert value_of(answer, "skills-15-label") == "vaardigheid 15"


def test_what_cannot_be_seen_is_left_out_and_markup_stays_plain_text(
    client: FlaskClient, session: Session, owner: User
) -> None:
    client.post(NEW, data=filled(title="\u202e<b>Cafe\u0301</b>\0 🙂", text="a\0b\r\n\r\n\r\nc"))

    opgave = the_opgave(session)
    page = client.get(f"/opgaven/{opgave.id}").text
    assert (opgave.title, opgave.text) == ("<b>Café</b> 🙂", "ab\n\nc")
    assert ("<b>Café" in page, "&lt;b&gt;Café" in page) == (False, True)


def test_a_form_of_a_megabyte_is_refused(
    client: FlaskClient, session: Session, owner: User
) -> None:
    answer = client.post(NEW, data=filled(text="x" * 1_000_000))

    assert (answer.status_code, count(session)) == (413, 0)


def test_rows_are_added_and_removed_without_saving_or_judging(
    client: FlaskClient, session: Session, owner: User
) -> None:
    added = client.post(NEW, data=filled(add="skills", title=""))
    removed = client.post(NEW, data=filled(remove="skills-0"))

    assert [added.status_code, removed.status_code, count(session)] == [200, 200, 0]
    assert value_of(added, "skills-2-label") == ""
    assert value_of(removed, "skills-0-label") == "tekenen"


def test_the_new_form_keeps_its_id_while_rows_change(client: FlaskClient, owner: User) -> None:
    first = client.get(NEW, follow_redirects=True)

    again = client.post(NEW, data=begun(opgave_id=value_of(first, "opgave_id"), add="skills"))

    assert value_of(again, "opgave_id") == value_of(first, "opgave_id") != ""


# --- from concept to closed -------------------------------------------------------------------


def test_a_concept_is_opened_from_its_page(
    client: FlaskClient, session: Session, owner: User
) -> None:
    opgave = an_opgave(session, "Wmo", owner=owner, status=OpgaveStatus.CONCEPT)
    session.commit()

    answer = client.post(f"/opgaven/{opgave.id}/publiceren", follow_redirects=True)

    assert opgave.status is OpgaveStatus.OPEN
    assert "De opgave staat open." in text_of(answer)
    assert f"/opgaven/{opgave.id}/collegas" in answer.text


def test_opening_what_is_not_complete_shows_the_form_with_what_is_missing(
    client: FlaskClient, session: Session, owner: User
) -> None:
    opgave = an_opgave(session, owner=owner, status=OpgaveStatus.CONCEPT, text="")
    session.commit()

    answer = client.post(f"/opgaven/{opgave.id}/publiceren")

    assert (answer.status_code, opgave.status) == (422, OpgaveStatus.CONCEPT)
    assert f'action="{edit_of(opgave)}"' in answer.text
    assert "Noem minstens één vaardigheid." in text_of(answer)


@pytest.mark.parametrize(
    ("deed", "status"),
    [
        ("bezet", OpgaveStatus.FILLED),
        ("afronden", OpgaveStatus.DONE),
        ("intrekken", OpgaveStatus.WITHDRAWN),
    ],
)
def test_a_step_without_a_way_back_asks_first(
    client: FlaskClient, session: Session, owner: User, deed: str, status: OpgaveStatus
) -> None:
    before = OpgaveStatus.RUNNING if deed == "afronden" else OpgaveStatus.OPEN
    opgave = an_opgave(session, "Wmo", owner=owner, status=before)
    session.commit()

    asked = client.get(f"/opgaven/{opgave.id}/{deed}")
    assert (asked.status_code, opgave.status) == (200, before)
    answers = [client.post(f"/opgaven/{opgave.id}/{deed}").status_code for _ in range(2)]

    assert (answers, opgave.status) == ([302, 302], status)
    assert len(session.scalars(select(OutboxMessage.name)).all()) == 1


def test_an_opgave_goes_its_way_by_the_buttons_on_its_page(
    client: FlaskClient, session: Session, owner: User
) -> None:
    opgave = an_opgave(session, "Wmo", owner=owner)
    session.commit()
    address = f"/opgaven/{opgave.id}"
    soon = {"people_needed": "2", "closes_on": (TODAY + timedelta(days=3)).isoformat()}

    said = []
    for offered, deed, data in (
        ("We zijn in gesprek", "in-gesprek", {}),
        ("We hebben wie we zoeken", "bezet", {}),
        ("Zoek iemand bij", "bijzoeken", soon),
        ("We hebben wie we zoeken", "bezet", {}),
        ("Het werk is begonnen", "begin", {}),
        ("Rond de opgave af", "afronden", {}),
    ):
        assert offered in text_of(client.get(address))
        answer = client.post(f"{address}/{deed}", data=data, follow_redirects=True)
        said.append((answer.status_code, opgave.status.value))

    assert said == [
        *((200, "in_gesprek"), (200, "bezet"), (200, "in_gesprek"), (200, "bezet")),
        *((200, "lopend"), (200, "afgerond")),
    ]
    assert opgave.people_needed == 2
    happened = text_of(client.get(address)).split("Wat er gebeurde")[1]
    assert happened.index("De opgave is afgerond, door") < happened.index("Het gesprek met een")
    assert "Wat er gebeurde" not in text_of(sign_in(client, session, a_user(session)).get(address))


def test_every_step_has_words() -> None:
    assert set(STEP_WORDS) == STEPS


def test_looking_for_somebody_more_says_what_is_wrong_beside_the_field(
    client: FlaskClient, session: Session, owner: User
) -> None:
    opgave = an_opgave(session, "Wmo", owner=owner, status=OpgaveStatus.FILLED)
    still_open = an_opgave(session, "Wmo", owner=owner)
    session.commit()

    form = client.get(f"/opgaven/{opgave.id}/bijzoeken")
    wrong = client.post(f"/opgaven/{opgave.id}/bijzoeken", data={"people_needed": "veel"})
    too_late = {"people_needed": "1", "closes_on": "2020-01-01"}
    past = client.post(f"/opgaven/{opgave.id}/bijzoeken", data=too_late)

    assert (form.status_code, wrong.status_code, past.status_code) == (200, 422, 422)
    assert "De sluitingsdatum ligt in het verleden." in text_of(past)
    assert client.get(f"/opgaven/{still_open.id}/bijzoeken").status_code == 409


def test_what_has_ended_cannot_be_edited_or_opened_again(
    client: FlaskClient, session: Session, owner: User
) -> None:
    opgave = an_opgave(session, "Wmo", owner=owner, status=OpgaveStatus.WITHDRAWN)
    session.commit()

    form = client.get(edit_of(opgave), follow_redirects=True)
    saved = client.post(edit_of(opgave), data=filled())
    opened = client.post(f"/opgaven/{opgave.id}/publiceren")

    assert "Deze opgave is voorbij" in text_of(form)
    assert (saved.status_code, opened.status_code) == (302, 409)
    assert (opgave.status, opgave.title) == (OpgaveStatus.WITHDRAWN, "Een opgave")


@pytest.mark.parametrize(
    "deed",
    [
        *("bewerken", "publiceren", "in-gesprek", "bezet", "bijzoeken", "begin", "afronden"),
        "intrekken",
    ],
)
def test_an_opgavehouder_elsewhere_can_do_nothing(
    client: FlaskClient, session: Session, owner: User, deed: str
) -> None:
    opgave = an_opgave(session, "Wmo", status=OpgaveStatus.CONCEPT)
    session.commit()

    answer = client.post(f"/opgaven/{opgave.id}/{deed}", data=filled())

    assert (answer.status_code, opgave.status) == (404, OpgaveStatus.CONCEPT)


def test_the_list_of_the_gemeente_counts_only_colleagues_who_may_be_known(
    client: FlaskClient, session: Session, owner: User
) -> None:
    an_opgave(session, "Wmo", owner=owner, title="Van ons")
    an_opgave(session, "Wmo", title="Van een ander")
    a_profile(session, "Wmo")
    a_profile(session, "Wmo", visibility=Visibility.HIDDEN)
    match_everything(make_work(session))

    said = text_of(client.get("/onze-opgaven"))

    assert ("Van ons" in said, "Van een ander" in said) == (True, False)
    assert "1 collega past helemaal of deels" in said


def test_the_list_of_the_gemeente_leads_to_its_loans(client: FlaskClient, session: Session) -> None:
    who = parties(session)
    an_opgave(session, "Wmo", owner=who.borrower, title="Zonder inzet")
    sign_in(client, session, who.borrower)
    loan = a_loan(session, who)

    page = client.get("/onze-opgaven").text

    assert page.count("Inzet van") == 1
    assert f'href="/inzet/{loan.id}">Inzet van {who.professional.name}<' in page


def test_a_gemeente_without_opgaven_is_invited_to_begin(client: FlaskClient, owner: User) -> None:
    assert "Jullie hebben nog geen opgaven" in text_of(client.get("/onze-opgaven"))


def test_the_edit_form_holds_what_was_saved(
    client: FlaskClient, session: Session, owner: User
) -> None:
    opgave = an_opgave(session, an_asked_skill("Wmo", must=False, level=4), owner=owner)
    session.commit()

    page = client.get(edit_of(opgave))

    assert value_of(page, "skills-0-label") == "Wmo"
    assert value_of(page, "ends_on") == (TODAY + timedelta(days=120)).isoformat()
    assert '<option selected value="False">' in page.text
    assert '<option selected value="4">' in page.text


# --- beginning with what others finished, and what comes after colleagues ----------------------


def test_a_finished_opgave_is_found_and_begun_with(
    client: FlaskClient, session: Session, owner: User
) -> None:
    there = a_user(session, Role.OPGAVEHOUDER)
    source = an_opgave(
        session, "Wmo", owner=there, title="Meer bomen", status=OpgaveStatus.DONE, ended_at=MONDAY
    )
    session.commit()

    listed = text_of(client.get("/opgaven/afgerond"))
    page = client.get(f"/opgaven/{source.id}")
    data = {"nieuw": value_of(page, "nieuw")}
    answers = [client.post(f"/opgaven/{source.id}/overnemen", data=data) for _ in range(2)]
    begun_id = UUID(data["nieuw"])
    own = text_of(client.get(f"/opgaven/{begun_id}"))
    sign_in(client, session, there)
    of_source = text_of(client.get(f"/opgaven/{source.id}"))

    assert "Meer bomen" in listed
    assert [answer.location for answer in answers] == [f"/opgaven/{begun_id}/bewerken"] * 2
    assert "Deze opgave begon met Meer bomen van gemeente" in own
    assert "1 gemeente begon een eigen opgave met deze." in of_source


def test_who_may_not_write_an_opgave_reads_what_was_finished(
    client: FlaskClient, session: Session
) -> None:
    source = an_opgave(session, "Wmo", status=OpgaveStatus.DONE, ended_at=MONDAY)
    sign_in(client, session, a_user(session))

    said = text_of(client.get(f"/opgaven/{source.id}"))

    assert "Begin met deze opgave" not in said
    assert client.post(f"/opgaven/{source.id}/overnemen").status_code == 403


def test_hiring_is_offered_after_the_weeks_for_colleagues_with_an_honest_count(
    client: FlaskClient, session: Session, owner: User
) -> None:
    early = an_opgave(session, "Wmo", owner=owner, closes_on=TODAY + timedelta(days=60))
    opgave = an_opgave(session, "Wmo", owner=owner, published_at=MONDAY - timedelta(weeks=5))
    profiles = [a_profile(session, "Wmo") for _ in range(2)]
    tell_matches(make_work(session), opgave.id, [one.user_id for one in profiles])
    tell_matches(make_work(session), opgave.id, [profiles[0].user_id])
    session.commit()

    offered = text_of(client.get(f"/opgaven/{opgave.id}"))
    page = text_of(client.get(f"/opgaven/{opgave.id}/inhuur"))
    too_early = text_of(client.get(f"/opgaven/{early.id}"))

    assert "Niemand gevonden? Lees hoe je verder kunt" in offered
    assert "We meldden de opgave aan 2 collega's die passen. Niemand toonde belangstelling." in page
    told = "Alleen voor collega's tot en met 21 december 2026. Vond je dan nog niemand?"
    assert told in too_early
    assert "Niemand gevonden?" not in too_early
    assert client.get(f"/opgaven/{early.id}/inhuur").status_code == 404


def test_weeks_for_colleagues_that_last_to_the_end_are_not_told(
    client: FlaskClient, session: Session, owner: User
) -> None:
    closes_on = TODAY + timedelta(weeks=4)
    to_the_end, a_day_longer = (
        an_opgave(session, "Wmo", owner=owner, closes_on=closes_on + timedelta(days=days))
        for days in (0, 1)
    )

    pages = [text_of(client.get(f"/opgaven/{one.id}")) for one in (to_the_end, a_day_longer)]

    assert ["Alleen voor collega's" in page for page in pages] == [False, True]


@pytest.mark.parametrize(
    ("ends_on", "proposed"),
    [
        # In two weeks, and that is a workday.
        (date(2027, 6, 30), "2026-12-07"),
        # It ends on a Sunday before that.
        (date(2026, 11, 29), "2026-11-27"),
        # It ended.
        (date(2026, 11, 22), "2026-11-23"),
    ],
)
def test_looking_for_somebody_more_proposes_a_workday(
    client: FlaskClient, session: Session, owner: User, ends_on: date, proposed: str
) -> None:
    days = {"starts_on": date(2026, 11, 2), "ends_on": ends_on, "closes_on": date(2026, 11, 20)}
    opgave = an_opgave(session, "Wmo", owner=owner, status=OpgaveStatus.FILLED, **days)
    session.commit()

    assert value_of(client.get(f"/opgaven/{opgave.id}/bijzoeken"), "closes_on") == proposed


def test_each_kind_shows_what_it_asks(client: FlaskClient, session: Session, owner: User) -> None:
    data = {
        Kind.KLANKBORD: {"times": "4"},
        Kind.RUIL: {"in_return": "Onze jurist"},
        Kind.ATELIERPLEK: {"atelier": "Atelier Dak"},
        Kind.MEELOPEN: {},
    }

    said = {}
    for kind, more in data.items():
        sent = filled(kind=kind.value, actie="publiceer", **more)
        said[kind] = text_of(client.post(NEW, data=sent, follow_redirects=True))

    assert "Tijd 4 keer" in said[Kind.KLANKBORD]
    assert "Onze jurist" in said[Kind.RUIL]
    assert "Atelier Dak" in said[Kind.ATELIERPLEK]
    assert "Wat je hier leert" in said[Kind.MEELOPEN]


@pytest.mark.parametrize(
    ("set_to", "until", "prefilled", "why"),
    [
        (TODAY + timedelta(days=40), 120, "2027-01-02", "Die dag staat ingevuld."),
        (
            TODAY - timedelta(days=1),
            120,
            "2026-12-07",
            "Die dag is voorbij. We stellen 7 december 2026 voor: dat is over twee weken.",
        ),
        (
            TODAY - timedelta(days=9),
            5,
            "2026-11-27",
            "Die dag is voorbij. We stellen 27 november 2026 voor: verder loopt de opgave niet.",
        ),
        (
            TODAY - timedelta(days=9),
            -1,
            "2026-11-23",
            "Die dag is voorbij. We stellen 23 november 2026 voor: verder loopt de opgave niet.",
        ),
    ],
)
def test_who_looks_for_somebody_more_reads_which_day_was_set(
    client: FlaskClient,
    session: Session,
    owner: User,
    set_to: date,
    until: int,
    prefilled: str,
    why: str,
) -> None:
    opgave = an_opgave(
        session,
        owner=owner,
        status=OpgaveStatus.FILLED,
        starts_on=TODAY - timedelta(days=10),
        ends_on=TODAY + timedelta(days=until),
        closes_on=set_to,
    )

    form = client.get(f"/opgaven/{opgave.id}/bijzoeken")

    assert value_of(form, "closes_on") == prefilled
    assert f"Reageren kon eerst tot en met {dutch_date(set_to)}. {why}" in text_of(form)
    assert "handtekeningen" not in text_of(form)


def test_who_looks_for_somebody_more_reads_who_waits_for_signatures(
    client: FlaskClient, session: Session, owner: User
) -> None:
    opgave = an_opgave(session, owner=owner, status=OpgaveStatus.FILLED, people_needed=2)
    asker = a_user(session, name="Siebe Bakker")
    loan = a_loan_asked(session, asker, opgave, "baas@testerdam.example")

    form = client.get(f"/opgaven/{opgave.id}/bijzoeken")

    assert "1 collega wacht nog op handtekeningen." in text_of(form)
    assert "Siebe Bakker" in text_of(form)
    assert f"/inzet/{loan.id}" in form.text


def test_the_own_list_says_what_a_beheerder_took_away(
    client: FlaskClient, session: Session, owner: User
) -> None:
    withdrawn = an_opgave(session, owner=owner, title="Zelf", status=OpgaveStatus.WITHDRAWN)
    said = "Een beheerder haalde deze opgave weg, na een melding."
    assert said not in text_of(client.get("/onze-opgaven"))

    withdrawn.taken_down_at = MONDAY
    session.commit()

    assert said in text_of(client.get("/onze-opgaven"))


# For the networks of the own gemeente


def test_a_gemeente_in_a_network_can_mean_an_opgave_for_it(
    client: FlaskClient, session: Session
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    opgave = an_opgave(session, owner=owner, status=OpgaveStatus.CONCEPT, published_at=None)
    here = f"/opgaven/{opgave.id}/bewerken"
    sent = {"title": "Samen", "kind": "opgave", "place": "hybrid", "people_needed": 1}
    sent |= {"audience": "network", "is_public": "y", "version": 1, "colleagues_weeks": 4}
    sign_in(client, session, owner)

    offered = ['value="network"' in client.get(here).text]
    refused = client.post(here, data=sent)
    a_network(session, owner.gemeente_code, name="Stedenkracht")
    page = client.get(here).text
    saved = client.post(here, data=sent)

    assert refused.status_code == 422
    assert "Jullie gemeente hoort bij geen netwerk." in refused.text
    assert [*offered, 'value="network"' in page, "Stedenkracht" in page] == [False, True, True]
    session.refresh(opgave)
    assert (saved.status_code, opgave.audience, opgave.is_public) == (302, Audience.NETWORK, False)


def test_what_is_for_a_network_does_not_exist_outside_it(
    client: FlaskClient, session: Session
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    near, far = a_user(session), a_user(session)
    a_network(session, owner.gemeente_code, near.gemeente_code)
    a_network(session, far.gemeente_code, near.gemeente_code)
    fields = {"audience": Audience.NETWORK, "title": "Voor het netwerk"}
    opgave = an_opgave(session, "Inkoop", owner=owner, **fields)
    addresses = (
        f"/opgaven/{opgave.id}",
        f"/opgaven/{opgave.id}/wie-pakt-dit-op",
        f"/opgaven/{uuid4()}",
    )

    def seen() -> tuple[list[int], bool, bool]:
        found = [client.get(one).status_code for one in addresses]
        searched = client.get("/opgaven?zoek=inkoop").text
        return found, fields["title"] in client.get("/opgaven").text, fields["title"] in searched

    as_visitor = seen()
    sign_in(client, session, near)
    inside = seen()
    sign_in(client, session, far)
    outside = seen()

    assert inside == ([200, 200, 404], True, True)
    assert as_visitor == outside == ([404, 404, 404], False, False)
