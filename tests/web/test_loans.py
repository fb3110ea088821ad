"""The pages of a loan: asking, signing by three, saying no, and nothing for strangers."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.actor import Role
from app.core.dutch import dutch_date
from app.core.outbox import OutboxMessage
from app.gemeenten.models import Gemeente
from app.hours import service as hours
from app.links import LOAN_LINK_LIVES, Links
from app.loans import service
from app.loans.models import Loan, Terms
from app.loans.rules import LoanState, Manager, Party, Reason, Refusal
from app.opgaven import life
from app.opgaven.rules import OpgaveStatus
from tests.loans.builders import TERMS, Parties, a_loan, a_running_loan, parties, sign_rest
from tests.support.builders import a_user
from tests.support.pages import fault_at, filled_in, text_of
from tests.support.web import sign_in
from tests.support.work import MONDAY, TODAY, make_work
from workers.reactions import END_LOANS_ASKED, LET_GO

FORM = {
    "hours_per_week": "8",
    "starts_on": "2026-11-30",
    "ends_on": "2027-02-21",
    "returns_on": "2027-02-22",
    "cost_basis": "gesloten_beurs",
    "manager_name": "Fatma de Baas",
}
BEGUN = {"starts_on": TODAY}


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


def to_sign(app: Flask, loan: Loan, manager: Manager) -> str:
    links = Links(app.extensions["settings"])
    return urlsplit(links.loan_to_sign(loan.id, manager.email)).path


def test_the_whole_road(app: Flask, client: FlaskClient, session: Session, who: Parties) -> None:
    sign_in(client, session, who.professional)
    opgave = client.get(f"/opgaven/{who.opgave.id}").text
    assert f'href="/opgaven/{who.opgave.id}/inzet"' in opgave
    page = client.get(f"/opgaven/{who.opgave.id}/inzet").text
    loan_id = re.search(r'name="loan_id"[^>]*value="([^"]+)"', page)
    assert loan_id is not None
    form = {**FORM, "loan_id": loan_id[1], "manager_email": who.manager.email}

    asked = client.post(f"/opgaven/{who.opgave.id}/inzet", data=form, follow_redirects=True)
    assert "Wacht tot Fatma de Baas en gemeente" in asked.text

    loan = session.scalars(select(Loan)).one()
    visitor = app.test_client()
    link = to_sign(app, loan, who.manager)
    assert "Ik ga akkoord" in visitor.get(link).text
    agreed = visitor.post(link, data={"version": "1"}, follow_redirects=True)
    assert "Ik ga akkoord" not in agreed.text
    assert "Bedankt. Je hebt getekend. Wacht tot gemeente" in text_of(agreed)

    sign_in(client, session, who.borrower)
    assert "Wacht op jou" in client.get("/inzet").text
    signed = client.post(f"/inzet/{loan.id}/tekenen", data={"version": "1"}, follow_redirects=True)
    said = "De inzet begint op 30 november 2026 en duurt tot en met 21 februari 2027."
    assert f"Bedankt. Je hebt getekend. {said}" in text_of(signed)
    listed = text_of(client.get("/inzet"))
    assert "Begint op 30 november 2026" in listed
    assert "Loopt" not in listed
    assert "gaat werken voor gemeente" in text_of(visitor.get(link))
    assert loan.state is LoanState.ACTIVE


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (100, "nog 100 uur lenen. Deze inzet vraagt hoogstens 96 uur."),
        (95, "hoogstens 96 uur. Dat is meer, dus tekenen kan nog niet."),
    ],
)
def test_who_signs_for_the_borrower_reads_what_their_limit_leaves(
    client: FlaskClient, session: Session, who: Parties, limit: int, said: str
) -> None:
    ends_on = TERMS.starts_on + timedelta(weeks=12, days=-1) if TERMS.starts_on else None
    loan = a_loan(session, who, ends_on=ends_on)
    sign_in(client, session, who.borrower)
    assert "Volgens jullie limiet" not in client.get(f"/inzet/{loan.id}").text

    code = who.borrower.gemeente_code
    gemeentebeheerder = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=code)
    hours.agree_limit(make_work(session, gemeentebeheerder), code, limit)

    assert said in text_of(client.get(f"/inzet/{loan.id}"))
    sign_in(client, session, who.professional)
    assert "Volgens jullie limiet" not in client.get(f"/inzet/{loan.id}").text


def test_where_nothing_is_left_there_is_no_button_but_a_name(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    code = who.borrower.gemeente_code
    gemeentebeheerder = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=code)
    hours.agree_limit(make_work(session, gemeentebeheerder), code, 0)
    sign_in(client, session, who.borrower)

    page = client.get(f"/inzet/{loan.id}")
    said = text_of(page)
    assert "Onderteken deze afspraken" not in said
    assert "Vraag je gemeentebeheerder om een hogere limiet. Gemeentebeheerder: " in said
    assert gemeentebeheerder.name in said
    assert f"mailto:{gemeentebeheerder.email}?" in page.text
    assert "spreek minder uren af" not in said

    sign_in(client, session, who.professional)
    for other in (
        client.get(f"/inzet/{loan.id}"),
        app.test_client().get(to_sign(app, loan, who.manager)),
    ):
        assert "Daarom kan de opgavehouder nog niet tekenen." in text_of(other)
        assert gemeentebeheerder.email not in other.text
    sign_in(client, session, gemeentebeheerder)
    assert "kunnen jullie opgavehouders die inzet niet tekenen" in client.get("/uren/limiet").text


def test_a_signature_that_the_limit_holds_up_is_told_once(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    """By the link of a mail too: what was agreed since the borrower signed is in the way."""
    loan = a_loan(session, who)
    service.sign_as_borrower(make_work(session, who.borrower), loan.id, 1)
    code = who.borrower.gemeente_code
    gemeentebeheerder = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=code)
    hours.agree_limit(make_work(session, gemeentebeheerder), code, 0)
    address = to_sign(app, loan, who.manager)
    # What is refused is rolled back to here.
    session.commit()

    for _ in range(2):
        refused = app.test_client().post(address, data={"version": "1"})

    told = select(func.count()).where(OutboxMessage.name == "signature.held_up")
    assert "Je handtekening is niet gezet." in text_of(refused)
    assert session.scalar(told) == 1


def test_looking_changes_nothing(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    link = to_sign(app, loan, who.manager)

    for address in (link, f"{link}/weigeren"):
        assert client.get(address).status_code == 200

    assert (loan.state, loan.version) == (LoanState.ASKED, 1)
    assert client.get(f"{link}/stoppen").status_code == 409


def test_the_manager_says_no_with_a_reason(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    session.commit()
    link = to_sign(app, loan, who.manager)
    form = {"version": "1", "words": "Volgend jaar graag"}

    assert client.post(f"{link}/weigeren", data=form).status_code == 422
    said = client.post(
        f"{link}/weigeren", data={**form, "reason": "te_druk"}, follow_redirects=True
    )

    assert "Jij zei nee." in said.text
    assert "te veel eigen werk. “Volgend jaar graag”" in said.text
    assert loan.state is LoanState.REFUSED


def test_who_read_older_terms_is_shown_the_new_ones(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    session.commit()
    link = to_sign(app, loan, who.manager)

    refused = client.post(link, data={"version": "7"})

    assert refused.status_code == 409
    assert "De afspraken zijn intussen gewijzigd" in refused.text
    assert "Wat je al invulde" not in refused.text
    assert client.post(link, data={"version": "x"}).status_code == 409


def test_a_manager_reads_until_when_the_link_works(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    session.commit()
    link = to_sign(app, loan, who.manager)
    made_on = datetime.now(UTC).date()

    page = text_of(client.get(link))
    with time_machine.travel(datetime.now(UTC) + LOAN_LINK_LIVES):
        last = client.get(link)
    with time_machine.travel(datetime.now(UTC) + LOAN_LINK_LIVES + timedelta(days=1)):
        over = client.get(link)

    assert f"De link werkt tot en met {dutch_date(made_on + LOAN_LINK_LIVES)}." in page
    assert (last.status_code, over.status_code) == (200, 410)


@pytest.mark.parametrize(
    ("roles", "is_said"), [((), False), ((Role.OPGAVEHOUDER,), True), ((Role.BEHEERDER,), False)]
)
def test_the_list_promises_no_hours_of_others_than_it_shows(
    client: FlaskClient, session: Session, roles: tuple[Role, ...], is_said: bool
) -> None:
    sign_in(client, session, a_user(session, *roles))
    page = text_of(client.get("/inzet"))

    assert ("en die jouw gemeente leent" in page, "je collega's lenen" in page) == (is_said, False)


def test_links_that_are_forged_too_old_or_of_another_address(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    link = to_sign(app, loan, who.manager)
    other = to_sign(app, loan, Manager("iemand@elders.example"))

    assert client.get(f"{link}x").status_code == 404
    assert client.get(other).status_code == 404
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.links.LOAN_LINK_LIVES", -LOAN_LINK_LIVES)
        assert client.get(link).status_code == 410


def test_other_terms_and_the_same_form_with_faults(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    sign_in(client, session, who.borrower)
    form = {**FORM, "version": "1", "hours_per_week": "12"}

    faulty = client.post(f"/inzet/{loan.id}/wijzigen", data={**form, "ends_on": "2026-11-01"})
    assert faulty.status_code == 422
    assert "De einddatum ligt voor de begindatum." in faulty.text
    assert 'value="12"' in faulty.text
    changed = client.post(f"/inzet/{loan.id}/wijzigen", data=form, follow_redirects=True)

    assert "Je voorstel is verstuurd, met jouw handtekening." in changed.text
    assert loan.version == 2


def test_the_same_terms_once_more_are_sent_to_nobody(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    sign_in(client, session, who.borrower)
    address = f"/inzet/{loan.id}/wijzigen"
    form = {**FORM, "version": "1", "learning_goal": TERMS.learning_goal}

    same = client.post(address, data=form, follow_redirects=True)

    assert "Je veranderde niets aan de afspraken. Er is dus niets verstuurd." in same.text
    assert "Je voorstel is verstuurd" not in same.text
    assert loan.version == 1


def test_other_terms_are_asked_of_each_about_the_professional(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    address, name = f"/inzet/{loan.id}/wijzigen", who.professional.name

    sign_in(client, session, who.borrower)
    theirs = text_of(client.get(address))
    assert f"De eerste dag waarop {name} weer alle uren voor gemeente" in theirs
    assert f"Wat wil {name} leren of meenemen?" in theirs
    sign_in(client, session, who.professional)
    own = text_of(client.get(address))
    assert "waarop je weer al je uren voor je eigen gemeente werkt" in own
    assert "Wat wil je leren of meenemen?" in own


def test_who_comes_to_extend_reads_of_extending(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    sign_in(client, session, who.professional)
    assert "Verleng of wijzig de afspraken" in text_of(client.get(f"/inzet/{loan.id}"))

    page = client.get(f"/inzet/{loan.id}/wijzigen")

    said = text_of(page)
    assert "<title>Verleng of wijzig: " in page.text
    assert "Verleng of wijzig de afspraken" in said
    assert "Wil je verlengen? Zet dan bij “Duurt tot en met” een latere dag" in said
    assert "Onderteken en stel dit voor" in said
    assert "Stel andere afspraken voor" not in said


def test_who_changes_what_was_stopped_begins_with_the_days_of_the_stop(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    stop, busy = make_work(session, who.professional), Refusal(Reason.TOO_BUSY)
    friday = date(2026, 12, 4)
    service.end_early(stop, loan.id, Party.PROFESSIONAL, friday, busy)
    session.flush()
    sign_in(client, session, who.borrower)
    address = f"/inzet/{loan.id}/wijzigen"

    form = filled_in(client.get(address))
    same = client.post(address, data=form, follow_redirects=True)
    assert (form["ends_on"], form["returns_on"]) == (["2026-12-04"], ["2026-12-07"])
    assert "Je veranderde niets aan de afspraken." in text_of(same)
    client.post(address, data={**form, "hours_per_week": ["4"]})
    sign_in(client, session, who.professional)
    own = client.get(f"/inzet/{loan.id}/weigeren")
    by_mail = app.test_client().get(f"{to_sign(app, loan, who.manager)}/weigeren")

    assert (loan.version, loan.last_day) == (2, friday)
    for refusing in (own, by_mail):
        assert "De inzet stopt dan op 4 december 2026" in text_of(refusing)


def test_an_extension_shows_to_which_day_the_end_talk_goes(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who)
    longer = replace(TERMS, ends_on=date(2027, 4, 4), returns_on=date(2027, 4, 5))
    work = make_work(session, who.professional)
    service.change(work, loan.id, Party.PROFESSIONAL, 1, longer)
    session.flush()
    sign_in(client, session, who.borrower)
    moves = "Het eindgesprek verschuift dan naar 8 maart 2027. Dat was 25 januari 2027."

    assert moves in text_of(client.get(f"/inzet/{loan.id}"))
    assert moves in text_of(app.test_client().get(to_sign(app, loan, who.manager)))


def test_ending_early(client: FlaskClient, session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    sign_in(client, session, who.professional)
    form = {"last_day": "2026-12-11", "reason": "werk_klaar", "version": "1"}

    late = client.post(f"/inzet/{loan.id}/stoppen", data={**form, "last_day": "2028-01-01"})
    assert late.status_code == 422
    back = {"returns_on": "2026-12-11"}
    at_once = client.post(f"/inzet/{loan.id}/stoppen", data={**form, **back})
    assert "ligt na de laatste dag" in fault_at(at_once, "returns_on")
    ends = client.post(f"/inzet/{loan.id}/stoppen", data=form, follow_redirects=True)

    said = text_of(ends)
    assert (
        "Jij besloot eerder te stoppen: 11 december 2026 is de laatste dag. "
        "Reden om te stoppen: het werk is klaar."
    ) in said
    assert "Laatste dag 11 december 2026 (afgesproken was 21 februari 2027)" in said
    # A Friday was the last one.
    assert "Terug op 14 december 2026 (afgesproken was 22 februari 2027)" in said
    assert "Duurt tot en met" not in said
    assert "Verleng of wijzig" not in said
    assert "Stop nog eerder" in said


def test_what_is_wrong_with_an_early_end_stands_in_the_order_of_the_page(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    sign_in(client, session, who.professional)

    wrong = client.post(f"/inzet/{loan.id}/stoppen", data={"returns_on": "morgen ongeveer"})

    summary = wrong.text.split("data-error-summary")[1].split("</div>")[0]
    fields = re.findall(r'href="#([\w-]+)"', summary)
    assert [field.split("-")[0] for field in fields] == ["last_day", "returns_on", "reason"]


def test_a_day_of_return_is_said_with_an_early_end(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    session.commit()
    link = to_sign(app, loan, who.manager)
    form = {"last_day": "2026-11-23", "returns_on": "2026-12-01", "reason": "werk_klaar"}

    ends = app.test_client().post(f"{link}/stoppen", data=form, follow_redirects=True)

    assert "Terug op 1 december 2026 (afgesproken was 22 februari 2027)" in text_of(ends)
    # There is no earlier day than today.
    assert "Stop nog eerder" not in text_of(ends)
    assert app.test_client().get(f"{link}/stoppen").status_code == 409


def test_what_stops_earlier_goes_on_when_three_sign(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    session.commit()
    sign_in(client, session, who.professional)
    form = {"last_day": "2026-12-11", "reason": "anders", "words": "Toch niet", "version": "1"}
    client.post(f"/inzet/{loan.id}/stoppen", data=form)
    client.post(f"/inzet/{loan.id}/wijzigen", data={**FORM, "version": "1", "cost_basis": "geen"})
    proposed = text_of(client.get(f"/inzet/{loan.id}"))
    assert "Voorgesteld" in proposed
    assert (
        "Duurt tot en met 21 februari 2027 (was 11 december 2026) "
        "Terug op 22 februari 2027 (was 14 december 2026)" in proposed
    )
    # Of the learning goal, and of no day.
    assert proposed.count("Vervalt") == 1

    sign_rest(session, who, loan.id, 2)

    assert (loan.last_day, loan.ended_by, loan.returns_on) == (TERMS.ends_on, None, None)
    said = text_of(client.get(f"/inzet/{loan.id}"))
    assert "Laatste dag" not in said
    assert "Toch niet" not in said


def test_others_find_nothing(client: FlaskClient, session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who)
    sign_in(client, session, a_user(session, Role.OPGAVEHOUDER))

    assert "Er is nog geen inzet" in client.get("/inzet").text
    for page in ("", "/wijzigen", "/weigeren", "/stoppen"):
        assert client.get(f"/inzet/{loan.id}{page}").status_code == 404
    for deed in ("tekenen", "intrekken", "uren"):
        answer = client.post(f"/inzet/{loan.id}/{deed}", data={"version": "1"})
        assert answer.status_code == 404


def test_withdrawing(client: FlaskClient, session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    sign_in(client, session, who.professional)

    asked = text_of(client.get(f"/inzet/{loan.id}/intrekken"))
    assert "Wil je je aanvraag intrekken?" in asked
    assert loan.state is LoanState.ASKED
    page = client.post(f"/inzet/{loan.id}/intrekken", data={"version": "1"}, follow_redirects=True)

    assert "Jij trok de aanvraag in." in page.text
    assert client.get(f"/inzet/{loan.id}/intrekken").status_code == 409


def test_what_did_not_go_on_is_asked_anew_with_what_was_typed_before(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who, hours_per_week=7)
    sign_in(client, session, who.professional)
    again = f'href="/opgaven/{who.opgave.id}/inzet">Vraag opnieuw'
    assert again not in client.get(f"/inzet/{loan.id}").text
    no = Refusal(Reason.TOO_BUSY)
    service.refuse_terms(make_work(session), loan.id, Party.LENDER, 1, no, who.manager)
    session.commit()

    assert again in client.get(f"/inzet/{loan.id}").text
    assert "Fatma de Baas zei nee." in text_of(client.get("/reacties"))
    form = client.get(f"/opgaven/{who.opgave.id}/inzet").text
    for typed in ("7", "Fatma de Baas", who.manager.email, "2026-11-30"):
        assert f'value="{typed}"' in form
    sign_in(client, session, who.borrower)
    assert again not in client.get(f"/inzet/{loan.id}").text
    who.opgave.status = OpgaveStatus.WITHDRAWN
    session.commit()
    sign_in(client, session, who.professional)
    assert again not in client.get(f"/inzet/{loan.id}").text


def test_a_manager_with_an_account_finds_it_in_the_menu(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    manager = a_user(session, email=who.manager.email, gemeente_code=who.professional.gemeente_code)
    loan = a_loan(session, who)
    sign_in(client, session, manager)

    assert "Wacht op jou" in client.get("/inzet").text
    client.post(f"/inzet/{loan.id}/tekenen", data={"version": "1"})
    service.sign_as_borrower(make_work(session, who.borrower), loan.id, 1)

    assert loan.state is LoanState.ACTIVE
    assert loan.last_day == TERMS.ends_on
    assert TERMS.ends_on is not None
    assert TERMS.ends_on - timedelta(days=83) == TERMS.starts_on


def test_a_manager_asks_by_the_link_and_the_professional_answers(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    session.commit()
    link = to_sign(app, loan, who.manager)
    visitor = app.test_client()

    assert visitor.post(f"{link}/vragen", data={"words": " "}).status_code == 422
    asked = visitor.post(f"{link}/vragen", data={"words": "Op maandag?"}, follow_redirects=True)
    assert "Vragen en antwoorden" in asked.text
    assert "Op maandag?" in asked.text
    assert "Je vraag heeft nog geen antwoord" in text_of(asked)
    assert text_of(asked).count("Nog geen antwoord") == 1

    sign_in(client, session, who.professional)
    listed = text_of(client.get("/inzet"))
    assert "Wacht op jou" in listed
    assert "“Op maandag?”" in listed
    top = text_of(client.get(f"/inzet/{loan.id}"))
    assert "Fatma de Baas vroeg iets “Op maandag?” Geef antwoord" in top
    assert top.index("vroeg iets") < top.index("De afspraken")
    page = client.get(f"/inzet/{loan.id}/vragen").text
    assert "Fatma de Baas schreef" in page
    assert "“Op maandag?”" in page
    assert "Op maandag?" not in visitor.get(f"{link}/vragen").text
    remark_id = re.search(r'name="remark_id"[^>]*value="([^"]+)"', page)
    assert remark_id is not None
    form = {"words": "Ja, op maandag.", "remark_id": remark_id[1]}
    for _ in range(2):
        said = client.post(f"/inzet/{loan.id}/vragen", data=form, follow_redirects=True)
        assert said.text.count("Ja, op maandag.") == 1
        assert "vroeg iets" not in said.text
    assert "nog geen antwoord" not in text_of(visitor.get(link)).lower()


def test_a_manager_who_answers_reads_the_question(
    app: Flask, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    work = make_work(session, who.borrower)
    service.remark(work, loan.id, uuid4(), Party.BORROWER, "Mag het op maandag?")
    session.commit()

    page = app.test_client().get(f"{to_sign(app, loan, who.manager)}/vragen")

    assert f"{who.borrower.name} schreef “Mag het op maandag?”" in text_of(page)


def test_what_comes_back_is_told_to_the_manager(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)

    page = client.get(to_sign(app, loan, who.manager)).text

    assert "Wat komt er terug?" in page
    assert "in de urenbank" in page
    assert "Leren hoe een grote gemeente dit aanpakt" in page


def test_a_manager_reads_the_same_with_an_account_and_without(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    manager = a_user(session, email=who.manager.email, gemeente_code=who.professional.gemeente_code)
    loan = a_loan(session, who)
    sign_in(client, session, manager)
    names = (
        session.get_one(Gemeente, loan.borrower_code),
        session.get_one(Gemeente, loan.lender_code),
    )

    for page in (
        client.get(f"/inzet/{loan.id}"),
        app.test_client().get(to_sign(app, loan, who.manager)),
    ):
        said = text_of(page)
        assert f"{who.professional.name} wil werken voor gemeente {names[0].name}" in said
        assert f"Jij beslist als leidinggevende voor gemeente {names[1].name}." in said
        assert "Wat komt er terug? De uren komen op het tegoed" in said


def test_there_is_nothing_to_decide_on_what_is_over(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    service.withdraw(make_work(session, who.professional), loan.id)

    page = text_of(client.get(to_sign(app, loan, who.manager)))

    assert "Jij beslist" not in page
    assert "Je werd gevraagd als leidinggevende van gemeente" in page
    assert "Ik heb eerst een vraag" not in page


def test_others_hear_who_changed_the_terms(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    service.change(
        make_work(session, who.borrower),
        loan.id,
        Party.BORROWER,
        1,
        replace(TERMS, hours_per_week=12, learning_goal=""),
    )

    page = text_of(client.get(to_sign(app, loan, who.manager)))
    sign_in(client, session, who.professional)

    for said in (page, text_of(client.get(f"/inzet/{loan.id}"))):
        assert "stelde andere afspraken voor; eerdere handtekeningen vervallen." in said
        goal = f"Leerdoel Vervalt (was {TERMS.learning_goal})"
        assert f"Dit veranderde Uren per week 12 (was 8) {goal} Zo zijn ze nu" in said


def test_what_a_proposal_leaves_out_is_named(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who)
    other = replace(TERMS, learning_goal="")
    service.change(make_work(session, who.borrower), loan.id, Party.BORROWER, 1, other)
    sign_in(client, session, who.professional)

    page = client.get(f"/inzet/{loan.id}").text

    assert "Vervalt" in page
    assert "Tot alle drie tekenen, geldt wat was afgesproken." in page


def test_signatures_stand_with_the_terms_that_they_are_under(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who)
    borrower = make_work(session, who.borrower, MONDAY + timedelta(hours=2))
    service.change(borrower, loan.id, Party.BORROWER, 1, replace(TERMS, hours_per_week=12))
    sign_in(client, session, who.professional)

    for page in (
        client.get(f"/inzet/{loan.id}"),
        app.test_client().get(to_sign(app, loan, who.manager)),
    ):
        _, _, signed = text_of(page).partition("De handtekeningen onder dit voorstel")
        proposed, _, held = signed.partition("De drie handtekeningen")
        assert held.startswith(" Onder de afspraken die nu gelden.")
        assert held.count("Getekend op 23 november 2026 om 09:00") == 3
        assert "Nog niet getekend" not in held
        assert proposed.count("Getekend op 23 november 2026 om 11:00") == 1
        assert proposed.count("Nog niet getekend") == 2


def test_a_proposal_is_signed_where_it_stands(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who)
    borrower = make_work(session, who.borrower, MONDAY + timedelta(hours=2))
    service.change(borrower, loan.id, Party.BORROWER, 1, replace(TERMS, hours_per_week=12))
    sign_in(client, session, who.professional)

    page = text_of(client.get(f"/inzet/{loan.id}"))
    _, _, proposed = page.partition("Uren per week 12 (was 8) ")
    decision, _, held = proposed.partition("De handtekeningen onder dit voorstel")
    assert " ".join(decision.split()) == "Onderteken dit voorstel Zeg nee tegen dit voorstel"
    assert "Uren per week 8 " in held
    assert "Onderteken deze afspraken" not in page
    listed = text_of(client.get("/inzet"))
    assert "Jouw handtekening voor andere afspraken ontbreekt nog" in listed
    said_no = text_of(client.get(f"/inzet/{loan.id}/weigeren"))
    assert "Wil je nee zeggen tegen dit voorstel?" in said_no

    by_mail = text_of(app.test_client().get(to_sign(app, loan, who.manager)))
    _, _, proposed = by_mail.partition("Uren per week 12 (was 8) ")
    assert proposed.strip().startswith("Ik ga akkoord met dit voorstel")
    assert "Ik zeg nee tegen dit voorstel" in proposed.partition("Uren per week 8 ")[0]


def test_who_proposed_takes_that_back_and_does_not_say_no(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who)
    borrower = make_work(session, who.borrower)
    service.change(borrower, loan.id, Party.BORROWER, 1, replace(TERMS, hours_per_week=12))
    sign_in(client, session, who.borrower)

    page = text_of(client.get(f"/inzet/{loan.id}"))

    assert "Trek je voorstel in" in page
    assert "Zeg nee" not in page
    assert "Wil je je voorstel intrekken?" in text_of(client.get(f"/inzet/{loan.id}/weigeren"))


def test_a_manager_signs_right_under_what_is_asked(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)

    page = text_of(client.get(to_sign(app, loan, who.manager)))

    assert page.index("Uren per week") < page.index("Ik ga akkoord")
    assert page.index("Ik ga akkoord") < page.index("De drie handtekeningen")


def test_the_talk_before_the_end(client: FlaskClient, session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who)
    session.commit()
    sign_in(client, session, who.borrower)
    assert "Het eindgesprek is op 25 januari 2027." in client.get(f"/inzet/{loan.id}").text
    address = f"/inzet/{loan.id}/eindgesprek"

    assert client.post(address, data={"end_talk_on": "2028-01-01"}).status_code == 422
    planned = client.post(address, data={"end_talk_on": "2027-01-20"}, follow_redirects=True)

    assert "Het eindgesprek is op 20 januari 2027." in planned.text
    assert f"hoe {who.professional.name} teruggaat" in text_of(client.get(address))
    sign_in(client, session, who.professional)
    assert "en hoe je teruggaat." in text_of(client.get(address))


def test_nobody_can_choose_the_reason_of_the_house(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    session.commit()
    link = to_sign(app, loan, who.manager)

    assert "opgave_voorbij" not in client.get(f"{link}/weigeren").text
    form = {"version": "1", "reason": "opgave_voorbij"}
    assert client.post(f"{link}/weigeren", data=form).status_code == 422


def test_a_manager_who_signs_last_is_thanked_once(
    app: Flask, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    service.sign_as_borrower(make_work(session, who.borrower), loan.id, 1)
    session.commit()
    link, visitor = to_sign(app, loan, who.manager), app.test_client()

    agreed = visitor.post(link, data={"version": "1"}, follow_redirects=True)

    assert "Alle drie de handtekeningen staan er." in text_of(agreed)
    later = text_of(visitor.get(link))
    assert "Bedankt" not in later
    assert "De inzet begint op 30 november 2026" in later


def test_the_menu_says_how_many_wait(client: FlaskClient, session: Session, who: Parties) -> None:
    a_loan(session, who)
    sign_in(client, session, who.borrower)

    item = re.search(r'href="/inzet"[^>]*>(.*?)</a>', client.get("/opgaven").text, re.DOTALL)

    assert item is not None
    assert re.sub(r"<[^>]+>|\s", "", item[1]) == "Inzet1nieuw"


def test_titles_stay_short_enough_to_read(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    who.opgave.title = "Een heel lange titel " * 5
    loan = a_running_loan(session, who)
    session.commit()
    sign_in(client, session, who.borrower)
    link = to_sign(app, loan, who.manager)

    pages = [
        f"/inzet/{loan.id}/{page}"
        for page in ("wijzigen", "vragen", "niet-doorgaan", "eindgesprek")
    ]
    for address in (*pages, f"{link}/vragen", f"{link}/niet-doorgaan"):
        found = re.search(r"<title>(.*?)</title>", client.post(address, data={}).text, re.DOTALL)
        assert found is not None
        assert found[1].strip().startswith("Fout: ")
        assert len(unescape(found[1].strip())) <= 70


def test_no_party_reads_the_title_of_an_opgave_that_was_taken_down(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who)
    who.opgave.title, who.opgave.taken_down_at = "Snel rijk worden", MONDAY
    session.commit()
    pages = [app.test_client().get(to_sign(app, loan, who.manager))]
    for party in (who.professional, who.borrower):
        sign_in(client, session, party)
        pages += [client.get("/inzet"), client.get(f"/inzet/{loan.id}")]

    gemeente = session.get_one(Gemeente, loan.borrower_code).name
    for page in pages:
        assert "Snel rijk worden" not in page.text
    for page in pages[1:]:
        assert f"Inzet van {who.professional.name} bij gemeente {gemeente}" in text_of(page)
    for page in (pages[0], pages[2], pages[4]):
        said = "De opgave is weggehaald door een beheerder. De inzet loopt door"
        assert said in text_of(page)
    # Of the parties only the borrower may read it still.
    reads = ["Lees de opgave" in page.text for page in (pages[2], pages[4])]
    assert reads == [False, True]


def test_all_that_is_wrong_with_other_terms_is_said_at_once(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who)
    session.commit()
    sign_in(client, session, who.professional)
    days = {"starts_on": "2026-12-07", "ends_on": "2026-12-01", "returns_on": "morgen"}

    faulty = client.post(
        f"/inzet/{loan.id}/wijzigen",
        data={**FORM, **days, "version": "1", "hours_per_week": "acht", "words": "x" * 1_001},
    )

    assert fault_at(faulty, "hours_per_week") == "Fout: Vul een heel getal in, bijvoorbeeld 8."
    assert fault_at(faulty, "ends_on") == "Fout: De einddatum ligt voor de begindatum."
    assert fault_at(faulty, "returns_on") == "Fout: Vul een datum in, bijvoorbeeld 31-01-2027."
    assert "Gebruik hier hoogstens 1.000 tekens." in fault_at(faulty, "words")


@pytest.mark.parametrize("is_first", [True, False])
def test_days_that_may_be_a_slip_are_asked_back(
    client: FlaskClient, session: Session, who: Parties, *, is_first: bool
) -> None:
    address = f"/opgaven/{who.opgave.id}/inzet"
    form = {**FORM, "manager_email": who.manager.email, "loan_id": str(uuid4())}
    if not is_first:
        address = f"/inzet/{a_running_loan(session, who).id}/wijzigen"
        form |= {"version": "1"}
    session.commit()
    sign_in(client, session, who.professional)
    slip = {**form, "returns_on": "2028-02-22"}

    asked = client.post(address, data=slip)

    assert asked.status_code == 422
    said = "Fout: Dat is meer dan een maand na de laatste dag. Klopt dat?"
    assert fault_at(asked, "returns_on") == said
    found = re.search(r'type="checkbox" id="sure" name="sure" value="([^"]+)"', asked.text)
    assert found is not None
    later = {**slip, "starts_on": "2028-01-03", "ends_on": "2028-01-10", "sure": found[1]}
    assert "over meer dan een jaar" in fault_at(client.post(address, data=later), "starts_on")
    assert client.post(address, data={**slip, "sure": found[1]}).status_code == 302
    newest = session.scalars(select(Terms).order_by(Terms.version.desc())).first()
    assert newest is not None
    assert f"{newest.returns_on}" == "2028-02-22"


def test_all_that_is_wrong_with_what_is_asked_is_said_at_once(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    sign_in(client, session, who.professional)
    wrong = {"hours_per_week": "acht", "ends_on": "2026-11-29", "manager_email": "baas@"}

    faulty = client.post(f"/opgaven/{who.opgave.id}/inzet", data={**FORM, **wrong})

    assert faulty.status_code == 422
    assert "Vul een heel getal in" in fault_at(faulty, "hours_per_week")
    assert fault_at(faulty, "ends_on") == "Fout: De einddatum ligt voor de begindatum."
    assert fault_at(faulty, "manager_email")


def test_a_day_that_cannot_be_read_hides_no_other_fault_of_an_early_end(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    session.commit()
    sign_in(client, session, who.professional)

    for asked, address in (
        (client, f"/inzet/{loan.id}"),
        (app.test_client(), to_sign(app, loan, who.manager)),
    ):
        faulty = asked.post(f"{address}/stoppen", data={"last_day": "gauw"})
        assert fault_at(faulty, "last_day") == "Fout: Vul een datum in, bijvoorbeeld 31-01-2027."
        assert "Kies een reden." in fault_at(faulty, "reason")


@pytest.mark.parametrize("is_told", [True, False])
def test_all_parties_read_that_what_was_asked_fell_with_the_opgave(
    app: Flask, client: FlaskClient, session: Session, who: Parties, *, is_told: bool
) -> None:
    loan = a_loan(session, who)
    life.take_down(make_work(session, a_user(session, Role.BEHEERDER)), who.opgave.id)
    for reaction in (END_LOANS_ASKED, LET_GO) if is_told else ():
        reaction.act(make_work(session), {"opgave_id": str(who.opgave.id)})
    session.commit()
    link, fell = to_sign(app, loan, who.manager), "Deze aanvraag gaat niet door, omdat een"
    pages = [app.test_client().get(link), app.test_client().get(f"{link}/gevraagd")]
    for party in (who.professional, who.borrower):
        sign_in(client, session, party)
        pages += [client.get("/inzet"), client.get(f"/inzet/{loan.id}")]

    for page in map(text_of, pages):
        assert f"{fell} beheerder de opgave weghaalde." in page
        assert "Gaat niet door" in page
        assert not any(word in page for word in ("Geweigerd", "Jij beslist", "Onderteken"))
    sign_in(client, session, who.professional)
    reactions = client.get("/reacties")
    assert fell in text_of(reactions)
    assert ("Lees waarom" in text_of(reactions)) is is_told
    if is_told:
        why = text_of(client.get(f"/opgaven/{who.opgave.id}/afloop"))
        assert "Een beheerder haalde de opgave weg, na een melding." in why


def test_who_says_no_to_other_terms_and_the_others_read_that(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who)
    borrower = make_work(session, who.borrower, MONDAY + timedelta(hours=2))
    service.change(borrower, loan.id, Party.BORROWER, 1, replace(TERMS, hours_per_week=12))
    session.commit()
    link, visitor = to_sign(app, loan, who.manager), app.test_client()
    form = {"version": "2", "reason": "uren", "words": "We missen je al."}

    refused = text_of(visitor.post(f"{link}/weigeren", data=form, follow_redirects=True))

    assert "Jij zei nee tegen het voorstel van gemeente" in refused
    sign_in(client, session, who.professional)
    page = text_of(client.get(f"/inzet/{loan.id}"))
    assert page.count("“We missen je al.”") == 2
    assert "Voorstellen die niet doorgingen" in page
    assert "De afspraken blijven zoals ze waren." in page


def test_who_says_no_reads_that_they_did(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    session.commit()
    sign_in(client, session, who.borrower)
    form = {"version": "1", "reason": "anders", "words": "Toch niet"}

    refused = client.post(f"/inzet/{loan.id}/weigeren", data=form, follow_redirects=True)

    assert "Je zei nee. De anderen krijgen een mail en lezen je reden." in text_of(refused)
    assert "Jij zei nee. Reden: “Toch niet”" in text_of(refused)


def test_before_its_first_day_it_is_called_off(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who)
    session.commit()
    link, visitor = to_sign(app, loan, who.manager), app.test_client()
    assert "Laat het niet doorgaan" in text_of(visitor.get(link))
    assert "Stop eerder" not in text_of(visitor.get(link))
    assert visitor.get(f"{link}/stoppen").status_code == 409
    faulty = visitor.post(f"{link}/niet-doorgaan", data={})
    assert faulty.status_code == 422
    assert "De inzet begint nu op 30 november 2026." in text_of(faulty)
    sign_in(client, session, who.professional)
    assert "Laat het niet doorgaan" in text_of(client.get(f"/inzet/{loan.id}"))

    form = {"reason": "te_druk", "words": "Het lukt niet."}
    off = client.post(f"/inzet/{loan.id}/niet-doorgaan", data=form, follow_redirects=True)

    reason = "Reden: er is nu te veel eigen werk. “Het lukt niet.”"
    assert "De anderen krijgen een mail en lezen je reden." in text_of(off)
    assert f"De inzet gaat niet door. Jij zei af. {reason}" in text_of(off)
    assert "eindgesprek" not in text_of(off)
    assert "Duurt tot en met 21 februari 2027" in text_of(off)
    for said in (text_of(visitor.get(link)), text_of(client.get("/inzet"))):
        assert "Gaat niet door" in said
    assert f"{who.professional.name} zei af. {reason}" in text_of(visitor.get(link))
    assert visitor.post(f"{link}/niet-doorgaan", data=form).status_code == 409


def test_who_goes_back_after_a_step_reads_how_it_stands_and_goes_on(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    session.commit()
    link, visitor = to_sign(app, loan, who.manager), app.test_client()
    form = {"version": "1", "reason": "te_druk", "words": ""}
    visitor.post(f"{link}/weigeren", data=form)
    sign_in(client, session, who.borrower)

    for back, address, who_said in (
        (visitor, link, "Jij"),
        (client, f"/inzet/{loan.id}", "Fatma de Baas"),
    ):
        gone = back.post(f"{address}/weigeren", data=form)
        assert gone.status_code == 409
        assert f"Zo staat het ervoor: {who_said} zei nee. Reden: er is nu te veel" in text_of(gone)
        assert "Iemand was je voor" not in gone.text
        assert f'href="{address}">Naar de inzet' in gone.text


def test_all_that_is_missing_to_stop_earlier_is_said_at_once(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    session.commit()
    sign_in(client, session, who.professional)

    empty = client.post(f"/inzet/{loan.id}/stoppen", data={})
    assert "Kies een reden." in fault_at(empty, "reason")
    assert "Kies een dag vanaf vandaag" in fault_at(empty, "last_day")
    other = client.post(f"/inzet/{loan.id}/stoppen", data={"reason": "anders"})
    assert "Vertel in een paar woorden waarom." in fault_at(other, "words")
    assert "Kies een dag vanaf vandaag" in fault_at(other, "last_day")
    assert "Nodig als je een andere reden kiest." in text_of(other)

    form = {"last_day": "2026-12-11", "reason": "anders", "words": "Het lukt niet."}
    ends = client.post(f"/inzet/{loan.id}/stoppen", data=form, follow_redirects=True)
    said = "De inzet stopt op 11 december 2026. De anderen krijgen een mail en lezen je reden."
    assert said in text_of(ends)
    assert "Reden om te stoppen: “Het lukt niet.”" in text_of(ends)
    who.opgave.taken_down_at = MONDAY
    session.commit()
    assert "zoals jullie afspraken" not in text_of(client.get(f"/inzet/{loan.id}"))


@pytest.mark.parametrize(
    ("terms", "page", "form", "said"),
    [
        ({}, "vragen", {"words": "Welke dagen?"}, "Je bericht is verstuurd. De anderen krijgen"),
        ({}, "niet-doorgaan", {}, "De inzet gaat niet door. De anderen krijgen een mail en lezen"),
        (BEGUN, "stoppen", {"last_day": "2026-12-11"}, "De inzet stopt op 11 december 2026. De"),
        (BEGUN, "uren-kloppen-niet", {"words": "Het was minder."}, "en de uren worden nagekeken."),
    ],
)
def test_a_manager_by_the_link_reads_that_a_step_is_taken(
    app: Flask,
    session: Session,
    who: Parties,
    terms: dict[str, date],
    page: str,
    form: dict[str, str],
    said: str,
) -> None:
    loan = a_running_loan(session, who, **terms)
    if terms:
        service.write_hours(make_work(session, who.professional), loan.id, TODAY, 480)
    session.commit()
    link, visitor = to_sign(app, loan, who.manager), app.test_client()
    # Whatever an address says, only what was done is confirmed.
    assert said not in text_of(visitor.get(f"{link}?gedaan=end"))

    done = visitor.post(
        f"{link}/{page}", data={"reason": "te_druk", "words": "", **form}, follow_redirects=True
    )

    assert said in text_of(done)
    assert "dgvn-flash--success" in done.text
    assert said not in text_of(visitor.get(link))


@pytest.mark.parametrize("runs", [False, True])
def test_a_manager_who_says_no_by_the_link_reads_that_it_is_said(
    app: Flask, session: Session, who: Parties, *, runs: bool
) -> None:
    loan = a_running_loan(session, who) if runs else a_loan(session, who)
    if runs:
        work = make_work(session, who.borrower, MONDAY + timedelta(hours=2))
        service.change(work, loan.id, Party.BORROWER, 1, replace(TERMS, hours_per_week=12))
    session.commit()
    link, visitor = to_sign(app, loan, who.manager), app.test_client()
    form = {"version": loan.version, "reason": "te_druk", "words": ""}

    refused = visitor.post(f"{link}/weigeren", data=form, follow_redirects=True)

    assert "Je zei nee. De anderen krijgen een mail en lezen je reden." in text_of(refused)


def test_a_professional_is_spoken_to_on_the_own_page(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    who.professional.name = "Sanne Vink"
    loan = a_running_loan(session, who, starts_on=TODAY)
    work = make_work(session, who.professional)
    service.remark(work, loan.id, uuid4(), Party.PROFESSIONAL, "Ik neem mijn laptop mee.")
    session.commit()
    gemeente = session.get_one(Gemeente, loan.borrower_code).name

    sign_in(client, session, who.professional)
    own = text_of(client.get(f"/inzet/{loan.id}"))
    theirs = text_of(app.test_client().get(to_sign(app, loan, who.manager)))

    assert f"Je werkt voor gemeente {gemeente}" in own
    assert "Jij (gedetacheerde), " in own
    assert "Sanne Vink (gedetacheerde), " in theirs
    assert f"Sanne Vink werkt voor gemeente {gemeente}" in theirs
