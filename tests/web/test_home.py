"""The first page and what every public service tells about itself."""

import csv
import re
from datetime import date
from io import StringIO
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from app.core.clock import dutch_day, utc_now
from app.people.rules import ProfileState
from app.privacy.dictionary import dictionary
from app.privacy.register import HEADS, register
from app.web.home import pages
from tests.conftest import AppMaker, settings_for
from tests.support.builders import a_gemeente, a_profile, a_user, an_opgave
from tests.support.pages import text_of
from tests.support.work import TODAY

FAR_AWAY = date(2999, 12, 31)


@pytest.fixture
def without_database(new_app: AppMaker, database: URL) -> Flask:
    return new_app(database.set(database="there_is_no_such_database"))


def test_the_first_page_welcomes_a_visitor(client: FlaskClient, session: Session) -> None:
    page = client.get("/")
    assert (page.status_code, "gemeentegrens" in page.text) == (200, True)


def test_without_anything_the_first_page_says_what_to_do(client: FlaskClient) -> None:
    assert "Nog geen open opgaven" in client.get("/").text


def test_the_first_page_shows_only_public_opgaven(client: FlaskClient, session: Session) -> None:
    an_opgave(session, title="Voor iedereen", is_public=True, closes_on=FAR_AWAY)
    an_opgave(session, title="Voor collega's", is_public=False, closes_on=FAR_AWAY)

    page = client.get("/").text

    assert ("Voor iedereen" in page, "Voor collega" in page) == (True, False)


def test_the_figures_are_counted(session: Session) -> None:
    owner = a_user(session)
    an_opgave(session, owner=owner)
    an_opgave(session, owner=owner)
    a_profile(session, user=owner)
    a_profile(session, state=ProfileState.CONCEPT)
    a_gemeente(session)

    shown = [(figure.value, figure.label) for figure in pages.figures(session, TODAY)]

    assert shown == [
        ("2", "open opgaven"),
        ("1", "profiel"),
        ("2", "van de 3 gemeenten doen mee"),
    ]


def test_the_four_roles_of_the_movement_are_on_the_first_page() -> None:
    assert [(role.label, role.icon) for role in pages.movement()] == [
        ("Veranderaar", "seedling"),
        ("Grensdenker", "building-bridge-2"),
        ("Aanpakker", "tools"),
        ("Energiegever", "bolt"),
    ]


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("/over", "Over ons"),
        ("/bouw-mee", "Bouw mee"),
        ("/privacy", "Privacy"),
        ("/toegankelijkheid", "Toegankelijkheid"),
    ],
)
def test_a_visitor_can_read_what_this_is(client: FlaskClient, address: str, heading: str) -> None:
    page = client.get(address)
    assert (page.status_code, f">{heading}</h1>" in page.text) == (200, True)


def test_the_privacy_page_says_how_long_things_are_kept_as_it_is_done(client: FlaskClient) -> None:
    page = text_of(client.get("/privacy"))

    for term in dictionary().terms.values():
        assert f"{term.what} {term.said} {term.but}".strip() in page


def test_the_register_has_a_line_of_every_kind_that_is_about_people(client: FlaskClient) -> None:
    page = text_of(client.get("/verwerkingsregister"))

    lines = list(register(dictionary()))
    assert {line.kind.title for line in lines} >= {"Profiel", "Logboek", "Inzet"}
    for line in lines:
        assert f"{line.kind.title} Doel {line.kind.why}. Grondslag {line.kind.ground}." in page
        assert all(f"Hoe lang: {term.what} {term.said}" in page for term in line.terms)


