"""Questions and answers: all three parties write and read them, nobody else."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Role
from app.core.errors import Conflict, NotFound
from app.core.faults import FaultyDraft
from app.core.outbox import OutboxMessage
from app.loans import queries, service
from app.loans.models import Remark
from app.loans.rules import MOST_REMARKS, Manager, Party
from app.loans.service.talking import FULL
from app.loans.words import how_it_stands, newest_remark, news, who_signed
from tests.loans.builders import TERMS, Parties, a_loan, a_running_loan, parties
from tests.support.builders import a_user
from tests.support.work import MONDAY, TODAY, make_work


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


def test_a_manager_asks_and_the_others_are_waited_for(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    nobody = make_work(session)
    professional = make_work(session, who.professional, MONDAY + timedelta(minutes=5))

    service.remark(nobody, loan.id, uuid4(), Party.LENDER, "Welke dagen?", who.manager)

    seen = queries.of_any(session, loan.id)
    assert seen.asks is Party.LENDER
    said = how_it_stands(seen, Party.PROFESSIONAL, TODAY)
    assert said == (
        "Fatma de Baas stelde een vraag en wacht op antwoord. "
        f"Jij en gemeente {seen.borrower_name} zijn aan zet."
    )
    assert "Jouw handtekening ontbreekt nog." in how_it_stands(seen, Party.BORROWER, TODAY)
    own = how_it_stands(seen, Party.LENDER, TODAY)
    assert own.startswith("Jij stelde een vraag en wacht op antwoord.")
    assert newest_remark(seen, Party.BORROWER) == "Fatma de Baas schreef: “Welke dagen?”"

    service.remark(professional, loan.id, uuid4(), Party.PROFESSIONAL, "Op maandag.")
    seen = queries.of_any(session, loan.id)
    assert seen.asks is None
    assert [one.words for one in seen.remarks] == ["Welke dagen?", "Op maandag."]


def test_that_another_signs_is_no_answer(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    service.remark(make_work(session), loan.id, uuid4(), Party.LENDER, "Welke dagen", who.manager)

    borrower = make_work(session, who.borrower, MONDAY + timedelta(minutes=5))
    service.sign_as_borrower(borrower, loan.id, 1)

    seen = queries.of_any(session, loan.id)
    assert [party for party in Party if seen.waits_for_party(party)] == [
        Party.PROFESSIONAL,
        Party.BORROWER,
    ]
    assert who_signed(seen, Party.PROFESSIONAL) == f"{who.borrower.name} tekende."


@pytest.mark.parametrize(("words", "is_asked"), [("Welke dagen?", True), ("Veel plezier!", False)])
def test_a_manager_who_signed_may_still_ask(
    session: Session, who: Parties, words: str, *, is_asked: bool
) -> None:
    loan = a_running_loan(session, who)
    later, latest = MONDAY + timedelta(minutes=5), MONDAY + timedelta(minutes=9)

    nobody = make_work(session, now=later)
    service.remark(nobody, loan.id, uuid4(), Party.LENDER, words, who.manager)

    seen = queries.of_any(session, loan.id)
    assert (seen.asks is Party.LENDER) is is_asked
    assert seen.waits_for_party(Party.BORROWER) is is_asked
    answerer = make_work(session, who.borrower, latest)
    service.remark(answerer, loan.id, uuid4(), Party.BORROWER, "Op maandag, goed?")
    # What answers a question is none, whatever sign stands behind it.
    asks = queries.of_any(session, loan.id).asks
    assert asks is (None if is_asked else Party.BORROWER)


@pytest.mark.parametrize("party", [Party.PROFESSIONAL, Party.BORROWER])
@pytest.mark.parametrize(("words", "is_asked"), [("Kun je woensdag ook?", True), ("Dank!", False)])
def test_while_it_runs_each_may_ask_and_is_answered(
    session: Session, who: Parties, party: Party, words: str, *, is_asked: bool
) -> None:
    loan = a_running_loan(session, who)
    user = who.professional if party is Party.PROFESSIONAL else who.borrower
    work = make_work(session, user, MONDAY + timedelta(minutes=5))
    service.remark(work, loan.id, uuid4(), party, words)

    seen = queries.of_any(session, loan.id)
    assert (seen.asks is party) is is_asked
    assert ("wacht op antwoord" in news(seen, Party.LENDER, TODAY)) is is_asked
    assert ("schreef een bericht" in news(seen, Party.LENDER, TODAY)) is not is_asked

    answer = make_work(session, now=MONDAY + timedelta(minutes=9))
    service.remark(answer, loan.id, uuid4(), Party.LENDER, "Dat is goed.", who.manager)
    assert queries.of_any(session, loan.id).asks is None


def test_who_signs_asks_no_more(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    nobody = make_work(session)
    service.remark(nobody, loan.id, uuid4(), Party.LENDER, "Welke dagen?", who.manager)

    service.sign_as_lender(nobody, loan.id, 1, who.manager)

    assert queries.of_any(session, loan.id).asks is None


def test_the_same_form_twice_says_it_once(session: Session, who: Parties) -> None:
    loan, remark_id = a_loan(session, who), uuid4()
    work = make_work(session, who.borrower)

    for _ in range(2):
        service.remark(work, loan.id, remark_id, Party.BORROWER, "Welke dagen?")

    session.flush()
    told = list(session.scalars(select(OutboxMessage.name)))
    assert told.count("remark.made") == 1
    with pytest.raises(NotFound):
        service.remark(work, loan.id, remark_id, Party.LENDER, "Van mij", who.manager)


def test_nobody_writes_for_another(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    stranger = make_work(session, a_user(session, Role.OPGAVEHOUDER))

    for party, manager in (
        (Party.PROFESSIONAL, None),
        (Party.BORROWER, None),
        (Party.LENDER, None),
        (Party.LENDER, Manager("iemand@elders.example")),
    ):
        with pytest.raises(NotFound):
            service.remark(stranger, loan.id, uuid4(), party, "Hallo", manager)


@pytest.mark.parametrize("words", ["", "x" * 1_001])
def test_words_have_their_limits(session: Session, who: Parties, words: str) -> None:
    loan = a_loan(session, who)

    with pytest.raises(FaultyDraft):
        service.remark(make_work(session), loan.id, uuid4(), Party.LENDER, words, who.manager)


def test_there_is_an_end_to_talking(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    work = make_work(session, who.professional)
    session.add_all(
        Remark(loan_id=loan.id, party=Party.LENDER, name="F", words="x", said_at=work.now)
        for _ in range(MOST_REMARKS)
    )

    with pytest.raises(Conflict) as refused:
        service.remark(work, loan.id, uuid4(), Party.PROFESSIONAL, "Nog iets")
    assert refused.value.said == FULL

    service.withdraw(work, loan.id)
    with pytest.raises(Conflict):
        service.remark(work, loan.id, uuid4(), Party.PROFESSIONAL, "Te laat")


def test_what_was_asked_of_earlier_terms_is_past(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    service.remark(make_work(session), loan.id, uuid4(), Party.LENDER, "Minder uur?", who.manager)

    later = make_work(session, who.professional, MONDAY + timedelta(minutes=5))
    fewer = replace(TERMS, hours_per_week=4)
    service.change(later, loan.id, Party.PROFESSIONAL, 1, fewer)

    seen = queries.of_any(session, loan.id)
    assert seen.asks is None
    assert newest_remark(seen, Party.BORROWER) == ""
