"""Hours that gemeenten of the demo lent each other in the weeks that are over.

Which weeks these are follows from the calendar alone, so that seeding again adds only what has
passed since.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from sqlalchemy import select

from app.cli.demo.data import NAMESPACE, DemoOpgave, DemoPerson
from app.cli.demo.seed import weeks
from app.core.clock import AMSTERDAM
from app.core.work import Work
from app.core.workdays import monday_of
from app.hours import queries, service
from app.hours.models import HourTransfer
from app.hours.rules import HOUR, Lent
from app.opgaven.models import Opgave

FIRST_MONDAY = date(2020, 1, 6)
A_WEEK = timedelta(weeks=1)
# Far enough back for a year that is over.
WEEKS = 60
# Twice a year each loan takes some weeks.
EVERY, FEWEST, SPREAD = 26, 3, 4
# The weeks of one loan begin so long after those of the one before it.
APART = 5
WRITTEN = time(16)
FRIDAY = timedelta(days=4)


@dataclass(frozen=True)
class DemoLoan:
    """Somebody of another gemeente who helps with an opgave some weeks of the year."""

    number: int
    lender_code: str
    opgave: DemoOpgave

    @property
    def id(self) -> UUID:
        return uuid5(NAMESPACE, f"uren/{self.opgave.gemeente_code}/{self.opgave.content.title}")

    def works_in(self, monday: date) -> bool:
        week = (monday - FIRST_MONDAY) // A_WEEK + self.number * APART
        return week % EVERY < FEWEST + self.number % SPREAD


def demo_loans(codes: Sequence[str], listed: Sequence[DemoOpgave]) -> list[DemoLoan]:
    """Each opgave that asks hours gets them from another gemeente, and each gemeente lends some."""
    asking = [one for one in listed if one.content.hours_per_week]
    lenders = [codes[number % len(codes)] for number in range(len(asking) + 1)]
    return [
        # One's own gemeente has no hours to lend: then the next one has.
        DemoLoan(number, lenders[number + (lenders[number] == one.gemeente_code)], one)
        for number, one in enumerate(asking)
    ]


def lend_hours(work: Work, people: Sequence[DemoPerson], listed: Sequence[DemoOpgave]) -> int:
    """Book the weeks that are over and were not booked yet; how many."""
    loans = demo_loans(sorted({person.gemeente_code for person in people}), listed)
    placed = _placed(work, loans)
    ids = [loan.id for loan in loans]
    rows = select(HourTransfer.loan_id, HourTransfer.week).where(HourTransfer.loan_id.in_(ids))
    known = {(loan_id, monday) for loan_id, monday in work.session.execute(rows)}
    booked = 0
    for loan, monday in _weeks(loans, work.today):
        if loan.id in placed and (loan.id, monday) not in known:
            service.book(_work_of(work, monday), _lent(loan, monday, placed[loan.id]))
            booked += 1
    return booked


def _placed(work: Work, loans: Sequence[DemoLoan]) -> dict[UUID, list[Opgave]]:
    """The opgave of each loan, each time that it was placed, the last first."""
    ids = {loan.opgave.id_in(monday): loan.id for loan in loans for monday in weeks(work.today)}
    rows = select(Opgave).where(Opgave.id.in_(ids)).order_by(Opgave.created_at.desc())
    found: dict[UUID, list[Opgave]] = {}
    for opgave in work.session.scalars(rows):
        found.setdefault(ids[opgave.id], []).append(opgave)
    return found


def _weeks(loans: Sequence[DemoLoan], today: date) -> Iterator[tuple[DemoLoan, date]]:
    this_week = monday_of(today)
    for ago in range(WEEKS, 0, -1):
        monday = this_week - ago * A_WEEK
        yield from ((loan, monday) for loan in loans if loan.works_in(monday))


def _work_of(work: Work, monday: date) -> Work:
    """Written on the Friday of that week, unless the hours of that year are settled."""
    written = datetime.combine(monday + FRIDAY, WRITTEN, AMSTERDAM)
    settled = queries.last_settled(work.session)
    is_late = settled is not None and written.year <= settled
    return work if is_late else replace(work, now=written)


def _lent(loan: DemoLoan, monday: date, placed: Sequence[Opgave]) -> Lent:
    """Before the opgave began the two worked on something that is not in the house."""
    friday = monday + FRIDAY
    begun = [one.id for one in placed if one.starts_on and one.starts_on <= friday]
    hours = loan.opgave.content.hours_per_week or 0
    return Lent(
        borrower_code=loan.opgave.gemeente_code,
        lender_code=loan.lender_code,
        minutes=hours * HOUR,
        opgave_id=begun[0] if begun else None,
        loan_id=loan.id,
        week=monday,
    )
