"""Nothing is agreed on that may pass the limit of the borrower."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.core.errors import Conflict
from app.core.outbox import OutboxMessage
from app.core.workdays import monday_of
from app.gemeenten.models import Gemeente
from app.hours import service as hours
from app.loans import queries, service
from app.loans.models import Loan
from app.loans.room import held_up, promised, room_for
from app.loans.rules import CostBasis, LoanState, Party, Reason, Refusal, Room
from tests.hours.builders import booked
from tests.loans.builders import (
    TERMS,
    Parties,
    a_lender,
    a_loan,
    a_running_loan,
    interest,
    manager_of,
    parties,
    sign_rest,
)
from tests.support.builders import a_gemeente, a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work
from workers.reactions import LOOK_AGAIN_AT_BORROWER, LOOK_AGAIN_AT_LENDER, REACTIONS

# Twelve weeks of eight hours.
ASKED = 96
HOUR = 60


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


@pytest.fixture
def gemeentebeheerder(session: Session, who: Parties) -> User:
    code = who.borrower.gemeente_code
    return a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=code)


def limit(session: Session, person: User, to: int | None) -> None:
    hours.agree_limit(make_work(session, person), person.gemeente_code, to)


def another(session: Session, who: Parties) -> Parties:
    """Somebody else for another opgave of the same gemeente."""
    opgave = an_opgave(session, "inkoop", owner=who.borrower)
    professional = a_lender(session)
    interest(session, professional, opgave)
    return replace(who, opgave=opgave, professional=professional, manager=manager_of(professional))


def test_a_higher_limit_lets_the_borrower_sign(
    session: Session, who: Parties, gemeentebeheerder: User
) -> None:
    loan = a_loan(session, who)
    limit(session, gemeentebeheerder, ASKED - 1)
    service.sign_as_lender(make_work(session), loan.id, 1, who.manager)
    work = make_work(session, who.borrower)

    with pytest.raises(Conflict) as refused:
        service.sign_as_borrower(work, loan.id, 1)
    assert "nog 95 uur lenen, en dit vraagt hoogstens 96 uur" in refused.value.said
    before = loan.state

    limit(session, gemeentebeheerder, ASKED)
    service.sign_as_borrower(work, loan.id, 1)

    assert (before, loan.state) == (LoanState.ASKED, LoanState.ACTIVE)


def test_what_is_promised_to_others_is_not_left(
    session: Session, who: Parties, gemeentebeheerder: User
) -> None:
    limit(session, gemeentebeheerder, 2 * ASKED - 1)
    first = a_running_loan(session, who)
    loan = a_loan(session, another(session, who))

    assert room(session, loan) == Room((ASKED - 1) * HOUR, ASKED * HOUR)
    borrower = who.borrower.gemeente_code or ""
    assert promised(session, borrower, TODAY) == ASKED * HOUR
    # What was worked is owed instead of promised: together it is the same.
    later = make_work(session, who.professional, MONDAY + timedelta(days=14))
    service.write_hours(later, first.id, TODAY + timedelta(days=7), 8 * HOUR)
    assert room(session, loan) == Room((ASKED - 1) * HOUR, ASKED * HOUR)


def test_the_last_signature_is_held_up_by_what_was_agreed_since(
    session: Session, who: Parties, gemeentebeheerder: User
) -> None:
    limit(session, gemeentebeheerder, ASKED)
    loan, other = a_loan(session, who), another(session, who)
    service.sign_as_borrower(make_work(session, who.borrower), loan.id, 1)
    a_running_loan(session, other)

    with pytest.raises(Conflict) as refused:
        service.sign_as_lender(make_work(session), loan.id, 1, who.manager)
    assert "Je handtekening is niet gezet." in refused.value.said


def test_a_longer_loan_asks_only_what_it_adds(
    session: Session, who: Parties, gemeentebeheerder: User
) -> None:
    limit(session, gemeentebeheerder, ASKED + 8)
    loan = a_running_loan(session, who)
    for weeks, fits in ((2, False), (1, True)):
        ends_on = (TERMS.ends_on or TODAY) + timedelta(weeks=weeks)
        longer = replace(TERMS, ends_on=ends_on, returns_on=ends_on + timedelta(days=1))
        work = make_work(session, who.professional)
        service.change(work, loan.id, Party.PROFESSIONAL, loan.version, longer)
        if fits:
            sign_rest(session, who, loan.id, loan.version)
        else:
            with pytest.raises(Conflict):
                service.sign_as_borrower(make_work(session, who.borrower), loan.id, loan.version)

    assert loan.agreed_version == loan.version


def test_what_ended_may_still_take_its_hours_until_it_is_closed(
    session: Session, who: Parties, gemeentebeheerder: User
) -> None:
    limit(session, gemeentebeheerder, ASKED)
    first = a_running_loan(session, who, starts_on=TODAY, ends_on=TODAY)
    loan = a_loan(session, another(session, who))
    left = Room((ASKED - 8) * HOUR, ASKED * HOUR)

    service.end_what_is_over(make_work(session, now=MONDAY + timedelta(days=1)))
    assert (first.state, room(session, loan)) == (LoanState.ENDED, left)
    later = make_work(session, who.professional, MONDAY + timedelta(days=1))
    service.write_hours(later, first.id, monday_of(TODAY), 6 * HOUR)
    assert room(session, loan) == left

    first.reported_on = TODAY
    service.close_what_nobody_disputes(make_work(session, now=MONDAY + timedelta(days=31)))
    assert first.state is LoanState.CLOSED
    assert room(session, loan) == Room((ASKED - 6) * HOUR, ASKED * HOUR)


@pytest.mark.parametrize(
    "change",
    [{"hours_per_week": 4}, {"ends_on": TODAY + timedelta(days=60)}, {"words": "Op dinsdag"}],
    ids=["fewer hours", "shorter", "as many"],
)
def test_what_asks_no_more_than_was_agreed_is_signed_with_a_lower_limit_too(
    session: Session, who: Parties, gemeentebeheerder: User, change: dict[str, Any]
) -> None:
    loan = a_running_loan(session, who)
    limit(session, gemeentebeheerder, 10)
    work = make_work(session, who.professional)
    service.change(work, loan.id, Party.PROFESSIONAL, loan.version, replace(TERMS, **change))

    assert room(session, loan) is None
    sign_rest(session, who, loan.id, loan.version)

    assert loan.agreed_version == 2


def test_a_lender_that_became_part_of_the_borrower_is_owed_nothing(
    session: Session, who: Parties, gemeentebeheerder: User
) -> None:
    limit(session, gemeentebeheerder, ASKED)
    first, other = a_running_loan(session, who), another(session, who)
    loan = a_loan(session, other)
    before = room(session, loan)
    gone = session.get_one(Gemeente, first.lender_code)
    gone.valid_until, gone.successor_code = TODAY, first.borrower_code
    hours.follow_mergers(make_work(session))

    assert (before, room(session, loan)) == (
        Room(0, ASKED * HOUR),
        Room(ASKED * HOUR, ASKED * HOUR),
    )
    limit(session, gemeentebeheerder, 0)
    assert room(session, first) is None


def test_the_limit_of_what_the_borrower_became_counts(
    session: Session, who: Parties, gemeentebeheerder: User
) -> None:
    limit(session, gemeentebeheerder, ASKED)
    a_running_loan(session, another(session, who))
    loan = a_loan(session, who)
    gone = session.get_one(Gemeente, loan.borrower_code)
    gone.valid_until, gone.successor_code = TODAY, a_gemeente(session, valid_from=TODAY).code
    hours.follow_mergers(make_work(session))

    assert room(session, loan) == Room(0, ASKED * HOUR)
    with pytest.raises(Conflict):
        service.sign_as_borrower(make_work(session, who.borrower), loan.id, 1)


@pytest.mark.parametrize("basis", [CostBasis.NONE, CostBasis.COST])
def test_hours_that_nobody_owes_have_no_limit(
    session: Session, who: Parties, gemeentebeheerder: User, basis: CostBasis
) -> None:
    limit(session, gemeentebeheerder, 0)
    euros = 60 if basis is CostBasis.COST else None

    loan = a_running_loan(session, who, cost_basis=basis, euros_per_hour=euros)

    assert loan.state is LoanState.ACTIVE


def room(session: Session, loan: Loan) -> Room | None:
    return room_for(session, loan, queries.of_any(session, loan.id).terms, TODAY)


def told_held_up(session: Session) -> list[tuple[str, str]]:
    facts = session.scalars(select(OutboxMessage).where(OutboxMessage.name == "signature.held_up"))
    return [(one.payload["gemeente_code"], one.payload["loan_id"]) for one in facts]


def test_that_a_signature_is_held_up_is_told_once_until_the_limit_is_another(
    session: Session, who: Parties, gemeentebeheerder: User
) -> None:
    limit(session, gemeentebeheerder, ASKED - 1)
    loan = a_loan(session, who)
    told = (who.borrower.gemeente_code, str(loan.id))

    for _ in range(2):
        service.note_held_up(make_work(session), loan.id)
    once = told_held_up(session)
    later = make_work(session, gemeentebeheerder, MONDAY + timedelta(hours=1))
    hours.agree_limit(later, gemeentebeheerder.gemeente_code, ASKED - 2)
    service.note_held_up(make_work(session, now=MONDAY + timedelta(hours=2)), loan.id)

    assert once == [told]
    assert told_held_up(session) == [told, told]


@pytest.mark.parametrize(("to", "count"), [(ASKED - 1, 1), (ASKED, 0), (None, 0)])
def test_what_the_borrower_cannot_sign_is_told_before_anybody_tries(
    session: Session, who: Parties, gemeentebeheerder: User, to: int | None, count: int
) -> None:
    limit(session, gemeentebeheerder, to)
    loan = a_loan(session, who)

    service.look_ahead(make_work(session), loan.id)

    assert len(told_held_up(session)) == count


def test_what_fits_again_is_held_up_no_longer(
    session: Session, who: Parties, gemeentebeheerder: User
) -> None:
    limit(session, gemeentebeheerder, ASKED - 1)
    loan = a_loan(session, who)
    code = who.borrower.gemeente_code
    service.look_ahead(make_work(session), loan.id)
    session.flush()
    [held] = held_up(session, code, TODAY)
    assert (held.asked, held.balance_then, held.limit) == (
        ASKED * HOUR,
        -ASKED * HOUR,
        (ASKED - 1) * HOUR,
    )

    fewer = replace(TERMS, hours_per_week=4)
    service.change(make_work(session, who.professional), loan.id, Party.PROFESSIONAL, 1, fewer)
    service.look_ahead(make_work(session), loan.id)

    assert loan.held_up_at is None
    assert held_up(session, code, TODAY) == []


def test_what_waits_for_room_is_held_up_no_longer_when_another_loan_leaves_it(
    session: Session, who: Parties, gemeentebeheerder: User
) -> None:
    limit(session, gemeentebeheerder, ASKED)
    first = a_running_loan(session, who)
    loan = a_loan(session, another(session, who))
    elsewhere = a_loan(session, parties(session))
    elsewhere.held_up_at = MONDAY
    service.look_ahead(make_work(session), loan.id)
    session.flush()
    assert LOOK_AGAIN_AT_BORROWER in REACTIONS["loan.called_off"]

    LOOK_AGAIN_AT_BORROWER.act(make_work(session), {"loan_id": str(first.id)})
    before = loan.held_up_at
    why = Refusal(Reason.OTHER, "Het gaat niet door.")
    service.call_off(make_work(session, who.professional), first.id, Party.PROFESSIONAL, why)
    session.flush()
    LOOK_AGAIN_AT_BORROWER.act(make_work(session), {"loan_id": str(first.id)})

    assert (before, loan.held_up_at) == (MONDAY, None)
    assert elsewhere.held_up_at == MONDAY
    assert len(told_held_up(session)) == 1


def test_who_lends_hours_itself_has_room_again(
    session: Session, who: Parties, gemeentebeheerder: User
) -> None:
    limit(session, gemeentebeheerder, ASKED - 1)
    loan = a_loan(session, who)
    service.look_ahead(make_work(session), loan.id)
    session.flush()

    lent = booked(session, a_gemeente(session).code, who.borrower.gemeente_code, 1)
    session.flush()
    assert LOOK_AGAIN_AT_LENDER in REACTIONS["hours.booked"]
    LOOK_AGAIN_AT_LENDER.act(make_work(session), {"transfer_id": str(lent.id)})

    assert loan.held_up_at is None


def test_of_what_merged_the_successor_hears_when_it_agreed_on_another_limit(
    session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    successor = a_gemeente(session)
    gone = session.get_one(Gemeente, who.borrower.gemeente_code)
    gone.valid_until, gone.successor_code = TODAY, successor.code
    keeper = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=successor.code)
    session.flush()

    service.note_held_up(make_work(session), loan.id)
    later = MONDAY + timedelta(hours=1)
    hours.agree_limit(make_work(session, keeper, later), successor.code, 10)
    service.note_held_up(make_work(session, now=later + timedelta(hours=1)), loan.id)

    assert told_held_up(session) == [(successor.code, str(loan.id))] * 2
