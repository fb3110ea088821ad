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
    OVER,
    UNDER_WAY,
    Again,
    Asked,
    FeedbackDraft,
    LoanState,
    Manager,
    Party,
    Showed,
    TermsDraft,
    hours_mark,
    mondays_of,
)
from app.opgaven.models import Opgave
from app.opgaven.queries import is_open
from app.responses import service as responses

A_WEEK = timedelta(weeks=1)
BEGAN_BEFORE = 4 * A_WEEK
LASTS = 16 * A_WEEK
HOURS = 8
# Of a loan that is over: how long ago it was asked, and how long it lasted.
ASKED_BEFORE = 3 * A_WEEK
LASTED = 6 * A_WEEK
OF_PROFESSIONAL = FeedbackDraft(
    Again.YES,
    went_well="Ik mocht overal bij zijn, van de keet tot de raadszaal.",
    different="Een week eerder kennismaken had gescheeld.",
    goal_words="Ons eigen meerjarenplan heeft nu dezelfde opbouw.",
)
OF_OWNER = FeedbackDraft(
    Again.YES,
    went_well="Stelde de vragen die wij niet meer stelden.",
    different="Volgende keer zetten we de toegang tot het systeem eerder klaar.",
)
ANSWER = "Dank je. Ik kom graag nog eens kijken hoe het plan uitpakt."
GOAL = "Zien hoe een andere gemeente dit aanpakt, en meenemen wat werkt."


@dataclass(frozen=True)
class DemoLoan:
    """Who asks whom, and how far it came."""

    professional: str
    owner: str
    manager: str
    agrees: bool = False
    runs: bool = False
    # Whether it is over, with hours that both agreed on and how it went.
    is_over: bool = False


LOANS = (
    DemoLoan("Jorrit Feenstra", "Marloes Hoekzema", "Hanneke Dijkgraaf", agrees=True, runs=True),
    DemoLoan("Hiske Rozema", "Marloes Hoekzema", "Hanneke Dijkgraaf", agrees=True),
    DemoLoan(
        "Piet Hein Boonstra",
        "Henk-Jan Oosting",
        "Baukje Rinsma",
        agrees=True,
        runs=True,
        is_over=True,
    ),
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
    loan = _known(work, professional, one)
    if loan is not None:
        return _write_hours(work, loan, professional)
    opgave = _opgave_of(work, owner, one)
    if opgave is None:
        return 0
    if one.is_over:
        loan = _ask(replace(work, now=work.now - ASKED_BEFORE), one, opgave, users)
        written = _write_hours(work, loan, professional)
        _bring_to_an_end(work, loan, professional, owner)
        return 1 + written
    loan = _ask(work, one, opgave, users)
    return 1 + _write_hours(work, loan, professional)


def _ask(work: Work, one: DemoLoan, opgave: Opgave, users: dict[str, User]) -> Loan:
    """Asked for, with the signatures that there are."""
    professional, owner = users[one.professional], users[one.owner]
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
    return loan


def _bring_to_an_end(work: Work, loan: Loan, professional: User, owner: User) -> None:
    """Both agree on the hours and say how it went; one skill is put on the profile."""
    service.end_what_is_over(replace(work, actor=SYSTEM))
    own_work, work_of_owner = as_user(work, professional), as_user(work, owner)
    seen = queries.of_any(work.session, loan.id)
    read = hours_mark(seen.weeks)
    service.agree_on_hours(own_work, loan.id, Party.PROFESSIONAL, read, seen.expected_back_on)
    service.agree_on_hours(work_of_owner, loan.id, Party.BORROWER, read)
    labels = queries.asked_labels(work.session, loan.opgave_id)
    shown = replace(OF_OWNER, skills=dict.fromkeys(labels[:2], Showed.SHOWN))
    service.give_feedback(own_work, loan.id, Party.PROFESSIONAL, OF_PROFESSIONAL)
    service.give_feedback(work_of_owner, loan.id, Party.BORROWER, shown)
    service.answer_feedback(own_work, loan.id, ANSWER)
    work.session.flush()
    service.keep_evidence(own_work, loan.id, 0)


def _known(work: Work, professional: User, one: DemoLoan) -> Loan | None:
    states = OVER if one.is_over else UNDER_WAY
    found = select(Loan).where(Loan.user_id == professional.id, Loan.state.in_(states))
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
    lasts = LASTED if one.is_over else LASTS
    ends_on = starts_on + lasts - timedelta(days=3)
    terms = TermsDraft(
        hours_per_week=HOURS,
        starts_on=starts_on,
        ends_on=ends_on,
        returns_on=ends_on + timedelta(days=3),
        learning_goal=GOAL,
    )
    return Asked(terms, one.manager, manager.email)


def _write_hours(work: Work, loan: Loan, professional: User) -> int:
    """The last week of work that goes on is left for who comes to try it."""
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
