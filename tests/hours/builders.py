"""Hours between gemeenten, as rooms above would book them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.gemeenten.models import Gemeente
from app.hours import service
from app.hours.models import HourTransfer
from app.hours.queries import Line, Statement
from app.hours.rules import HOUR, Entry, Lent, Quarter
from tests.support.builders import a_gemeente
from tests.support.work import MONDAY, TODAY, make_work

WEEK = date(2026, 11, 16)


def two_gemeenten(session: Session) -> tuple[str, str]:
    """A borrower and a lender."""
    return a_gemeente(session).code, a_gemeente(session).code


def lent(borrower: str, lender: str, hours: int = 8, **changed: object) -> Lent:
    """One week of a loan of its own."""
    fields = {"loan_id": uuid4(), "week": WEEK, **changed}
    return Lent(borrower, lender, hours * HOUR, **fields)  # type: ignore[arg-type]


def booked(
    session: Session,
    borrower: str,
    lender: str,
    hours: int = 8,
    now: datetime = MONDAY,
    opgave_id: UUID | None = None,
) -> HourTransfer:
    work = make_work(session, SYSTEM, now)
    return service.book(work, lent(borrower, lender, hours, opgave_id=opgave_id))


def merge(session: Session, code: str, **newcomer: object) -> str:
    """From today on it is part of another one."""
    successor = a_gemeente(session, **newcomer)
    gone = session.get_one(Gemeente, code)
    gone.valid_until, gone.successor_code = TODAY, successor.code
    session.flush()
    return successor.code


def a_statement() -> Statement:
    """Of a quarter that is over, in which hours were lent and taken back; needs no database."""
    line = Line(
        booked_at=datetime(2026, 7, 6, 9, tzinfo=UTC),
        entry=Entry.LENT,
        is_correction=False,
        other_code="GM0002",
        other_name="Haaldam",
        loan_id=None,
        opgave_id=None,
        opgave_title="Minder regels 😀",
        week=date(2026, 6, 29),
        minutes=8 * HOUR,
    )
    back = replace(line, is_correction=True, minutes=-8 * HOUR)
    return Statement("GM0001", "Leendam", Quarter(2026, 3), 90, (line, back))
