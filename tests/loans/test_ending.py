"""Before the end the three talk, an early end frees a seat, and an opgave finishes of itself."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM, Role
from app.core.errors import Conflict, NotFound
from app.core.faults import FaultyDraft
from app.core.outbox import OutboxMessage
from app.loans import queries, service
from app.loans.headline import headline
from app.loans.models import LentWeek, Loan
from app.loans.rules import (
    FELL_WITH_OPGAVE,
    LoanState,
    Manager,
    Party,
    Reason,
    Refusal,
    end_talk_day,
    end_talk_until,
)
from app.loans.service.running import HAS_BEGUN, NOT_BEGUN
from app.loans.words import end_talk, how_it_stands, news, why
from app.opgaven import life
from app.opgaven.rules import OpgaveStatus
from app.web.loans.pages import loan_line, loan_page
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
from tests.support.builders import a_user
from tests.support.work import MONDAY, TODAY, make_work
from workers.reactions import END_LOANS_ASKED, REACTIONS

WHY = Refusal(Reason.WORK_IS_DONE)
A_DAY = timedelta(days=1)
FALLEN = "Deze aanvraag gaat niet door, omdat een beheerder de opgave weghaalde."


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


def told(session: Session, name: str) -> int:
    session.flush()
    return list(session.scalars(select(OutboxMessage.name))).count(name)


def at(day: date) -> datetime:
    return MONDAY + (day - TODAY)


def status_of(who: Parties) -> str:
    return who.opgave.status.value


def over(session: Session, loan: Loan) -> None:
    """What the clock brings about on the day after the last."""
    assert loan.last_day is not None
    work = make_work(session, now=at(loan.last_day + A_DAY))
    service.end_what_is_over(work)
    life.sweep(work)
    service.finish_opgaven(work)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "day"),
    [
        (date(2026, 1, 5), date(2026, 6, 30), date(2026, 6, 2)),
        # Four weeks before is a Saturday, or a Sunday.
        (date(2026, 1, 5), date(2026, 6, 27), date(2026, 6, 1)),
        (date(2026, 1, 5), date(2026, 6, 28), date(2026, 6, 1)),
        # Or a day on which offices are closed.
        (date(2026, 1, 5), date(2026, 5, 4), date(2026, 4, 7)),
        # It is short: halfway, which may be a Saturday.
        (date(2026, 6, 10), date(2026, 6, 30), date(2026, 6, 22)),
        (date(2026, 6, 13), date(2026, 6, 14), date(2026, 6, 14)),
        # It began already: of what is left.
        (date(2025, 11, 3), date(2026, 1, 30), date(2026, 1, 15)),
        (date(2025, 11, 3), date(2026, 1, 2), date(2026, 1, 2)),
        # It ends on the day on which the last one signs, or on the day after.
        (date(2025, 11, 3), date(2026, 1, 1), None),
        (date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 2)),
    ],
)
def test_the_day_of_the_talk(starts_on: date, ends_on: date, day: date | None) -> None:
    assert end_talk_day(starts_on, ends_on, date(2026, 1, 1)) == day


@pytest.mark.parametrize(
    ("planned", "last_day", "day"),
    [
        (TODAY + 9 * A_DAY, TODAY + 20 * A_DAY, TODAY + 9 * A_DAY),
        (TODAY + 9 * A_DAY, TODAY + 2 * A_DAY, TODAY + 2 * A_DAY),
        (TODAY + 9 * A_DAY, TODAY, None),
        # It was held already.
        (TODAY - 9 * A_DAY, TODAY, TODAY - 9 * A_DAY),
        (None, TODAY + A_DAY, TODAY + A_DAY),
    ],
)
def test_a_talk_goes_with_an_earlier_end(
    planned: date | None, last_day: date, day: date | None
) -> None:
    assert end_talk_until(planned, last_day, TODAY) == day


def test_of_what_ends_on_the_day_of_the_last_signature_no_talk_is_planned(
    session: Session, who: Parties
) -> None:
    begun = TODAY - timedelta(days=28)
    loan = a_running_loan(session, who, starts_on=begun, ends_on=TODAY, returns_on=TODAY + A_DAY)

    seen = queries.of_any(session, loan.id)
    assert loan.end_talk_on is None
    assert end_talk(seen, Party.LENDER, TODAY) == ""
    assert "eindgesprek" not in news(seen, Party.LENDER, TODAY)


def test_who_agrees_plans_the_talk_too(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who)

    assert TERMS.ends_on is not None
    assert loan.end_talk_on == TERMS.ends_on - timedelta(weeks=4) + A_DAY
    seen = queries.of_any(session, loan.id)
    assert "Het eindgesprek is op 25 januari 2027." in end_talk(seen, Party.LENDER, TODAY)
    assert end_talk(seen, Party.LENDER, TODAY).endswith(f"hoe {who.professional.name} teruggaat.")
    assert end_talk(seen, Party.PROFESSIONAL, TODAY).endswith("hoe je teruggaat.")
    assert end_talk(seen, Party.LENDER, TERMS.ends_on) == ""


@pytest.mark.parametrize("party", list(Party))
def test_each_may_put_it_on_another_day(session: Session, who: Parties, party: Party) -> None:
    loan = a_running_loan(session, who)
    actors = {Party.PROFESSIONAL: who.professional, Party.BORROWER: who.borrower}
    work = make_work(session, actors.get(party, SYSTEM))
    day = TODAY + timedelta(days=30)
    manager = who.manager if party is Party.LENDER else None

    for _ in range(2):
        service.plan_end_talk(work, loan.id, party, day, manager)

    assert loan.end_talk_on == day
    assert told(session, "end_talk.planned") == 1


def test_the_talk_is_before_the_end_and_of_the_parties(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    work = make_work(session, who.professional)
    with pytest.raises(Conflict):
        service.plan_end_talk(work, loan.id, Party.PROFESSIONAL, TODAY)
    sign_rest(session, who, loan.id, 1)

    assert loan.last_day is not None
    for day in (None, TODAY - A_DAY, loan.last_day + A_DAY):
        with pytest.raises(FaultyDraft):
            service.plan_end_talk(work, loan.id, Party.PROFESSIONAL, day)
    with pytest.raises(NotFound):
        service.plan_end_talk(
            make_work(session, a_user(session)), loan.id, Party.PROFESSIONAL, TODAY
        )


def test_a_talk_that_nears_is_told_once_for_each_day(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who)
    day = loan.end_talk_on
    assert day is not None

    assert service.tell_end_talks(make_work(session, now=at(day - timedelta(days=8)))) == 0
    week_before = make_work(session, who.professional, at(day - timedelta(days=7)))
    assert [service.tell_end_talks(week_before) for _ in range(2)] == [1, 0]
    service.plan_end_talk(week_before, loan.id, Party.PROFESSIONAL, day + A_DAY)
    assert service.tell_end_talks(make_work(session, now=at(day))) == 1
    assert told(session, "end_talk.nears") == 2


def test_an_early_end_frees_the_seat_on_the_day_after(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    assert (who.opgave.people_taken, who.opgave.status) == (1, OpgaveStatus.FILLED)
    professional = make_work(session, who.professional)
    service.end_early(professional, loan.id, Party.PROFESSIONAL, TODAY + A_DAY, WHY)
    assert who.opgave.people_taken == 1
    assert loan.end_talk_on == TODAY + A_DAY

    over(session, loan)

    assert (loan.state, who.opgave.people_taken) == (LoanState.ENDED, 0)
    # There is still time to find somebody else.
    assert who.opgave.status is OpgaveStatus.TALKING


def test_a_talk_that_a_step_puts_near_is_told_with_that_step(
    session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    work = make_work(session, who.professional)
    service.end_early(work, loan.id, Party.PROFESSIONAL, TODAY, WHY)
    assert service.tell_end_talks(make_work(session)) == 0

    other = a_running_loan(session, parties(session))
    manager = Manager(other.manager_email)
    service.plan_end_talk(
        make_work(session), other.id, Party.LENDER, TODAY + timedelta(days=7), manager
    )
    assert service.tell_end_talks(make_work(session)) == 0


def test_three_may_sign_that_it_goes_on_after_all(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    professional = make_work(session, who.professional)
    service.end_early(professional, loan.id, Party.PROFESSIONAL, TODAY + A_DAY, WHY)
    service.change(professional, loan.id, Party.PROFESSIONAL, 1, TERMS)
    assert loan.last_day == TODAY + A_DAY
    sign_rest(session, who, loan.id, 2)

    over(session, loan)

    # Who stayed until the agreed end takes the seat along.
    assert (loan.state, loan.ended_by, loan.last_day) == (LoanState.ENDED, None, TERMS.ends_on)
    assert who.opgave.people_taken == 1


@pytest.mark.parametrize("days", [None, 1, 5])
def test_who_stops_earlier_says_when_they_are_back(
    session: Session, who: Parties, days: int | None
) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    work, friday = make_work(session, who.professional), TODAY + 4 * A_DAY
    back_on = friday + days * A_DAY if days else None

    for _ in range(2):
        service.end_early(work, loan.id, Party.PROFESSIONAL, friday, WHY, returns_on=back_on)

    assert loan.returns_on == friday + (days or 3) * A_DAY
    assert queries.of_any(session, loan.id).expected_back_on == loan.returns_on
    assert told(session, "loan.end_moved") == 1
    # Another day of return is told, of the same last day too.
    service.end_early(work, loan.id, Party.PROFESSIONAL, friday, WHY, returns_on=friday + 9 * A_DAY)
    assert told(session, "loan.end_moved") == 2
    with pytest.raises(FaultyDraft):
        service.end_early(work, loan.id, Party.PROFESSIONAL, friday, WHY, returns_on=friday)


def test_an_early_end_of_what_was_withdrawn_frees_nothing(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    life.withdraw(make_work(session, who.borrower), who.opgave.id)
    professional = make_work(session, who.professional)
    service.end_early(professional, loan.id, Party.PROFESSIONAL, TODAY, WHY)

    over(session, loan)

    assert (loan.state, who.opgave.status) == (LoanState.ENDED, OpgaveStatus.WITHDRAWN)


def test_an_opgave_finishes_when_the_last_loan_has_ended(session: Session) -> None:
    who = parties(session, people_needed=2)
    other = a_lender(session)
    interest(session, other, who.opgave)
    second = replace(who, professional=other, manager=manager_of(other))
    assert TERMS.ends_on is not None
    first = a_running_loan(session, who)
    last = a_running_loan(
        session,
        second,
        ends_on=TERMS.ends_on + timedelta(days=14),
        returns_on=TERMS.ends_on + timedelta(days=15),
    )
    life.start(make_work(session, who.borrower), who.opgave.id)

    over(session, first)
    assert status_of(who) == "lopend"
    over(session, last)

    assert status_of(who) == "afgerond"
    assert told(session, "opgave.ended") == 1


def test_when_all_left_early_the_opgavehouder_decides_until_its_last_day(
    session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    life.start(make_work(session, who.borrower), who.opgave.id)
    professional = make_work(session, who.professional)
    service.end_early(professional, loan.id, Party.PROFESSIONAL, TODAY, WHY)

    over(session, loan)
    assert status_of(who) == "lopend"

    assert who.opgave.ends_on is not None
    service.finish_opgaven(make_work(session, now=at(who.opgave.ends_on + A_DAY)))
    assert status_of(who) == "afgerond"


def test_what_was_asked_stops_when_the_opgave_is_over(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    life.withdraw(make_work(session, who.borrower), who.opgave.id)

    for _ in range(2):
        service.end_what_was_asked(make_work(session), who.opgave.id)

    assert (loan.state, loan.reason) == (LoanState.REFUSED, Reason.OPGAVE_ENDED)
    assert (told(session, "loan.stopped"), told(session, "loan.refused")) == (1, 0)
    seen = queries.of_any(session, loan.id)
    for reader in Party:
        said = how_it_stands(seen, reader, TODAY)
        assert said == "Deze aanvraag is gestopt, omdat de opgave voorbij is."
    assert why(seen, Party.LENDER) == ""


def test_what_was_asked_falls_with_an_opgave_that_a_beheerder_takes_away(
    session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    life.take_down(make_work(session, a_user(session, Role.BEHEERDER)), who.opgave.id)

    for is_ended in (False, True):
        if is_ended:
            service.end_what_was_asked(make_work(session), who.opgave.id)
        session.flush()
        seen = queries.of_any(session, loan.id)
        for reader in Party:
            said = how_it_stands(seen, reader, TODAY)
            assert said == FALLEN
            assert headline(seen, reader, {}) == "De opgave is weggehaald"
            assert loan_line(seen, reader, TODAY).state_label == "Gaat niet door"
            assert not seen.waits_for_party(reader)
            assert loan_page(seen, reader, TODAY).deeds == frozenset()
    with pytest.raises(Conflict) as refused:
        service.withdraw(make_work(session, who.professional), loan.id)
    assert refused.value.said == FELL_WITH_OPGAVE


def test_what_had_stopped_before_is_not_said_to_fall_by_a_beheerder(
    session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    life.withdraw(make_work(session, who.borrower), who.opgave.id)
    service.end_what_was_asked(make_work(session), who.opgave.id)
    later = make_work(session, a_user(session, Role.BEHEERDER), MONDAY + A_DAY)
    life.take_down(later, who.opgave.id)
    session.flush()

    seen = queries.of_any(session, loan.id)

    assert how_it_stands(seen, Party.PROFESSIONAL, TODAY).endswith("omdat de opgave voorbij is.")
    assert loan_line(seen, Party.LENDER, TODAY).state_label == "Gaat niet door"


def test_what_runs_goes_on_when_the_opgave_is_over(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who)
    life.withdraw(make_work(session, who.borrower), who.opgave.id)

    service.end_what_was_asked(make_work(session), who.opgave.id)

    assert loan.state is LoanState.ACTIVE


def test_an_opgave_that_is_over_wakes_who_ends_what_was_asked() -> None:
    assert END_LOANS_ASKED in REACTIONS["opgave.ended"]


@pytest.mark.parametrize("party", list(Party))
def test_before_its_first_day_each_may_let_it_not_go_on(
    session: Session, who: Parties, party: Party
) -> None:
    loan = a_running_loan(session, who)
    actors = {Party.PROFESSIONAL: who.professional, Party.BORROWER: who.borrower}
    work = make_work(session, actors.get(party, SYSTEM))
    manager = who.manager if party is Party.LENDER else None
    with pytest.raises(Conflict, match="has not begun") as refused:
        service.end_early(work, loan.id, party, TODAY + A_DAY, WHY, manager)
    assert refused.value.said == NOT_BEGUN
    with pytest.raises(FaultyDraft):
        service.call_off(work, loan.id, party, Refusal(), manager)

    for _ in range(2):
        service.call_off(work, loan.id, party, WHY, manager)

    assert (loan.state, loan.last_day, loan.end_talk_on) == (LoanState.CALLED_OFF, None, None)
    assert (who.opgave.people_taken, who.opgave.status) == (0, OpgaveStatus.TALKING)
    assert session.scalar(select(func.sum(LentWeek.hours))) == 0
    assert told(session, "loan.called_off") == 1
    seen = queries.of_any(session, loan.id)
    assert how_it_stands(seen, party, TODAY) == "De inzet gaat niet door. Jij zei af."
    others = {how_it_stands(seen, one, TODAY) for one in Party if one is not party}
    names = {
        Party.PROFESSIONAL: who.professional.name,
        Party.LENDER: "Fatma de Baas",
        Party.BORROWER: f"Gemeente {seen.borrower_name}",
    }
    assert others == {f"De inzet gaat niet door. {names[party]} zei af."}
    assert why(seen, party) == "Reden: het werk is klaar."
    # Who can no longer go may ask again.
    assert a_loan(session, who).state is LoanState.ASKED


@pytest.mark.parametrize("is_worked", [False, True])
def test_what_has_begun_is_stopped_and_not_called_off(
    session: Session, who: Parties, *, is_worked: bool
) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    work = make_work(session, who.professional)
    if is_worked:
        service.write_hours(work, loan.id, TODAY, 480)
        service.change(work, loan.id, Party.PROFESSIONAL, 1, TERMS)
        sign_rest(session, who, loan.id, 2)

    with pytest.raises(Conflict) as refused:
        service.call_off(work, loan.id, Party.PROFESSIONAL, WHY)
    assert refused.value.said == HAS_BEGUN
    service.end_early(work, loan.id, Party.PROFESSIONAL, TODAY, WHY)
    assert loan.last_day == TODAY
