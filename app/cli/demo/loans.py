"""People of the demo who work for another gemeente or ask to, by the steps that all take."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid5

from sqlalchemy import select

from app.accounts import queries as accounts
from app.accounts.models import User
from app.cli.demo.data import NAMESPACE, slug
from app.cli.demo.seed import as_user
from app.core.actor import SYSTEM
from app.core.work import Work
from app.core.workdays import monday_of
from app.loans import queries, service
from app.loans.models import Loan, WorkedWeek
from app.loans.rules import (
    UNDER_WAY,
    Asked,
    LoanState,
    Manager,
    TermsDraft,
    mondays_of,
)
from app.opgaven.models import Opgave
from app.opgaven.queries import is_open
from app.responses import service as responses

A_WEEK = timedelta(weeks=1)
BEGAN_BEFORE = 4 * A_WEEK
LASTS = 16 * A_WEEK
HOURS = 8
GOAL = "Zien hoe een andere gemeente dit aanpakt, en meenemen wat werkt."


@dataclass(frozen=True)
class DemoLoan:
    """Who asks whom, and how far it came."""

    professional: str
    owner: str
    manager: str
    agrees: bool = False
    runs: bool = False


LOANS = (
    DemoLoan("Jorrit Feenstra", "Marloes Hoekzema", "Hanneke Dijkgraaf", agrees=True, runs=True),
    DemoLoan("Hiske Rozema", "Marloes Hoekzema", "Hanneke Dijkgraaf", agrees=True),
    # A manager who has an account finds it there as well.
    DemoLoan("Wouter Nijenhuis", "Jelte Bultena", "Marijke Hulsbos"),
)


def lend_people(work: Work, loans: Sequence[DemoLoan] = LOANS) -> int:
    """Ask for what is not asked yet, and write the hours of weeks that are over; how many steps."""
    users = {user.name: user for user in accounts.demo_people(work.session)}
    return sum(
        _bring_on(work, one, users)
        for one in loans
        if one.professional in users and one.owner in users
    )


def _bring_on(work: Work, one: DemoLoan, users: dict[str, User]) -> int:
    professional, owner = users[one.professional], users[one.owner]
    loan = _under_way(work, professional)
    if loan is not None:
        return _write_hours(work, loan, professional)
    opgave = _opgave_of(work, owner, one)
    if opgave is None:
        return 0
    known = users.get(one.manager)
    domain = professional.email.partition("@")[2]
    manager = Manager(known.email if known else f"{slug(one.manager, '.')}@{domain}")
    own_work = as_user(work, professional)
    responses.show_interest(own_work, opgave.id)
    loan_id = uuid5(NAMESPACE, f"inzet/{one.professional}/{opgave.id}/{work.today}")
    loan = service.ask(own_work, loan_id, opgave.id, _asked(work, one, manager))
    if one.agrees:
        service.sign_as_lender(replace(work, actor=SYSTEM), loan.id, loan.version, manager)
    if one.runs:
        service.sign_as_borrower(as_user(work, owner), loan.id, loan.version)
    return 1 + _write_hours(work, loan, professional)


def _under_way(work: Work, professional: User) -> Loan | None:
    found = select(Loan).where(Loan.user_id == professional.id, Loan.state.in_(UNDER_WAY))
    return work.session.scalar(found.limit(1))


def _opgave_of(work: Work, owner: User, one: DemoLoan) -> Opgave | None:
    """One that is open; who works takes a seat, and leaves others for who comes to look."""
    found = (
        select(Opgave)
        .where(Opgave.owner_id == owner.id, is_open(work.today))
        .where(Opgave.people_needed - Opgave.people_taken > int(one.runs))
        .order_by(Opgave.people_needed.desc(), Opgave.title)
    )
    return work.session.scalar(found.limit(1))


def _asked(work: Work, one: DemoLoan, manager: Manager) -> Asked:
    starts_on = monday_of(work.today) + (-BEGAN_BEFORE if one.runs else 2 * A_WEEK)
    ends_on = starts_on + LASTS - timedelta(days=3)
    terms = TermsDraft(
        hours_per_week=HOURS,
        starts_on=starts_on,
        ends_on=ends_on,
        returns_on=ends_on + timedelta(days=3),
        learning_goal=GOAL,
    )
    return Asked(terms, one.manager, manager.email)


def _write_hours(work: Work, loan: Loan, professional: User) -> int:
    """The last week that is over is left for who comes to try it."""
    if loan.state is not LoanState.ACTIVE or loan.last_day is None:
        return 0
    terms = queries.of_any(work.session, loan.id).terms
    until = min(loan.last_day, monday_of(work.today) - A_WEEK - timedelta(days=1))
    if until < terms.starts_on:
        return 0
    rows = select(WorkedWeek.monday).where(WorkedWeek.loan_id == loan.id)
    known = set(work.session.scalars(rows))
    missing = [monday for monday in mondays_of(terms.starts_on, until) if monday not in known]
    for monday in missing:
        service.write_hours(as_user(work, professional), loan.id, monday, HOURS * 60)
    return len(missing)
