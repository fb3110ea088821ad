"""One line of migrations that leads to the models, and back, and there again."""

import ast
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect, text

from app.extensions import db
from app.tables import METADATA
from tests.conftest import AppMaker, DatabaseMaker
from tests.house.tree import ROOT, near

MIGRATIONS = ROOT / "migrations"
VERSIONS = sorted((MIGRATIONS / "versions").glob("*.py"))
# Databases that we cannot reach have run these; the newest is added when it lands.
LANDED = {
    "0001_create_the_first_rooms.py": (
        "f2bd567d519272019e493c7625a7eba14216c58e3fb016da0f706c7fd2d2ffd5"
    ),
    "0002_let_concepts_be_merged.py": (
        "a121ab72200ae2b1c90108627c297f6210bf81aa36cf5537b225a3327980da52"
    ),
    "0003_keep_what_matching_knows.py": (
        "8132eb1152ed07c593b2f086530dfc952eca821064166734922475cf896a41e7"
    ),
    "0004_tell_what_becomes_of_mail.py": (
        "9d2424715748da1d008efda5290ebea1c6ff20cfa8b4dc431b7fa588433f59d3"
    ),
    "0005_let_people_answer.py": (
        "c1bec8fc6b447937452d40b7c26c0cb1a5d84954016cffb026224d7e1f60ff41"
    ),
}


@pytest.fixture
def empty(new_app: AppMaker, new_database: DatabaseMaker) -> Iterator[Flask]:
    """An application on a database without tables."""
    app = new_app(new_database())
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        yield app


def tables() -> list[str]:
    return sorted(inspect(db.engine).get_table_names())


def test_there_is_one_head() -> None:
    script = ScriptDirectory(str(MIGRATIONS))

    assert script.get_heads() == [VERSIONS[-1].name[:4]]


def test_files_are_numbered_without_a_gap() -> None:
    assert [path.name[:5] for path in VERSIONS] == [f"{n:04}_" for n in range(1, len(VERSIONS) + 1)]


@pytest.mark.parametrize("name", LANDED)
def test_a_migration_that_has_landed_stays_as_it_is(name: str) -> None:
    found = sha256((MIGRATIONS / "versions" / name).read_bytes()).hexdigest()

    assert found == LANDED[name], f"{name} has landed: add a new migration instead"


def test_every_migration_before_the_newest_has_landed() -> None:
    assert [path.name for path in VERSIONS[:-1] if path.name not in LANDED] == []


@pytest.mark.parametrize("path", VERSIONS, ids=near)
def test_a_migration_runs_when_the_code_has_moved(path: Path) -> None:
    tree = ast.parse(path.read_text())
    imported = {
        *(
            name.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for name in node.names
        ),
        *(node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)),
    }

    assert {name for name in imported if name and name.split(".")[0] in {"app", "workers"}} == set()


def test_the_schema_is_what_the_models_say(empty: Flask) -> None:
    upgrade()

    check()


def test_operators_read_of_every_table_whether_it_is_about_people() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    section = page.split("## Somebody wants to leave")[1].split("\n## ")[0]

    assert [table for table in METADATA.tables if f"`{table}`" not in section] == []


def test_a_schema_that_lags_behind_is_found(empty: Flask) -> None:
    upgrade()
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE opgave DROP COLUMN title"))

    with pytest.raises(SystemExit):
        check()


def test_every_step_can_be_undone_and_done_again(empty: Flask) -> None:
    upgrade()
    there = tables()

    downgrade(revision="base")
    back = tables()
    upgrade()

    assert back == ["alembic_version"]
    assert tables() == there
