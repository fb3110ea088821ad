"""Somebody who types what takes long to look for, or to keep: very much of it, or odd signs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.actor import Role
from app.core.finding import MOST_SIGNS
from app.people.models import Profile, Skill
from app.people.rules import MOST_SKILLS
from app.vocabulary.rules import LABEL_LIMIT
from app.web.demo.forms import MailSearch
from app.web.search import TOO_LONG, SearchField, SearchForm
from tests.support.builders import a_concept, a_profile, a_user, an_opgave
from tests.support.pages import text_of, value_of
from tests.support.web import sign_in

EDIT = "/profiel/bewerken"
PROFILE = {"version": "0", "travel_km": "30", "visibility": "anonymous", "actie": "bewaar"}
WORDS = "/beheer/begrippen"
# Every page on which a search is typed, but the mailbox of a demo.
PAGES = ["/opgaven", "/collegas", WORDS, f"{WORDS}/losse-woorden", "/beheer/logboek"]
BEYOND = "voorbijdegrens"
LENGTHS = [MOST_SIGNS + 1, 1_000, 10_000]
# One that costs the reader of a pattern most: many of them, and each would be tried everywhere.
MEANINGFUL = ["%" * 200, "_" * 200, "\\" * 200, "%_\\" * 66, ".*" * 100, "(a+)+" * 40, ":*&|!" * 40]


@pytest.fixture
def viewer(client: FlaskClient, session: Session) -> User:
    user = a_user(session, *Role)
    sign_in(client, session, user)
    return user


def typed(begin: str, length: int) -> str:
    """A text that begins so, and of which the last word comes after what counts."""
    padded = (begin + " " + "x" * MOST_SIGNS)[:MOST_SIGNS]
    return (padded + "y" * length)[: length - len(BEYOND) - 1] + " " + BEYOND


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """What the database is asked, with every value."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, asked: str, values: Any, *_more: Any) -> None:
        said.append(f"{asked} {values!r}")

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield said
    event.remove(connection, "before_cursor_execute", note)


# Very long searches


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("path", PAGES)
def test_s67_of_a_long_search_the_begin_counts_and_all_of_it_stays(
    client: FlaskClient, session: Session, viewer: User, path: str, length: int
) -> None:
    much = typed("haven", length + len(BEYOND))

    with statements(session) as said:
        page = client.get(path, query_string={"q": much})

    # The log says that it knows nobody of that name.
    assert (page.status_code in {200, 422}, TOO_LONG in text_of(page)) == (True, True)
    assert value_of(page, "q") == much
    assert [one for one in said if BEYOND in one or "y" * 10 in one] == []


@pytest.mark.parametrize("path", [f"{WORDS}/losse-woorden/woord", f"{WORDS}/{{id}}"])
def test_s67_a_search_within_a_page_is_cut_as_well(
    client: FlaskClient, session: Session, viewer: User, path: str
) -> None:
    concept = a_concept(session, "Haven")
    session.commit()

    with statements(session) as said:
        page = client.get(
            path.format(id=concept.id), query_string={"woord": "haven", "q": typed("haven", 1_000)}
        )

    assert TOO_LONG in text_of(page)
    assert [one for one in said if BEYOND in one] == []


@pytest.mark.parametrize("path", PAGES)
def test_s67_a_search_of_as_many_signs_as_count_needs_no_word_about_it(
    client: FlaskClient, viewer: User, path: str
) -> None:
    page = client.get(path, query_string={"q": "x" * MOST_SIGNS})

    assert (page.status_code in {200, 422}, TOO_LONG in text_of(page)) == (True, False)


@pytest.mark.parametrize("path", ["/opgaven", "/collegas"])
def test_s67_the_last_sign_that_counts_finds_and_the_next_does_not(
    client: FlaskClient, session: Session, viewer: User, path: str
) -> None:
    a_profile(session, "Inkoop", headline="Graag in de Zuiderzeehaven")
    an_opgave(session, "Inkoop", title="Werk in de Zuiderzeehaven", text="Er is werk.")
    session.commit()
    word = "Zuiderzeehaven"

    def finds(spaces: int) -> bool:
        page = client.get(path, query_string={"q": "in" + " " * spaces + word})
        return "in de Zuiderzeehaven" in text_of(page)

    counts = MOST_SIGNS - len("in") - len(word)
    assert (finds(counts), finds(MOST_SIGNS)) == (True, False)


def test_s67_what_is_suggested_while_somebody_types_is_of_the_begin(
    client: FlaskClient, session: Session, viewer: User
) -> None:
    a_concept(session, "Zuiderzeehaven")
    session.commit()

    def suggested(spaces: int) -> list[str]:
        found = client.get("/begrippen", query_string={"q": " " * spaces + "Zuiderzeehaven"}).json
        return [one["label"] for one in found or []]

    assert suggested(10) == ["Zuiderzeehaven"]
    assert suggested(MOST_SIGNS) == []


