"""The hours of every week on one form: kept, asked back when they are many, and never lost."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core.workdays import monday_of
from app.links import Links
from app.loans import queries, service
from app.loans.models import Loan
from app.loans.rules import Party, hours_mark
from app.loans.service.closing import HOURS_CHANGED
from app.web.loans.hours import NOT_HOURS, NOTHING
from tests.loans.builders import Parties, a_running_loan, parties, sign_rest
from tests.support.pages import fault_at, filled_in, text_of, value_of
from tests.support.web import sign_in
from tests.support.work import MONDAY, TODAY, make_work

A_WEEK = timedelta(weeks=1)
BEGUN = TODAY - 2 * A_WEEK
FIRST, SECOND, THIRD = "week_20261109", "week_20261116", "week_20261123"
TOO_MUCH = "Vul 0 tot en met 60 uur in."
ASKS = "Je schrijft 60 uur bij 8 afgesproken uur per week. Klopt dat?"


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


@pytest.fixture
def loan(session: Session, who: Parties) -> Loan:
    """It runs since two weeks, eight hours in each; nothing was written yet."""
    made = a_running_loan(session, who, starts_on=BEGUN)
    session.commit()
    return made


def write(client: FlaskClient, loan: Loan, **typed: str) -> TestResponse:
    """What a browser sends that has just opened the page."""
    page = client.get(f"/inzet/{loan.id}")
    form = {**filled_in(page), **{name: [said] for name, said in typed.items()}}
    return client.post(f"/inzet/{loan.id}/uren", data=form, follow_redirects=True)


def weeks_of(session: Session, loan: Loan) -> list[int]:
    return list(queries.of_any(session, loan.id).weeks.values())


def test_the_weeks_are_written_together(
    client: FlaskClient, session: Session, who: Parties, loan: Loan
) -> None:
    sign_in(client, session, who.professional)

    # A browser lets nobody type a comma in a box for numbers.
    assert 'type="number"' not in client.get(f"/inzet/{loan.id}").text
    kept = write(client, loan, **{FIRST: "7,5", SECOND: "0"})

    assert "Je uren staan genoteerd." in text_of(kept)
    assert "In totaal 7,5 uur" in text_of(kept)
    assert [value_of(kept, name) for name in (FIRST, SECOND, THIRD)] == ["7,5", "0", ""]
    # What is left empty stays as it was.
    write(client, loan, **{FIRST: "", THIRD: "8"})
    assert weeks_of(session, loan) == [450, 0, 480]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        *((typed, NOT_HOURS) for typed in ("acht", "8,30", "8,-")),
        *((typed, TOO_MUCH) for typed in ("-1", "999", "9999")),
    ],
)
def test_what_is_wrong_is_said_at_its_week_and_nothing_is_lost(
    client: FlaskClient, session: Session, who: Parties, loan: Loan, typed: str, said: str
) -> None:
    sign_in(client, session, who.professional)

    wrong = write(client, loan, **{FIRST: "7,5", SECOND: typed, THIRD: "6"})

    assert wrong.status_code == 422
    assert said in fault_at(wrong, SECOND)
    assert f"Week van 16 november 2026: {said}" in text_of(wrong)
    assert f'aria-describedby="{SECOND}-fout" aria-invalid="true"' in wrong.text
    assert [value_of(wrong, name) for name in (FIRST, SECOND, THIRD)] == ["7,5", typed, "6"]
    assert "<title>Fout: " in wrong.text
    assert weeks_of(session, loan) == []


def test_all_that_is_wrong_is_said_at_once(
    client: FlaskClient, session: Session, who: Parties, loan: Loan
) -> None:
    sign_in(client, session, who.professional)

    wrong = write(client, loan, **{FIRST: "acht", SECOND: "999", THIRD: "60"})

    assert NOT_HOURS in fault_at(wrong, FIRST)
    assert TOO_MUCH in fault_at(wrong, SECOND)
    assert ASKS in fault_at(wrong, THIRD)
    # Who is sure and mends the others is asked nothing more.
    form = {**filled_in(wrong), FIRST: "8", SECOND: "9", f"sure_{THIRD}": "60"}
    client.post(f"/inzet/{loan.id}/uren", data=form)
    assert weeks_of(session, loan) == [480, 540, 3600]


def test_far_more_than_was_agreed_is_asked_back_once(
    client: FlaskClient, session: Session, who: Parties, loan: Loan
) -> None:
    sign_in(client, session, who.professional)

    asked = write(client, loan, **{FIRST: "7,5", SECOND: "60"})
    assert asked.status_code == 422
    assert ASKS in fault_at(asked, SECOND)
    assert f'name="sure_{SECOND}" value="60"' in asked.text
    assert f'name="sure_{FIRST}"' not in asked.text
    assert weeks_of(session, loan) == []
    form = {**filled_in(asked), f"sure_{SECOND}": "60"}
    # Who is sure of other hours is asked once more.
    other = client.post(f"/inzet/{loan.id}/uren", data={**form, SECOND: "50"})
    assert other.status_code == 422

    kept = client.post(f"/inzet/{loan.id}/uren", data=form, follow_redirects=True)

    assert weeks_of(session, loan) == [450, 3600]
    # What is known already is asked of nobody.
    assert "Je uren staan genoteerd." in text_of(write(client, loan, **{FIRST: "8"}))
    assert "veel meer dan de afgesproken 8 uur" in text_of(kept)


def test_all_three_read_that_it_is_far_more(
    app: Flask, client: FlaskClient, session: Session, who: Parties, loan: Loan
) -> None:
    work = make_work(session, who.professional)
    service.write_hours(work, loan.id, monday_of(BEGUN), 12 * 60)
    service.write_hours(work, loan.id, monday_of(TODAY), 13 * 60)
    links = Links(app.extensions["settings"])
    link = urlsplit(links.loan_to_sign(loan.id, who.manager.email)).path
    sign_in(client, session, who.borrower)

    pages = [client.get(f"/inzet/{loan.id}"), app.test_client().get(link)]
    loan.last_day = TODAY
    service.end_what_is_over(make_work(session, now=MONDAY + timedelta(days=1)))
    pages.append(client.get(f"/inzet/{loan.id}/afsluiten"))

    for page in pages:
        said = text_of(page)
        assert "Week van 23 november 2026: 13 uur veel meer dan de afgesproken 8 uur" in said
        # A busy week is no slip.
        assert said.count("veel meer dan") == 1


def test_hours_that_changed_meanwhile_are_not_written_over(
    client: FlaskClient, session: Session, who: Parties, loan: Loan
) -> None:
    sign_in(client, session, who.professional)
    old = filled_in(client.get(f"/inzet/{loan.id}"))
    service.write_hours(make_work(session, who.professional), loan.id, monday_of(BEGUN), 480)
    session.commit()

    late = client.post(f"/inzet/{loan.id}/uren", data={**old, FIRST: "6"})

    assert late.status_code == 422
    assert HOURS_CHANGED in text_of(late)
    assert value_of(late, FIRST) == "6"
    assert value_of(late, "read") == hours_mark({monday_of(BEGUN): 480})
    client.post(f"/inzet/{loan.id}/uren", data=filled_in(late))
    assert weeks_of(session, loan) == [360]
    # The same form once more says it once.
    again = client.post(f"/inzet/{loan.id}/uren", data=filled_in(late), follow_redirects=True)
    assert "Je uren staan genoteerd." in text_of(again)


def test_nothing_at_all_is_told(
    client: FlaskClient, session: Session, who: Parties, loan: Loan
) -> None:
    sign_in(client, session, who.professional)

    assert NOTHING in text_of(client.post(f"/inzet/{loan.id}/uren", data={}))
    # The address of the form leads back to the page.
    assert client.get(f"/inzet/{loan.id}/uren").location == f"/inzet/{loan.id}#uren"


def test_only_the_professional_writes(
    client: FlaskClient, session: Session, who: Parties, loan: Loan
) -> None:
    sign_in(client, session, who.borrower)

    refused = client.post(f"/inzet/{loan.id}/uren", data={FIRST: "8"})

    assert refused.status_code == 403
    assert weeks_of(session, loan) == []


def test_weeks_before_a_later_first_day_can_still_be_written(
    client: FlaskClient, session: Session, who: Parties, loan: Loan
) -> None:
    later = replace(queries.of_any(session, loan.id).terms.draft(), starts_on=TODAY + A_WEEK)
    service.change(make_work(session, who.professional), loan.id, Party.PROFESSIONAL, 1, later)
    sign_rest(session, who, loan.id, 2)
    session.commit()
    sign_in(client, session, who.professional)

    kept = write(client, loan, **{FIRST: "7,5", SECOND: "8"})

    assert [value_of(kept, name) for name in (FIRST, SECOND)] == ["7,5", "8"]
    assert sorted(weeks_of(session, loan)) == [450, 480]
