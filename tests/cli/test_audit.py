"""`flask audit check`: an operator learns whether the log is as it was written."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import audit
from app.core.audit import AuditEntry
from app.sealing import LOG_SEAL, Seal
from tests.cli.conftest import Terminal
from tests.support.work import make_work


@pytest.fixture(autouse=True)
def three_deeds(session: Session) -> Iterator[None]:
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    for number in range(3):
        make_work(session).record("opgave.changed", ("opgave", number))
        session.flush()
    yield
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


def test_a_log_that_holds_tells_its_end(flask: Terminal) -> None:
    result = flask("audit", "check")

    assert result.exit_code == 0
    assert result.stdout.startswith("Het logboek klopt: 3 regels.\nHet einde is 3:")


def test_a_changed_row_is_named(flask: Terminal, session: Session) -> None:
    session.execute(text("UPDATE audit_entry SET deed = 'other' WHERE place = 2"))

    result = flask("audit", "check")

    assert result.exit_code == 1
    assert "Regel 2: Deze regel is niet zoals hij geschreven werd." in result.stdout
    assert "Het logboek klopt niet: 1 fout in 3 regels." in result.output


def test_an_end_that_was_noted_before_is_found_again(flask: Terminal, session: Session) -> None:
    head = flask("audit", "check").stdout.split("Het einde is ")[1].split(". ")[0]
    make_work(session).record("opgave.changed", ("opgave", 4))
    session.flush()

    assert flask("audit", "check", "--since", head).exit_code == 0


def test_a_chain_that_was_written_anew_has_another_end(flask: Terminal, session: Session) -> None:
    """Who owns the database may reckon out every hash anew; not what was noted elsewhere."""
    head = flask("audit", "check").stdout.split("Het einde is ")[1].split(". ")[0]
    session.execute(text("DELETE FROM audit_entry"))
    session.execute(text("UPDATE audit_link SET place = 0, hash = ''"))
    for number in range(3):
        make_work(session).record("opgave.changed", ("opgave", number))
        session.flush()

    result = flask("audit", "check", "--since", head)

    assert flask("audit", "check").exit_code == 0
    assert result.exit_code == 1
    assert "staat niet meer in het logboek" in result.output


def test_a_log_that_was_made_shorter_holds_and_says_where_it_begins(
    app: Flask, flask: Terminal, session: Session
) -> None:
    shorten(session, seal_of(app).close)

    result = flask("audit", "check")

    assert (result.exit_code, session.query(AuditEntry).count()) == (0, 1)
    assert result.stdout.startswith("Het logboek klopt: 1 regel.\nHet begint na regel 2.")


def test_who_takes_rows_away_without_the_key_of_the_house_is_found(
    app: Flask, flask: Terminal, session: Session
) -> None:
    """Who owns the database can move its beginning; not say that we did."""
    shorten(session, lambda mark: mark)
    forged = flask("audit", "check")
    session.execute(
        text("UPDATE audit_link SET seal = :s WHERE name = 'root'"),
        {"s": seal_of(app).close("1:ab")},
    )
    moved = flask("audit", "check")

    for result in (forged, moved):
        assert result.exit_code == 1
        assert "Het logboek begint na regel 2, en dat is niet door ons zo gemaakt." in result.output


def test_a_row_that_changes_after_the_log_was_made_shorter_is_named(
    app: Flask, flask: Terminal, session: Session
) -> None:
    shorten(session, seal_of(app).close)
    session.execute(text("UPDATE audit_entry SET deed = 'other' WHERE place = 3"))

    assert (
        "Regel 3: Deze regel is niet zoals hij geschreven werd." in flask("audit", "check").stdout
    )


def seal_of(app: Flask) -> Seal:
    return Seal(app.extensions["settings"], LOG_SEAL)


def shorten(session: Session, seal: Callable[[str], str]) -> None:
    """The first two of the three are old."""
    last = session.scalar(text("SELECT written_at FROM audit_entry WHERE place = 3"))
    assert audit.shorten(session, last, 100, seal) == 2
    session.flush()
    session.expire_all()


@pytest.mark.parametrize("head", ["", "x", "3", "3:", "99:abc"])
def test_what_is_no_end_is_not_found(flask: Terminal, session: Session, head: str) -> None:
    assert flask("audit", "check", "--since", head).exit_code == 1
    assert session.query(AuditEntry).count() == 3
