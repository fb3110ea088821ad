"""The number in the menu is that of the page, however a loan stands."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.actor import SYSTEM, Actor, Role
from app.core.work import Work
from app.loans import queries, service
from app.loans.models import Loan
from app.loans.rules import LoanState, Party, Reason, Refusal, hours_mark
from app.loans.seen import SeenLoan
from app.loans.words import how_it_stands
from app.opgaven import life
from tests.loans.builders import a_loan, a_loan_asked, a_running_loan, parties
from tests.support.builders import a_user, an_opgave
from tests.support.queries import counted
from tests.support.work import MONDAY, TODAY, make_work

NO = Refusal(Reason.HOURS)
WHO_WAIT = {"professional": Party.PROFESSIONAL, "manager": Party.LENDER, "borrower": Party.BORROWER}


def days(count: int) -> timedelta:
    return timedelta(days=count)


class Stage:
    """A loan, and who can do something with it on which day after it was asked."""

    def __init__(self, session: Session) -> None:
        self.session, self.who = session, parties(session)
        code = self.who.professional.gemeente_code
        self.manager = a_user(session, email=self.who.manager.email, gemeente_code=code)

    def asked(self) -> Loan:
        return a_loan(self.session, self.who, starts_on=TODAY, ends_on=TODAY + days(10))

    def running(self) -> Loan:
        terms = {"starts_on": TODAY, "ends_on": TODAY + days(10), "returns_on": TODAY + days(11)}
        return a_running_loan(self.session, self.who, **terms)

    def ended(self) -> Loan:
        loan = self.running()
        service.write_hours(self.by(self.who.professional, 1), loan.id, TODAY, 480)
        service.end_what_is_over(self.by(SYSTEM, 11))
        return loan

    def by(self, user: User | Actor, day: int) -> Work:
        return make_work(self.session, user, MONDAY + days(day))


def asked(stage: Stage) -> None:
    stage.asked()


def question_of_the_manager(stage: Stage) -> None:
    loan, manager = stage.asked(), stage.who.manager
    service.remark(stage.by(SYSTEM, 1), loan.id, uuid4(), Party.LENDER, "Welke dagen?", manager)


def question_of_the_borrower(stage: Stage) -> None:
    work = stage.by(stage.who.borrower, 1)
    service.remark(work, stage.asked().id, uuid4(), Party.BORROWER, "Welke dagen?")


def no_mail_at_the_manager(stage: Stage) -> None:
    service.note_unreached(stage.by(SYSTEM, 1), stage.asked().id, stage.who.manager.email)


def no_mail_while_it_runs(stage: Stage) -> None:
    loan = stage.running()
    loan.manager_unreached_at = MONDAY
    stage.session.flush()


def running(stage: Stage) -> None:
    stage.running()


def question_while_it_runs(stage: Stage) -> None:
    loan, manager = stage.running(), stage.who.manager
    service.remark(stage.by(SYSTEM, 1), loan.id, uuid4(), Party.LENDER, "Welke dagen?", manager)


def thanks_while_it_runs(stage: Stage) -> None:
    loan, manager = stage.running(), stage.who.manager
    service.remark(stage.by(SYSTEM, 1), loan.id, uuid4(), Party.LENDER, "Veel plezier!", manager)


def other_terms(stage: Stage) -> None:
    loan = stage.running()
    draft = replace(queries.of_any(stage.session, loan.id).terms.draft(), hours_per_week=4)
    service.change(stage.by(stage.who.borrower, 1), loan.id, Party.BORROWER, 1, draft)


def other_terms_refused(stage: Stage) -> None:
    other_terms(stage)
    (loan,) = queries.asked_of(stage.session, stage.who.manager)
    service.refuse_terms(stage.by(SYSTEM, 2), loan.loan.id, Party.LENDER, 2, NO, stage.who.manager)


def objection_while_it_runs(stage: Stage) -> None:
    dispute(stage, stage.running(), 2)


def ended(stage: Stage) -> None:
    stage.ended()


def objection_after_it(stage: Stage) -> None:
    dispute(stage, stage.ended(), 12)


def objection_that_was_mended(stage: Stage) -> None:
    loan = stage.ended()
    dispute(stage, loan, 12)
    service.write_hours(stage.by(stage.who.professional, 13), loan.id, TODAY, 420)


def agreed_by_the_borrower(stage: Stage) -> None:
    agree(stage, stage.ended(), stage.who.borrower, Party.BORROWER)


def closed(stage: Stage) -> None:
    loan = stage.ended()
    agree(stage, loan, stage.who.borrower, Party.BORROWER)
    agree(stage, loan, stage.who.professional, Party.PROFESSIONAL)


def refused(stage: Stage) -> None:
    work = stage.by(SYSTEM, 1)
    service.refuse_terms(work, stage.asked().id, Party.LENDER, 1, NO, stage.who.manager)


def withdrawn(stage: Stage) -> None:
    service.withdraw(stage.by(stage.who.professional, 1), stage.asked().id)


def called_off(stage: Stage) -> None:
    loan = a_running_loan(stage.session, stage.who)
    service.call_off(stage.by(SYSTEM, 1), loan.id, Party.LENDER, NO, stage.who.manager)


def opgave_taken_down(stage: Stage) -> None:
    stage.asked()
    take_down(stage)


def opgave_taken_down_while_no_mail_reaches(stage: Stage) -> None:
    """Who named the manager need not look at the address any more."""
    no_mail_at_the_manager(stage)
    take_down(stage)


def take_down(stage: Stage) -> None:
    life.take_down(stage.by(a_user(stage.session, Role.BEHEERDER), 1), stage.who.opgave.id)


def dispute(stage: Stage, loan: Loan, day: int) -> None:
    work = stage.by(stage.who.borrower, day)
    service.dispute_hours(work, loan.id, uuid4(), Party.BORROWER, "Week 3 mist.")


def agree(stage: Stage, loan: Loan, user: User, party: Party) -> None:
    seen = queries.of_any(stage.session, loan.id)
    mark = hours_mark(seen.weeks)
    service.agree_on_hours(stage.by(user, 12), loan.id, party, mark, TODAY + days(12))


SITUATIONS: dict[Callable[[Stage], None], str] = {
    asked: "manager borrower",
    question_of_the_manager: "professional borrower",
    question_of_the_borrower: "professional manager",
    no_mail_at_the_manager: "professional manager borrower",
    no_mail_while_it_runs: "professional",
    running: "",
    question_while_it_runs: "professional borrower",
    thanks_while_it_runs: "",
    other_terms: "professional manager",
    other_terms_refused: "",
    objection_while_it_runs: "professional",
    ended: "professional borrower",
    objection_after_it: "professional",
    objection_that_was_mended: "professional borrower",
    agreed_by_the_borrower: "professional",
    closed: "",
    refused: "",
    withdrawn: "",
    called_off: "",
    opgave_taken_down: "",
    opgave_taken_down_while_no_mail_reaches: "",
}


def test_every_state_is_looked_at(session: Session) -> None:
    reached = set()
    for arrange in SITUATIONS:
        stage = Stage(session)
        arrange(stage)
        reached |= {one.loan.state for one in queries.asked_of(session, stage.who.manager)}

    assert reached == set(LoanState)


@pytest.mark.parametrize("arrange", SITUATIONS, ids=lambda one: one.__name__)
def test_what_waits_is_as_many_as_the_page_shows(
    session: Session, arrange: Callable[[Stage], None]
) -> None:
    stage = Stage(session)
    arrange(stage)
    session.commit()

    waits = []
    users = (stage.who.professional, stage.manager, stage.who.borrower)
    for name, user in zip(WHO_WAIT, users, strict=True):
        viewer = actor_of(user)
        counted = queries.waiting(session, viewer)
        shown = queries.all_of(session, viewer)
        assert counted == Counter(party for seen, party in shown if seen.waits_for_party(party))
        assert set(counted) <= {WHO_WAIT[name]}
        waits += [name] * counted.total()

    assert " ".join(waits) == SITUATIONS[arrange]


def test_what_waits_is_counted_in_as_many_questions_for_many(session: Session) -> None:
    stage, other = Stage(session), Stage(session)
    for made in (stage, other):
        dispute(made, made.ended(), 12)
    for number in range(5):
        opgave = an_opgave(session, f"inkoop {number}", owner=other.who.borrower)
        a_loan_asked(session, other.who.professional, opgave, other.who.manager.email)
    actors = [actor_of(one.who.professional) for one in (stage, other)]
    borrowers = [actor_of(one.who.borrower) for one in (stage, other)]

    asked = []
    for viewer in (*actors, *borrowers):
        with counted(session) as statements:
            queries.waiting(session, viewer)
        asked.append(len(statements))

    assert asked == [4] * 4


def test_what_runs_as_agreed_is_not_looked_into_for_a_number(session: Session) -> None:
    stage = Stage(session)
    stage.running()

    with counted(session) as statements:
        assert queries.waiting(session, actor_of(stage.who.borrower)) == {}

    assert len(statements) == 2


def of(session: Session, loan: Loan) -> SeenLoan:
    session.flush()
    return queries.of_any(session, loan.id)


def says(stage: Stage, loan: Loan, party: Party, words: str, day: int) -> None:
    user = {Party.PROFESSIONAL: stage.who.professional, Party.BORROWER: stage.who.borrower}
    manager = stage.who.manager if party is Party.LENDER else None
    work = stage.by(user.get(party, SYSTEM), day)
    service.remark(work, loan.id, uuid4(), party, words, manager)


def test_an_answer_of_who_did_not_sign_is_no_question(session: Session) -> None:
    stage = Stage(session)
    loan = stage.asked()
    says(stage, loan, Party.LENDER, "Blijft er genoeg tijd voor haar eigen werk?", 1)
    assert of(session, loan).asks is Party.LENDER

    says(stage, loan, Party.BORROWER, "Ja, 6 uur is het maximum.", 2)

    seen = of(session, loan)
    assert (seen.question, seen.answer) == (None, seen.remarks[-1])
    assert how_it_stands(seen, Party.BORROWER, TODAY).startswith("Jouw handtekening ontbreekt nog")
    assert seen.waits_for_party(Party.BORROWER)
    assert seen.waits_for_party(Party.LENDER)
    # Nor is it a question that the manager thanks for it.
    says(stage, loan, Party.LENDER, "Dank je.", 3)
    assert of(session, loan).question is None


def test_who_answers_may_ask_something_in_turn(session: Session) -> None:
    stage = Stage(session)
    loan = stage.asked()
    says(stage, loan, Party.LENDER, "Welke dagen?", 1)

    says(stage, loan, Party.BORROWER, "Welke schikken jullie?", 2)

    seen = of(session, loan)
    assert (seen.asks, seen.answer) == (Party.BORROWER, None)
    # It may be a colleague of who asked that reads this, and who is still to sign.
    assert how_it_stands(seen, Party.BORROWER, TODAY) == (
        f"Jullie stelden een vraag en wachten op antwoord. {stage.who.professional.name} en Fatma "
        "de Baas zijn aan zet. Jouw handtekening ontbreekt nog."
    )


def test_an_answer_that_ends_with_a_question_is_one_while_it_runs(session: Session) -> None:
    stage = Stage(session)
    loan = stage.running()
    says(stage, loan, Party.LENDER, "Loopt het goed?", 1)

    says(stage, loan, Party.PROFESSIONAL, "Ja. Is dat bij jou ook zo?", 2)

    assert of(session, loan).question is None
