"""Writing a profile, seeing it as others do, and finding colleagues."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.core.audit import entries
from app.core.outbox import OutboxMessage
from app.labels import label
from app.matching.service import match_opgave
from app.opgaven.rules import Audience
from app.people import queries
from app.people.models import Evidence, Profile
from app.people.rules import (
    CONSENT,
    CONSENTS,
    Confirmed,
    Direction,
    Movement,
    ProfileState,
    Visibility,
)
from app.people.service import hide_evidence, keep_evidence, take_down
from app.web.people.pages import FITS
from tests.loans.builders import a_running_loan, parties
from tests.support.builders import (
    a_concept,
    a_gemeente,
    a_network,
    a_profile,
    a_skill,
    a_user,
    a_window,
    an_opgave,
)
from tests.support.pages import fault_at, text_of, value_of
from tests.support.queries import counted
from tests.support.web import sign_in
from tests.support.words import a_vocabulary
from tests.support.work import MONDAY, TODAY, make_work

EDIT = "/profiel/bewerken"


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


def filled(**changed: Any) -> dict[str, Any]:
    """A complete profile as a browser sends it."""
    return {
        "version": "0",
        "headline": "Ik help graag",
        "skills-0-label": "ruimtelijke ordening",
        "skills-0-direction": "can",
        "skills-0-level": "3",
        "skills-0-energy": "5",
        "skills-0-years": "8",
        "windows-0-hours_per_week": "8",
        "windows-0-starts_on": "2026-12-01",
        "travel_km": "40",
        "remote": "y",
        "visibility": "colleagues",
        "actie": "bewaar",
        **changed,
    }


def begun(**changed: Any) -> dict[str, Any]:
    """The form as it is when nothing was filled in yet."""
    return {"version": "0", "travel_km": "30", "visibility": "anonymous", **changed}


def test_a_visitor_cannot_see_colleagues(client: FlaskClient) -> None:
    addresses = ("/collegas", f"/collegas/{uuid4()}", "/profiel", EDIT)

    assert [client.get(address).status_code for address in addresses] == [302] * 4


def test_who_has_no_profile_is_invited_to_make_one(client: FlaskClient, user: User) -> None:
    answer = client.get("/profiel")

    assert (answer.status_code, "Maak je profiel" in text_of(answer)) == (200, True)


def test_an_empty_form_is_saved_and_a_post_without_any_field_is_refused(
    client: FlaskClient, session: Session, user: User
) -> None:
    nothing = client.post(EDIT, data={})
    empty = client.post(EDIT, data=begun(actie="bewaar"))

    assert (nothing.status_code, empty.status_code) == (422, 302)
    assert session.get_one(Profile, user.id).skills == []


def test_saving_keeps_everything_that_was_filled_in(
    client: FlaskClient, session: Session, user: User
) -> None:
    answer = client.post(
        EDIT,
        data=filled(
            function="Adviseur",
            about="Eerste alinea.\r\n\r\nTweede alinea.",
            themes=["ruimte", "wonen"],
            movement=["aanpakker"],
            **{"skills-0-evidence": "Drie plannen", "windows-0-ends_on": "2027-12-31"},
        ),
    )

    profile = session.get_one(Profile, user.id)
    skill, window = profile.skills[0], profile.windows[0]
    assert (answer.status_code, answer.location) == (302, "/profiel")
    assert (profile.state, profile.function) == (ProfileState.CONCEPT, "Adviseur")
    assert profile.about == "Eerste alinea.\n\nTweede alinea."
    assert (profile.themes, profile.movement) == (["ruimte", "wonen"], ["aanpakker"])
    assert (skill.label, skill.level, skill.energy, skill.years, skill.evidence) == (
        "ruimtelijke ordening", 3, 5, 8, "Drie plannen",
    )  # fmt: skip
    assert (window.hours_per_week, window.ends_on) == (8, date(2027, 12, 31))


def test_saving_and_publishing_tells_it_to_matching(
    client: FlaskClient, session: Session, user: User
) -> None:
    client.post(EDIT, data=filled(actie="publiceer"))

    told = session.scalars(select(OutboxMessage.name)).all()
    assert session.get_one(Profile, user.id).state is ProfileState.PUBLISHED
    assert told == ["profile.changed"]


def test_what_is_not_complete_is_saved_but_not_published(
    client: FlaskClient, session: Session, user: User
) -> None:
    answer = client.post(EDIT, data=begun(function="Jurist", actie="publiceer"))

    profile = session.get_one(Profile, user.id)
    said = text_of(answer)
    assert (answer.status_code, profile.state) == (422, ProfileState.CONCEPT)
    assert profile.function == "Jurist"
    assert "Je profiel is bewaard, maar nog niet gepubliceerd." in said
    assert "Noem minstens één vaardigheid." in said
    assert value_of(answer, "version") == "1"


def test_after_a_refused_publication_saving_again_works(
    client: FlaskClient, session: Session, user: User
) -> None:
    refused = client.post(EDIT, data=begun(actie="publiceer"))

    version = value_of(refused, "version")
    answer = client.post(EDIT, data=filled(version=version, actie="publiceer"))

    assert answer.status_code == 302
    assert session.get_one(Profile, user.id).state is ProfileState.PUBLISHED


def test_empty_rows_are_dropped_without_a_word(
    client: FlaskClient, session: Session, user: User
) -> None:
    rows = {"skills-0-label": "", "skills-1-label": "Wmo", "skills-2-label": "\u200b "}

    answer = client.post(EDIT, data=filled(**rows, **{"skills-0-years": ""}))

    skills = session.get_one(Profile, user.id).skills
    assert (answer.status_code, [skill.label for skill in skills]) == (302, ["Wmo"])


def test_a_row_with_words_but_no_skill_is_an_error_and_keeps_its_words(
    client: FlaskClient, session: Session, user: User
) -> None:
    rows = {"skills-0-label": "", "skills-0-evidence": "Zes jaar wijkagent"}

    answer = client.post(EDIT, data=filled(**rows))

    assert (answer.status_code, session.get(Profile, user.id)) == (422, None)
    assert "Vul een vaardigheid in." in text_of(answer)
    assert value_of(answer, "skills-0-evidence") == "Zes jaar wijkagent"


def test_a_row_is_added_without_losing_or_judging_what_was_typed(
    client: FlaskClient, session: Session, user: User
) -> None:
    answer = client.post(EDIT, data=filled(add="skills", travel_km="heel ver"))

    assert (answer.status_code, session.get(Profile, user.id)) == (200, None)
    assert value_of(answer, "skills-0-label") == "ruimtelijke ordening"
    assert value_of(answer, "skills-1-label") == ""
    assert value_of(answer, "travel_km") == "heel ver"
    assert "aria-invalid" not in answer.text


def test_a_row_is_removed_and_the_others_move_up(client: FlaskClient, user: User) -> None:
    rows = {"skills-0-label": "een", "skills-1-label": "twee", "skills-2-label": "drie"}

    answer = client.post(EDIT, data=filled(remove="skills-1", **rows))

    labels = [value_of(answer, f"skills-{at}-label") for at in range(3)]
    assert (answer.status_code, labels) == (200, ["een", "drie", None])


def test_removing_the_last_row_leaves_an_empty_one(client: FlaskClient, user: User) -> None:
    answer = client.post(EDIT, data=filled(remove="windows-0"))

    assert value_of(answer, "windows-0-hours_per_week") == ""


@pytest.mark.parametrize(
    "pressed",
    [
        {"remove": "skills-99"},
        {"remove": "headline"},
        {"remove": ""},
        {"add": "version"},
        {"mean": "skills-7:RO"},
        {"mean": "skills-0:"},
        {"mean": "skills-0:" + "x" * 1000},
        {"mean": "\0"},
    ],
    ids=str,
)
def test_a_button_that_does_not_exist_changes_nothing(
    client: FlaskClient, user: User, pressed: dict[str, str]
) -> None:
    answer = client.post(EDIT, data=filled(**pressed))

    assert answer.status_code == 200
    assert value_of(answer, "skills-0-label") == "ruimtelijke ordening"
    assert value_of(answer, "skills-1-label") is None


def test_an_unknown_word_offers_what_may_be_meant_and_one_press_takes_it(
    client: FlaskClient, session: Session, user: User, tmp_path: Path
) -> None:
    a_vocabulary(session, tmp_path)
    client.post(EDIT, data=filled(**{"skills-0-label": "klimaatadaptatieplannetje"}))

    shown = client.get(EDIT)
    assert 'value="skills-0:klimaatadaptatie"' in shown.text
    taken = client.post(EDIT, data=filled(mean="skills-0:klimaatadaptatie"))

    assert value_of(taken, "skills-0-label") == "klimaatadaptatie"
    assert "Dit woord kennen we." in text_of(taken)


def test_an_acronym_says_what_it_is_taken_for(
    client: FlaskClient, session: Session, user: User, tmp_path: Path
) -> None:
    a_vocabulary(session, tmp_path)
    client.post(EDIT, data=filled(**{"skills-0-label": "RO"}))

    assert "Wij lezen dit als ruimtelijke ordening" in text_of(client.get(EDIT))


def test_the_enter_key_saves(client: FlaskClient, user: User) -> None:
    form = client.get(EDIT).text.split('action="/profiel/bewerken"')[1]

    first = re.search(r"<button[^>]*>", form)
    assert first is not None
    assert ('name="actie" value="bewaar"' in first[0], 'tabindex="-1"' in first[0]) == (True, True)


def test_of_two_tabs_the_second_is_told_and_can_save_on_purpose(
    client: FlaskClient, session: Session, user: User
) -> None:
    client.post(EDIT, data=filled(headline="Uit het eerste tabblad"))

    answer = client.post(EDIT, data=filled(headline="Uit het tweede tabblad"))

    assert answer.status_code == 409
    assert "intussen in een ander venster gewijzigd" in text_of(answer)
    assert value_of(answer, "headline") == "Uit het tweede tabblad"
    again = filled(headline="Uit het tweede tabblad", version=value_of(answer, "version"))
    assert client.post(EDIT, data=again).status_code == 302
    assert session.get_one(Profile, user.id).headline == "Uit het tweede tabblad"


BAD = {
    "a label too long": ({"skills-0-label": "x" * 81}, "Gebruik hier hoogstens 80 tekens."),
    "a label of signs": ({"skills-0-label": "!?"}, "Gebruik letters of cijfers."),
    "a label of emoji": ({"skills-0-label": "🙂🙂"}, "Gebruik letters of cijfers."),
    "the same twice": ({"skills-1-label": "Ruimtelijke  Ordening"}, "staat er al"),
    "a headline too long": ({"headline": "x" * 121}, "Gebruik hier hoogstens 120 tekens."),
    "a text too long": ({"about": "x" * 10_001}, "Gebruik hier hoogstens 10.000 tekens."),
    "evidence too long": ({"skills-0-evidence": "x" * 301}, "Gebruik hier hoogstens 300 tekens."),
    "200 hours": ({"windows-0-hours_per_week": "200"}, "Kies een getal van 1 tot en met 40."),
    "no hours": ({"windows-0-hours_per_week": ""}, "Vul een getal in van 1 tot en met 40."),
    "hours in words": ({"windows-0-hours_per_week": "acht"}, "Vul een heel getal in"),
    "half hours": ({"windows-0-hours_per_week": "7,5"}, "Vul een heel getal in"),
    "an endless number": ({"windows-0-hours_per_week": "9" * 5000}, "Vul een heel getal in"),
    "no such day": ({"windows-0-starts_on": "2027-02-30"}, "Vul een datum in"),
    "an end before the begin": (
        {"windows-0-ends_on": "2026-11-30"},
        "De einddatum ligt voor de begindatum.",
    ),
    "minus one year": ({"skills-0-years": "-1"}, "Kies een getal van 0 tot en met 60."),
    "no such level": ({"skills-0-level": "9"}, "Kies een van de mogelijkheden."),
    "no such energy": ({"skills-0-energy": "²"}, "Kies een van de mogelijkheden."),
    "no such theme": ({"themes": "geheim"}, "Kies een van de mogelijkheden."),
    "no such visibility": ({"visibility": "iedereen"}, "Kies een van de mogelijkheden."),
    "too far": ({"travel_km": "401"}, "Kies een getal van 0 tot en met 400."),
}


@pytest.mark.parametrize(("changed", "said"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_told_beside_its_field_and_nothing_is_lost(
    client: FlaskClient, session: Session, user: User, changed: dict[str, str], said: str
) -> None:
    answer = client.post(EDIT, data=filled(function="Blijft staan", **changed))

    name = next(iter(changed))
    assert (answer.status_code, session.get(Profile, user.id)) == (422, None)
    assert said in fault_at(answer, name)
    assert value_of(answer, "function") == "Blijft staan"


def test_one_sentence_one_skill_and_hours_are_enough_to_publish(
    client: FlaskClient, session: Session, user: User
) -> None:
    answer = client.post(EDIT, data=filled(actie="publiceer", **{"windows-0-starts_on": ""}))

    profile = session.get_one(Profile, user.id)
    assert (answer.status_code, profile.state) == (302, ProfileState.PUBLISHED)
    assert profile.windows[0].starts_on == TODAY
    assert "Laat je Vanaf leeg, dan begint de periode vandaag." in text_of(client.get(EDIT))


def test_hours_that_are_over_are_saved_and_not_published(
    client: FlaskClient, session: Session, user: User
) -> None:
    over = {"windows-0-starts_on": "", "windows-0-ends_on": "2026-11-01"}

    answer = client.post(EDIT, data=filled(actie="publiceer", **over))

    assert session.get_one(Profile, user.id).state is ProfileState.CONCEPT
    assert "Je uren liggen allemaal in het verleden." in text_of(answer)


def test_41_skills_are_too_many_and_all_stay_on_the_page(
    client: FlaskClient, session: Session, user: User
) -> None:
    rows = {f"skills-{at}-label": f"vaardigheid {at}" for at in range(41)}

    answer = client.post(EDIT, data=filled(**rows))

    assert (answer.status_code, session.get(Profile, user.id)) == (422, None)
    assert "Noem hoogstens 40 vaardigheden." in text_of(answer)
    assert value_of(answer, "skills-40-label") == "vaardigheid 40"


def test_rows_with_odd_numbers_do_no_harm(
    client: FlaskClient, session: Session, user: User
) -> None:
    rows = {
        "skills-²-label": "kwadraat",
        "skills-٣-label": "drie",
        "skills-99999999999-label": "veel",
        "skills-07-label": "zeven",
        "skills--1-label": "min",
        "skills-label": "geen",
    }

    assert client.post(EDIT, data=filled(**rows)).status_code == 302
    skills = session.get_one(Profile, user.id).skills
    assert [skill.label for skill in skills] == ["ruimtelijke ordening"]


def test_what_cannot_be_seen_is_left_out_and_markup_stays_plain_text(
    client: FlaskClient, session: Session, user: User
) -> None:
    client.post(
        EDIT,
        data=filled(
            headline="\u202eIk\0 help <script>alert(1)</script> 🙂\x07",
            **{"skills-0-label": "cafe\u0301 <b>beheer</b>"},
        ),
    )

    profile = session.get_one(Profile, user.id)
    assert profile.headline == "Ik help <script>alert(1)</script> 🙂"
    assert profile.skills[0].label == "café <b>beheer</b>"
    assert "<script>alert" not in client.get("/profiel").text


def test_one_spelling_in_two_unicode_forms_is_one_skill(client: FlaskClient, user: User) -> None:
    rows = {"skills-0-label": "financie\u0308n", "skills-1-label": "financiën"}

    assert "staat er al" in text_of(client.post(EDIT, data=filled(**rows)))


def test_a_form_of_a_megabyte_is_refused(client: FlaskClient, user: User) -> None:
    answer = client.post(EDIT, data=filled(about="x" * 1_000_000))

    assert (answer.status_code, "te lang" in text_of(answer)) == (413, True)


def test_the_preview_shows_each_tier_what_it_may_see(
    client: FlaskClient, session: Session, user: User
) -> None:
    a_profile(session, "Wmo", user=user, visibility=Visibility.GEMEENTE, about="Eigen woorden.")

    _, at_home, elsewhere = client.get("/profiel").text.split("Zo zien collega")

    assert (user.name in at_home, "Eigen woorden." in at_home) == (True, True)
    assert (user.name in elsewhere, "Eigen woorden." in elsewhere) == (False, False)
    assert ("Collega uit Utrecht" in elsewhere, "Wmo" in elsewhere) == (True, True)


@pytest.fixture
def lent(session: Session) -> User:
    """Somebody with a full profile and evidence from an opgave for one province, and with some
    that is hidden.
    """
    who = parties(session, title="Alleen voor Utrecht", audience=Audience.PROVINCE)
    loan, work = a_running_loan(session, who), make_work(session, who.professional)
    for skill in ("inkoop", "Wmo"):
        keep_evidence(work, Confirmed(loan.id, skill, "Urk", who.opgave.title, TODAY))
    hidden = session.scalars(select(Evidence.id).where(Evidence.label == "Wmo")).one()
    hide_evidence(work, hidden, is_hidden=True)
    profile = session.get_one(Profile, who.professional.id)
    profile.about, profile.function, profile.headline = "Eigen woorden.", "jurist", "Mijn kop"
    profile.movement, profile.themes = ["grensdenker"], ["wonen"]
    session.commit()
    return who.professional


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("parts", [Visibility.GEMEENTE, Visibility.NETWORK, Visibility.PUBLIC])
def test_the_preview_is_word_for_word_what_the_other_reads(
    client: FlaskClient,
    session: Session,
    lent: User,
    visibility: Visibility,
    parts: Visibility,
) -> None:
    lent_id, home = lent.id, lent.gemeente_code or ""
    profile = session.get_one(Profile, lent_id)
    profile.visibility = visibility
    profile.words_shown_to = profile.times_shown_to = profile.contact_shown_to = parts
    elsewhere = a_gemeente(session, province="Drenthe").code
    near = a_gemeente(session, province="Drenthe").code
    a_network(session, home, near)
    session.commit()
    own = sign_in(client, session, lent).get("/profiel").text

    def read_by(code: str) -> str:
        """What a colleague of that gemeente reads of the profile, or nothing."""
        sign_in(client, session, a_user(session, gemeente_code=code))
        page = client.get(f"/collegas/{lent_id}")
        return "" if page.status_code == 404 else shown_on(page.text)

    assert previewed(own, "thuis") == read_by(home)
    assert previewed(own, "elders") == read_by(elsewhere)
    if 'id="netwerk"' in own:
        assert previewed(own, "netwerk") == read_by(near)
    else:
        assert read_by(near) == read_by(elsewhere)
    client.post("/uitloggen")
    outside = client.get(f"/profielen/{lent_id}")
    if visibility is Visibility.PUBLIC:
        assert previewed(own, "openbaar") == shown_on(outside.text)
    else:
        assert (outside.status_code, 'id="openbaar"' in own) == (404, False)


def test_each_part_is_kept_for_those_who_were_chosen(
    client: FlaskClient, session: Session, user: User
) -> None:
    chosen = {"words_shown_to": "network", "times_shown_to": "hidden", "contact_shown_to": "public"}
    client.post(EDIT, data=filled(**chosen))
    client.post(EDIT, data=filled(version="1", visibility="public", **chosen))
    form = client.get(EDIT).text
    own = text_of(client.get("/profiel"))

    for name, tier in chosen.items():
        select = form.split(f'name="{name}"')[1].split("</select>")[0]
        assert f'selected value="{tier}"' in select
    assert "je precieze uren en hoe ver je reist" in own
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    deeds = [one.deed for one in entries(session) if one.deed.startswith("visibility.")]
    assert sorted(deeds) == ["visibility.colleagues", "visibility.parts", "visibility.public"]


def test_a_part_cannot_be_shown_without_a_name(client: FlaskClient, user: User) -> None:
    answer = client.post(EDIT, data=filled(words_shown_to="anonymous"))

    assert (answer.status_code, "Kies een van de mogelijkheden." in text_of(answer)) == (422, True)


def test_who_has_the_link_reads_what_is_public_and_no_search_engine_keeps_it(
    client: FlaskClient, session: Session
) -> None:
    owner = a_user(session, name="Jo de Wit")
    public: dict[str, Any] = dict.fromkeys(("visibility", "words_shown_to"), Visibility.PUBLIC)
    a_profile(session, "Wmo", user=owner, about="Eigen woorden.", **public)

    answer = client.get(f"/profielen/{owner.id}")

    assert (answer.status_code, answer.headers["X-Robots-Tag"]) == (200, "noindex")
    assert ("Jo de Wit" in answer.text, "Eigen woorden." in answer.text) == (True, True)
    # The usual tier of the hours and of the address is a narrower one.
    assert ("uur per week, vanaf" in answer.text, owner.email in answer.text) == (False, False)


@pytest.mark.parametrize("tier", [tier for tier in Visibility if tier is not Visibility.PUBLIC])
def test_without_an_account_what_is_not_public_and_what_is_not_there_are_alike(
    client: FlaskClient, session: Session, tier: Visibility
) -> None:
    there = a_profile(session, "Wmo", visibility=tier).user_id
    paused: dict[str, Any] = {"state": ProfileState.PAUSED, "visibility": Visibility.PUBLIC}
    at_rest = a_profile(session, "Wmo", **paused).user_id

    answers = [client.get(f"/profielen/{one}") for one in (there, at_rest, uuid4())]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({re.sub(r"[0-9a-f-]{32,}", "", answer.text) for answer in answers}) == 1


def test_the_preview_of_evidence_differs_by_who_may_read_the_opgave(
    client: FlaskClient, session: Session, lent: User
) -> None:
    session.get_one(Profile, lent.id).visibility = Visibility.COLLEAGUES
    session.commit()

    own = sign_in(client, session, lent).get("/profiel").text

    seen = [previewed(own, name) for name in ("thuis", "elders")]
    assert ["opgave “Alleen voor Utrecht”" in one for one in seen] == [True, False]
    assert ["Bevestigd door gemeente Urk" in one for one in seen] == [True, True]
    assert ["Wmo" in one for one in seen] == [False, False]


def previewed(own: str, name: str) -> str:
    """What the own page says that others read, or nothing when they read nothing."""
    panel = own.split(f'id="{name}"', 1)[1].split("</h2>", 1)[1].split("</section>", 1)[0]
    return "" if "Zij zien je niet." in panel else words_in(panel)


def shown_on(page: str) -> str:
    head = page.split('<div class="dgvn-page-head">', 1)[1].split('<div class="dgvn-columns">')[0]
    return words_in(head + page.split('<article class="dgvn-panel">', 1)[1].split("</article>")[0])


def words_in(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_card_without_a_name_shows_no_more_than_is_promised(
    client: FlaskClient, session: Session, user: User
) -> None:
    a_profile(session, user=user, visibility=Visibility.ANONYMOUS, movement=["grensdenker"])
    elsewhere = client.get("/profiel").text.split("Zo zien collega")[2]
    promises = [text_of(client.get(EDIT)), text_of(client.get("/privacy"))]

    assert ("Grensdenker" in elsewhere, "16 tot 24 uur" in elsewhere) == (True, True)
    assert ["wie je bent in de beweging" in promise for promise in promises] == [True, True]
    assert "8 uur wordt “8 tot 16 uur”" in promises[0]
    assert "Andere gemeenten vinden je ook" in promises[0]
    assert "en andere gemeenten zonder je naam" in promises[1]


def test_a_paused_profile_does_not_say_that_it_is_searched_for(
    client: FlaskClient, session: Session, user: User
) -> None:
    a_profile(session, "Wmo", user=user, state=ProfileState.PAUSED, visibility=Visibility.HIDDEN)

    said = text_of(client.get("/profiel"))

    assert "we zoeken niet voor je" in said
    assert "hoe het wordt als je je profiel van pauze haalt." in said
    assert ("Wij zoeken" in said, "als je publiceert" in said) == (False, False)


def test_pausing_is_called_by_one_word(client: FlaskClient, session: Session, user: User) -> None:
    a_profile(session, "Wmo", user=user)
    own, privacy = text_of(client.get("/profiel")), text_of(client.get("/privacy"))
    words = ("Zet je profiel op pauze" in own, "zet je profiel op pauze" in privacy)
    assert (words, "profiel uit" in privacy) == ((True, True), False)


def test_every_role_of_the_movement_has_something_of_its_own_that_fits() -> None:
    assert set(FITS) == set(Movement)
    assert len({fit.kind for fit in FITS.values()}) == len(Movement)


@pytest.mark.parametrize(
    ("role", "addresses"),
    [
        (Movement.VERANDERAAR, ["/opgaven?soort=opgave", "/bouw-mee"]),
        (Movement.GRENSDENKER, ["/opgaven?soort=ruil"]),
        (Movement.AANPAKKER, ["/opgaven?soort=klus"]),
        (Movement.ENERGIEGEVER, ["/opgaven?soort=klankbord"]),
    ],
)
def test_your_profile_welcomes_you_with_what_fits_your_role(
    client: FlaskClient, session: Session, user: User, role: Movement, addresses: list[str]
) -> None:
    a_profile(session, "Wmo", user=user, movement=[role.value])

    cards = welcomes_on(client.get("/profiel").text)

    assert [re.findall(r'href="([^"]+)"', card) for card in cards] == [addresses]
    assert (f">{label(role)}</h3>" in cards[0], FITS[role].sentence in cards[0]) == (True, True)


def test_who_joins_in_more_ways_is_welcomed_for_each(
    client: FlaskClient, session: Session, user: User
) -> None:
    a_profile(session, "Wmo", user=user, movement=["grensdenker", "aanpakker"])

    answer = client.get("/profiel")

    assert len(welcomes_on(answer.text)) == 2
    assert "Hoe doe jij mee?" not in text_of(answer)


def test_who_chose_no_role_is_asked_how_to_join(
    client: FlaskClient, session: Session, user: User
) -> None:
    a_profile(session, "Wmo", user=user, movement=[])

    page = client.get("/profiel").text

    assert welcomes_on(page) == []
    assert f'Hoe doe jij mee? <a href="{EDIT}#movement">Kies het op je profiel</a>.' in page
    assert 'id="movement"' in client.get(EDIT).text


def test_what_fits_is_a_kind_that_the_list_of_opgaven_knows(
    client: FlaskClient, session: Session, user: User
) -> None:
    for fit in FITS.values():
        an_opgave(session, kind=fit.kind, title=f"Een {fit.kind.value} voor jou")
    a_profile(session, "Wmo", user=user, movement=[role.value for role in Movement])
    cards = welcomes_on(client.get("/profiel").text)

    found = [
        re.findall(r"Een (\w+) voor jou", client.get(re.findall(r'href="([^"]+)"', card)[0]).text)
        for card in cards
    ]

    assert found == [[fit.kind.value] for fit in FITS.values()]


@pytest.mark.parametrize(
    ("changed", "is_welcomed"),
    [
        ({}, True),
        ({"published_at": None, "state": ProfileState.CONCEPT}, True),
        ({"published_at": MONDAY - timedelta(days=6)}, True),
        ({"published_at": MONDAY - timedelta(days=7)}, False),
        ({"state": ProfileState.PAUSED}, False),
    ],
)
def test_who_is_new_is_welcomed_for_a_week_and_not_on_pause(
    client: FlaskClient, session: Session, user: User, changed: dict[str, Any], is_welcomed: bool
) -> None:
    a_profile(session, "Wmo", user=user, movement=["aanpakker"], **changed)

    answer = client.get("/profiel")

    assert bool(welcomes_on(answer.text)) is is_welcomed
    assert "Hoe doe jij mee?" not in text_of(answer)


def test_the_first_match_takes_the_place_of_the_welcome(
    client: FlaskClient, session: Session, user: User
) -> None:
    a_profile(session, "Wmo", user=user, movement=["aanpakker"])
    match_opgave(make_work(session), an_opgave(session, "Wmo").id)
    session.commit()

    assert welcomes_on(client.get("/profiel").text) == []


def welcomes_on(page: str) -> list[str]:
    """The cards with what fits how you join."""
    return re.findall(r'<li class="dgvn-movement__item">.*?</li>', page, re.DOTALL)


def test_publishing_and_pausing_by_their_buttons(
    client: FlaskClient, session: Session, user: User
) -> None:
    profile = a_profile(session, "Wmo", user=user, state=ProfileState.CONCEPT)

    states = []
    for deed in ("publiceren", "pauzeren", "publiceren"):
        answer = client.post(f"/profiel/{deed}")
        states.append((answer.status_code, profile.state))

    assert states == [
        (302, ProfileState.PUBLISHED), (302, ProfileState.PAUSED), (302, ProfileState.PUBLISHED),
    ]  # fmt: skip


def test_publishing_what_is_not_complete_says_what_is_missing(
    client: FlaskClient, session: Session, user: User
) -> None:
    profile = a_profile(session, user=user, state=ProfileState.CONCEPT, headline="")
    session.commit()

    said = text_of(client.post("/profiel/publiceren", follow_redirects=True))

    assert profile.state is ProfileState.CONCEPT
    assert "Dit mist nog voordat je kunt publiceren" in said
    assert "Noem minstens één vaardigheid." in said


def test_publishing_without_a_profile_is_not_found(client: FlaskClient, user: User) -> None:
    assert client.post("/profiel/publiceren").status_code == 404


def test_a_named_colleague_is_shown_in_full(
    client: FlaskClient, session: Session, user: User
) -> None:
    other = a_profile(session, "Wmo", about="Eigen woorden.", movement=[Movement.AANPAKKER.value])

    said = text_of(client.get(f"/collegas/{other.user_id}"))

    assert "Eigen woorden." in said
    assert "Aanpakker" in said


def test_an_anonymous_colleague_shows_no_own_word_anywhere(
    client: FlaskClient, session: Session, user: User
) -> None:
    owner = a_user(session, name="Geheime Naam")
    skill = a_skill("Wmo", evidence="Herkenbaar project")
    a_profile(
        session, skill, user=owner, visibility=Visibility.ANONYMOUS, about="Eigen woorden.",
        headline="Mijn kop", function="Mijn functie",
    )  # fmt: skip

    pages = client.get(f"/collegas/{owner.id}").text + client.get("/collegas?q=Wmo").text

    words = ("Geheime Naam", "Testerdam", "Herkenbaar", "Eigen woorden", "Mijn kop", "Mijn functie")
    shown = pages.replace("Testerdam " + user.gemeente_code, "")
    own_gemeente = re.compile(r'<span class="dgvn-viewer__gemeente">[^<]*</span>')
    assert [word for word in words if word in own_gemeente.sub("", shown)] == []
    assert "Collega uit Utrecht" in pages


@pytest.mark.parametrize(
    ("visibility", "at_home", "status"),
    [
        (Visibility.HIDDEN, False, 404),
        (Visibility.HIDDEN, True, 404),
        (Visibility.ANONYMOUS, True, 404),
        (Visibility.ANONYMOUS, False, 200),
        (Visibility.GEMEENTE, True, 200),
        (Visibility.COLLEAGUES, False, 200),
    ],
)
def test_who_may_not_be_known_does_not_exist(
    client: FlaskClient,
    session: Session,
    user: User,
    visibility: Visibility,
    at_home: bool,
    status: int,
) -> None:
    code = user.gemeente_code if at_home else a_gemeente(session).code
    other = a_profile(
        session, "Wmo", user=a_user(session, gemeente_code=code), visibility=visibility
    )

    page = client.get(f"/collegas/{other.user_id}")
    found = f"/collegas/{other.user_id}" in client.get("/collegas?q=Wmo").text

    assert (page.status_code, found) == (status, status == 200)


def test_a_concept_or_a_stranger_is_not_found(
    client: FlaskClient, session: Session, user: User
) -> None:
    concept = a_profile(session, "Wmo", state=ProfileState.CONCEPT)

    ids = (concept.user_id, uuid4())
    assert [client.get(f"/collegas/{id_}").status_code for id_ in ids] == [404, 404]


def test_a_search_finds_synonyms_and_says_by_which_skill(
    client: FlaskClient, session: Session, user: User, tmp_path: Path
) -> None:
    a_vocabulary(session, tmp_path)
    a_profile(session, "Jeugd-zorg", "koken", user=a_user(session, name="Anna"))
    a_profile(session, "pleegzorg", user=a_user(session, name="Bert"))
    a_profile(session, "koken", user=a_user(session, name="Carla"))

    said = text_of(client.get("/collegas?q=jeugdhulp"))

    assert "2 collega's" in said
    assert "Gevonden op Jeugd-zorg (ander woord voor hetzelfde)" in said
    assert "Gevonden op pleegzorg (specifieker dan gevraagd)" in said
    assert ("Carla" in said, said.index("Anna") < said.index("Bert")) == (False, True)


def test_a_search_tells_the_best_three_skills_that_it_found_by(
    client: FlaskClient, session: Session, user: User, tmp_path: Path
) -> None:
    a_vocabulary(session, tmp_path)
    learns = a_skill("jeugdzorg", direction=Direction.WANTS)
    a_profile(session, "pleegzorg", "koken", learns, "jeugd-hulp", "Jeugdhulp")

    said = text_of(client.get("/collegas?q=jeugdhulp"))

    assert (
        "Gevonden op jeugd-hulp , Jeugdhulp , jeugdzorg (ander woord voor hetzelfde, om te leren) "
        "en nog 1"
    ) in said


def test_what_stands_in_the_text_is_found_last_and_said(
    client: FlaskClient, session: Session, user: User
) -> None:
    a_profile(session, "koken", user=a_user(session, name="Anna"), about="Ik ken de havens.")
    a_profile(session, "haven", user=a_user(session, name="Bert"))
    a_profile(session, "koken", about="De haven.", visibility=Visibility.ANONYMOUS)

    said = text_of(client.get("/collegas?q=haven"))

    assert "2 collega's" in said
    assert said.index("Bert") < said.index("Anna")
    assert "Niet bij de vaardigheden, wel in de tekst: haven" in said.split("Anna")[1]


def test_what_a_colleague_was_found_by_comes_before_what_gives_energy(
    client: FlaskClient, session: Session, user: User
) -> None:
    offered = {"koken": 5, "tekenen": 4, "zingen": 3, "Wmo": 1}
    a_concept(session, *offered)
    skills = [a_skill(name, energy=energy) for name, energy in offered.items()]
    a_profile(session, *skills, visibility=Visibility.ANONYMOUS)

    listed, found = client.get("/collegas").text, client.get("/collegas?q=Wmo").text

    label = re.compile(r'class="dgvn-skills__label">([^<]+)<')
    assert label.findall(listed) == ["koken", "tekenen", "zingen"]
    assert label.findall(found) == ["Wmo", "koken", "tekenen"]
    assert (" met koken</a>" in listed, " met Wmo</a>" in found) == (True, True)


def test_a_search_with_a_typing_error_says_what_it_looked_for(
    client: FlaskClient, session: Session, user: User, tmp_path: Path
) -> None:
    a_vocabulary(session, tmp_path)
    a_profile(session, "jeugdzorg", user=a_user(session, name="Anna"))

    said = text_of(client.get("/collegas?q=jeugdhlup"))

    assert ("We zochten ook op jeugdhulp" in said, "Anna" in said) == (True, True)


def test_the_other_filters_of_the_search(client: FlaskClient, session: Session, user: User) -> None:
    drenthe = a_gemeente(session, province="Drenthe")
    anna = a_user(session, name="Anna", gemeente_code=drenthe.code)
    many = [a_window(24)]
    a_profile(session, "Wmo", user=anna, themes=["wonen"], movement=["aanpakker"], windows=many)
    a_profile(session, "Wmo", user=a_user(session, name="Bert"))

    for asked in ("thema=wonen", "beweging=aanpakker", "provincie=Drenthe", "uren=24"):
        said = text_of(client.get(f"/collegas?{asked}"))
        assert (asked, "Anna" in said, "Bert" in said) == (asked, True, False)


@pytest.mark.parametrize(
    "asked",
    [
        "q=%00%ff", "q=" + "x" * 5000, "thema=bestaat-niet", "provincie=Atlantis", "pagina=0",
        "pagina=-1", "pagina=abc", "pagina=%C2%B2", "pagina=" + "9" * 400, "_scheme=x&_external=1",
        "q=%25%27%22--", "beweging=%F0%9F%99%82",
    ],
)  # fmt: skip
def test_an_odd_search_is_no_error(
    client: FlaskClient, session: Session, user: User, asked: str
) -> None:
    a_profile(session, "Wmo")

    assert client.get(f"/collegas?{asked}").status_code == 200


def test_a_long_list_is_paged_and_keeps_the_question(
    client: FlaskClient, session: Session, user: User
) -> None:
    for _ in range(21):
        a_profile(session, "Wmo")

    first = client.get("/collegas?q=Wmo&_anchor=x")

    assert "21 collega's" in text_of(first)
    assert 'href="/collegas?q=Wmo&amp;pagina=2"' in first.text
    second = client.get("/collegas?q=Wmo&pagina=2").text
    assert second.count("Gevonden op") == 1


def test_a_list_of_three_costs_no_more_questions_than_a_list_of_one(
    client: FlaskClient, session: Session, user: User
) -> None:
    def count_for(profiles: int) -> int:
        for _ in range(profiles):
            a_profile(session, "Wmo", "Awb")
        session.commit()
        session.expire_all()
        with counted(session) as statements:
            client.get("/collegas")
        return len(statements)

    assert count_for(1) == count_for(2)


def test_saving_twice_makes_one_profile(client: FlaskClient, session: Session, user: User) -> None:
    statuses = [client.post(EDIT, data=filled()).status_code for _ in range(2)]

    count = session.scalar(select(func.count()).select_from(Profile))
    assert (statuses, count) == ([302, 409], 1)


def test_dates_are_taken_as_people_write_them(
    client: FlaskClient, session: Session, user: User
) -> None:
    client.post(EDIT, data=filled(**{"windows-0-starts_on": "01-12-2026"}))

    assert session.get_one(Profile, user.id).windows[0].starts_on == TODAY + timedelta(days=8)


def test_what_is_wrong_in_a_row_names_the_row(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_user(session))
    rows = {
        "skills-0-label": "Wmo",
        "skills-1-label": "Wmo",
        "skills-1-years": "400",
        "windows-0-hours_per_week": "200",
        "windows-0-starts_on": "2026-12-01",
    }

    said = text_of(client.post("/profiel/bewerken", data=rows))

    assert "Vaardigheid 2: “Wmo” staat er al." in said
    assert "Vaardigheid 2, Jaren ervaring: Kies een getal van 0 tot en met 60." in said
    assert "Periode 1, Uren per week: Kies een getal van 1 tot en met 40." in said


def test_who_opens_more_profiles_than_anybody_reads_is_stopped_for_the_day(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, session, a_user(session))
    statuses = [client.get(f"/collegas/{uuid4()}").status_code for _ in range(300)]
    page = client.get(f"/collegas/{uuid4()}")
    sign_in(client, session, a_user(session))

    assert (set(statuses), page.status_code) == ({404}, 429)
    assert "Je opende vandaag wel heel veel profielen. Probeer het over" in text_of(page)
    assert client.get(f"/collegas/{uuid4()}").status_code == 404


def test_who_publishes_reads_with_what_they_agree_and_later_that_they_did(
    client: FlaskClient, session: Session
) -> None:
    profile = a_profile(session, "wmo", state=ProfileState.CONCEPT)
    sign_in(client, session, session.get_one(User, profile.user_id))

    before, form = (text_of(client.get(page)) for page in ("/profiel", "/profiel/bewerken"))
    client.post("/profiel/publiceren")
    after, form_after = (text_of(client.get(page)) for page in ("/profiel", "/profiel/bewerken"))
    client.post("/profiel/pauzeren")
    paused = text_of(client.get("/profiel"))

    told = "Dit vond je goed op 23 november 2026"
    said = (before, form, after, form_after, paused)
    assert [CONSENTS[CONSENT] in one for one in said] == [True, True, True, False, True]
    assert [told in one for one in said] == [False, False, True, False, False]


def test_who_is_out_of_sight_by_another_takes_back_what_they_agreed_with(
    client: FlaskClient, session: Session
) -> None:
    profile = a_profile(session, "wmo", state=ProfileState.CONCEPT)
    owner = session.get_one(User, profile.user_id)
    sign_in(client, session, owner)
    client.post("/profiel/publiceren")
    take_down(make_work(session, a_user(session, Role.BEHEERDER)), owner.id)

    down = client.get("/profiel").text
    client.post("/profiel/pauzeren")

    assert "Trek in wat je goedvond" in down
    assert "Trek in wat je goedvond" not in client.get("/profiel").text
    assert queries.standing_consent(session, owner.id) is None
