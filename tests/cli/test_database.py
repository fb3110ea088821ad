"""The role of the application works with rows, and with the log of deeds only by adding."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.audit import check_chain, entries
from app.core.work import begin
from tests.cli.conftest import Terminal
from tests.conftest import AppMaker, DatabaseMaker
from tests.support.work import MONDAY


@pytest.fixture
def owned(new_database: DatabaseMaker) -> URL:
    """A database of its own: roles are real once their making is committed."""
    return new_database()


@pytest.fixture
def role(owned: URL, new_app: AppMaker) -> Iterator[str]:
    """A role that `flask database prepare` made for the application."""
    name = f"app_{uuid4().hex[:12]}"
    told = new_app(owned).test_cli_runner().invoke(args=["database", "prepare", name])
    assert told.exit_code == 0, told.output
    yield name
    engine = create_engine(owned, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP OWNED BY {name}"))
        connection.execute(text(f"DROP ROLE {name}"))
    engine.dispose()


@pytest.fixture
def connection(owned: URL, role: str) -> Iterator[Connection]:
    """Signed in as the application is, not as the owner of the tables."""
    engine = create_engine(owned)
    with engine.connect() as opened:
        opened.execute(text(f"SET SESSION AUTHORIZATION {role}"))
        opened.commit()
        yield opened
        opened.rollback()
    engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE opgave",
        "TRUNCATE opgave",
        "ALTER TABLE opgave DISABLE TRIGGER ALL",
        "CREATE TABLE mine (id int)",
        "SELECT * FROM audit_entry",
        "UPDATE audit_entry SET deed = 'x'",
        "DELETE FROM audit_entry",
        "UPDATE audit_link SET place = 0",
        "SELECT * FROM audit_link",
        "DELETE FROM alembic_version",
        "COPY opgave TO PROGRAM 'cat'",
        "COPY opgave FROM '/etc/passwd'",
        "SELECT pg_read_file('/etc/passwd')",
        "SET session_replication_role = replica",
        "CREATE ROLE mine SUPERUSER",
        "CREATE OR REPLACE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN NULL; END $$",
    ],
)
def test_the_application_cannot(connection: Connection, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"denied|must be owner"):
        connection.execute(text(statement))


def test_the_application_adds_to_the_log_and_reads_a_page_of_it(
    connection: Connection, owned: URL
) -> None:
    with Session(connection) as session:
        with begin(session, Actor(uuid4(), "GM0344"), lambda: MONDAY) as work:
            work.record("opgave.changed", ("opgave", 1))
        assert [entry.deed for entry in entries(session)] == ["opgave.changed"]
    engine = create_engine(owned)
    with Session(engine) as session:
        assert (check_chain(session).rows, check_chain(session).broken) == (1, ())
    engine.dispose()


def test_the_application_works_with_rows(connection: Connection) -> None:
    tables = connection.execute(
        text(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace"
            " AND EXISTS (SELECT FROM unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) needed"
            "             WHERE NOT has_table_privilege(pg_class.oid, needed))"
        )
    )

    assert sorted(tables.scalars()) == ["alembic_version", "audit_entry", "audit_link"]


def test_preparing_twice_changes_nothing(owned: URL, new_app: AppMaker, role: str) -> None:
    again = new_app(owned).test_cli_runner().invoke(args=["database", "prepare", role])

    assert again.exit_code == 0


@pytest.mark.parametrize("name", ["x;drop", 'a"b', "", "Groot"])
def test_a_name_that_is_none_is_refused(flask: Terminal, name: str) -> None:
    assert flask("database", "prepare", name).exit_code == 1
