"""`flask audit check`: an operator learns whether the log is as it was written."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.audit import AuditEntry
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


@pytest.mark.parametrize("head", ["", "x", "3", "3:", "99:abc"])
def test_what_is_no_end_is_not_found(flask: Terminal, session: Session, head: str) -> None:
    assert flask("audit", "check", "--since", head).exit_code == 1
    assert session.query(AuditEntry).count() == 3
