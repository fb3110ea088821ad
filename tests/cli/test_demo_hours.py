"""Gemeenten of the demo lend each other hours, so that the pages of the urenbank show some."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cli.demo.data import DemoOpgave, DemoPerson, Stage, read_opgaven, read_people
from app.cli.demo.hours import WEEKS, demo_loans, lend_hours
from app.cli.demo.seed import seed
from app.core.actor import Role
from app.gemeenten.reference import OWN_LIST, read
from app.gemeenten.service import import_gemeenten
from app.hours import queries, service
from app.hours.models import HourTransfer
from app.hours.rules import Quarter
from app.opgaven.models import Opgave
from tests.support.builders import a_user
from tests.support.work import MONDAY, TODAY, make_work

OPGAVEN = [one for one in read_opgaven() if one.stage is Stage.OPEN][:4]
OWNERS = {one.owner for one in OPGAVEN}
PEOPLE = [person for person in read_people() if person.name in OWNERS]


def put_in(session: Session, days_later: int = 0) -> int:
    work = make_work(session, now=MONDAY + timedelta(days=days_later))
    codes = {person.gemeente_code for person in PEOPLE}
    listed = [facts for facts in read(OWN_LIST).gemeenten if facts.code in codes]
    import_gemeenten(work, listed)
    seed(work, PEOPLE, OPGAVEN)
    return lend_hours(work, PEOPLE, OPGAVEN)


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(HourTransfer)) or 0


def lenders(people: Sequence[DemoPerson], listed: Sequence[DemoOpgave]) -> set[str]:
    codes = sorted({person.gemeente_code for person in people})
    return {loan.lender_code for loan in demo_loans(codes, listed)}


def test_every_gemeente_of_the_demo_lends_or_borrows() -> None:
    people, listed = read_people(), read_opgaven()
    borrowers = {one.gemeente_code for one in listed if one.content.hours_per_week}

    assert {person.gemeente_code for person in people} <= lenders(people, listed) | borrowers


def test_hours_lie_in_the_weeks_that_are_over(session: Session) -> None:
    booked = put_in(session)

    first, last = session.execute(
        select(func.min(HourTransfer.booked_at), func.max(HourTransfer.booked_at))
    ).one()
    assert booked == count(session) > 0
    assert MONDAY - timedelta(weeks=WEEKS) < first < last < MONDAY
    assert sum(queries.balances(session, TODAY.year).values()) == 0
    (borrower, lender) = session.execute(
        select(HourTransfer.debit_code, HourTransfer.credit_code).limit(1)
    ).one()
    assert borrower != lender


def test_hours_from_before_an_opgave_began_name_no_opgave(session: Session) -> None:
    put_in(session)
    put_in(session, days_later=20 * 7)

    rows = session.execute(
        select(HourTransfer.week, Opgave.starts_on, HourTransfer.opgave_title).outerjoin(
            Opgave, Opgave.id == HourTransfer.opgave_id
        )
    ).all()
    named = [(week, first) for week, first, title in rows if title and week and first]
    assert len(named) == sum(bool(title) for *_, title in rows)
    assert 0 < len(named) < len(rows)
    assert all(first <= week + timedelta(days=4) for week, first in named)


def test_a_second_time_only_what_passed_since_is_added(session: Session) -> None:
    put_in(session)
    before = count(session)

    assert put_in(session, days_later=1) == 0
    assert put_in(session, days_later=20 * 7) > 0
    assert count(session) > before


def test_a_year_that_somebody_settled_takes_no_more_hours(session: Session) -> None:
    put_in(session, days_later=-200)
    code = session.scalars(select(HourTransfer.credit_code).limit(1)).one()
    beheerder = a_user(session, Role.BEHEERDER)
    later = make_work(session, beheerder, now=MONDAY + timedelta(days=60))
    year = later.today.year - 1
    service.settle_year(later, year, queries.proposal(session, year).mark)
    before = queries.statement(session, code, Quarter(year, 4))

    assert put_in(session, days_later=60) > 0

    assert queries.statement(session, code, Quarter(year, 4)) == before