def test_s67_who_is_looked_for_in_the_log_is_cut_in_its_room_too(session: Session) -> None:
    known = a_user(session, name="Noor Kanarie")

    found = accounts.found_by(session, "kanarie".ljust(MOST_SIGNS) + "x" * 10_000, None, 5)

    assert found == [(known.id, known.email)]


def test_s67_the_mailbox_of_a_demo_cuts_as_well(app: Flask) -> None:
    with app.test_request_context():
        form = MailSearch(formdata=MultiDict({"aan": typed("noor", 10_000)}))

    assert (len(form.text), form.q.description) == (MOST_SIGNS, TOO_LONG)


def test_s67_every_list_that_can_be_searched_cuts_what_is_typed(app: Flask) -> None:
    with app.test_request_context():
        fields = {form: type(form().q) for form in every_search(SearchForm)}

    assert len(fields) > 5
    assert set(fields.values()) == {SearchField}


def every_search(form: type[SearchForm]) -> Iterator[type[SearchForm]]:
    yield form
    for one in form.__subclasses__():
        yield from every_search(one)


# Signs with a meaning


@pytest.mark.parametrize("signs", MEANINGFUL)
def test_s49_however_many_signs_with_a_meaning_they_are_looked_for_as_they_are(
    client: FlaskClient, session: Session, viewer: User, signs: str
) -> None:
    a_profile(session, "Inkoop", headline="Graag gezien")
    an_opgave(session, "Inkoop", title="Een vreemd plan", text="Er is werk.")
    a_concept(session, "Een vreemd begrip")
    session.commit()

    for path, shown in {
        "/opgaven": "Een vreemd plan",
        "/collegas": "Graag gezien",
        WORDS: "Een vreemd begrip",
    }.items():
        page = client.get(path, query_string={"q": signs})
        assert (page.status_code, shown in text_of(page)) == (200, False), path


def test_s49_signs_with_a_meaning_ask_the_database_as_much_as_plain_words(
    client: FlaskClient, session: Session, viewer: User
) -> None:
    """As often, and of no more words: what is timed at full size is a bench."""

    def asked(text: str) -> int:
        client.get("/collegas", query_string={"q": text})
        with statements(session) as said:
            client.get("/collegas", query_string={"q": text})
        return len(said)

    plain = asked("xaxb xcxd")

    assert [asked(one) <= plain for one in MEANINGFUL] == [True] * len(MEANINGFUL)


# Very many or long skills


@pytest.mark.parametrize(
    "rows",
    [
        {"skills-0-label": "a" * 1_000_000},
        {"skills-0-label": " ".join(f"woord{at}" for at in range(50_000))},
        {f"skills-{at}-label": f"vaardigheid {at}" for at in range(10_000)},
    ],
    ids=["a megabyte", "fifty thousand tokens", "ten thousand skills"],
)
@pytest.mark.parametrize("path", [EDIT, "/opgaven/nieuw"])
def test_s66_very_many_or_long_skills_are_refused_before_they_are_read(
    client: FlaskClient, session: Session, viewer: User, path: str, rows: dict[str, str]
) -> None:
    with statements(session) as said:
        answer = client.post(path, data={**PROFILE, **rows})

    assert (answer.status_code, "<h1" in answer.text) == (413, True)
    assert [one for one in said if "woord1" in one or "vaardigheid 1" in one or "aaaa" in one] == []
    assert session.scalar(select(func.count()).select_from(Skill)) == 0


@pytest.mark.parametrize("words", [LABEL_LIMIT // 2 + 1, 5_000])
def test_s66_a_skill_of_many_words_that_is_read_is_refused_and_stays(
    client: FlaskClient, session: Session, viewer: User, words: int
) -> None:
    label = " ".join("a" * words)

    answer = client.post(EDIT, data={**PROFILE, "skills-0-label": label})

    assert (answer.status_code, value_of(answer, "skills-0-label")) == (422, label)
    assert session.get(Profile, viewer.id) is None


def test_s66_a_profile_has_so_many_skills_and_no_more(
    client: FlaskClient, session: Session, viewer: User
) -> None:
    rows = {f"skills-{at}-label": f"vaardigheid {at}" for at in range(MOST_SKILLS + 1)}

    answer = client.post(EDIT, data={**PROFILE, **rows})

    assert (answer.status_code, session.get(Profile, viewer.id)) == (422, None)
    assert value_of(answer, f"skills-{MOST_SKILLS}-label") == f"vaardigheid {MOST_SKILLS}"
