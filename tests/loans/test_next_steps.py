"""Each party reads what they come to do, and what they do once all three signed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from app.loans import queries, service
from app.loans.models import Loan
from app.loans.next_steps import (
    comes_back,
    link_says,
    once_agreed,
    once_changed,
    once_off,
    once_refused,
    once_stopped,
    who_asks,
)
from app.loans.rules import Party, Reason, Refusal
from app.loans.words import end_talk
from tests.loans.builders import TERMS, Parties, a_loan, a_running_loan, parties
from tests.support.work import MONDAY, TODAY, make_work

AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


def links(session: Session, loan: Loan) -> list[str]:
    """To the professional, the lender and the borrower."""
    session.flush()
    seen = queries.of_any(session, loan.id)
    return [link_says(seen, party) for party in Party]


def test_a_link_says_what_one_comes_to_do(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    decide = "Lees de afspraken en beslis"
    assert links(session, loan) == ["Bekijk de afspraken", decide, decide]

    asked = make_work(session)
    service.remark(asked, loan.id, uuid4(), Party.LENDER, "Welke dagen?", who.manager)
    answer = "Lees de vraag en geef antwoord"
    assert links(session, loan) == [answer, decide, answer]

    no = Refusal(Reason.HOURS)
    service.refuse_terms(make_work(session), loan.id, Party.LENDER, 1, no, who.manager)
    assert links(session, loan) == ["Bekijk wat er gebeurde"] * 3


def test_a_link_about_hours_says_so(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY, ends_on=TODAY)
    service.write_hours(make_work(session, who.professional), loan.id, TODAY, 240)
    work = make_work(session, who.borrower, MONDAY + AN_HOUR)
    service.dispute_hours(work, loan.id, uuid4(), Party.BORROWER, "Het waren er acht.")
    assert links(session, loan) == ["Kijk de uren na", "Bekijk de uren", "Bekijk de uren"]

    answer = make_work(session, who.professional, MONDAY + 2 * AN_HOUR)
    service.write_hours(answer, loan.id, TODAY, 480)
    service.end_what_is_over(make_work(session, now=MONDAY + A_DAY))
    close = "Kijk de uren na en sluit af"
    assert links(session, loan) == [close, "Bekijk de uren", close]


def test_who_signed_reads_what_to_do_now(session: Session, who: Parties) -> None:
    seen = queries.of_any(session, a_running_loan(session, who).id)
    name, first = who.professional.name, TODAY + 7 * A_DAY

    assert once_agreed(seen, Party.PROFESSIONAL, TODAY) == (
        "Vanaf 30 november 2026 schrijf je elke week op de pagina van je inzet hoeveel uur je "
        "werkte."
    )
    assert once_agreed(seen, Party.PROFESSIONAL, first).startswith("Schrijf elke week op ")
    assert once_agreed(seen, Party.LENDER, TODAY) == (
        f"Je hoeft nu niets te doen. {name} schrijft elke week hoeveel uur het was, en je leest "
        "dat mee. Kloppen de uren niet? Zeg het dan op de pagina van de inzet."
    )
    borrower = once_agreed(seen, Party.BORROWER, TODAY)
    assert borrower.startswith(f"Spreek met {name} af hoe de eerste dag gaat. ")
    assert borrower.endswith("Na de laatste dag bevestigen jullie samen de uren.")


def test_who_is_asked_to_sign_reads_who_asks_and_what_comes_back(
    session: Session, who: Parties
) -> None:
    seen = queries.of_any(session, a_loan(session, who).id)
    name = who.professional.name

    assert who_asks(seen, Party.BORROWER, is_new=True) == (
        f"{name} van gemeente {seen.lender_name} wil meewerken aan jullie opgave."
    )
    assert who_asks(seen, Party.LENDER, is_new=True).startswith(
        f"{name} wil meewerken bij gemeente {seen.borrower_name}, en vraagt jou "
    )
    assert who_asks(seen, Party.LENDER, is_new=False) == ""
    assert comes_back(seen, Party.BORROWER, is_new=True) == ""
    assert comes_back(seen, Party.LENDER, is_new=True) == (
        f"De uren komen op het tegoed van gemeente {seen.lender_name}, in de urenbank. Later "
        f"kunnen jullie zelf uren lenen. Het leerdoel van {name}: {TERMS.learning_goal}."
    )


def test_who_reads_of_a_no_knows_what_is_left_to_do(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    assert once_off(queries.of_any(session, loan.id), Party.PROFESSIONAL) == ""
    no = Refusal(Reason.HOURS)
    service.refuse_terms(make_work(session), loan.id, Party.LENDER, 1, no, who.manager)

    seen = queries.of_any(session, loan.id)
    assert [once_off(seen, party) for party in Party] == [
        "Staat de opgave nog open? Dan kun je opnieuw om uren vragen.",
        "Je hoeft niets meer te doen.",
        "Je hoeft niets meer te doen.",
    ]


def test_who_stops_need_not_talk_of_going_on(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    assert "verlengen of stoppen" in end_talk(queries.of_any(session, loan.id), Party.LENDER, TODAY)
    work, done = make_work(session, who.professional), Refusal(Reason.WORK_IS_DONE)
    service.end_early(work, loan.id, Party.PROFESSIONAL, TODAY + 9 * A_DAY, done)

    talk = end_talk(queries.of_any(session, loan.id), Party.LENDER, TODAY)
    assert "verlengen" not in talk
    assert f"wat het opleverde, en hoe {who.professional.name} teruggaat." in talk


def test_who_reads_of_a_stop_knows_what_comes_after_the_last_day(
    session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    stop = make_work(session, who.borrower, MONDAY + AN_HOUR)
    service.end_early(stop, loan.id, Party.BORROWER, TODAY, Refusal(Reason.WORK_IS_DONE))

    seen = queries.of_any(session, loan.id)
    professional, lender, borrower = (once_stopped(seen, party) for party in Party)
    assert professional.startswith("Je bent terug op 24 november 2026. ")
    assert "Vul na de laatste dag je uren aan, bevestig ze" in professional
    assert "Je hoeft nu niets te doen." in lender
    assert "Na de laatste dag kijken jullie de uren na, bevestig je ze" in borrower
    assert all("Er is geen eindgesprek meer gepland." in one for one in (lender, borrower))


def test_what_all_three_signed_after_a_stop_says_until_when_it_goes_on(
    session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    assert once_changed(queries.of_any(session, loan.id)) != ""
    stop = make_work(session, who.borrower, MONDAY + AN_HOUR)
    service.end_early(stop, loan.id, Party.BORROWER, TODAY, Refusal(Reason.WORK_IS_DONE))

    assert once_changed(queries.of_any(session, loan.id)) == ""


def test_after_a_no_it_stops_on_the_day_of_the_stop(session: Session, who: Parties) -> None:
    asked = a_loan(session, who)
    assert once_refused(queries.of_any(session, asked.id)) == "De aanvraag stopt dan."
    service.withdraw(make_work(session, who.professional), asked.id)
    loan = a_running_loan(session, who, starts_on=TODAY)
    runs_on = "De inzet loopt dan door zoals die was afgesproken."
    assert once_refused(queries.of_any(session, loan.id)) == runs_on
    stop, done = make_work(session, who.borrower), Refusal(Reason.WORK_IS_DONE)
    service.end_early(stop, loan.id, Party.BORROWER, TODAY + 9 * A_DAY, done)

    said = once_refused(queries.of_any(session, loan.id))

    assert said == "De inzet stopt dan op 2 december 2026, zoals al was gezegd."


def test_a_second_stop_says_which_day_was_the_last_before(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    for days in (11, 4):
        stop, done = make_work(session, who.borrower), Refusal(Reason.WORK_IS_DONE)
        service.end_early(stop, loan.id, Party.BORROWER, TODAY + days * A_DAY, done)

    seen = queries.of_any(session, loan.id)
    said = "Eerder was de laatste dag 4 december 2026. "
    assert all(once_stopped(seen, party).startswith(said) for party in Party)
