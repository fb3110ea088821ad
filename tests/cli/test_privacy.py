"""`flask privacy`: somebody is let go, or is still needed."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import SignIn
from app.core.audit import AuditEntry
from app.core.grants import prepare
from app.loans.models import Loan
from tests.cli.conftest import Terminal
from tests.loans.builders import a_running_loan, parties
from tests.support.builders import a_profile, a_user
from tests.support.work import MONDAY, make_work


def test_an_account_is_erased_once_asked_without_trying(flask: Terminal, session: Session) -> None:
    user = a_user(session)
    a_profile(session, "wmo", user=user)
    session.commit()

    address = user.email

    tried = flask("privacy", "erase", address.upper(), "--dry-run")
    there = accounts.by_email(session, address) is not None
    done = flask("privacy", "erase", address)

    assert "Je account: 1 regel\n" in tried.stdout
    assert "Kennis en ervaring: 1 regel\n" in tried.stdout
    assert there
    assert done.stdout == f"Het account van {address} is weg.\n"
    assert accounts.by_email(session, address) is None


def test_who_is_needed_stays_and_it_is_said_for_what(flask: Terminal, session: Session) -> None:
    who = parties(session)
    loan = a_running_loan(session, who)
    session.commit()

    refused = [flask("privacy", "erase", one.email) for one in (who.professional, who.borrower)]

    assert [one.exit_code for one in refused] == [1, 1]
    assert f"/inzet/{loan.id}: trek in of stop" in refused[0].output
    assert f"/opgaven/{who.opgave.id}: draag over, rond af of trek in" in refused[1].output


def test_a_manager_without_an_account_goes_when_another_decides(
    flask: Terminal, session: Session
) -> None:
    who = parties(session)
    loan = a_running_loan(session, who)
    session.commit()
    address = who.manager.email

    refused = flask("privacy", "erase", address)
    done = flask("privacy", "erase", address, "--successor", "Nora  Nieuw", "N@testerdam.example")

    session.expire_all()
    named = session.get_one(Loan, loan.id)
    assert (refused.exit_code, done.exit_code) == (1, 0)
    assert done.stdout == f"Alles onder {address} is weg. Een account was er niet.\n"
    assert (named.manager_name, named.manager_email) == ("Nora Nieuw", "n@testerdam.example")


@pytest.fixture
def old_link(session: Session) -> None:
    asked = MONDAY - timedelta(days=400)
    session.add(SignIn(id=uuid4(), email="x@testerdam.example", asked_at=asked, expires_at=asked))
    session.commit()


@pytest.mark.usefixtures("old_link")
@time_machine.travel(MONDAY, tick=False)
def test_what_is_over_its_term_is_told_first_and_then_removed(
    flask: Terminal, session: Session
) -> None:
    tried = flask("privacy", "retain", "--dry-run")
    there = session.query(SignIn).count()
    done = [flask("privacy", "retain").stdout for _ in range(2)]

    assert tried.stdout == (
        "sign_in weg: 1, de oudste van 19 oktober 2025 (termijn: 1 jaar na het aanvragen)\n"
    )
    assert (there, session.query(SignIn).count()) == (1, 0)
    assert done == ["sign_in weg: 1\n", "Er was niets over zijn termijn.\n"]
    assert flask("privacy", "retain", "--dry-run").stdout == "Er is niets over zijn termijn.\n"


def test_who_owns_the_log_makes_it_shorter_and_the_application_cannot(
    flask: Terminal, session: Session
) -> None:
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    make_work(session).record("opgave.changed", ("opgave", 1))
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    session.execute(text("CREATE ROLE dgvn_only_app"))
    prepare(session, "dgvn_only_app")
    session.commit()
    with time_machine.travel(MONDAY + timedelta(days=5 * 366 + 1), tick=False):
        session.execute(text("SET ROLE dgvn_only_app"))
        as_application = flask("privacy", "retain")
        session.execute(text("RESET ROLE"))
        kept = session.query(AuditEntry).count()
        as_owner = flask("privacy", "retain")

    assert (as_application.exit_code, kept) == (0, 1)
    assert "audit_entry weg: 1\n" in as_owner.stdout
    assert session.query(AuditEntry).count() == 0
    assert flask("audit", "check").exit_code == 0
