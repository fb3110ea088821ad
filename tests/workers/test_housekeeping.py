"""What the clock alone brings about."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.models import SignIn
from app.conversations import service as conversations
from app.conversations.models import AwaitedAnswer
from app.core.actor import Role
from app.core.errors import Conflict
from app.core.outbox import OutboxMessage
from app.hours.queries import balance
from app.loans.rules import LoanState, Party
from app.matching.models import Match, NightlyRun
from app.opgaven.rules import OpgaveStatus
from app.privacy.models import RetentionRun
from tests.conversations.builders import a_question, say
from tests.hours.builders import booked
from tests.loans.builders import a_loan, a_running_loan, parties
from tests.support.builders import a_gemeente, a_grant, a_profile, a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work
from workers import housekeeping

# Two o'clock at night in Amsterdam.
NIGHT = datetime(2026, 11, 23, 1, tzinfo=UTC)


def test_an_opgave_expires_when_its_last_day_is_over(session: Session) -> None:
    late = an_opgave(session, "Verkeerskunde", closes_on=TODAY - timedelta(days=1))
    last_day = an_opgave(session, "Verkeerskunde", closes_on=TODAY)
    session.commit()

    with time_machine.travel(MONDAY, tick=False):
        housekeeping.sweep_loans_and_opgaven()

    session.expire_all()
    assert (late.status, last_day.status) == (OpgaveStatus.EXPIRED, OpgaveStatus.OPEN)


def test_a_loan_of_which_nobody_says_anything_is_closed(session: Session) -> None:
    loan = a_running_loan(session, parties(session), starts_on=TODAY, ends_on=TODAY)
    session.commit()

    states = []
    for days in (1, 31, 61):
        with time_machine.travel(MONDAY + timedelta(days=days), tick=False):
            housekeeping.sweep_loans_and_opgaven()
        session.expire_all()
        states.append((loan.state, loan.reported_on))

    reported = TODAY + timedelta(days=31)
    assert states == [
        (LoanState.ENDED, None),
        (LoanState.ENDED, reported),
        (LoanState.CLOSED, reported),
    ]
    told = select(OutboxMessage.name).where(OutboxMessage.payload["party"].astext == "")
    assert session.scalars(told.order_by(OutboxMessage.id)).all() == [
        "completion.reported",
        "loan.closed",
    ]


def test_one_sweep_that_fails_does_not_stop_the_others(session: Session) -> None:
    who = parties(session)
    loan = a_running_loan(session, who, starts_on=TODAY, ends_on=TODAY)
    # Who left early frees a seat, and here is none.
    loan.ended_by, who.opgave.people_taken = Party.BORROWER, 0
    late = an_opgave(session, "Verkeerskunde", closes_on=TODAY)
    session.commit()

    tomorrow = time_machine.travel(MONDAY + timedelta(days=1), tick=False)
    with tomorrow, pytest.raises(ExceptionGroup) as failed:
        housekeeping.sweep_loans_and_opgaven()

    session.expire_all()
    assert (loan.state, late.status) == (LoanState.ACTIVE, OpgaveStatus.EXPIRED)
    assert [type(one) for one in failed.value.exceptions] == [Conflict]


def test_a_role_that_is_over_is_noted(session: Session) -> None:
    user = a_user(session, grants=[a_grant(Role.OPGAVEHOUDER, ends_on=TODAY)])
    session.commit()

    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        housekeeping.sweep_roles()

    session.expire_all()
    assert [grant.ended_at for grant in user.grants] == [MONDAY + timedelta(days=1)]


def test_hours_follow_a_gemeente_that_merged(session: Session) -> None:
    borrower, successor = a_gemeente(session), a_gemeente(session)
    booked(session, borrower.code, a_gemeente(session).code)
    borrower.valid_until, borrower.successor_code = TODAY, successor.code
    session.commit()

    with time_machine.travel(MONDAY, tick=False):
        housekeeping.follow_mergers()

    assert balance(session, successor.code) < 0 == balance(session, borrower.code)


def test_everything_is_compared_once_a_night(session: Session) -> None:
    a_profile(session, "Verkeerskunde")
    session.commit()

    with time_machine.travel(NIGHT, tick=False):
        housekeeping.match_nightly()
    an_opgave(session, "Verkeerskunde")
    with time_machine.travel(NIGHT + timedelta(minutes=10), tick=False):
        housekeeping.match_nightly()

    assert session.scalars(select(NightlyRun.night)).all() == [TODAY]
    assert session.scalars(select(Match)).all() == []


def test_nothing_is_compared_before_the_night(session: Session) -> None:
    with time_machine.travel(NIGHT - timedelta(seconds=1), tick=False):
        housekeeping.match_nightly()

    assert session.scalars(select(NightlyRun)).all() == []


def test_who_waits_with_no_day_for_an_answer_gets_one(session: Session) -> None:
    waits, answered, lent = a_question(session), a_question(session), parties(session)
    say(session, answered, answered.owner, "Aan de haven.")
    work = make_work(session)
    conversations.begin_after_interest(work, lent.opgave.id, lent.professional.id)
    a_loan(session, lent)
    session.execute(delete(AwaitedAnswer))
    session.commit()

    for days in (3, 4):
        with time_machine.travel(MONDAY + timedelta(days=days), tick=False):
            housekeeping.set_deadlines()

    (row,) = session.scalars(select(AwaitedAnswer))
    assert (row.conversation_id, row.answer_before) == (waits.id, TODAY + timedelta(days=11))


def test_the_clock_tells_of_answers_that_are_waited_for(session: Session) -> None:
    a_question(session)
    session.commit()

    told = []
    for days in (6, 7, 8):
        with time_machine.travel(MONDAY + timedelta(days=days), tick=False):
            housekeeping.sweep_answers()
        names = select(OutboxMessage.name).where(OutboxMessage.name.startswith("answer."))
        told.append(session.scalars(names.order_by(OutboxMessage.id)).all())

    assert told == [[], ["answer.due"], ["answer.due", "answer.late"]]


def test_at_night_what_is_over_its_term_goes_and_by_day_nothing(session: Session) -> None:
    asked = MONDAY - timedelta(days=400)
    session.add(SignIn(id=uuid4(), email="x@testerdam.example", asked_at=asked, expires_at=asked))
    session.commit()
    three = NIGHT + timedelta(hours=1)

    left = []
    for moment in (NIGHT, three, three):
        with time_machine.travel(moment, tick=False):
            housekeeping.retain()
        left.append(session.query(SignIn).count())

    session.expire_all()
    assert left == [1, 0, 0]
    assert session.get_one(RetentionRun, TODAY).done == {"sign_in weg": 1}