def test_the_register_comes_as_a_table_too(client: FlaskClient) -> None:
    answer = client.get("/verwerkingsregister/csv")

    rows = list(csv.reader(StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert answer.headers["Content-Disposition"].endswith("filename=verwerkingsregister.csv")
    assert rows == [list(HEADS), *(line.cells for line in register(dictionary()))]


@pytest.mark.parametrize("address", ["/privacy", "/toegankelijkheid"])
def test_questions_have_an_address(client: FlaskClient, address: str) -> None:
    assert "mailto:contact@degemeentevannu.example" in client.get(address).text


def test_each_way_to_build_along_is_a_mail_with_a_subject_of_its_own(client: FlaskClient) -> None:
    sent = re.findall(r'href="mailto:([^"?]+)\?subject=([^"]+)"', client.get("/bouw-mee").text)

    assert {address for address, _ in sent} == {"contact@degemeentevannu.example"}
    assert [unquote(subject) for _, subject in sent] == [
        "Woorden voor de begrippenlijst",
        "Ik wil meetesten",
        "Fout op de site",
        "Meedenken over de regels",
        "Meebouwen aan de code",
        "Kwetsbaarheid",
    ]


def test_the_address_for_building_along_can_be_read_without_a_mail_program(
    client: FlaskClient,
) -> None:
    assert "een mail aan contact@degemeentevannu.example" in text_of(client.get("/bouw-mee"))


def test_every_page_leads_to_how_a_weakness_is_told_in_dutch(client: FlaskClient) -> None:
    link = '<a href="/bouw-mee#kwetsbaarheid">Kwetsbaarheid melden</a>'
    assert link in client.get("/").text
    assert 'id="kwetsbaarheid">Meld een kwetsbaarheid</h2>' in client.get("/bouw-mee").text


def test_the_first_page_leads_to_building_along_from_the_movement_and_the_footer(
    client: FlaskClient,
) -> None:
    links = re.findall(r'<a href="/bouw-mee">([^<]+)</a>', client.get("/").text)
    assert links == ["Bouw mee aan dit platform", "Bouw mee"]


@pytest.mark.parametrize(
    ("address", "links"), [("/privacy", 1), ("/over", 2), ("/bouw-mee", 3), ("/bestaat-niet", 1)]
)
def test_pages_link_to_the_source_when_it_can_be_read_somewhere(
    client: FlaskClient,
    new_app: AppMaker,
    database: URL,
    session: Session,
    address: str,
    links: int,
) -> None:
    code_url = "https://code.example/degemeentevannu"
    published = new_app(database, code_url=code_url).test_client()

    with_source, without = published.get(address).text, client.get(address).text

    assert with_source.count(f'href="{code_url}"') == links
    assert ("Broncode</a>" in without, "Bekijk de broncode" in without) == (False, False)


def test_healthz_asks_nothing_of_the_database(without_database: Flask) -> None:
    answer = without_database.test_client().get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_readyz_tells_that_the_house_is_ready(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (
        200,
        {"database": "ok", "migrations": "ok", "redis": "ok"},
    )


def test_readyz_tells_that_the_database_is_away(without_database: Flask) -> None:
    answer = without_database.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (
        503,
        {"database": "away", "migrations": "unknown", "redis": "ok"},
    )


def test_readyz_tells_that_the_tables_are_behind(client: FlaskClient, session: Session) -> None:
    session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (
        503,
        {"database": "ok", "migrations": "behind", "redis": "ok"},
    )


def test_without_redis_the_house_is_ready_all_the_same(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(URL.create("postgresql"), redis_url="redis://127.0.0.1:1/0")
    monkeypatch.setitem(app.extensions, "settings", settings)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (
        200,
        {"database": "ok", "migrations": "ok", "redis": "away"},
    )


def test_a_house_that_does_without_redis_says_so_and_counts_its_limits_itself(
    new_app: AppMaker,
    database: URL,
    app: Flask,
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alone = new_app(database, redis_url="")
    monkeypatch.setitem(app.extensions, "settings", alone.extensions["settings"])

    assert alone.config["RATELIMIT_STORAGE_URI"] == "memory://"
    assert client.get("/readyz").json == {"database": "ok", "migrations": "ok", "redis": "unused"}


def test_a_demo_is_kept_out_of_search_engines(client: FlaskClient) -> None:
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_a_real_house_may_be_found(new_app: AppMaker, database: URL) -> None:
    real = new_app(database).test_client().get("/robots.txt")
    assert real.text == "User-agent: *\nDisallow: /inloggen\nDisallow: /afmelden\n"


def test_security_txt_is_complete_and_not_about_to_expire(client: FlaskClient) -> None:
    answer = client.get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    expires = date.fromisoformat(fields.pop("Expires").removesuffix("T00:00:00Z"))

    assert answer.mimetype == "text/plain"
    assert fields == {
        "Contact": "mailto:contact@degemeentevannu.example",
        "Preferred-Languages": "nl, en",
        "Canonical": "http://localhost/.well-known/security.txt",
    }
    assert 60 < (expires - dutch_day(utc_now())).days < 366


def test_the_favicon_is_there(client: FlaskClient) -> None:
    with client.get("/favicon.ico") as answer:
        assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
