"""`flask privacy`: somebody is let go, or is still needed."""

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.loans.models import Loan
from tests.cli.conftest import Terminal
from tests.loans.builders import a_running_loan, parties
from tests.support.builders import a_profile, a_user


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
