"""Skills out of a text, on the way from the form of a profile or an opgave and back."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.core.actor import Role
from app.core.outbox import OutboxMessage
from app.factory import MOST_FORM_BYTES
from app.matching.core.proposals import TEXT_READ
from app.opgaven.models import Opgave
from app.opgaven.rules import MOST_SKILLS as MOST_ASKED
from app.opgaven.rules import OpgaveStatus
from app.people.models import Profile
from app.people.rules import MOST_SKILLS
from tests.support.builders import a_profile, a_skill, a_user, an_asked_skill, an_opgave
from tests.support.pages import fault_at, filled_in, hidden_in, press, text_of, value_of
from tests.support.web import sign_in
from tests.support.words import a_vocabulary
from tests.support.work import MONDAY

FROM_TEXT = "/profiel/uit-tekst"
NEW = "Nieuw uit je tekst, nog niet bewaard. Kies je niveau en je energie."
CV = "Ik deed planologie en nu klimaatadaptatie. Ruimtelijke ordening is mijn vak. Ook: jeugdzorg."


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def user(client: FlaskClient, session: Session) -> User:
    """Whoever sits behind the browser."""
    user = a_user(session)
    sign_in(client, session, user)
    return user


@pytest.fixture
def owner(client: FlaskClient, session: Session) -> User:
    """An opgavehouder, who sits behind the browser."""
    owner = a_user(session, Role.OPGAVEHOUDER)
    sign_in(client, session, owner)
    return owner


def typed(**changed: Any) -> dict[str, Any]:
    """A profile that is being written, as its button for a text sends it."""
    return {
        "version": "0",
        "headline": "Ik help <graag>",
        "about": "Twee\nregels",
        "movement": ["grensdenker", "aanpakker"],
        "skills-0-label": "jeugdzorg",
        "skills-0-level": "4",
        "skills-2-label": "",
        "windows-0-hours_per_week": "acht",
        "travel_km": "45",
        "visibility": "gemeente",
        "actie": "uit-tekst",
        **changed,
    }


def asking(**changed: Any) -> dict[str, Any]:
    """An opgave that is being written, as its button for a text sends it."""
    return {
        "version": "0",
        "opgave_id": str(uuid4()),
        "title": "Ruimtelijke ordening op het plein",
        "kind": "klus",
        "text": "Het plein is leeg. Kennis van klimaatadaptatie en pleegzorgprojecten helpt.",
        "skills-0-label": "",
        "place": "remote",
        "people_needed": "2",
        "colleagues_weeks": "4",
        "actie": "uit-tekst",
        **changed,
    }


def from_text_of(opgave_id: object) -> str:
    return f"/opgaven/{opgave_id}/uit-tekst"


@pytest.fixture
def words(session: Session, tmp_path: Path) -> None:
    a_vocabulary(session, tmp_path)


def boxes(answer: TestResponse) -> dict[str, tuple[str, bool]]:
    """Per proposed label its value and whether it is ticked."""
    found = re.findall(
        r'<input[^>]*name="gekozen" value="(\d+)"( checked)?[^>]*>\s*<label[^>]*>(.*?)</label>',
        answer.text,
    )
    return {label: (value, bool(checked)) for value, checked, label in found}


def focused_on(answer: TestResponse) -> list[str]:
    """Where the page opens."""
    focused = re.findall(r"<[^>]* autofocus[^>]*>", answer.text)
    return [re.sub(r'.* name="([^"]*)".*', r"\1", tag) for tag in focused]


def taken(client: FlaskClient, text: str, *labels: str) -> TestResponse:
    found = boxes(client.post(FROM_TEXT, data={"tekst": text}))
    chosen = [found[label][0] for label in labels]
    return client.post(FROM_TEXT, data={"tekst": text, "gekozen": chosen, "actie": "neem-over"})


def test_the_form_of_a_profile_leads_to_skills_from_a_text(client: FlaskClient, user: User) -> None:
    assert f'formaction="{FROM_TEXT}"' in client.get("/profiel/bewerken").text
    assert "bewaren hem nergens" in text_of(client.get(FROM_TEXT))


def test_a_visitor_cannot_have_a_text_read(client: FlaskClient) -> None:
    assert client.post(FROM_TEXT, data={"tekst": CV}).status_code == 302


@pytest.mark.usefixtures("words")
def test_a_text_becomes_proposals_with_the_words_that_tell_them(
    client: FlaskClient, user: User
) -> None:
    answer = client.post(FROM_TEXT, data={"tekst": CV})

    assert answer.status_code == 200
    assert list(boxes(answer)) == ["ruimtelijke ordening", "klimaatadaptatie", "jeugdhulp"]
    assert "omdat je schrijft: “planologie”, “Ruimtelijke ordening”" in text_of(answer)


@pytest.mark.usefixtures("words")
def test_only_what_is_sure_is_chosen_beforehand(client: FlaskClient, user: User) -> None:
    answer = client.post(FROM_TEXT, data={"tekst": "Jeugdzorg, en pleegzorgprojecten."})

    assert {label: ticked for label, (_, ticked) in boxes(answer).items()} == {
        "jeugdhulp": True,
        "pleegzorg": False,
    }


@pytest.mark.usefixtures("words")
def test_what_seems_denied_can_be_chosen_and_says_why_it_is_not(
    client: FlaskClient, user: User
) -> None:
    text = "Geen ervaring met planologie. Jeugdzorg is mijn vak."
    answer = client.post(FROM_TEXT, data={"tekst": text})

    assert {label: ticked for label, (_, ticked) in boxes(answer).items()} == {
        "jeugdhulp": True,
        "ruimtelijke ordening": False,
    }
    assert list(boxes(answer))[-1] == "ruimtelijke ordening"
    assert "omdat je schrijft: “planologie”. Er staat “geen” bij" in text_of(answer)
    assert text_of(answer).count("Er staat") == 1


@pytest.mark.usefixtures("words")
def test_what_is_on_the_profile_already_is_left_out(
    client: FlaskClient, session: Session, user: User
) -> None:
    a_profile(session, "planologie", user=user)
    session.commit()

    assert list(boxes(client.post(FROM_TEXT, data={"tekst": CV}))) == [
        "klimaatadaptatie",
        "jeugdhulp",
    ]


@pytest.mark.usefixtures("words")
def test_what_is_taken_stands_on_the_form_and_is_not_saved_yet(
    client: FlaskClient, session: Session, user: User
) -> None:
    a_profile(session, a_skill("Wmo", level=4), user=user, function="Regisseur")
    session.commit()

    answer = taken(client, CV, "klimaatadaptatie")

    labels = [value_of(answer, f"skills-{at}-label") for at in range(3)]
    assert (answer.status_code, labels) == (200, ["Wmo", "klimaatadaptatie", None])
    assert focused_on(answer) == ["skills-1-direction"]
    assert text_of(answer).count(NEW) == 1
    assert (value_of(answer, "function"), value_of(answer, "version")) == ("Regisseur", "1")
    assert "nog niet bewaard" in text_of(answer)
    assert [skill.label for skill in session.get_one(Profile, user.id).skills] == ["Wmo"]


@pytest.mark.usefixtures("words")
def test_who_has_no_profile_yet_begins_one_with_what_is_taken(
    client: FlaskClient, session: Session, user: User
) -> None:
    answer = taken(client, CV, "jeugdhulp", "klimaatadaptatie")

    assert [value_of(answer, f"skills-{at}-label") for at in range(2)] == [
        "klimaatadaptatie",
        "jeugdhulp",
    ]
    assert (value_of(answer, "version"), value_of(answer, "travel_km")) == ("0", "30")
    assert focused_on(answer) == ["skills-0-direction"]
    assert session.get(Profile, user.id) is None


@pytest.mark.usefixtures("words")
def test_what_a_text_does_not_speak_of_cannot_be_taken(client: FlaskClient, user: User) -> None:
    chosen = {"tekst": CV, "gekozen": ["999999", "<b>", ""], "actie": "neem-over"}

    answer = client.post(FROM_TEXT, data=chosen)

    assert (answer.status_code, len(boxes(answer))) == (422, 3)
    assert fault_at(answer, "gekozen") == "Fout: Kies minstens één vaardigheid."


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize(
    ("on_profile", "said"),
    [
        (MOST_SKILLS, "Op je profiel staan al 40 vaardigheden. Verwijder er daar eerst een."),
        (MOST_SKILLS - 1, "Je koos er 2. Op je profiel is nog plaats voor 1; kies er minder."),
    ],
)
def test_a_full_profile_takes_no_more(
    client: FlaskClient, session: Session, user: User, on_profile: int, said: str
) -> None:
    a_profile(session, *(f"vak {at}" for at in range(on_profile)), user=user)
    session.commit()

    answer = taken(client, CV, "jeugdhulp", "klimaatadaptatie")

    assert (answer.status_code, fault_at(answer, "gekozen")) == (422, f"Fout: {said}")
    assert {label for label, (_, ticked) in boxes(answer).items() if ticked} == {
        "jeugdhulp",
        "klimaatadaptatie",
    }


@pytest.mark.usefixtures("words")
def test_a_text_without_skills_says_what_to_do(client: FlaskClient, user: User) -> None:
    answer = client.post(FROM_TEXT, data={"tekst": "Hallo, ik ben Anna."})

    assert (answer.status_code, boxes(answer)) == (200, {})
    assert "Wij lezen niets nieuws in je tekst" in text_of(answer)


def test_who_wrote_more_than_is_shown_is_told_how_to_find_the_rest(
    client: FlaskClient, session: Session, user: User, tmp_path: Path
) -> None:
    crafts = "akkerbouw bosbeheer drukwerk gieterij houtbouw imkerij kaasmaken looierij molenbouw"
    labels = [*crafts.split(), *(f"{craft}onderwijs" for craft in crafts.split())]
    a_vocabulary(session, tmp_path, {"duurzaamheid": "".join(f"{one},,,,\n" for one in labels)})
    said = "Dit zijn de 15 die het duidelijkst in je tekst staan."

    many = client.post(FROM_TEXT, data={"tekst": ". ".join(labels)})
    few = client.post(FROM_TEXT, data={"tekst": ". ".join(labels[:14])})

    assert (len(boxes(many)), said in text_of(many)) == (15, True)
    assert (len(boxes(few)), said in text_of(few)) == (14, False)


@pytest.mark.parametrize("text", ["", " \n", "\u200b"])
def test_an_empty_text_is_refused(client: FlaskClient, user: User, text: str) -> None:
    answer = client.post(FROM_TEXT, data={"tekst": text})

    assert (answer.status_code, fault_at(answer, "tekst")) == (422, "Fout: Plak eerst een tekst.")


def test_who_pastes_a_very_long_text_is_told_what_was_read(client: FlaskClient, user: User) -> None:
    said = "We lazen alleen het begin, 20.000 tekens."

    assert said not in text_of(client.post(FROM_TEXT, data={"tekst": CV}))
    assert said in text_of(client.post(FROM_TEXT, data={"tekst": "a " * TEXT_READ}))


def test_a_field_takes_less_than_would_be_refused(client: FlaskClient, user: User) -> None:
    [most] = re.findall(r'<textarea[^>]* maxlength="(\d+)"', client.get(FROM_TEXT).text)

    assert TEXT_READ < int(most) < MOST_FORM_BYTES / 2


@pytest.mark.parametrize(
    ("address", "has_way_back"),
    [(FROM_TEXT, True), (from_text_of(uuid4()), False)],
    ids=["profile", "opgave"],
)
def test_a_text_that_cannot_be_taken_is_called_a_text_that_is_too_long(
    client: FlaskClient, owner: User, address: str, has_way_back: bool
) -> None:
    answer = client.post(address, data={"tekst": "a " * MOST_FORM_BYTES})

    assert answer.status_code == 413
    assert "Deze tekst is te lang" in text_of(answer)
    assert "ongeveer 200.000 tekens" in text_of(answer)
    assert (f'href="{address}"' in answer.text) is has_way_back


@pytest.mark.usefixtures("words")
def test_a_pasted_text_is_kept_nowhere(client: FlaskClient, session: Session, user: User) -> None:
    told = session.scalar(select(func.count()).select_from(OutboxMessage))

    taken(client, CV, "jeugdhulp")

    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == told
    assert "planologie" not in client.get(FROM_TEXT).text


# --- with what was typed on the form ----------------------------------------------------------


@pytest.mark.usefixtures("words")
def test_what_was_typed_on_the_profile_comes_along_and_back(
    client: FlaskClient, session: Session, user: User
) -> None:
    arrived = client.post(FROM_TEXT, data=typed())
    read = client.post(FROM_TEXT, data={**hidden_in(arrived), "tekst": CV, "actie": "zoek"})
    chosen = [boxes(read)["klimaatadaptatie"][0]]
    answer = client.post(
        FROM_TEXT, data={**hidden_in(read), "tekst": CV, "gekozen": chosen, "actie": "neem-over"}
    )

    assert (arrived.status_code, fault_at(arrived, "tekst")) == (200, "")
    assert list(boxes(read)) == ["ruimtelijke ordening", "klimaatadaptatie"]
    labels = [value_of(answer, f"skills-{at}-label") for at in range(3)]
    assert (answer.status_code, labels) == (200, ["jeugdzorg", "klimaatadaptatie", None])
    names = ("headline", "windows-0-hours_per_week", "travel_km")
    assert [value_of(answer, name) for name in names] == ["Ik help <graag>", "acht", "45"]
    assert re.findall(r'name="movement" value="(\w+)" checked', answer.text) == [
        "grensdenker",
        "aanpakker",
    ]
    assert "Twee\nregels" in answer.text.replace("\r", "")
    assert session.get(Profile, user.id) is None


@pytest.mark.usefixtures("words")
def test_who_takes_nothing_finds_the_form_as_it_was_typed(client: FlaskClient, user: User) -> None:
    arrived = client.post(FROM_TEXT, data=typed())

    answer = client.post(FROM_TEXT, data={**hidden_in(arrived), "tekst": CV, "actie": "terug"})

    assert (answer.status_code, value_of(answer, "skills-0-label")) == (200, "jeugdzorg")
    assert "nog niet bewaard" not in text_of(answer)
    assert "Er klopt nog iets niet" not in text_of(answer)


@pytest.mark.usefixtures("words")
def test_an_empty_period_comes_back_as_well(client: FlaskClient, user: User) -> None:
    empty = {"windows-1-hours_per_week": "", "windows-1-starts_on": "", "windows-1-ends_on": ""}

    answer = went_back(client, FROM_TEXT, typed(**empty))

    assert filled_in(answer)["windows-1-hours_per_week"] == [""]


def test_no_link_leads_past_what_was_typed(client: FlaskClient, user: User) -> None:
    with_words = client.post(FROM_TEXT, data=typed())
    without = client.get(FROM_TEXT)

    assert ("/profiel/bewerken" in with_words.text, "/profiel/bewerken" in without.text) == (
        False,
        True,
    )


@pytest.mark.usefixtures("words")
def test_what_comes_back_can_be_saved(client: FlaskClient, session: Session, user: User) -> None:
    profile = typed(**{"windows-0-hours_per_week": "8"})
    read = client.post(FROM_TEXT, data={**profile, "tekst": CV, "actie": "zoek"})

    carried = parse_qs(hidden_in(read)["getypt"][0])
    client.post("/profiel/bewerken", data={**carried, "actie": "bewaar"})

    saved = session.get_one(Profile, user.id)
    assert (saved.headline, [skill.label for skill in saved.skills]) == (
        "Ik help <graag>",
        ["jeugdzorg"],
    )


# --- with what was taken ----------------------------------------------------------------------


def labels_on(answer: TestResponse) -> list[str]:
    names = re.findall(r'<input[^>]*name="(skills-[0-9]+-label)"', answer.text)
    return [value_of(answer, name) or "" for name in names]


def took(client: FlaskClient, address: str, form: dict[str, Any], *labels: str) -> TestResponse:
    """The form again, with what was taken from this text below what was typed."""
    read = client.post(address, data={**form, "tekst": CV, "actie": "zoek"})
    chosen = [boxes(read)[label][0] for label in labels]
    taken = {**hidden_in(read), "tekst": CV, "gekozen": chosen, "actie": "neem-over"}
    return client.post(address, data=taken)


def went_back(client: FlaskClient, address: str, form: dict[str, Any]) -> TestResponse:
    arrived = client.post(address, data=form)
    return client.post(address, data={**hidden_in(arrived), "actie": "terug"})


@pytest.fixture(params=["profile", "new opgave", "opgave"])
def large_form(
    request: pytest.FixtureRequest, session: Session, owner: User
) -> tuple[str, dict[str, Any]]:
    """Each form with rows: its address for a text, and what was typed on it."""
    rows = {"skills-0-label": "omgevingsplannetje", "skills-1-label": "wonen"}
    if request.param == "profile":
        return FROM_TEXT, {**typed(**rows), "skills-2-label": []}
    if request.param == "new opgave":
        opgave = asking(**rows)
        return from_text_of(opgave["opgave_id"]), opgave
    saved = an_opgave(session, "Wmo", owner=owner)
    session.commit()
    return from_text_of(saved.id), asking(**rows, version=str(saved.version))


@pytest.mark.usefixtures("words")
def test_the_buttons_of_rows_work_after_taking(
    client: FlaskClient, large_form: tuple[str, dict[str, Any]]
) -> None:
    form = took(client, *large_form, "klimaatadaptatie")

    meant = press(client, form, "mean", "skills-0:omgevingsplan")
    removed = press(client, meant, "remove", "skills-1")
    added = press(client, form, "add", "skills")

    assert labels_on(form) == ["omgevingsplannetje", "wonen", "klimaatadaptatie"]
    assert labels_on(meant) == ["omgevingsplan", "wonen", "klimaatadaptatie"]
    assert labels_on(removed) == ["omgevingsplan", "klimaatadaptatie"]
    assert labels_on(added) == ["omgevingsplannetje", "wonen", "klimaatadaptatie", ""]


@pytest.mark.usefixtures("words")
def test_the_buttons_of_rows_work_for_who_came_back(
    client: FlaskClient, large_form: tuple[str, dict[str, Any]]
) -> None:
    form = went_back(client, *large_form)

    assert labels_on(press(client, form, "remove", "skills-1")) == ["omgevingsplannetje"]
    assert labels_on(press(client, form, "add", "skills")) == ["omgevingsplannetje", "wonen", ""]
    assert labels_on(press(client, form, "mean", "skills-0:omgevingsplan"))[0] == "omgevingsplan"


@pytest.mark.usefixtures("words")
def test_periods_come_and_go_after_taking(client: FlaskClient, user: User) -> None:
    form = took(client, FROM_TEXT, typed(), "klimaatadaptatie")

    added = press(client, form, "add", "windows")
    removed = press(client, added, "remove", "windows-0")

    assert [name for name in filled_in(added) if "hours" in name] == [
        "windows-0-hours_per_week",
        "windows-1-hours_per_week",
    ]
    assert filled_in(added)["windows-0-hours_per_week"] == ["acht"]
    assert [name for name in filled_in(removed) if "hours" in name] == ["windows-0-hours_per_week"]
    assert filled_in(removed)["windows-0-hours_per_week"] == [""]


@pytest.mark.usefixtures("words")
def test_a_new_row_says_so_until_it_is_saved(
    client: FlaskClient, session: Session, user: User
) -> None:
    form = took(client, FROM_TEXT, typed(), "klimaatadaptatie")

    refused = press(client, form, "actie", "bewaar")
    twice = took(client, FROM_TEXT, filled_in(refused), "ruimtelijke ordening")
    without = press(client, twice, "remove", "skills-1")

    assert refused.status_code == 422
    assert [text_of(page).count(NEW) for page in (form, refused, twice, without)] == [1, 1, 2, 1]
    assert focused_on(twice) == ["skills-2-direction"]


@pytest.mark.usefixtures("words")
def test_a_new_row_says_so_after_a_conflict(
    client: FlaskClient, session: Session, user: User
) -> None:
    form = took(client, FROM_TEXT, typed(**{"windows-0-hours_per_week": "8"}), "klimaatadaptatie")
    a_profile(session, "wonen", user=user)
    session.commit()

    answer = press(client, form, "actie", "bewaar")

    assert (answer.status_code, text_of(answer).count(NEW)) == (409, 1)


@pytest.mark.usefixtures("words")
def test_what_is_saved_and_not_published_is_no_longer_new(
    client: FlaskClient, session: Session, user: User
) -> None:
    lacking = typed(**{"windows-0-hours_per_week": "", "headline": ""})
    form = took(client, FROM_TEXT, lacking, "klimaatadaptatie")

    answer = press(client, form, "actie", "publiceer")

    assert "nog niet gepubliceerd" in text_of(answer)
    assert [skill.label for skill in session.get_one(Profile, user.id).skills] == [
        "jeugdzorg",
        "klimaatadaptatie",
    ]
    assert NEW not in text_of(answer)


def test_the_buttons_of_rows_work_when_an_opgave_cannot_be_opened_yet(
    client: FlaskClient, session: Session, owner: User
) -> None:
    opgave = an_opgave(
        session, "Wmo", owner=owner, text="", status=OpgaveStatus.CONCEPT, published_at=None
    )
    session.commit()
    form = client.post(f"/opgaven/{opgave.id}/publiceren")

    assert form.status_code == 422
    assert labels_on(press(client, form, "add", "skills")) == ["Wmo", ""]


# --- an opgave --------------------------------------------------------------------------------


@pytest.mark.usefixtures("words")
def test_the_form_of_an_opgave_leads_to_skills_from_its_text(
    client: FlaskClient, owner: User
) -> None:
    page = client.get("/opgaven/nieuw", follow_redirects=True)
    opgave_id = value_of(page, "opgave_id")

    assert f'formaction="{from_text_of(opgave_id)}"' in page.text


@pytest.mark.usefixtures("words")
def test_the_text_of_an_opgave_that_is_not_saved_becomes_proposals(
    client: FlaskClient, session: Session, owner: User
) -> None:
    opgave = asking()

    read = client.post(from_text_of(opgave["opgave_id"]), data=opgave)

    assert read.status_code == 200
    assert {label: ticked for label, (_, ticked) in boxes(read).items()} == {
        "ruimtelijke ordening": True,
        "klimaatadaptatie": True,
        "pleegzorg": False,
    }
    assert "omdat je schrijft: “Ruimtelijke ordening”" in text_of(read)
    assert "Het plein is leeg." in read.text
    assert session.scalar(select(func.count()).select_from(Opgave)) == 0


@pytest.mark.usefixtures("words")
def test_what_is_taken_is_asked_on_the_form_with_all_that_was_typed(
    client: FlaskClient, session: Session, owner: User
) -> None:
    opgave = asking()
    address = from_text_of(opgave["opgave_id"])
    read = client.post(address, data=opgave)
    chosen = [boxes(read)[label][0] for label in ("klimaatadaptatie", "pleegzorg")]
    words = {"tekst": f"{opgave['title']}\n{opgave['text']}", "gekozen": chosen}

    answer = client.post(address, data={**hidden_in(read), **words, "actie": "neem-over"})
    asked = {name: value_of(answer, name) for name in ("skills-0-label", "skills-1-label")}
    as_shown = {**opgave, **asked, "audience": "everybody", "actie": "bewaar"}
    saved = client.post("/opgaven/nieuw", data=as_shown)

    labels = [value_of(answer, f"skills-{at}-label") for at in range(3)]
    assert (answer.status_code, labels) == (200, ["klimaatadaptatie", "pleegzorg", None])
    assert value_of(answer, "title") == opgave["title"]
    assert value_of(answer, "opgave_id") == opgave["opgave_id"]
    assert 'action="/opgaven/nieuw"' in answer.text
    assert "nog niet bewaard" in text_of(answer)
    assert saved.status_code == 302
    assert session.scalars(select(Opgave)).one().skills[0].label == "klimaatadaptatie"


@pytest.mark.usefixtures("words")
def test_another_text_can_be_pasted_and_changes_nothing_in_the_opgave(
    client: FlaskClient, session: Session, owner: User
) -> None:
    opgave = an_opgave(session, "planologie", owner=owner, text="Over het plein.")
    session.commit()
    words = asking(**{"skills-0-label": "planologie", "version": str(opgave.version)})
    read = client.post(from_text_of(opgave.id), data=words)

    again = client.post(
        from_text_of(opgave.id), data={**hidden_in(read), "tekst": CV, "actie": "zoek"}
    )
    back = client.post(
        from_text_of(opgave.id), data={**hidden_in(again), "tekst": CV, "actie": "terug"}
    )

    assert list(boxes(again)) == ["klimaatadaptatie", "jeugdhulp"]
    assert "Het plein is leeg." in back.text
    assert "planologie en nu" not in back.text
    assert f'action="/opgaven/{opgave.id}/bewerken"' in back.text


@pytest.mark.usefixtures("words")
def test_an_opgave_without_words_is_asked_for_a_text(client: FlaskClient, owner: User) -> None:
    opgave = asking(title="", text="")

    arrived = client.post(from_text_of(opgave["opgave_id"]), data=opgave)
    refused = client.post(
        from_text_of(opgave["opgave_id"]), data={**hidden_in(arrived), "actie": "zoek"}
    )

    assert (arrived.status_code, fault_at(arrived, "tekst")) == (200, "")
    assert fault_at(refused, "tekst") == "Fout: Plak eerst een tekst."


@pytest.mark.usefixtures("words")
def test_an_opgave_asks_no_more_than_it_may(client: FlaskClient, owner: User) -> None:
    rows = {f"skills-{at}-label": f"vak {at}" for at in range(MOST_ASKED)}
    opgave = asking(**rows)
    read = client.post(from_text_of(opgave["opgave_id"]), data=opgave)
    chosen = {"tekst": opgave["text"], "gekozen": [boxes(read)["klimaatadaptatie"][0]]}

    answer = client.post(
        from_text_of(opgave["opgave_id"]),
        data={**hidden_in(read), **chosen, "actie": "neem-over"},
    )

    assert (answer.status_code, fault_at(answer, "gekozen")) == (
        422,
        "Fout: Bij je opgave staan al 15 vaardigheden. Verwijder er daar eerst een.",
    )


def test_only_who_may_write_an_opgave_has_its_text_read(client: FlaskClient, user: User) -> None:
    assert client.post(from_text_of(uuid4()), data=asking()).status_code == 403


def test_an_opgave_of_another_gemeente_is_not_there(
    client: FlaskClient, session: Session, owner: User
) -> None:
    of_another = an_opgave(session, an_asked_skill("Wmo"), title="Van een ander")
    session.commit()

    assert client.post(from_text_of(of_another.id), data=asking()).status_code == 404
