"""What stands in an address can be anything; a search reads what it can and never stumbles."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.support.builders import a_gemeente, a_profile, a_user, a_window, an_opgave
from tests.support.pages import text_of
from tests.support.web import sign_in

ODD = ["\x00", "a\x00b", "\u202e", "😀" * 500, "%", "_", "\\", "'; --", "-1", str(2**63), "１２"]
ASKED = {
    "/opgaven": ("q", "thema", "soort", "provincie", "uren", "pagina"),
    "/collegas": ("q", "thema", "beweging", "provincie", "uren", "pagina"),
    "/begrippen": ("q",),
}
QUESTIONS = [(path, name) for path, names in ASKED.items() for name in names]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    ("path", "name"), [(path, n) for path, all_ in ASKED.items() for n in all_]
)
def test_a_search_takes_anything(
    client: FlaskClient, session: Session, path: str, name: str, odd: str
) -> None:
    sign_in(client, session, a_user(session))

    assert client.get(path, query_string={name: odd}).status_code == 200


def test_a_province_is_read_without_what_cannot_be_seen(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, session, a_user(session))

    found = client.get("/opgaven", query_string={"provincie": "Utrecht\x00"}).text

    assert '<option selected value="Utrecht">' in found


def test_a_search_that_finds_nothing_tells_what_to_leave_out(
    client: FlaskClient, session: Session
) -> None:
    drenthe = a_user(session, gemeente_code=a_gemeente(session, province="Drenthe").code)
    a_profile(session, "haven", user=drenthe, windows=[a_window(16)])
    a_profile(session, "haven", themes=["wonen"], windows=[a_window(8)])
    a_profile(session, "haven", themes=["wonen"], windows=[a_window(8)])
    sign_in(client, session, a_user(session))

    wonen_in_drenthe = client.get("/collegas?q=haven&thema=wonen&provincie=Drenthe&pagina=3").text
    also_many_hours = text_of(client.get("/collegas?thema=wonen&provincie=Drenthe&uren=24"))

    drenthe_only = 'href="/collegas?q=haven&amp;provincie=Drenthe">Zonder “Wonen” (1)<'
    wonen_only = 'href="/collegas?q=haven&amp;thema=wonen">Zonder “Drenthe” (2)<'
    assert (drenthe_only in wonen_in_drenthe, wonen_only in wonen_in_drenthe) == (True, True)
    assert ("Zonder “" in also_many_hours, "Toon alle collega's" in also_many_hours) == (
        False,
        True,
    )


def test_an_empty_list_of_opgaven_tells_what_to_leave_out(
    client: FlaskClient, session: Session
) -> None:
    an_opgave(session, "haven", hours_per_week=24)

    two_asked = text_of(client.get("/opgaven?q=haven&uren=8"))
    one_asked = text_of(client.get("/opgaven?q=rivier"))

    assert "Zonder “Hoogstens 8 uur” (1)" in two_asked
    assert ("Zonder" in one_asked, "Toon alle opgaven" in one_asked) == (False, True)


@pytest.mark.parametrize("odd", ["y" * 1_000_000, "haven " * 100_000, "' OR 1=1; --", "a & ! b:*"])
@pytest.mark.parametrize("path", ["/opgaven", "/collegas"])
def test_however_much_is_typed_a_page_stays_small(
    client: FlaskClient, session: Session, path: str, odd: str
) -> None:
    sign_in(client, session, a_user(session))

    answer = client.get(path, query_string={"q": odd})

    assert (answer.status_code, len(answer.text) < 60_000 + 2 * len(odd)) == (200, True)
