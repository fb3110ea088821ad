"""A backup of a database with rows in every table, put back whole into one that holds nothing."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

from app.extensions import db
from tests.conftest import AppMaker, DatabaseMaker
from tests.privacy.test_tombstones import program, typed
from tests.support.builders import a_profile, a_user
from tests.support.laden import Laden, fill
from tests.support.signing_in import a_link, path_of
from tests.support.work import make_work

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
ROWS = "SELECT count(*), md5(string_agg(one::text, chr(10) ORDER BY one::text)) FROM {table} one"
NUMBERS = "SELECT sequencename, last_value FROM pg_sequences ORDER BY sequencename"
LIST_OF_WORDS = re.compile(r"\(|\)|::text|::character varying|\[\]")
EMAIL = "anna@testerdam.example"

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("limiter_as_it_was")]


@pytest.fixture
def house(new_app: AppMaker, new_database: DatabaseMaker) -> tuple[Flask, URL]:
    """Laden with rows, in a chain of deeds too."""
    url = new_database()
    app = new_app(url)
    with app.app_context():
        session = db.session()
        person, other = a_user(session, email=EMAIL), a_user(session)
        for user in (person, other):
            a_profile(session, "wmo", user=user)
        fill(session, Laden(person, other), 3)
        session.commit()
        for _ in range(5):
            make_work(session, person).record("profile.seen", ("user", other.id), other.id)
            session.commit()
        db.session.remove()
    return app, url


def held(url: URL) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a hash of all of them; and where its numbers are."""
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = connection.scalars(text(TABLES)).all()
        counted = {
            name: connection.execute(text(ROWS.format(table=f'"{name}"'))).one() for name in tables
        }
        numbers = connection.execute(text(NUMBERS)).all()
    engine.dispose()
    of_numbers = {str(name): (int(last or 0), "") for name, last in numbers}
    return {**{name: (row[0], row[1]) for name, row in counted.items()}, **of_numbers}


def shape(url: URL, folder: Path) -> list[str]:
    """Tables, constraints, triggers, functions and indexes, as PostgreSQL writes them."""
    written = folder / f"{url.database}.sql"
    program("pg_dump", url, "--schema-only", "--no-owner", "--file", written)
    # A dump begins and ends with a word that is another each time, and PostgreSQL writes the same
    # list of words in two ways.
    lines = written.read_text().splitlines()
    return [LIST_OF_WORDS.sub("", line) for line in lines if "restrict " not in line]


def test_a_backup_comes_back_whole_and_people_sign_in_again(
    house: tuple[Flask, URL], new_app: AppMaker, new_database: DatabaseMaker, tmp_path: Path
) -> None:
    site, before = house
    after = new_database.empty()
    ended = typed(site, "audit", "check").stdout
    assert "Het logboek klopt: " in ended

    program("pg_dump", before, "--format=custom", "--file", tmp_path / "backup")
    program("pg_restore", after, "--exit-on-error", "--no-owner", tmp_path / "backup")

    known = held(before)
    assert sum(1 for many, _ in known.values() if many) > 45
    assert held(after) == known
    assert shape(after, tmp_path) == shape(before, tmp_path)
    restored = new_app(after)
    assert typed(restored, "audit", "check").stdout == ended
    restored.config["WTF_CSRF_ENABLED"] = False
    with restored.app_context():
        link = path_of(restored, a_link(db.session(), EMAIL))
        db.session.remove()
    browser = restored.test_client()
    assert browser.post(link).status_code == 302
    assert EMAIL in browser.get("/account").text
    assert typed(restored, "audit", "check").exit_code == 0
    assert held(after)["audit_link"] != known["audit_link"]


def test_half_a_backup_is_found_out(
    house: tuple[Flask, URL], new_database: DatabaseMaker, tmp_path: Path
) -> None:
    _, before = house
    after = new_database.empty()
    lacking = ("--exclude-table-data", "message")
    program("pg_dump", before, "--format=custom", *lacking, "--file", tmp_path / "backup")
    program("pg_restore", after, "--no-owner", tmp_path / "backup")

    assert {name for name, rows in held(before).items() if held(after)[name] != rows} == {"message"}
