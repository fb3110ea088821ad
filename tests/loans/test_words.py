"""One sentence says what is waited for and by whom, or what became of it."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.workdays import monday_of
from app.loans import queries, service
from app.loans.headline import headline
from app.loans.models import Loan
from app.loans.rules import NamedManager, Party, Reason, Refusal
from app.loans.words import (
    A_NO_IS_NEWS,
    begins_on,
    changed_hours,
    how_it_stands,
    newest_remark,
    news,
    summary,
    thanks,
    what_changed,
    who_said,
    who_signed,
    why,
)
from tests.loans.builders import TERMS, Parties, a_loan, a_running_loan, parties
from tests.support.work import MONDAY, TODAY, make_work

A_MINUTE = timedelta(minutes=1)
BEGUN = TODAY - timedelta(days=28)


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


def said(session: Session, loan: Loan, reader: Party) -> str:
    return how_it_stands(queries.of_any(session, loan.id), reader, TODAY)


def test_whose_signature_is_missing(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    borrower = queries.of_any(session, loan.id).borrower_name

    assert said(session, loan, Party.PROFESSIONAL) == (
        f"Wacht tot Fatma de Baas en gemeente {borrower} tekenen."
    )
    service.sign_as_borrower(make_work(session, who.borrower), loan.id, 1)
    assert said(session, loan, Party.LENDER) == "Jouw handtekening ontbreekt nog."
    assert said(session, loan, Party.BORROWER) == "Wacht tot Fatma de Baas tekent."


def test_a_no_and_its_reason(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    service.refuse_terms(
        make_work(session),
        loan.id,
        Party.LENDER,
        1,
        Refusal(Reason.OTHER, "We fuseren"),
        who.manager,
    )

    assert said(session, loan, Party.BORROWER) == "Fatma de Baas zei nee."
    assert said(session, loan, Party.LENDER) == "Jij zei nee."
    assert why(queries.of_any(session, loan.id), Party.LENDER) == "Reden: “We fuseren”"


def test_who_signs_is_thanked_and_told_what_comes_next(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    borrower = queries.of_any(session, loan.id).borrower_name

    service.sign_as_lender(make_work(session), loan.id, 1, who.manager)
    assert thanks(queries.of_any(session, loan.id), Party.LENDER, TODAY) == (
        f"Bedankt. Je hebt getekend. Wacht tot gemeente {borrower} tekent. "
        "Zodra alle drie getekend hebben, krijg je een mail."
    )

    service.sign_as_borrower(make_work(session, who.borrower), loan.id, 1)
    assert thanks(queries.of_any(session, loan.id), Party.BORROWER, TODAY) == (
        "Bedankt. Je hebt getekend. De inzet begint op 30 november 2026 en duurt tot en met "
        "21 februari 2027. Alle drie de handtekeningen staan er. De anderen krijgen een mail."
    )


def replace_manager(session: Session, who: Parties, loan: Loan) -> None:
    service.note_unreached(make_work(session), loan.id, who.manager.email)
    named = NamedManager("Karin de Baas", f"karin.{who.manager.email}")
    service.name_another(make_work(session, who.professional), loan.id, named)


def test_who_signed_is_told_and_not_who_came_after(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    service.sign_as_lender(make_work(session), loan.id, 1, who.manager)
    replace_manager(session, who, loan)

    seen = queries.of_any(session, loan.id)
    assert who_signed(seen, Party.PROFESSIONAL) == "Fatma de Baas tekende."
    assert seen.was_signed_before_manager(seen.terms)


def test_who_asked_is_told_and_not_who_came_after(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    work = make_work(session)
    service.remark(work, loan.id, uuid4(), Party.LENDER, "Welke dagen?", who.manager)
    replace_manager(session, who, loan)

    assert said(session, loan, Party.BORROWER).startswith(
        "Fatma de Baas stelde een vraag en wacht op antwoord. Jij en "
    )


def test_nobody_reads_their_own_name_as_of_another(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    work = make_work(session, who.professional)
    service.remark(work, loan.id, uuid4(), Party.PROFESSIONAL, "Ik kan ook op maandag.")
    seen = queries.of_any(session, loan.id)
    words = "schreef: “Ik kan ook op maandag.”"
    assert newest_remark(seen, Party.PROFESSIONAL) == f"Jij {words}"
    assert newest_remark(seen, Party.LENDER) == f"{who.professional.name} {words}"

    asked = make_work(session, now=MONDAY + A_MINUTE)
    service.remark(asked, loan.id, uuid4(), Party.LENDER, "Welke dagen?", who.manager)
    seen = queries.of_any(session, loan.id)
    assert who_said(seen, seen.remarks[-1], Party.LENDER) == "Jij"
    replace_manager(session, who, loan)
    seen = queries.of_any(session, loan.id)
    assert who_said(seen, seen.remarks[-1], Party.LENDER) == "Fatma de Baas"


def test_what_runs(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)

    assert said(session, loan, Party.LENDER) == "De inzet loopt tot en met 21 februari 2027."
    assert why(queries.of_any(session, loan.id), Party.LENDER) == ""
    assert summary(queries.of_any(session, loan.id)) == (
        "8 uur per week, van 23 november 2026 tot en met 21 februari 2027"
    )


def test_what_begins_later_does_not_run_yet(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who)
    seen = queries.of_any(session, loan.id)

    assert said(session, loan, Party.LENDER) == (
        "De inzet begint op 30 november 2026 en duurt tot en met 21 februari 2027."
    )
    first = TODAY + timedelta(days=7)
    assert begins_on(seen, first - timedelta(days=1)) == "Begint op 30 november 2026"
    assert begins_on(seen, first) == ""
    assert begins_on(queries.of_any(session, a_loan(session, parties(session)).id), TODAY) == ""


@pytest.fixture
def running(session: Session, who: Parties) -> Loan:
    return a_running_loan(session, who, starts_on=TODAY)


def propose(session: Session, who: Parties, loan: Loan, minutes: int = 1) -> None:
    work = make_work(session, who.borrower, MONDAY + minutes * A_MINUTE)
    other = replace(TERMS, hours_per_week=12)
    service.change(work, loan.id, Party.BORROWER, loan.version, other)


def say_no(session: Session, who: Parties, loan: Loan, minutes: int = 2) -> None:
    work = make_work(session, now=MONDAY + minutes * A_MINUTE)
    no = Refusal(Reason.HOURS, "We missen je al.")
    service.refuse_terms(work, loan.id, Party.LENDER, loan.version, no, who.manager)


def test_all_three_read_who_said_no_to_what_and_why(
    session: Session, who: Parties, running: Loan
) -> None:
    service.remark(
        make_work(session, who.professional), running.id, uuid4(), Party.PROFESSIONAL, "Ha"
    )
    propose(session, who, running)
    say_no(session, who, running)
    seen = queries.of_any(session, running.id)
    what = "12 uur per week, van 30 november 2026 tot en met 21 februari 2027."
    because = "Reden: het aantal uren past niet."
    goes_on = "De afspraken blijven zoals ze waren."
    proposer = f"het voorstel van gemeente {seen.borrower_name}"

    assert what_changed(seen, Party.PROFESSIONAL, TODAY) == (
        f"Fatma de Baas zei nee tegen {proposer}: {what} {because} “We missen je al.” {goes_on}"
    )
    assert what_changed(seen, Party.LENDER, TODAY).startswith(f"Jij zei nee tegen {proposer}: ")
    assert "zei nee tegen jouw voorstel: " in what_changed(seen, Party.BORROWER, TODAY)
    told = news(seen, Party.BORROWER, TODAY)
    assert f"{because} {goes_on}" in told
    assert "We missen je al" not in told
    # What was said before is not what is new.
    assert newest_remark(seen, Party.BORROWER) == ""
    assert what_changed(seen, Party.BORROWER, TODAY + A_NO_IS_NEWS + timedelta(days=1)) == ""


def test_who_takes_back_a_proposal_said_no_to_nobody(
    session: Session, who: Parties, running: Loan
) -> None:
    propose(session, who, running)
    work = make_work(session, who.borrower, MONDAY + 2 * A_MINUTE)
    service.refuse_terms(work, running.id, Party.BORROWER, 2, Refusal(Reason.HOURS))
    seen = queries.of_any(session, running.id)

    assert what_changed(seen, Party.BORROWER, TODAY).startswith("Jij trok je voorstel in: 12 uur ")
    said = what_changed(seen, Party.LENDER, TODAY)
    assert said.startswith(f"Gemeente {seen.borrower_name} trok het eigen voorstel in: 12 uur ")


def test_a_no_is_old_when_other_terms_or_an_end_came_after_it(
    session: Session, who: Parties, running: Loan
) -> None:
    propose(session, who, running)
    say_no(session, who, running)
    propose(session, who, running, 3)
    seen = queries.of_any(session, running.id)
    assert "stelde andere afspraken voor" in what_changed(seen, Party.LENDER, TODAY)
    say_no(session, who, running, 4)

    work = make_work(session, who.professional, MONDAY + 5 * A_MINUTE)
    busy = Refusal(Reason.TOO_BUSY)
    service.end_early(work, running.id, Party.PROFESSIONAL, TODAY + timedelta(days=9), busy)

    seen = queries.of_any(session, running.id)
    assert what_changed(seen, Party.LENDER, TODAY) == ""
    assert why(seen, Party.PROFESSIONAL) == "Reden om te stoppen: er is nu te veel eigen werk."
    assert [one.version for one in seen.refusals] == [3, 2]


def test_other_terms_for_what_stops_earlier_leave_that_it_stops(
    session: Session, who: Parties, running: Loan
) -> None:
    work = make_work(session, who.professional)
    busy = Refusal(Reason.TOO_BUSY, "Sorry.")
    service.end_early(work, running.id, Party.PROFESSIONAL, TODAY + timedelta(days=9), busy)
    propose(session, who, running)
    seen = queries.of_any(session, running.id)

    assert what_changed(seen, Party.LENDER, TODAY).endswith(
        "Tot alle drie tekenen, blijft staan dat de inzet stopt op 2 december 2026, eerder dan "
        "afgesproken."
    )
    assert why(seen, Party.LENDER) == (
        f"{who.professional.name} (gedetacheerde) besloot eerder te stoppen: 2 december 2026 is "
        "de laatste dag. Reden om te stoppen: er is nu te veel eigen werk. “Sorry.”"
    )

    say_no(session, who, running)
    seen = queries.of_any(session, running.id)
    assert what_changed(seen, Party.LENDER, TODAY).endswith("“We missen je al.”")
    assert said(session, running, Party.LENDER) == (
        f"{who.professional.name} (gedetacheerde) besloot eerder te stoppen: 2 december 2026 is "
        "de laatste dag."
    )


@pytest.mark.parametrize("party", [Party.LENDER, Party.BORROWER])
def test_all_three_read_who_stopped_it(
    session: Session, who: Parties, running: Loan, party: Party
) -> None:
    is_lender = party is Party.LENDER
    work = make_work(session) if is_lender else make_work(session, who.borrower)
    manager = who.manager if is_lender else None
    done = Refusal(Reason.WORK_IS_DONE)
    service.end_early(work, running.id, party, TODAY + timedelta(days=9), done, manager)
    session.flush()
    seen = queries.of_any(session, running.id)
    name = "Fatma de Baas (leidinggevende)" if is_lender else f"{who.borrower.name} (opdrachtgever)"

    told = {
        reader: said(session, running, reader).partition(" besloot eerder te stoppen: ")[0]
        for reader in Party
    }
    assert told == dict.fromkeys(Party, name) | ({Party.LENDER: "Jij"} if is_lender else {})
    # A digest is not written anew when somebody of the borrower gets another name.
    gemeente = f"Gemeente {seen.borrower_name} besloot eerder"
    assert (gemeente in news(seen, Party.LENDER, TODAY)) is not is_lender


def test_who_stopped_it_goes_before_what_came_earlier(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who, starts_on=BEGUN)
    week = monday_of(BEGUN)
    service.write_hours(make_work(session, who.professional), loan.id, week, 480)
    by_manager = partial(make_work, session, SYSTEM)
    wrong = "Week 1 klopt niet."
    work = by_manager(MONDAY + A_MINUTE)
    service.dispute_hours(work, loan.id, uuid4(), Party.LENDER, wrong, who.manager)
    work = make_work(session, who.professional, MONDAY + 2 * A_MINUTE)
    service.write_hours(work, loan.id, week, 420)
    seen = queries.of_any(session, loan.id)
    assert changed_hours(seen, Party.BORROWER).startswith(f"{who.professional.name} veranderde")

    done, last_day = Refusal(Reason.WORK_IS_DONE, "Dank!"), TODAY + timedelta(days=9)
    work = by_manager(MONDAY + 3 * A_MINUTE)
    service.end_early(work, loan.id, Party.LENDER, last_day, done, who.manager)
    session.flush()

    seen = queries.of_any(session, loan.id)
    stops = "besloot eerder te stoppen: 2 december 2026 is de laatste dag."
    assert {changed_hours(seen, party) for party in Party} == {""}
    assert said(session, loan, Party.BORROWER) == f"Fatma de Baas (leidinggevende) {stops}"
    assert said(session, loan, Party.LENDER) == f"Jij {stops}"
    assert why(seen, Party.BORROWER) == "Reden om te stoppen: het werk is klaar. “Dank!”"
    assert news(seen, Party.BORROWER, TODAY).startswith(f"Fatma de Baas {stops} Reden")
    # What is wrong with the hours is news after it, and an old objection is none.
    work = make_work(session, who.borrower, MONDAY + 4 * A_MINUTE)
    service.dispute_hours(work, loan.id, uuid4(), Party.BORROWER, "Nog een week.")
    assert said(session, loan, Party.LENDER).startswith(f"{who.borrower.name} zegt dat de uren")
    seen = queries.of_any(session, loan.id)
    assert why(seen, Party.LENDER).startswith(f"Jij {stops} Reden")


def test_who_stops_it_goes_before_an_older_objection(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who, starts_on=BEGUN)
    work = make_work(session, who.borrower)
    service.dispute_hours(work, loan.id, uuid4(), Party.BORROWER, "Er mist een week.")
    work = make_work(session, who.professional, MONDAY + A_MINUTE)
    busy = Refusal(Reason.TOO_BUSY)
    service.end_early(work, loan.id, Party.PROFESSIONAL, TODAY + timedelta(days=9), busy)

    assert said(session, loan, Party.PROFESSIONAL) == (
        "Jij besloot eerder te stoppen: 2 december 2026 is de laatste dag. "
        f"{who.borrower.name} zegt dat de uren niet kloppen. Kijk ze na."
    )


def test_who_proposes_to_go_on_longer_is_told_so(
    session: Session, who: Parties, running: Loan
) -> None:
    agreed = queries.of_any(session, running.id).terms.draft()
    longer = replace(
        agreed,
        ends_on=TODAY + timedelta(days=120),
        returns_on=TODAY + timedelta(days=121),
    )
    work = make_work(session, who.borrower, MONDAY + A_MINUTE)
    service.change(work, running.id, Party.BORROWER, running.version, longer)

    seen = queries.of_any(session, running.id)
    assert what_changed(seen, Party.LENDER, TODAY).startswith(
        f"{who.borrower.name} stelde voor de inzet te verlengen: 8 uur per week, van "
    )
    assert said(session, running, Party.LENDER).startswith(
        "Jouw handtekening voor de verlenging ontbreekt nog"
    )
    assert headline(seen, Party.LENDER, {}) == "Verlenging, jouw handtekening gevraagd"
    assert headline(seen, Party.BORROWER, {}).endswith(" stelde een verlenging voor")
    more = replace(longer, hours_per_week=12)
    service.change(work, running.id, Party.BORROWER, running.version, more)
    seen = queries.of_any(session, running.id)
    assert " stelde andere afspraken voor: 12 uur " in what_changed(seen, Party.LENDER, TODAY)
