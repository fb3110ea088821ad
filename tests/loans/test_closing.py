"""A loan that is over is closed by both, or by time; what changes meanwhile is agreed on anew."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.errors import Conflict, NotFound
from app.core.faults import FaultyDraft
from app.core.outbox import OutboxMessage
from app.core.work import Work
from app.core.workdays import monday_of
from app.loans import due, queries, service
from app.loans.models import Loan
from app.loans.rules import A_WEEK, LoanState, Party, Reason, Refusal, hours_mark
from app.loans.service.closing import (
    FIRST_YOURS,
    HOURS_CHANGED,
    NO_HOURS_YET,
    NOT_A_CLOSER,
    NOT_OVER,
)
from app.loans.words import changed_hours, how_it_stands, news, return_day, undone_by_change
from tests.loans.builders import Parties, a_running_loan, parties
from tests.support.builders import a_user
from tests.support.work import TODAY, make_work

A_DAY = timedelta(days=1)
BEGUN = TODAY - timedelta(days=28)
LAST_DAY = TODAY - A_DAY
WEEK, THIS_WEEK = monday_of(BEGUN), monday_of(TODAY)


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


@pytest.fixture
def loan(session: Session, who: Parties) -> Loan:
    """Over since today, with eight hours in one week."""
    made = a_running_loan(session, who, starts_on=BEGUN, ends_on=TODAY, returns_on=TODAY + A_DAY)
    service.write_hours(make_work(session, who.professional), made.id, WEEK, 480)
    service.end_what_is_over(make_work(session, now=at(TODAY + A_DAY)))
    assert made.state is LoanState.ENDED
    return made


def at(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)


def told(session: Session) -> list[tuple[str, str]]:
    session.flush()
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    closing = {"hours.agreed", "hours.reopened", "completion.reported", "loan.closed"}
    return [(row.name, row.payload["party"]) for row in rows if row.name in closing]


def read(minutes: int) -> str:
    """The mark of the one week of these tests."""
    return hours_mark({WEEK: minutes} if minutes else {})


def agree(
    session: Session, who: Parties, loan: Loan, party: Party, minutes: int = 480, after: int = 1
) -> None:
    user = who.professional if party is Party.PROFESSIONAL else who.borrower
    work = make_work(session, user, at(TODAY + after * A_DAY))
    returned_on = TODAY + A_DAY if party is Party.PROFESSIONAL else None
    service.agree_on_hours(work, loan.id, party, read(minutes), returned_on)


def as_professional(session: Session, who: Parties, after: int) -> Work:
    return make_work(session, who.professional, at(TODAY + after * A_DAY))


def later(session: Session, who: Parties, hours: int) -> Work:
    """On the day after today, so many hours after it was objected to."""
    return make_work(session, who.professional, at(TODAY + A_DAY) + timedelta(hours=hours))


def said(session: Session, loan: Loan, reader: Party) -> str:
    return how_it_stands(queries.of_any(session, loan.id), reader, TODAY)


@pytest.mark.parametrize("first", [Party.PROFESSIONAL, Party.BORROWER])
def test_with_both_it_is_closed(session: Session, who: Parties, loan: Loan, first: Party) -> None:
    last = Party.BORROWER if first is Party.PROFESSIONAL else Party.PROFESSIONAL

    agree(session, who, loan, first)
    assert loan.state is LoanState.ENDED
    for _ in range(2):
        agree(session, who, loan, last)

    assert (loan.state, loan.closed_by) == (LoanState.CLOSED, last)
    assert told(session) == [
        ("hours.agreed", first),
        ("hours.agreed", last),
        ("loan.closed", last),
    ]
    assert said(session, loan, Party.LENDER) == "Afgesloten op 24 november 2026, met 8 uur."
    assert return_day(queries.of_any(session, loan.id)) == "Helemaal terug op 24 november 2026."


def test_whose_word_is_waited_for_is_told(session: Session, who: Parties, loan: Loan) -> None:
    assert said(session, loan, Party.BORROWER) == (
        "Afgelopen op 23 november 2026. Kloppen de uren? Sluit dan af."
    )
    agree(session, who, loan, Party.BORROWER)

    name = who.professional.name
    assert said(session, loan, Party.LENDER) == (
        f"Afgelopen op 23 november 2026. Wacht tot {name} de uren bevestigt."
    )
    seen = queries.of_any(session, loan.id)
    assert [party for party in Party if seen.waits_for_party(party)] == [Party.PROFESSIONAL]


def test_other_hours_are_agreed_on_anew(session: Session, who: Parties, loan: Loan) -> None:
    agree(session, who, loan, Party.BORROWER)
    service.write_hours(as_professional(session, who, 2), loan.id, WEEK, 540)

    assert loan.waits_to_close == [Party.PROFESSIONAL, Party.BORROWER]
    assert told(session)[-1] == ("hours.reopened", Party.PROFESSIONAL)
    with pytest.raises(Conflict) as refused:
        agree(session, who, loan, Party.BORROWER)
    assert refused.value.said == HOURS_CHANGED
    agree(session, who, loan, Party.BORROWER, 540)


def test_who_changed_what_is_told_until_somebody_agrees_anew(
    session: Session, who: Parties, loan: Loan
) -> None:
    agree(session, who, loan, Party.BORROWER)
    assert undone_by_change(queries.of_any(session, loan.id), Party.PROFESSIONAL).endswith(
        " heeft deze uren bevestigd. Verander je ze, dan telt dat niet meer en bevestigen jullie "
        "ze opnieuw."
    )
    for minutes in (500, 540):
        service.write_hours(as_professional(session, who, 2), loan.id, WEEK, minutes)
    service.write_hours(as_professional(session, who, 2), loan.id, WEEK + A_WEEK, 90)

    seen = queries.of_any(session, loan.id)
    assert changed_hours(seen, Party.BORROWER) == (
        f"{who.professional.name} veranderde de uren: in de week van 26 oktober 2026 van 8 naar 9 "
        "en vulde uren in: 1,5 uur in de week van 2 november 2026. "
        "Je bevestiging vervalt: bevestig ze opnieuw."
    )
    lapsed = f" De bevestiging van gemeente {seen.borrower_name} vervalt."
    assert changed_hours(seen, Party.PROFESSIONAL).startswith("Je veranderde de uren: ")
    assert changed_hours(seen, Party.PROFESSIONAL).endswith(lapsed)
    assert changed_hours(seen, Party.LENDER).endswith(lapsed)
    assert "veranderde de uren" in news(seen, Party.LENDER, TODAY)
    assert undone_by_change(seen, Party.PROFESSIONAL) == ""
    # What stands again as it was read did not change.
    service.write_hours(as_professional(session, who, 3), loan.id, WEEK + A_WEEK, 0)
    assert list(queries.of_any(session, loan.id).weeks_before) == [WEEK]

    changed = queries.minutes_of(session, loan.id)
    work = make_work(session, who.borrower, at(TODAY + 4 * A_DAY))
    service.agree_on_hours(work, loan.id, Party.BORROWER, hours_mark(changed))
    assert changed_hours(queries.of_any(session, loan.id), Party.PROFESSIONAL) == ""


def test_who_was_asked_to_look_at_the_hours_hears_of_other_ones(
    session: Session, who: Parties, loan: Loan
) -> None:
    """Before anybody confirmed; of a form with two weeks once."""
    for monday, minutes in ((WEEK + A_WEEK, 90), (WEEK, 540), (WEEK + A_WEEK, 120)):
        service.write_hours(as_professional(session, who, 2), loan.id, monday, minutes)

    name = who.professional.name
    assert changed_hours(queries.of_any(session, loan.id), Party.BORROWER) == (
        f"{name} veranderde de uren: in de week van 26 oktober 2026 van 8 naar 9 en in de week van "
        "2 november 2026 van 1,5 naar 2."
    )
    assert told(session) == [("hours.reopened", Party.PROFESSIONAL)]


def test_hours_that_nobody_was_asked_to_look_at_did_not_change(
    session: Session, who: Parties, loan: Loan
) -> None:
    service.write_hours(as_professional(session, who, 2), loan.id, WEEK + A_WEEK, 90)
    assert queries.of_any(session, loan.id).weeks_before == {}

    assert told(session) == []


def test_hours_of_the_end_count_and_not_those_of_an_earlier_objection(
    session: Session, who: Parties
) -> None:
    runs = running(session, who)
    dispute(session, who, runs, uuid4(), 0)
    service.write_hours(as_professional(session, who, 0), runs.id, WEEK, 360)
    service.end_what_is_over(make_work(session, now=at(TODAY + 30 * A_DAY)))
    service.write_hours(as_professional(session, who, 31), runs.id, WEEK, 330)

    assert queries.of_any(session, runs.id).weeks_before == {WEEK: 360}


def test_who_objected_hears_of_other_hours(session: Session, who: Parties) -> None:
    loan = running(session, who)
    dispute(session, who, loan, uuid4(), 1)
    for monday in (WEEK, WEEK + A_WEEK):
        service.write_hours(as_professional(session, who, 2), loan.id, monday, 420)

    assert told(session) == [("hours.reopened", Party.PROFESSIONAL)]
    assert changed_hours(queries.of_any(session, loan.id), Party.BORROWER) == (
        f"{who.professional.name} veranderde de uren: in de week van 26 oktober 2026 van 8 naar 7 "
        "en vulde uren in: 7 uur in de week van 2 november 2026."
    )
    later = make_work(session, who.borrower, at(TODAY + 3 * A_DAY))
    service.remark(later, loan.id, uuid4(), Party.BORROWER, "Dank je.")
    assert changed_hours(queries.of_any(session, loan.id), Party.BORROWER) == ""


def test_hours_that_moved_to_another_week_were_not_read(
    session: Session, who: Parties, loan: Loan
) -> None:
    agree(session, who, loan, Party.PROFESSIONAL)
    for monday, minutes in ((WEEK, 0), (WEEK + 7 * A_DAY, 480)):
        service.write_hours(as_professional(session, who, 2), loan.id, monday, minutes)

    with pytest.raises(Conflict) as refused:
        agree(session, who, loan, Party.BORROWER)
    assert refused.value.said == HOURS_CHANGED
    assert loan.waits_to_close == [Party.PROFESSIONAL, Party.BORROWER]


def test_the_same_hours_once_more_reopen_nothing(
    session: Session, who: Parties, loan: Loan
) -> None:
    agree(session, who, loan, Party.BORROWER)
    service.write_hours(as_professional(session, who, 2), loan.id, WEEK, 480)

    assert loan.waits_to_close == [Party.PROFESSIONAL]


def test_what_is_closed_takes_no_hours(session: Session, who: Parties, loan: Loan) -> None:
    for party in (Party.PROFESSIONAL, Party.BORROWER):
        agree(session, who, loan, party)

    with pytest.raises(Conflict) as refused:
        service.write_hours(as_professional(session, who, 2), loan.id, WEEK, 540)
    assert "afgesloten" in refused.value.said
    with pytest.raises(Conflict):
        dispute(session, who, loan, uuid4(), 2)


def test_what_runs_is_not_closed(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who)

    with pytest.raises(Conflict) as refused:
        agree(session, who, loan, Party.BORROWER, 0)
    assert refused.value.said == NOT_OVER


def test_nobody_closes_for_another(session: Session, who: Parties, loan: Loan) -> None:
    stranger = make_work(session, a_user(session))
    for party in (Party.PROFESSIONAL, Party.BORROWER):
        with pytest.raises(NotFound):
            service.agree_on_hours(stranger, loan.id, party, read(480), TODAY)
    with pytest.raises(Conflict) as refused:
        service.agree_on_hours(make_work(session), loan.id, Party.LENDER, read(480))
    assert refused.value.said == NOT_A_CLOSER


@pytest.mark.parametrize("day", [None, TODAY, date(1900, 1, 1)])
def test_the_day_of_return_comes_after_the_last_day(
    session: Session, who: Parties, loan: Loan, day: date | None
) -> None:
    work = as_professional(session, who, 1)

    with pytest.raises(FaultyDraft):
        service.agree_on_hours(work, loan.id, Party.PROFESSIONAL, read(480), day)


def test_a_return_later_than_agreed_is_told(session: Session, who: Parties, loan: Loan) -> None:
    work = as_professional(session, who, 1)
    service.agree_on_hours(work, loan.id, Party.PROFESSIONAL, read(480), TODAY + 8 * A_DAY)

    assert return_day(queries.of_any(session, loan.id)) == (
        "Helemaal terug op 1 december 2026, afgesproken was 24 november 2026."
    )


def test_who_stopped_earlier_is_expected_back_the_day_after(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who, starts_on=BEGUN)
    why = Refusal(Reason.WORK_IS_DONE)
    work = make_work(session, who.professional)
    service.end_early(work, loan.id, Party.PROFESSIONAL, TODAY, why)
    service.end_what_is_over(make_work(session, now=at(TODAY + A_DAY)))

    assert queries.of_any(session, loan.id).expected_back_on == TODAY + A_DAY
    agree(session, who, loan, Party.PROFESSIONAL, 0)
    assert return_day(queries.of_any(session, loan.id)) == "Helemaal terug op 24 november 2026."


def test_a_borrower_who_says_nothing_is_not_waited_for_for_ever(
    session: Session, who: Parties, loan: Loan
) -> None:
    with pytest.raises(Conflict) as refused:
        service.report_completion(as_professional(session, who, 10), loan.id, Party.PROFESSIONAL)
    assert refused.value.said == FIRST_YOURS
    agree(session, who, loan, Party.PROFESSIONAL)
    with pytest.raises(Conflict) as refused:
        service.report_completion(as_professional(session, who, 9), loan.id, Party.PROFESSIONAL)
    assert "Vanaf 3 december 2026" in refused.value.said

    for _ in range(2):
        service.report_completion(as_professional(session, who, 10), loan.id, Party.PROFESSIONAL)
    assert told(session)[-1] == ("completion.reported", Party.PROFESSIONAL)
    assert "vanzelf op 2 januari 2027" in said(session, loan, Party.BORROWER)

    assert closes(session, 39) == 0
    assert closes(session, 40) == 1
    assert closes(session, 41) == 0
    assert (loan.state, loan.closed_by) == (LoanState.CLOSED, None)
    assert told(session)[-1] == ("loan.closed", "")
    assert "Dat ging vanzelf" in said(session, loan, Party.LENDER)


def test_a_professional_who_says_nothing_is_not_waited_for_either(
    session: Session, who: Parties, loan: Loan
) -> None:
    def report(after: int, party: Party = Party.BORROWER) -> None:
        work = make_work(session, who.borrower, at(TODAY + after * A_DAY))
        service.report_completion(work, loan.id, party)

    with pytest.raises(Conflict) as refused:
        report(10)
    assert refused.value.said == FIRST_YOURS
    agree(session, who, loan, Party.BORROWER)
    with pytest.raises(Conflict, match="over since short"):
        report(9)
    with pytest.raises(Conflict) as refused:
        report(10, Party.LENDER)
    assert refused.value.said == NOT_A_CLOSER

    report(10)

    assert told(session)[-1] == ("completion.reported", Party.BORROWER)
    assert closes(session, 39) == 0
    assert closes(session, 40) == 1
    assert (loan.state, loan.closed_by) == (LoanState.CLOSED, None)


def test_of_what_nobody_says_anything_time_decides(session: Session, loan: Loan) -> None:
    assert reports(session, 30) == 0
    assert closes(session, 400) == 0
    assert reports(session, 31) == 1
    assert reports(session, 32) == 0

    assert told(session) == [("completion.reported", "")]
    assert "Zonder bezwaar sluit de inzet vanzelf op 23 januari 2027." in said(
        session, loan, Party.LENDER
    )
    assert closes(session, 60) == 0
    assert closes(session, 61) == 1
    assert (loan.state, loan.closed_by) == (LoanState.CLOSED, None)
    # The hours count as they were written.
    assert said(session, loan, Party.BORROWER) == (
        "Afgesloten op 23 januari 2027, met 8 uur. Dat ging vanzelf, omdat niemand bezwaar maakte."
    )


def test_who_agreed_and_reported_nothing_is_not_left_either(
    session: Session, who: Parties, loan: Loan
) -> None:
    agree(session, who, loan, Party.BORROWER, after=20)

    assert reports(session, 49) == 0
    assert reports(session, 50) == 1
    # The clock did that, and nobody who waits no longer.
    assert (loan.reported_on is not None, loan.reported_by) == (True, None)


def test_an_objection_is_answered_by_hours_and_not_by_silence(
    session: Session, who: Parties, loan: Loan
) -> None:
    assert reports(session, 31) == 1
    dispute(session, who, loan, uuid4(), 40)

    assert loan.reported_on is None
    assert (reports(session, 400), closes(session, 400)) == (0, 0)
    service.write_hours(as_professional(session, who, 401), loan.id, WEEK, 420)
    assert reports(session, 430) == 0
    assert reports(session, 431) == 1
    # Other hours once more: the borrower has as long to look at them.
    service.write_hours(as_professional(session, who, 440), loan.id, WEEK, 480)
    assert closes(session, 461) == 0


def test_hours_are_objected_to_while_it_runs(session: Session, who: Parties) -> None:
    loan = running(session, who)
    dispute(session, who, loan, uuid4(), 1)

    seen = queries.of_any(session, loan.id)
    assert said(session, loan, Party.BORROWER) == (
        f"Jullie zeiden dat de uren niet kloppen. {seen.professional_name} kijkt ze na."
    )
    assert said(session, loan, Party.PROFESSIONAL) == (
        f"{who.borrower.name} zegt dat de uren niet kloppen. Kijk ze na."
    )
    assert seen.waits_for_party(Party.PROFESSIONAL)
    assert not seen.waits_for_party(Party.BORROWER)
    # Hours of a week that was still to come do not answer it, and silence does not either.
    service.write_hours(as_professional(session, who, 7), loan.id, WEEK + 5 * A_WEEK, 480)
    assert queries.of_any(session, loan.id).objection is not None
    service.end_what_is_over(make_work(session, now=at(TODAY + 29 * A_DAY)))
    assert "zegt dat de uren niet kloppen" in said(session, loan, Party.LENDER)
    assert reports(session, 400) == 0

    service.write_hours(as_professional(session, who, 400), loan.id, WEEK, 420)
    assert queries.of_any(session, loan.id).objection is None
    assert reports(session, 430) == 1


def test_another_week_than_is_meant_answers_no_objection(session: Session, who: Parties) -> None:
    """The one that runs had no hours when somebody said that hours are not right."""
    loan = running(session, who)
    service.write_hours(as_professional(session, who, 0), loan.id, WEEK, 480)
    dispute(session, who, loan, uuid4(), 1)

    service.write_hours(later(session, who, 1), loan.id, THIS_WEEK, 120)
    assert queries.of_any(session, loan.id).objection is not None
    service.write_hours(later(session, who, 2), loan.id, WEEK, 420)

    seen = queries.of_any(session, loan.id)
    assert seen.objection is None
    assert changed_hours(seen, Party.BORROWER) == (
        f"{who.professional.name} veranderde de uren: in de week van 26 oktober 2026 van 8 naar 7 "
        "en vulde uren in: 2 uur in de week van 23 november 2026."
    )
    # Who says once more that they are not right has read that.
    dispute(session, who, loan, uuid4(), 2)
    assert changed_hours(queries.of_any(session, loan.id), Party.BORROWER) == ""
    service.write_hours(as_professional(session, who, 3), loan.id, THIS_WEEK, 180)
    assert queries.of_any(session, loan.id).objection is None


def test_time_closes_nothing_while_the_week_that_is_meant_stays_as_it_was(
    session: Session, who: Parties
) -> None:
    loan = running(session, who)
    dispute(session, who, loan, uuid4(), 1)
    service.write_hours(later(session, who, 1), loan.id, THIS_WEEK, 120)
    service.end_what_is_over(make_work(session, now=at(TODAY + 29 * A_DAY)))

    assert reports(session, 400) == 0
    service.write_hours(as_professional(session, who, 400), loan.id, WEEK, 420)
    assert reports(session, 431) == 1


def test_who_says_that_hours_are_right_leaves_the_next_step_to_who_objected(
    session: Session, who: Parties
) -> None:
    loan = running(session, who)
    dispute(session, who, loan, uuid4(), 1)
    work = as_professional(session, who, 2)
    service.remark(work, loan.id, uuid4(), Party.PROFESSIONAL, "Ik was er echt.")

    stays = "antwoordde op het bezwaar en liet de uren staan."
    assert said(session, loan, Party.BORROWER) == (
        f"{who.professional.name} {stays} Kloppen ze volgens jou niet? Overleg samen, of zeg het "
        "opnieuw."
    )
    assert said(session, loan, Party.PROFESSIONAL) == f"Je {stays}"
    service.end_what_is_over(make_work(session, now=at(TODAY + 29 * A_DAY)))
    closing = said(session, loan, Party.BORROWER)
    assert closing.endswith("zeg het opnieuw. Kloppen de uren? Sluit dan af.")

    service.write_hours(as_professional(session, who, 40), loan.id, WEEK, 420)
    assert stays not in said(session, loan, Party.BORROWER)


def test_an_answer_of_the_professional_ends_an_objection(session: Session, who: Parties) -> None:
    loan = running(session, who)
    dispute(session, who, loan, uuid4(), 1, Party.LENDER)
    service.remark(
        make_work(session, who.borrower, at(TODAY + 2 * A_DAY)),
        loan.id,
        uuid4(),
        Party.BORROWER,
        "Dat vind ik ook.",
    )
    assert queries.of_any(session, loan.id).objection is not None

    work = as_professional(session, who, 3)
    service.remark(work, loan.id, uuid4(), Party.PROFESSIONAL, "Ik was er echt.")

    assert queries.of_any(session, loan.id).objection is None
    # Then the clock goes on, for nobody waits for the professional any more.
    service.end_what_is_over(make_work(session, now=at(TODAY + 29 * A_DAY)))
    assert (reports(session, 58), reports(session, 59)) == (0, 1)


def test_only_the_last_objection_waits_for_an_answer(
    session: Session, who: Parties, loan: Loan
) -> None:
    dispute(session, who, loan, uuid4(), 1)
    dispute(session, who, loan, uuid4(), 3, Party.LENDER)
    assert reports(session, 400) == 0
    service.write_hours(as_professional(session, who, 401), loan.id, WEEK, 420)

    assert queries.of_any(session, loan.id).objection is None
    assert (reports(session, 430), reports(session, 431)) == (0, 1)


def test_before_it_begins_there_are_no_hours_to_object_to(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who)
    with pytest.raises(Conflict) as refused:
        dispute(session, who, loan, uuid4(), 1)

    assert refused.value.said == NO_HOURS_YET


@pytest.mark.parametrize("party", Party)
@pytest.mark.parametrize("has_agreed", [True, False])
def test_who_says_something_kind_only_gives_it_more_time(
    session: Session, who: Parties, loan: Loan, party: Party, *, has_agreed: bool
) -> None:
    if has_agreed:
        agree(session, who, loan, Party.PROFESSIONAL)
    thank(session, who, loan, party, after=20)

    assert reports(session, 49) == 0
    assert reports(session, 50) == 1


def test_who_agrees_after_an_objection_lets_time_go_on(
    session: Session, who: Parties, loan: Loan
) -> None:
    dispute(session, who, loan, uuid4(), 5)
    assert reports(session, 100) == 0
    agree(session, who, loan, Party.BORROWER, after=100)

    assert (reports(session, 129), reports(session, 130)) == (0, 1)


@pytest.mark.parametrize("party", [Party.BORROWER, Party.LENDER])
def test_who_objects_holds_it_up(session: Session, who: Parties, loan: Loan, party: Party) -> None:
    agree(session, who, loan, Party.PROFESSIONAL)
    service.report_completion(as_professional(session, who, 10), loan.id, Party.PROFESSIONAL)
    remark_id = uuid4()
    dispute(session, who, loan, remark_id, 20, party)

    assert (loan.reported_on, loan.waits_to_close) == (None, [Party.PROFESSIONAL, Party.BORROWER])
    assert told(session)[-1] == ("hours.reopened", party)
    assert closes(session, 400) == 0
    # The same form once more undoes nothing of what was agreed since.
    agree(session, who, loan, Party.PROFESSIONAL, after=21)
    dispute(session, who, loan, remark_id, 22, party)
    assert loan.waits_to_close == [Party.BORROWER]
    assert [one.words for one in queries.of_any(session, loan.id).remarks] == ["Week 3 mist."]


def running(session: Session, who: Parties) -> Loan:
    """With eight hours in its first week, and weeks to go."""
    ends_on = TODAY + 28 * A_DAY
    made = a_running_loan(
        session, who, starts_on=BEGUN, ends_on=ends_on, returns_on=ends_on + A_DAY
    )
    service.write_hours(make_work(session, who.professional), made.id, WEEK, 480)
    return made


def reports(session: Session, after: int) -> int:
    work = make_work(session, now=at(TODAY + after * A_DAY))
    is_due = due.is_anything_due(session, work.today)
    reported = service.report_what_fell_silent(work)
    assert is_due or not reported
    return reported


def closes(session: Session, after: int) -> int:
    work = make_work(session, now=at(TODAY + after * A_DAY))
    is_due = due.is_anything_due(session, work.today)
    closed = service.close_what_nobody_disputes(work)
    assert is_due or not closed
    return closed


def thank(session: Session, who: Parties, loan: Loan, party: Party, after: int) -> None:
    users = {Party.PROFESSIONAL: who.professional, Party.BORROWER: who.borrower}
    work = make_work(session, users.get(party, SYSTEM), at(TODAY + after * A_DAY))
    manager = who.manager if party is Party.LENDER else None
    service.remark(work, loan.id, uuid4(), party, "Bedankt, het was fijn!", manager)
    session.flush()


def dispute(
    session: Session,
    who: Parties,
    loan: Loan,
    remark_id: UUID,
    after: int,
    party: Party = Party.BORROWER,
) -> None:
    day = at(TODAY + after * A_DAY)
    work = make_work(session, now=day)
    if party is Party.BORROWER:
        work = make_work(session, who.borrower, day)
    manager = who.manager if party is Party.LENDER else None
    service.dispute_hours(work, loan.id, remark_id, party, "Week 3 mist.", manager)
