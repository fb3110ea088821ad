"""The subject of a mail says what is new, and to each reader what it asks of them."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.rules import NOWHERE
from app.core.actor import SYSTEM, Actor, Role
from app.core.work import Work
from app.core.workdays import monday_of
from app.loans import queries, service
from app.loans.headline import AGREED, CHANGED, SIGN, headline
from app.loans.models import Loan
from app.loans.rules import (
    Again,
    FeedbackDraft,
    LoanState,
    NamedManager,
    Party,
    Reason,
    Refusal,
    hours_mark,
)
from app.loans.words import how_it_stands_and_went
from app.opgaven import service as opgaven
from app.opgaven.events import OpgaveHandedOver
from tests.loans.builders import TERMS, Parties, a_loan, a_running_loan, parties, sign_rest
from tests.support.builders import a_user
from tests.support.work import TODAY, make_work

A_DAY = timedelta(days=1)
BEGUN = TODAY - timedelta(days=28)
WEEK = monday_of(BEGUN)


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


def after(session: Session, days: int, user: Actor | User = SYSTEM) -> Work:
    return make_work(session, user, datetime.combine(TODAY + days * A_DAY, time(9), UTC))


def later(session: Session, days: int, hours: int, user: User) -> Work:
    """On that day too, so many hours later."""
    return make_work(session, user, after(session, days).now + timedelta(hours=hours))


def subjects(session: Session, loan: Loan) -> list[str]:
    """To the professional, the lender and the borrower."""
    session.flush()
    seen, told_at = queries.of_any(session, loan.id), queries.last_told(session, loan)
    return [headline(seen, party, told_at) for party in Party]


def test_what_is_asked_and_agreed(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    assert subjects(session, loan) == ["De aanvraag is verstuurd", SIGN, SIGN]
    service.remark(after(session, 1), loan.id, uuid4(), Party.LENDER, "Welke dagen?", who.manager)
    assert set(subjects(session, loan)) == {"Vraag van Fatma de Baas"}

    service.sign_as_lender(after(session, 2), loan.id, 1, who.manager)
    service.sign_as_borrower(after(session, 2, who.borrower), loan.id, 1)
    assert set(subjects(session, loan)) == {AGREED}

    service.remark(after(session, 3, who.borrower), loan.id, uuid4(), Party.BORROWER, "Tot dan!")
    assert set(subjects(session, loan)) == {f"Bericht van {who.borrower.name}"}
    draft = replace(TERMS, hours_per_week=12)
    service.change(after(session, 4, who.professional), loan.id, Party.PROFESSIONAL, 1, draft)
    assert subjects(session, loan)[1:] == [CHANGED, CHANGED]
    no = Refusal(Reason.HOURS)
    service.refuse_terms(after(session, 5), loan.id, Party.LENDER, 2, no, who.manager)
    assert set(subjects(session, loan)) == {"Fatma de Baas zei nee tegen andere afspraken"}


def test_what_stops_and_what_is_talked_about(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who, starts_on=BEGUN)
    day = TODAY + 80 * A_DAY
    service.plan_end_talk(after(session, 1, who.borrower), loan.id, Party.BORROWER, day)
    assert set(subjects(session, loan)) == {"Eindgesprek op 11 februari 2027"}

    work = after(session, 2, who.borrower)
    last_day = TODAY + 30 * A_DAY
    why = Refusal(Reason.WORK_IS_DONE)
    service.end_early(work, loan.id, Party.BORROWER, last_day, why)
    assert set(subjects(session, loan)) == {
        f"{who.borrower.name} stopt de inzet op 23 december 2026"
    }

    service.tell_end_talks(after(session, 26))
    assert set(subjects(session, loan)) == {"Eindgesprek op 23 december 2026"}
    service.plan_end_talk(
        after(session, 27, who.borrower), loan.id, Party.BORROWER, last_day - A_DAY
    )
    assert set(subjects(session, loan)) == {"Eindgesprek op 22 december 2026"}
    service.remark(after(session, 28), loan.id, uuid4(), Party.LENDER, "Tot dan!", who.manager)
    assert set(subjects(session, loan)) == {"Bericht van Fatma de Baas"}


def test_what_is_over(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who, starts_on=BEGUN, ends_on=TODAY, returns_on=TODAY + A_DAY)
    service.write_hours(make_work(session, who.professional), loan.id, WEEK, 480)
    service.end_what_is_over(after(session, 1))
    look = "Kijk de uren na en sluit af"
    assert subjects(session, loan) == [look, "De inzet is afgelopen", look]

    work = after(session, 2, who.borrower)
    service.dispute_hours(work, loan.id, uuid4(), Party.BORROWER, "Week 3 mist.")
    assert set(subjects(session, loan)) == {f"{who.borrower.name} zegt dat de uren niet kloppen"}
    service.write_hours(after(session, 3, who.professional), loan.id, WEEK, 420)
    changed = f"{who.professional.name} veranderde de uren"
    again = f"{changed}, kijk ze na en bevestig ze"
    assert subjects(session, loan) == [again, changed, again]
    read = hours_mark({WEEK: 420})
    service.agree_on_hours(after(session, 20, who.borrower), loan.id, Party.BORROWER, read)
    service.report_completion(after(session, 20, who.borrower), loan.id, Party.BORROWER)
    assert set(subjects(session, loan)) == {"Sluit vanzelf op 12 januari 2027"}

    service.agree_on_hours(
        after(session, 21, who.professional), loan.id, Party.PROFESSIONAL, read, TODAY + A_DAY
    )
    assert loan.state is LoanState.CLOSED
    assert set(subjects(session, loan)) == {"De inzet is afgesloten"}
    for party, user in ((Party.PROFESSIONAL, who.professional), (Party.BORROWER, who.borrower)):
        service.give_feedback(
            after(session, 22, user), loan.id, party, FeedbackDraft(again=Again.YES)
        )
    assert subjects(session, loan)[::2] == ["Lees hoe het ging"] * 2


def test_what_comes_to_nothing(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    no = Refusal(Reason.HOURS)
    service.refuse_terms(after(session, 1), loan.id, Party.LENDER, 1, no, who.manager)
    assert set(subjects(session, loan)) == {"Fatma de Baas zei nee"}

    agreed = a_running_loan(session, who)
    service.call_off(after(session, 1), agreed.id, Party.LENDER, no, who.manager)
    assert set(subjects(session, agreed)) == {"De inzet gaat niet door"}

    again = a_loan(session, who)
    service.note_unreached(make_work(session), again.id, who.manager.email)
    assert subjects(session, again)[0] == "Geen mail bij Fatma de Baas"
    service.withdraw(make_work(session, who.professional), again.id)
    assert set(subjects(session, again)) == {"De aanvraag is ingetrokken"}


def test_what_is_agreed_after_its_first_day_is_news_of_the_signatures(
    session: Session, who: Parties
) -> None:
    """Near its end the talk falls on the day of signing, and nobody moved it."""
    loan = a_loan(
        session, who, starts_on=BEGUN, ends_on=TODAY + 7 * A_DAY, returns_on=TODAY + 8 * A_DAY
    )
    sign_rest(session, who, loan.id, 1)

    assert set(subjects(session, loan)) == {AGREED}


def test_what_comes_after_feedback_was_asked_on_that_day_is_the_news(
    session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who, starts_on=BEGUN, ends_on=TODAY, returns_on=TODAY + A_DAY)
    service.end_what_is_over(after(session, 1))
    service.ask_for_feedback(after(session, 8))
    tell = "Vertel hoe het ging"
    assert subjects(session, loan) == [tell, "De inzet is afgelopen", tell]

    objects = f"{who.borrower.name} zegt dat de uren niet kloppen"
    service.dispute_hours(
        later(session, 8, 1, who.borrower), loan.id, uuid4(), Party.BORROWER, "Week 3 mist."
    )
    assert set(subjects(session, loan)) == {objects}
    service.write_hours(later(session, 8, 2, who.professional), loan.id, WEEK, 420)
    assert subjects(session, loan)[1].endswith("vulde uren in")
    service.agree_on_hours(
        later(session, 8, 3, who.borrower), loan.id, Party.BORROWER, hours_mark({WEEK: 420})
    )
    borrower = queries.of_any(session, loan.id).borrower_name
    assert subjects(session, loan)[0] == f"Gemeente {borrower} bevestigde de uren, nu jij"
    service.remark(
        later(session, 8, 4, who.borrower), loan.id, uuid4(), Party.BORROWER, "Tot morgen!"
    )
    assert set(subjects(session, loan)) == {f"Bericht van {who.borrower.name}"}


def test_what_comes_after_feedback_was_shown_on_that_day_is_the_news(
    session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who, starts_on=BEGUN, ends_on=TODAY, returns_on=TODAY + A_DAY)
    service.end_what_is_over(after(session, 1))
    for party, user in ((Party.PROFESSIONAL, who.professional), (Party.BORROWER, who.borrower)):
        service.give_feedback(
            after(session, 2, user), loan.id, party, FeedbackDraft(again=Again.YES)
        )
    assert subjects(session, loan)[::2] == ["Lees hoe het ging"] * 2

    service.dispute_hours(
        later(session, 2, 1, who.borrower), loan.id, uuid4(), Party.BORROWER, "Week 3 mist."
    )
    objects = f"{who.borrower.name} zegt dat de uren niet kloppen"
    assert set(subjects(session, loan)) == {objects}
    seen = queries.of_any(session, loan.id)
    said = how_it_stands_and_went(seen, Party.PROFESSIONAL, TODAY)
    assert said.index(objects) < said.index("schreef hoe het ging")
    service.answer_feedback(later(session, 2, 2, who.professional), loan.id, "Dank je wel.")
    answered = f"{who.professional.name} antwoordde op jullie feedback"
    assert subjects(session, loan) == [objects, objects, answered]


def test_what_is_said_after_it_was_reported_done_is_the_news(
    session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who, starts_on=BEGUN, ends_on=TODAY, returns_on=TODAY + A_DAY)
    service.end_what_is_over(after(session, 1))
    service.report_what_fell_silent(after(session, 40))
    assert set(subjects(session, loan)) == {"Sluit vanzelf op 1 februari 2027"}

    service.remark(
        later(session, 40, 1, who.borrower), loan.id, uuid4(), Party.BORROWER, "Dank voor alles."
    )
    assert set(subjects(session, loan)) == {f"Bericht van {who.borrower.name}"}


def test_what_changes_before_all_signed(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    draft = replace(TERMS, hours_per_week=12)
    service.change(after(session, 1, who.borrower), loan.id, Party.BORROWER, 1, draft)
    borrower = queries.of_any(session, loan.id).borrower_signer
    said = f"{borrower} stelde andere afspraken voor"
    assert subjects(session, loan) == [CHANGED, CHANGED, said]

    named = NamedManager("Karin de Baas", f"karin.{who.manager.email}")
    service.name_another(after(session, 2, who.professional), loan.id, named)
    is_now = "De leidinggevende is nu Karin de Baas"
    assert subjects(session, loan) == [is_now, SIGN, is_now]


def test_who_looks_after_the_opgave_is_news_to_who_is_lent_out(
    session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    karin = a_user(
        session, Role.OPGAVEHOUDER, gemeente_code=who.borrower.gemeente_code, name="Karin Vos"
    )
    opgaven.hand_over(after(session, 1, who.borrower), who.opgave.id, karin.id)
    borrower = queries.of_any(session, loan.id).borrower_name
    now = f"Karin Vos van gemeente {borrower} zorgt nu voor de opgave"
    assert subjects(session, loan) == [now, now, SIGN]

    karin.email = f"weg@{NOWHERE}"
    assert subjects(session, loan) == ["De aanvraag is verstuurd", SIGN, SIGN]
    karin.email = "karin@sluis.example"
    service.remark(after(session, 2), loan.id, uuid4(), Party.LENDER, "Welke dagen?", who.manager)
    assert set(subjects(session, loan)) == {"Vraag van Fatma de Baas"}


def test_who_looked_after_the_opgave_before_it_was_asked_is_no_news(
    session: Session, who: Parties
) -> None:
    colleague = a_user(session, Role.OPGAVEHOUDER, gemeente_code=who.borrower.gemeente_code)
    opgaven.hand_over(after(session, -1, who.borrower), who.opgave.id, colleague.id)

    loan = a_loan(session, who)

    session.flush()
    assert OpgaveHandedOver.name not in queries.last_told(session, loan)
