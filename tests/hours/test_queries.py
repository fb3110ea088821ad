"""What a gemeente reads of its hours."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.core.actor import Role
from app.core.errors import NotFound
from app.hours import queries, service
from app.hours.rules import HOUR, Entry, Quarter
from tests.hours.builders import WEEK, booked, lent, two_gemeenten
from tests.support.builders import a_gemeente, a_user, an_opgave
from tests.support.queries import counted
from tests.support.work import MONDAY, make_work

SUMMER = datetime(2026, 7, 6, 9, tzinfo=UTC)
LAST_YEAR = datetime(2025, 6, 2, 9, tzinfo=UTC)
NOW = Quarter(2026, 4)


def test_a_statement_goes_from_how_it_began_to_how_it_ended(session: Session) -> None:
    borrower, lender = two_gemeenten(session)
    booked(session, borrower, lender, 30, SUMMER)
    booked(session, borrower, lender, 8)
    booked(session, lender, borrower, 3)

    found = queries.statement(session, lender, NOW)

    assert (found.opening, found.closing) == (30 * HOUR, 35 * HOUR)
    assert found.sum_of(Entry.LENT) == 8 * HOUR
    assert found.sum_of(Entry.BORROWED) == -3 * HOUR
    assert queries.statement(session, borrower, NOW).closing == -35 * HOUR
    assert queries.statement(session, lender, Quarter(2026, 3)).closing == 30 * HOUR


def test_a_line_names_the_other_the_opgave_and_the_week(session: Session) -> None:
    opgave = an_opgave(session, title="Minder regels")
    lender = a_gemeente(session, name="Leendam")
    booked(session, opgave.gemeente_code, lender.code, 8, opgave_id=opgave.id)

    opgave.title = "Nog minder regels"

    (line,) = queries.statement(session, opgave.gemeente_code, NOW).lines

    assert (line.other_code, line.other_name) == (lender.code, "Leendam")
    assert (line.opgave_id, line.opgave_title, line.week) == (opgave.id, "Minder regels", WEEK)
    assert (line.entry, line.minutes, line.is_correction) == (Entry.BORROWED, -8 * HOUR, False)
    assert line.booked_on == MONDAY.date()


def test_what_was_taken_back_stands_with_what_it_takes_back(session: Session) -> None:
    borrower, lender = two_gemeenten(session)
    week = lent(borrower, lender, 8)
    service.rebook(make_work(session, now=MONDAY - timedelta(hours=1)), week)
    # Later ids sort first, so that it is not they that give the order.
    ids = (UUID(int=number) for number in range(9, 0, -1))
    later = replace(make_work(session), new_id=lambda: next(ids))
    service.rebook(later, replace(week, minutes=6 * HOUR))

    found = queries.statement(session, borrower, NOW)

    assert [(line.entry, line.is_correction, line.minutes) for line in found.lines] == [
        (Entry.BORROWED, False, -8 * HOUR),
        (Entry.BORROWED, True, 8 * HOUR),
        (Entry.BORROWED, False, -6 * HOUR),
    ]
    assert found.sum_of(Entry.BORROWED) == -6 * HOUR


def test_others_have_no_part_in_it(session: Session) -> None:
    booked(session, *two_gemeenten(session))
    bystander = a_gemeente(session).code

    assert queries.statement(session, bystander, NOW).lines == ()
    assert queries.balance(session, bystander) == 0
    assert queries.first_day(session, bystander) is None


def test_a_gemeente_that_nobody_knows_has_no_statement(session: Session) -> None:
    with pytest.raises(NotFound):
        queries.statement(session, "GM0000", NOW)


def test_a_quarter_begins_at_midnight_in_the_netherlands(session: Session) -> None:
    borrower, lender = two_gemeenten(session)
    booked(session, borrower, lender, 1, datetime(2026, 9, 30, 21, 59, tzinfo=UTC))
    booked(session, borrower, lender, 2, datetime(2026, 9, 30, 22, 0, tzinfo=UTC))

    assert queries.statement(session, lender, NOW).opening == 1 * HOUR
    assert queries.statement(session, lender, NOW).closing == 3 * HOUR


def test_the_end_of_each_quarter_is_told(session: Session) -> None:
    borrower, lender = two_gemeenten(session)
    booked(session, borrower, lender, 30, SUMMER)
    booked(session, borrower, lender, 8)
    asked = [NOW, Quarter(2026, 3), Quarter(2026, 2)]

    found = queries.closings(session, lender, asked)

    assert found == {NOW: 38 * HOUR, Quarter(2026, 3): 30 * HOUR, Quarter(2026, 2): 0}
    assert queries.closings(session, lender, []) == {}
    assert queries.first_day(session, lender) == SUMMER.date()


@pytest.mark.parametrize("count", [1, 3])
def test_a_statement_takes_as_many_questions_for_many_as_for_one(
    session: Session, count: int
) -> None:
    borrower = a_gemeente(session).code
    for _ in range(count):
        opgave = an_opgave(session, owner=a_user(session, gemeente_code=borrower))
        booked(session, borrower, a_gemeente(session).code, 8, opgave_id=opgave.id)

    with counted(session) as asked:
        queries.statement(session, borrower, NOW)

    assert len(asked) == 4


def test_a_proposal_tells_how_many_loans_it_takes_the_place_of(session: Session) -> None:
    borrower, lender = two_gemeenten(session)
    first = lent(borrower, lender, 8)
    service.book(make_work(session, now=LAST_YEAR), first)
    second_week = lent(borrower, lender, 8, loan_id=first.loan_id, week=date(2025, 5, 26))
    service.book(make_work(session, now=LAST_YEAR), second_week)
    booked(session, borrower, lender, 4, LAST_YEAR)
    gone = booked(session, borrower, lender, 2, LAST_YEAR)
    service.reverse(make_work(session, now=LAST_YEAR), gone.id)

    found = queries.proposal(session, 2025)

    (settling,) = found.settlings
    assert (settling.debtor, settling.creditor, settling.minutes) == (borrower, lender, 20 * HOUR)
    assert found.loans == 2
    assert set(found.names) == {borrower, lender}


def test_what_was_settled_reads_as_what_was_proposed(session: Session) -> None:
    codes = [a_gemeente(session).code for _ in range(3)]
    booked(session, codes[0], codes[1], 40, LAST_YEAR)
    booked(session, codes[0], codes[2], 30, LAST_YEAR)
    proposed = queries.proposal(session, 2025)
    person = a_user(session, Role.BEHEERDER)
    service.settle_year(make_work(session, person), 2025, proposed.mark)
    settling = queries.settling_of(session, 2025)
    assert settling is not None

    found = queries.settled(session, settling)

    assert set(found.settlings) == set(proposed.settlings)
    assert found.loans == proposed.loans == 2
    assert queries.proposal(session, 2025).settlings == ()


def test_loans_of_a_year_that_was_settled_are_not_counted_again(session: Session) -> None:
    borrower, lender = two_gemeenten(session)
    booked(session, borrower, lender, 8, datetime(2024, 6, 3, 9, tzinfo=UTC))
    person = a_user(session, Role.BEHEERDER)
    mark = queries.proposal(session, 2024).mark
    service.settle_year(make_work(session, person), 2024, mark)
    booked(session, borrower, lender, 8, LAST_YEAR)

    assert queries.proposal(session, 2025).loans == 1
