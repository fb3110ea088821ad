"""The pages of a loan that is over: the hours, the way back, and how it went."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.workdays import monday_of
from app.links import Links
from app.loans import service
from app.loans.models import Loan
from app.loans.rules import (
    NOBODY_LEFT,
    Again,
    FeedbackDraft,
    LoanState,
    Manager,
    NamedManager,
    Party,
    hours_mark,
)
from app.people.models import Evidence, Profile
from app.people.rules import Visibility
from app.privacy.leaving import leave
from app.web.forms import NOT_A_CHOICE
from app.web.loans.how_it_went import AGAIN
from tests.loans.builders import Parties, a_loan, a_running_loan, parties
from tests.support.pages import filled_in, text_of
from tests.support.web import sign_in
from tests.support.work import MONDAY, TODAY, make_work

A_DAY = timedelta(days=1)
BEGUN = TODAY - timedelta(days=28)
WEEK = monday_of(BEGUN)
READ = hours_mark({WEEK: 480})


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


@pytest.fixture
def loan(session: Session, who: Parties) -> Loan:
    """Over, with eight hours in its first week."""
    made = a_running_loan(session, who, starts_on=BEGUN, ends_on=TODAY, returns_on=TODAY + A_DAY)
    work = make_work(session, who.professional)
    service.write_hours(work, made.id, WEEK, 480)
    service.end_what_is_over(make_work(session, now=MONDAY + A_DAY))
    session.flush()
    return made


def by_mail(app: Flask, loan: Loan, who: Parties) -> str:
    links = Links(app.extensions["settings"])
    return urlsplit(links.loan_to_sign(loan.id, who.manager.email)).path


def test_both_close_it_and_all_three_read_that(
    app: Flask, client: FlaskClient, session: Session, who: Parties, loan: Loan
) -> None:
    sign_in(client, session, who.professional)
    assert "Wacht op jou" in text_of(client.get("/inzet"))
    page = client.get(f"/inzet/{loan.id}/afsluiten")
    assert 'value="2026-11-24"' in page.text
    assert f'name="hours" type="hidden" value="{READ}"' in page.text
    form = {"hours": READ, "returned_on": "2026-11-26"}
    closed = client.post(f"/inzet/{loan.id}/afsluiten", data=form, follow_redirects=True)
    assert "Je hebt de uren bevestigd." in text_of(closed)

    sign_in(client, session, who.borrower)
    assert "Terug op" not in text_of(client.get(f"/inzet/{loan.id}/afsluiten"))
    client.post(f"/inzet/{loan.id}/afsluiten", data={"hours": READ})

    assert loan.state is LoanState.CLOSED
    end = client.get(f"/inzet/{loan.id}")
    assert "Dank jullie wel." in text_of(end)
    assert '<a href="/uren">Bekijk de uren van je gemeente</a>' in end.text
    for visitor, address in (
        (client, f"/inzet/{loan.id}"),
        (app.test_client(), by_mail(app, loan, who)),
    ):
        said = text_of(visitor.get(address))
        assert "met 8 uur." in said
        assert "Helemaal terug op 26 november 2026, afgesproken was 24 november 2026." in said
    assert client.get(f"/inzet/{loan.id}/afsluiten").status_code == 409


def test_hours_that_changed_are_read_again(
    client: FlaskClient, session: Session, who: Parties, loan: Loan
) -> None:
    sign_in(client, session, who.professional)
    later = (TODAY + 9 * A_DAY).isoformat()
    work = make_work(session, who.professional, MONDAY + A_DAY)
    for monday, minutes in ((WEEK, 240), (WEEK + 7 * A_DAY, 240)):
        service.write_hours(work, loan.id, monday, minutes)
    session.commit()

    form = {"hours": READ, "returned_on": later}
    answer = client.post(f"/inzet/{loan.id}/afsluiten", data=form)

    assert answer.status_code == 422
    assert "De uren zijn intussen veranderd." in text_of(answer)
    assert loan.state is LoanState.ENDED
    # What was read now can be agreed on, and what was typed stands there.
    now = hours_mark({WEEK: 240, WEEK + 7 * A_DAY: 240})
    assert f'name="hours" type="hidden" value="{now}"' in answer.text
    assert f'value="{later}"' in answer.text


@time_machine.travel(MONDAY + 2 * A_DAY)
def test_who_changes_hours_that_were_agreed_on_knows_it_and_the_other_too(
    client: FlaskClient, session: Session, who: Parties, loan: Loan
) -> None:
    sign_in(client, session, who.borrower)
    client.post(f"/inzet/{loan.id}/afsluiten", data={"hours": READ})
    sign_in(client, session, who.professional)
    page = text_of(client.get(f"/inzet/{loan.id}"))
    assert "heeft de uren bevestigd en wacht op jou. Kloppen de uren? Sluit dan af." in page
    assert "heeft deze uren bevestigd. Verander je ze, dan telt dat niet meer" in page
    form = {**filled_in(client.get(f"/inzet/{loan.id}")), f"week_{WEEK:%Y%m%d}": "9"}
    client.post(f"/inzet/{loan.id}/uren", data=form)

    sign_in(client, session, who.borrower)
    for address in (f"/inzet/{loan.id}", f"/inzet/{loan.id}/afsluiten"):
        said = text_of(client.get(address))
        assert "veranderde de uren: in de week van 26 oktober 2026 van 8 naar 9." in said
        assert "eerst 8 uur" in said


def test_a_manager_may_object_by_the_link(
    app: Flask, session: Session, who: Parties, loan: Loan
) -> None:
    service.agree_on_hours(
        make_work(session, who.professional, MONDAY + A_DAY),
        loan.id,
        Party.PROFESSIONAL,
        READ,
        TODAY + A_DAY,
    )
    session.commit()
    link, visitor = by_mail(app, loan, who), app.test_client()
    empty = visitor.post(f"{link}/uren-kloppen-niet", data={"words": ""})
    assert empty.status_code == 422
    assert "Wat klopt er niet? Schrijf wat er niet klopt." in text_of(empty)
    assert "Je vraag" not in text_of(empty)
    assert loan.professional_closed_at is not None

    words = {"words": "In week 3 was er verlof."}
    said = visitor.post(f"{link}/uren-kloppen-niet", data=words, follow_redirects=True)

    assert "In week 3 was er verlof." in text_of(said)
    assert loan.professional_closed_at is None


def test_who_wrote_the_hours_reads_first_that_they_are_not_right(
    client: FlaskClient, session: Session, who: Parties, loan: Loan
) -> None:
    work = make_work(session, who.borrower, MONDAY + 2 * A_DAY)
    service.dispute_hours(work, loan.id, uuid4(), Party.BORROWER, "In week 3 was er verlof.")
    session.commit()
    sign_in(client, session, who.professional)
    page = client.get(f"/inzet/{loan.id}")
    top = page.text.partition('id="uren"')[0]

    assert f"{who.borrower.name} zegt dat de uren niet kloppen</h2>" in top
    assert "“In week 3 was er verlof.”" in top
    assert '<a class="nl-button nl-button--primary" href="#uren">' in top
    assert top.count("nl-button--primary") == 1
    assert "Sluit dan af" not in top

    sign_in(client, session, who.borrower)
    own = client.get(f"/inzet/{loan.id}")
    assert "Jullie zeiden dat de uren niet kloppen</h2>" in own.text
    assert "Kijk de uren na" not in text_of(own)


def test_hours_of_a_loan_that_runs_may_be_objected_to(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who, starts_on=BEGUN)
    session.commit()
    link = by_mail(app, loan, who)
    sign_in(client, session, who.borrower)
    # Of no hours there is nothing to say yet.
    for page in (f"/inzet/{loan.id}", link):
        assert "De uren kloppen niet" not in text_of(client.get(page))
        assert client.get(f"{page}/uren-kloppen-niet").status_code == 409
    service.write_hours(make_work(session, who.professional), loan.id, WEEK, 480)
    session.commit()
    assert "De uren kloppen niet" in text_of(client.get(f"/inzet/{loan.id}"))
    words = {"words": "60 uur in een week?"}
    said = client.post(f"/inzet/{loan.id}/uren-kloppen-niet", data=words, follow_redirects=True)
    assert "Jullie zeiden dat de uren niet kloppen" in text_of(said)

    visitor = app.test_client()
    assert "De uren kloppen niet" in text_of(visitor.get(link))
    visitor.post(f"{link}/uren-kloppen-niet", data={"words": "Dat vind ik ook."})
    assert "“Dat vind ik ook.”" in text_of(visitor.get(link))


def test_done_is_reported_by_a_button_once_the_borrower_had_time(
    client: FlaskClient, session: Session, who: Parties, loan: Loan
) -> None:
    loan.last_day = TODAY - timedelta(days=20)
    session.flush()
    sign_in(client, session, who.professional)
    button = "Wacht niet langer"
    assert button not in text_of(client.get(f"/inzet/{loan.id}"))
    form = {"hours": READ, "returned_on": TODAY.isoformat()}
    closed = client.post(f"/inzet/{loan.id}/afsluiten", data=form, follow_redirects=True)
    assert button in text_of(closed)

    page = text_of(client.get(f"/inzet/{loan.id}/klaar-melden"))
    assert "dan sluit de inzet vanzelf op 23 december 2026." in page
    assert loan.reported_on is None
    said = client.post(f"/inzet/{loan.id}/klaar-melden", follow_redirects=True)

    assert "Zonder bezwaar sluit de inzet vanzelf op 23 december 2026" in text_of(said)
    assert button not in text_of(said)
    assert client.get(f"/inzet/{loan.id}/klaar-melden").status_code == 409
    sign_in(client, session, who.borrower)
    theirs = text_of(client.get(f"/inzet/{loan.id}"))
    assert f"{who.professional.name} heeft de uren bevestigd en wil niet langer wachten." in theirs


def test_a_borrower_reports_it_done_by_the_same_button(
    client: FlaskClient, session: Session, who: Parties, loan: Loan
) -> None:
    loan.last_day = TODAY - timedelta(days=20)
    session.flush()
    sign_in(client, session, who.borrower)
    button = "Wacht niet langer"
    closed = client.post(f"/inzet/{loan.id}/afsluiten", data={"hours": READ}, follow_redirects=True)
    assert button in text_of(closed)

    said = client.post(f"/inzet/{loan.id}/klaar-melden", follow_redirects=True)

    assert "Zonder bezwaar sluit de inzet vanzelf" in text_of(said)


def test_who_signed_stays_named_when_another_decides_now(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who)
    service.note_unreached(make_work(session), loan.id, who.manager.email)
    named = NamedManager("Karin de Baas", f"karin.{who.manager.email}")
    service.name_another(make_work(session, who.professional), loan.id, named)
    session.flush()
    sign_in(client, session, who.borrower)

    said = text_of(client.get(f"/inzet/{loan.id}"))

    assert "Fatma de Baas" in said
    assert "Karin de Baas" not in said


def test_who_decides_now_is_not_told_that_they_signed(
    app: Flask, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    service.sign_as_lender(make_work(session), loan.id, 1, who.manager)
    first = text_of(app.test_client().get(by_mail(app, loan, who)))
    assert "Je hebt getekend." in first
    assert "(jij)" in first
    service.note_unreached(make_work(session), loan.id, who.manager.email)
    karin = Manager(f"karin.{who.manager.email}")
    named = NamedManager("Karin de Baas", karin.email)
    service.name_another(make_work(session, who.professional), loan.id, named)
    session.commit()

    said = text_of(app.test_client().get(by_mail(app, loan, replace(who, manager=karin))))

    assert "Fatma de Baas" in said
    assert "Je hebt getekend." not in said
    assert "(jij)" not in said


def test_nobody_says_how_it_went_to_who_left(
    client: FlaskClient, session: Session, who: Parties, loan: Loan
) -> None:
    leave(make_work(session, now=MONDAY + 2 * A_DAY), who.professional.id, is_told=False)
    session.commit()
    sign_in(client, session, who.borrower)

    page = text_of(client.get(f"/inzet/{loan.id}"))
    assert NOBODY_LEFT in page
    assert "Geef feedback" not in page
    at_form = f"/inzet/{loan.id}/feedback"
    for answer in (client.get(at_form), client.post(at_form, data={"again": "ja"})):
        assert answer.status_code == 409
        assert NOBODY_LEFT in text_of(answer)


def test_feedback_is_blind_on_the_page(
    app: Flask, client: FlaskClient, session: Session, who: Parties, loan: Loan
) -> None:
    sign_in(client, session, who.borrower)
    form = {"again": "ja", "went_well": "Snel ingewerkt", "skill_0": "laten_zien"}
    page = client.get(f"/inzet/{loan.id}/feedback").text
    assert AGAIN[Party.BORROWER] in page
    assert AGAIN[Party.PROFESSIONAL] not in page
    assert "Wat leverde je leerdoel op?" not in page
    assert "kan als bewijs op het profiel komen" in page
    assert "inkoop (niet verplicht)" in text_of(client.get(f"/inzet/{loan.id}/feedback"))
    client.post(f"/inzet/{loan.id}/feedback", data=form)
    assert "Snel ingewerkt" in text_of(client.get(f"/inzet/{loan.id}"))
    # What was given stands on the form again.
    assert "Snel ingewerkt" in client.get(f"/inzet/{loan.id}/feedback").text

    sign_in(client, session, who.professional)
    assert "Snel ingewerkt" not in client.get(f"/inzet/{loan.id}").text
    assert (
        "Leren hoe een grote gemeente dit aanpakt" in client.get(f"/inzet/{loan.id}/feedback").text
    )
    wrong = client.post(f"/inzet/{loan.id}/feedback", data={"went_well": "Fijne ploeg"})
    assert wrong.status_code == 422
    assert NOT_A_CHOICE in text_of(wrong)
    own = {"again": "nee", "different": "Eerder beginnen", "goal_words": "Ik kan het nu zelf"}
    client.post(f"/inzet/{loan.id}/feedback", data=own)

    read = text_of(client.get(f"/inzet/{loan.id}"))
    assert "Snel ingewerkt" in read
    assert "Heeft het laten zien" in read
    assert "Ik kan het nu zelf" in read
    assert client.get(f"/inzet/{loan.id}/feedback").status_code == 409
    assert "Zet inkoop op je profiel" in read
    kept = client.post(f"/inzet/{loan.id}/vaardigheden/0/op-profiel", follow_redirects=True)
    assert "inkoop: staat op je profiel" in text_of(kept)
    assert "Je liet dit zien: inkoop. Dat staat op je profiel. Bekijk je profiel" in text_of(kept)
    assert "Je kunt het op je profiel zetten" not in kept.text
    assert 'href="/profiel">Bekijk je profiel' in kept.text
    profile = text_of(client.get("/profiel"))
    assert f"opgave “{who.opgave.title}”, november 2026" in profile
    assert "dit bewijs" not in profile
    whole = session.get_one(Profile, who.professional.id)
    for visibility, unseen in (
        (Visibility.GEMEENTE, "zien dit bewijs nu niet allemaal."),
        (Visibility.ANONYMOUS, "Niemand anders ziet dit bewijs nu."),
    ):
        whole.visibility = visibility
        session.commit()
        assert unseen in text_of(client.get("/profiel"))
    who.opgave.taken_down_at = MONDAY
    session.commit()
    without = text_of(client.get("/profiel"))
    assert who.opgave.title not in without
    assert "Bevestigd door gemeente" in without
    [evidence] = session.scalars(select(Evidence.id))
    client.post(f"/profiel/bewijs/{evidence}/verbergen")
    assert "inkoop (verborgen)" in text_of(client.get("/profiel"))
    client.post(f"/profiel/bewijs/{evidence}/tonen")
    assert "(verborgen)" not in text_of(client.get("/profiel"))
    client.post(f"/profiel/bewijs/{evidence}/weghalen")
    assert "Bevestigd door gemeente" not in text_of(client.get("/profiel"))
    manager = app.test_client().get(by_mail(app, loan, who)).text
    assert "Snel ingewerkt" not in manager
    assert "Eerder beginnen" not in manager

    client.post(f"/inzet/{loan.id}/feedback/antwoord", data={"words": "Dank, graag gedaan."})
    sign_in(client, session, who.borrower)
    assert "Dank, graag gedaan." in text_of(client.get(f"/inzet/{loan.id}"))


def test_the_address_of_a_manager_is_corrected(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    asked = a_loan(session, who)
    service.note_unreached(make_work(session), asked.id, who.manager.email)
    old = by_mail(app, asked, who)
    sign_in(client, session, who.professional)
    assert f"We krijgen geen mail bij {who.manager.email}." in text_of(
        client.get(f"/inzet/{asked.id}")
    )
    form = {"manager_name": "Karin de Baas", "manager_email": "karin@elders.example"}
    wrong = client.post(f"/inzet/{asked.id}/leidinggevende", data=form)
    assert wrong.status_code == 422
    assert "hoort niet bij jouw gemeente" in text_of(wrong)

    right = {**form, "manager_email": f"karin.{who.manager.email}"}
    client.post(f"/inzet/{asked.id}/leidinggevende", data=right)

    assert asked.manager_email == f"karin.{who.manager.email}"
    # Who got the mail at the old address decides nothing any more.
    assert app.test_client().get(old).status_code == 404


def test_a_manager_who_signed_and_is_reached_stays(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who)
    sign_in(client, session, who.professional)
    page = client.get(f"/inzet/{loan.id}/leidinggevende")

    assert page.status_code == 409
    named = NamedManager("Karin", f"karin.{who.manager.email}")
    work = make_work(session, who.professional)
    with pytest.raises(Exception, match="has decided"):
        service.name_another(work, loan.id, named)


def test_who_did_not_write_how_it_went_reads_that_the_other_did(
    client: FlaskClient, session: Session, who: Parties, loan: Loan
) -> None:
    said = "schreef al hoe het ging. Je leest het als jij ook schreef."
    sign_in(client, session, who.professional)
    before = text_of(client.get(f"/inzet/{loan.id}"))
    draft = FeedbackDraft(again=Again.YES, went_well="De planning.", different="")
    service.give_feedback(make_work(session, who.borrower), loan.id, Party.BORROWER, draft)
    session.flush()
    after = text_of(client.get(f"/inzet/{loan.id}"))
    sign_in(client, session, who.borrower)

    assert said not in before
    assert said in after
    assert said not in text_of(client.get(f"/inzet/{loan.id}"))
