"""The weeks that loans take of a person; the database lets nobody lend more than a week has."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import User
from app.core.dutch import dutch_date
from app.core.errors import Conflict
from app.core.work import Work
from app.loans.models import LentWeek, Loan, Terms
from app.loans.rules import MOST_HOURS, mondays_of

TOO_MANY = (
    "In de week van {monday} zou er dan {hours} uur uitgeleend zijn, bij alle gemeenten samen. "
    "Meer dan {most} uur per week kan niet."
)

Hours = Mapping[date, int]


def lend(work: Work, loan: Loan, terms: Terms) -> None:
    """Take the hours of these terms, in the place of those that held until now."""
    wanted = dict.fromkeys(mondays_of(terms.starts_on, terms.ends_on), terms.hours_per_week)
    _replace(work, loan, _held(work, loan), wanted)


def end_on(work: Work, loan: Loan, last_day: date) -> None:
    """The weeks that begin after this day are free again."""
    held = _held(work, loan)
    kept = {monday: hours for monday, hours in held.items() if monday <= last_day}
    _replace(work, loan, held, kept)


def give_back(work: Work, loan: Loan) -> None:
    """All of its weeks are free again."""
    _replace(work, loan, _held(work, loan), {})


def _held(work: Work, loan: Loan) -> Hours:
    """What this loan takes now."""
    if loan.agreed_version is None or loan.last_day is None:
        return {}
    terms = work.fetch(Terms, (loan.id, loan.agreed_version))
    return dict.fromkeys(mondays_of(terms.starts_on, loan.last_day), terms.hours_per_week)


def _replace(work: Work, loan: Loan, held: Hours, wanted: Hours) -> None:
    # One at a time for each person, so that what is read here is still so when it is written.
    work.fetch_to_change(User, loan.user_id)
    lent = dict(
        work.session.execute(
            select(LentWeek.monday, LentWeek.hours).where(LentWeek.user_id == loan.user_id)
        ).all()
    )
    changed = {
        monday: lent.get(monday, 0) + wanted.get(monday, 0) - held.get(monday, 0)
        for monday in sorted(held.keys() | wanted.keys())
        if wanted.get(monday, 0) != held.get(monday, 0)
    }
    _refuse_too_many(changed)
    _write(work, loan, changed)


def _refuse_too_many(changed: Hours) -> None:
    for monday, hours in changed.items():
        if hours > MOST_HOURS:
            said = TOO_MANY.format(monday=dutch_date(monday), hours=hours, most=MOST_HOURS)
            raise Conflict(f"{hours} hours in the week of {monday}", said=said)


def _write(work: Work, loan: Loan, changed: Hours) -> None:
    if not changed:
        return
    rows = insert(LentWeek).values(
        [
            {"user_id": loan.user_id, "monday": monday, "hours": hours}
            for monday, hours in changed.items()
        ]
    )
    work.session.execute(
        rows.on_conflict_do_update(
            index_elements=[LentWeek.user_id, LentWeek.monday],
            set_={"hours": rows.excluded.hours},
        )
    )
