"""Asking, signing, changing and ending: three signatures on the same terms, and no other way."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.actor import ANYONE, Role
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import FaultyDraft
from app.core.outbox import OutboxMessage
from app.hours.queries import balance
from app.loans import queries, service
from app.loans.models import LentWeek, Loan, Terms, WorkedWeek
from app.loans.rules import LONGEST_AGO, CostBasis, LoanState, Manager, Party, Reason, Refusal
from app.loans.service.asking import NOT_INTERESTED_YET, OF_OWN_GEMEENTE, UNDER_WAY
from app.loans.service.finding import CHANGED_MEANWHILE
from app.opgaven.rules import OpgaveStatus
from app.responses.models import Response
from tests.loans.builders import (
    TERMS,
    Parties,
    a_lender,
    a_loan,
    a_running_loan,
    asked_of,
    interest,
    manager_of,
    parties,
    sign_rest,
)
from tests.support.builders import a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work

OTHER = replace(TERMS, hours_per_week=12)
NO = Refusal(Reason.TOO_BUSY)
A_WEEK = timedelta(weeks=1)
NEXT_MONDAY = TODAY + A_WEEK


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


def told(session: Session) -> list[str]:
    session.flush()
    return list(session.scalars(select(OutboxMessage.name).order_by(OutboxMessage.id)))


def lent(session: Session, who: Parties) -> list[int]:
    session.flush()
    rows = select(LentWeek.hours).where(LentWeek.user_id == who.professional.id)
    return list(session.scalars(rows.order_by(LentWeek.monday)))


class TestAsking:
    def test_who_asks_signs_first(self, session: Session, who: Parties) -> None:
        loan = a_loan(session, who)

        seen, party = queries.of_party(session, make_work(session, who.professional).actor, loan.id)
        assert party is Party.PROFESSIONAL
        assert (loan.state, loan.version, loan.agreed_version) == (LoanState.ASKED, 1, None)
        assert seen.terms.draft() == TERMS
        assert seen.waits_for == [Party.LENDER, Party.BORROWER]
        assert told(session) == ["terms.signed", "loan.asked"]

    def test_the_same_form_twice_asks_once(self, session: Session, who: Parties) -> None:
        work, loan_id = make_work(session, who.professional), uuid4()
        asked = asked_of(who.manager)

        first = service.ask(work, loan_id, who.opgave.id, asked)
        second = service.ask(work, loan_id, who.opgave.id, asked)

        assert first is second
        assert told(session) == ["terms.signed", "loan.asked"]

    def test_a_form_of_somebody_else_is_not_there(self, session: Session, who: Parties) -> None:
        loan = a_loan(session, who)
        other = a_lender(session)
        interest(session, other, who.opgave)

        with pytest.raises(NotFound):
            service.ask(
                make_work(session, other), loan.id, who.opgave.id, asked_of(manager_of(other))
            )

    def test_one_at_a_time_for_an_opgave(self, session: Session, who: Parties) -> None:
        a_loan(session, who)

        with pytest.raises(Conflict) as refused:
            a_loan(session, who)
        assert refused.value.said == UNDER_WAY

    def test_first_there_is_interest(self, session: Session, who: Parties) -> None:
        session.delete(session.get_one(Response, (who.professional.id, who.opgave.id)))
        session.flush()

        with pytest.raises(Conflict) as refused:
            a_loan(session, who)
        assert refused.value.said == NOT_INTERESTED_YET

    def test_not_for_an_opgave_of_the_own_gemeente(self, session: Session, who: Parties) -> None:
        colleague = a_user(session, Role.OPGAVEHOUDER, gemeente_code=who.professional.gemeente_code)
        own = an_opgave(session, "inkoop", owner=colleague)
        interest(session, who.professional, own)

        with pytest.raises(Conflict) as refused:
            a_loan(session, replace(who, opgave=own))
        assert refused.value.said == OF_OWN_GEMEENTE

    @pytest.mark.parametrize("status", [OpgaveStatus.WITHDRAWN])
    def test_not_for_what_is_over(
        self, session: Session, who: Parties, status: OpgaveStatus
    ) -> None:
        who.opgave.status = status
        session.flush()

        with pytest.raises(Conflict):
            a_loan(session, who)

    def test_visitors_cannot_ask(self, session: Session, who: Parties) -> None:
        with pytest.raises(NotAllowed):
            service.ask(make_work(session, ANYONE), uuid4(), who.opgave.id, asked_of(who.manager))

    @pytest.mark.parametrize(
        ("terms", "field"),
        [
            ({"hours_per_week": None}, "hours_per_week"),
            ({"hours_per_week": 0}, "hours_per_week"),
            ({"hours_per_week": 200}, "hours_per_week"),
            ({"starts_on": None}, "starts_on"),
            ({"starts_on": TODAY - LONGEST_AGO - timedelta(days=1)}, "starts_on"),
            ({"ends_on": TERMS.starts_on - timedelta(days=1)}, "ends_on"),  # type: ignore[operator]
            (
                {
                    "ends_on": TODAY + timedelta(days=4_000),
                    "returns_on": TODAY + timedelta(days=4_001),
                },
                "ends_on",
            ),
            ({"returns_on": TERMS.ends_on}, "returns_on"),
            ({"cost_basis": CostBasis.COST}, "euros_per_hour"),
            ({"learning_goal": "x" * 501}, "learning_goal"),
            ({"words": "x" * 1_001}, "words"),
        ],
    )
    def test_what_is_wrong_is_said_beside_its_field(
        self, session: Session, who: Parties, terms: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(FaultyDraft) as faulty:
            a_loan(session, who, **terms)
        assert [fault.field for fault in faulty.value.faults] == [field]

    def test_the_manager_is_of_the_own_gemeente_and_somebody_else(
        self, session: Session, who: Parties
    ) -> None:
        box, _, domain = who.professional.email.partition("@")
        own = [who.professional.email.upper(), f"{box}+baas@{domain}"]
        addresses = ["geen adres", *own, "baas@elders.example"]
        for address in addresses:
            with pytest.raises(FaultyDraft) as faulty:
                a_loan(session, replace(who, manager=Manager(address)))
            assert [fault.field for fault in faulty.value.faults] == ["manager_email"]


class TestSigning:
    def test_the_third_signature_makes_it_run(self, session: Session, who: Parties) -> None:
        loan = a_loan(session, who)

        service.sign_as_borrower(make_work(session, who.borrower), loan.id, 1)
        assert (loan.state, lent(session, who)) == (LoanState.ASKED, [])
        service.sign_as_lender(make_work(session), loan.id, 1, who.manager)

        assert (loan.state, loan.agreed_version) == (LoanState.ACTIVE, 1)
        assert loan.last_day == TERMS.ends_on
        assert lent(session, who) == [8] * 12
        assert who.opgave.people_taken == 1
        assert told(session)[-1] == "terms.agreed"

    def test_signing_twice_is_signing_once(self, session: Session, who: Parties) -> None:
        loan = a_loan(session, who)

        for _ in range(2):
            service.sign_as_lender(make_work(session), loan.id, 1, who.manager)

        assert told(session) == ["terms.signed", "loan.asked", "terms.signed"]

    def test_nobody_signs_for_another(self, session: Session, who: Parties) -> None:
        loan = a_loan(session, who)
        stranger = a_user(session, Role.OPGAVEHOUDER)

        with pytest.raises(NotFound):
            service.sign_as_borrower(make_work(session, stranger), loan.id, 1)
        with pytest.raises(NotFound):
            service.sign_as_borrower(make_work(session, who.professional), loan.id, 1)
        with pytest.raises(NotFound):
            service.sign_as_professional(make_work(session, who.borrower), loan.id, 1)
        with pytest.raises(NotFound):
            service.sign_as_lender(make_work(session), loan.id, 1, Manager("x@elders.example"))

    def test_what_is_over_cannot_be_signed(self, session: Session, who: Parties) -> None:
        loan = a_loan(session, who)
        service.withdraw(make_work(session, who.professional), loan.id)

        with pytest.raises(Conflict):
            service.sign_as_lender(make_work(session), loan.id, 1, who.manager)

    def test_a_period_that_is_past_cannot_be_signed(self, session: Session, who: Parties) -> None:
        loan = a_loan(session, who)
        late = make_work(session, now=MONDAY + timedelta(days=100))

        with pytest.raises(Conflict):
            service.sign_as_lender(late, loan.id, 1, who.manager)

    def test_the_database_holds_the_three_signatures(self, session: Session, who: Parties) -> None:
        loan = a_loan(session, who)
        session.flush()

        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text("UPDATE terms SET agreed_at = now()"))
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(
                text("UPDATE loan SET state = 'lopend' WHERE id = :id"), {"id": loan.id}
            )


class TestChanging:
    def test_other_terms_void_the_signatures(self, session: Session, who: Parties) -> None:
        loan = a_loan(session, who)
        service.sign_as_lender(make_work(session), loan.id, 1, who.manager)

        service.change(make_work(session, who.borrower), loan.id, Party.BORROWER, 1, OTHER)

        seen = queries.of_manager(session, loan.id, who.manager)
        assert loan.version == 2
        assert seen.waits_for == [Party.PROFESSIONAL, Party.LENDER]
        assert told(session)[-1] == "terms.changed"

    def test_who_signs_has_read_the_newest_terms(self, session: Session, who: Parties) -> None:
        loan = a_loan(session, who)
        service.change(make_work(session, who.borrower), loan.id, Party.BORROWER, 1, OTHER)

        with pytest.raises(Conflict) as refused:
            service.sign_as_lender(make_work(session), loan.id, 1, who.manager)
        assert refused.value.said == CHANGED_MEANWHILE

    def test_the_same_terms_once_more_change_nothing(self, session: Session, who: Parties) -> None:
        loan = a_loan(session, who)
        service.sign_as_lender(make_work(session), loan.id, 1, who.manager)

        service.change(make_work(session, who.borrower), loan.id, Party.BORROWER, 1, TERMS)

        assert loan.version == 1
        assert told(session)[-1] == "terms.signed"

    def test_a_running_loan_keeps_its_terms_until_three_signed_others(
        self, session: Session, who: Parties
    ) -> None:
        loan = a_running_loan(session, who)
        longer = replace(
            TERMS,
            hours_per_week=4,
            ends_on=TODAY + timedelta(days=97),
            returns_on=TODAY + timedelta(days=98),
        )

        service.change(make_work(session, who.professional), loan.id, Party.PROFESSIONAL, 1, longer)
        assert (loan.agreed_version, lent(session, who)) == (1, [8] * 12)
        sign_rest(session, who, loan.id, 2)

        assert (loan.agreed_version, loan.last_day) == (2, longer.ends_on)
        assert lent(session, who) == [4] * 13
        assert who.opgave.people_taken == 1

    def test_a_proposal_that_is_refused_leaves_the_loan_as_it_was(
        self, session: Session, who: Parties
    ) -> None:
        loan = a_running_loan(session, who)
        service.change(make_work(session, who.borrower), loan.id, Party.BORROWER, 1, OTHER)

        service.refuse_terms(make_work(session), loan.id, Party.LENDER, 2, NO, who.manager)

        assert (loan.state, loan.version) == (LoanState.ACTIVE, 1)
        # The same button once more is no news, and no fault.
        service.refuse_terms(make_work(session), loan.id, Party.LENDER, 2, NO, who.manager)
        assert told(session).count("proposal.refused") == 1
        service.change(make_work(session, who.borrower), loan.id, Party.BORROWER, 1, OTHER)
        assert loan.version == 3


class TestSayingNo:
    @pytest.mark.parametrize("party", [Party.LENDER, Party.BORROWER])
    def test_each_may_refuse_with_a_reason(
        self, session: Session, who: Parties, party: Party
    ) -> None:
        loan = a_loan(session, who)
        work = make_work(session, who.borrower)

        for _ in range(2):
            service.refuse_terms(work, loan.id, party, 1, NO, who.manager)

        assert (loan.state, loan.ended_by, loan.reason) == (
            LoanState.REFUSED,
            party,
            Reason.TOO_BUSY,
        )
        assert told(session)[2:] == ["loan.refused"]

    @pytest.mark.parametrize("why", [Refusal(), Refusal(Reason.OTHER)])
    def test_no_has_a_reason(self, session: Session, who: Parties, why: Refusal) -> None:
        loan = a_loan(session, who)

        with pytest.raises(FaultyDraft):
            service.refuse_terms(make_work(session), loan.id, Party.LENDER, 1, why, who.manager)
        assert loan.state is LoanState.ASKED

    def test_who_asked_may_take_it_back_and_ask_again(self, session: Session, who: Parties) -> None:
        loan = a_loan(session, who)

        for _ in range(2):
            service.withdraw(make_work(session, who.professional), loan.id)

        assert loan.state is LoanState.WITHDRAWN
        assert told(session)[2:] == ["loan.withdrawn"]
        assert a_loan(session, who).state is LoanState.ASKED


class TestRunning:
    def test_hours_are_written_week_by_week(self, session: Session, who: Parties) -> None:
        loan = a_running_loan(session, who)
        later = make_work(session, who.professional, now=MONDAY + 2 * A_WEEK)

        for minutes in (480, 420, 420):
            service.write_hours(later, loan.id, NEXT_MONDAY, minutes)

        assert [(row.monday, row.minutes) for row in session.scalars(select(WorkedWeek))] == [
            (NEXT_MONDAY, 420)
        ]
        assert told(session)[-5:] == [
            *("hours.written", "hours.booked"),
            *("hours.written", "hours.reversed", "hours.booked"),
        ]
        seen = queries.of_manager(session, loan.id, who.manager)
        assert seen.weeks == {NEXT_MONDAY: 420}

    @pytest.mark.parametrize(
        ("cost_basis", "owed"),
        [(CostBasis.CLOSED_PURSE, 420), (CostBasis.COST, 0), (CostBasis.NONE, 0)],
    )
    def test_hours_that_are_not_paid_are_owed_to_the_lender(
        self, session: Session, who: Parties, cost_basis: CostBasis, owed: int
    ) -> None:
        euros = 62 if cost_basis is CostBasis.COST else None
        loan = a_running_loan(session, who, cost_basis=cost_basis, euros_per_hour=euros)
        later = make_work(session, who.professional, now=MONDAY + 2 * A_WEEK)

        for minutes in (480, 420):
            service.write_hours(later, loan.id, NEXT_MONDAY, minutes)

        assert balance(session, loan.lender_code) == owed
        assert balance(session, loan.borrower_code) == -owed

    @pytest.mark.parametrize(
        ("monday", "minutes"),
        [
            (TODAY, 60),
            (NEXT_MONDAY + 2 * A_WEEK, 60),
            (NEXT_MONDAY + timedelta(days=1), 60),
            (NEXT_MONDAY, 3_601),
            (NEXT_MONDAY, -1),
        ],
    )
    def test_only_of_weeks_that_were(
        self, session: Session, who: Parties, monday: Any, minutes: int
    ) -> None:
        loan = a_running_loan(session, who)
        later = make_work(session, who.professional, now=MONDAY + 2 * A_WEEK)

        with pytest.raises(FaultyDraft):
            service.write_hours(later, loan.id, monday, minutes)

    def test_an_early_end_gives_the_weeks_back(self, session: Session, who: Parties) -> None:
        loan = a_running_loan(session, who, starts_on=TODAY)
        service.change(make_work(session, who.borrower), loan.id, Party.BORROWER, 1, OTHER)
        last_day = NEXT_MONDAY + timedelta(days=10)

        service.end_early(
            make_work(session, who.professional), loan.id, Party.PROFESSIONAL, last_day, NO
        )

        assert (loan.state, loan.last_day, loan.version) == (LoanState.ACTIVE, last_day, 1)
        assert lent(session, who) == [8, 8, 8] + [0] * 10

    def test_the_day_after_the_last_it_has_ended(self, session: Session, who: Parties) -> None:
        loan = a_running_loan(session, who)
        assert loan.last_day is not None
        on_last_day = make_work(session, now=MONDAY + (loan.last_day - TODAY))

        assert service.end_what_is_over(on_last_day) == 0
        after = make_work(session, now=MONDAY + (loan.last_day - TODAY) + timedelta(days=1))
        assert service.end_what_is_over(after) == 1

        assert loan.state is LoanState.ENDED
        assert service.end_what_is_over(after) == 0


class TestLendingAWeek:
    def test_nobody_lends_more_than_a_week(self, session: Session, who: Parties) -> None:
        for hours in (20, 20):
            opgave = an_opgave(session, "inkoop", owner=who.borrower)
            interest(session, who.professional, opgave)
            a_running_loan(session, replace(who, opgave=opgave), hours_per_week=hours)
        loan = a_loan(session, who, hours_per_week=1)
        service.sign_as_lender(make_work(session), loan.id, 1, who.manager)

        with pytest.raises(Conflict) as refused, session.begin_nested():
            service.sign_as_borrower(make_work(session, who.borrower), loan.id, 1)

        assert "41 uur" in refused.value.said
        session.refresh(loan)
        assert (loan.state, lent(session, who)) == (LoanState.ASKED, [40] * 12)

    def test_the_database_refuses_it_too(self, session: Session, who: Parties) -> None:
        a_running_loan(session, who)
        session.flush()

        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text("UPDATE lent_week SET hours = 41"))


def test_who_has_nothing_to_do_with_it_sees_nothing(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    stranger = make_work(session, a_user(session, Role.OPGAVEHOUDER)).actor

    with pytest.raises(NotFound):
        queries.of_party(session, stranger, loan.id)
    with pytest.raises(NotFound):
        queries.of_manager(session, loan.id, Manager("x@elders.example"))
    assert session.get_one(Loan, loan.id).state is LoanState.ASKED
    assert session.scalars(select(Terms)).one().version == 1
