"""People of the demo who work for another gemeente or ask to, by the steps that all take."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import uuid5

from sqlalchemy import ColumnElement, or_, select

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
A_DAY = timedelta(days=1)
LASTS = 16 * A_WEEK
# Of a loan that is over.
LASTED = 6 * A_WEEK
# What began was asked so long before.
ASKED_BEFORE = A_WEEK
# Of an opgave that says none.
HOURS = 8
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
    # Whether its last day has passed: then both have to agree on the hours.
    is_over: bool = False
    # Whether they did, and said how it went.
    is_closed: bool = False


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
        is_closed=True,
    ),
    # Left for who comes to try it: agree on the hours, and say how it went.
    DemoLoan(
        "Harm Veldkamp",
        "Bram van Ooijen",
        "Roelof Dijkema",
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
    opgave = _opgave_of(work, owner, one)
    loan = _known(work, professional, one, opgave)
    if loan is not None:
        return _write_hours(work, loan, professional)
    if opgave is None or opgave.starts_on is None:
        return 0
    asked_on = opgave.starts_on - ASKED_BEFORE
    then = replace(work, now=work.now - (work.today - asked_on)) if one.runs else work
    loan = _ask(then, one, opgave, users)
    written = _write_hours(work, loan, professional)
    if one.is_over and loan.last_day is not None:
        day_after = work.now - (work.today - loan.last_day - A_DAY)
        service.end_what_is_over(replace(work, actor=SYSTEM, now=day_after))
    if one.is_closed:
        _close(work, loan, professional, owner)
    return 1 + written


def _ask(work: Work, one: DemoLoan, opgave: Opgave, users: dict[str, User]) -> Loan:
    """Asked for, with the signatures that there are."""
    professional, owner = users[one.professional], users[one.owner]
    known = users.get(one.manager)
    domain = professional.email.partition("@")[2]
    manager = Manager(known.email if known else f"{slug(one.manager, '.')}@{domain}")
    own_work = as_user(work, professional)
    responses.show_interest(own_work, opgave.id)
    loan_id = uuid5(NAMESPACE, f"inzet/{one.professional}/{opgave.id}/{work.today}")
    loan = service.ask(own_work, loan_id, opgave.id, _asked(one, opgave, manager))
    if one.agrees:
        service.sign_as_lender(replace(work, actor=SYSTEM), loan.id, loan.version, manager)
    if one.runs:
        service.sign_as_borrower(as_user(work, owner), loan.id, loan.version)
    return loan


def _close(work: Work, loan: Loan, professional: User, owner: User) -> None:
    """Both agree on the hours and say how it went; one skill is put on the profile."""
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


def _known(work: Work, professional: User, one: DemoLoan, opgave: Opgave | None) -> Loan | None:
    """What goes on or waits; of what was closed by who came to try it only that of this opgave."""
    is_theirs = Loan.user_id == professional.id
    known: ColumnElement[bool] = Loan.state.in_(
        OVER if one.is_closed else (*UNDER_WAY, LoanState.ENDED)
    )
    if one.is_over and not one.is_closed and opgave is not None:
        known = or_(known, Loan.opgave_id == opgave.id)
    return work.session.scalar(select(Loan).where(is_theirs, known).limit(1))


def _opgave_of(work: Work, owner: User, one: DemoLoan) -> Opgave | None:
    """One that is open; who works takes a seat, and leaves others for who comes to look."""
    has_begun = Opgave.starts_on < work.today
    found = (
        select(Opgave)
        .where(Opgave.owner_id == owner.id, is_open(work.today))
        .where(has_begun if one.runs else ~has_begun)
        .where(Opgave.people_needed - Opgave.people_taken > int(one.runs))
        .order_by(Opgave.people_needed.desc(), Opgave.title)
    )
    return work.session.scalar(found.limit(1))


def _asked(one: DemoLoan, opgave: Opgave, manager: Manager) -> Asked:
    """From the first Monday of the opgave, until a Friday within it."""
    first_day, last_day = opgave.starts_on or date.max, opgave.ends_on or date.max
    starts_on = monday_of(first_day + A_WEEK - A_DAY)
    lasts = LASTED if one.is_over else LASTS
    ends_on = min(starts_on + lasts, monday_of(last_day + A_DAY)) - 3 * A_DAY
    terms = TermsDraft(
        hours_per_week=opgave.hours_per_week or HOURS,
        starts_on=starts_on,
        ends_on=ends_on,
        returns_on=ends_on + 3 * A_DAY,
        learning_goal=GOAL,
    )
    return Asked(terms, one.manager, manager.email)


def _write_hours(work: Work, loan: Loan, professional: User) -> int:
    """The last week of work that goes on is left for who comes to try it."""
    if loan.state is not LoanState.ACTIVE or loan.last_day is None:
        return 0
    terms = queries.of_any(work.session, loan.id).terms
    until = min(loan.last_day, monday_of(work.today) - A_WEEK - A_DAY)
    if until < terms.starts_on:
        return 0
    rows = select(WorkedWeek.monday).where(WorkedWeek.loan_id == loan.id)
    known = set(work.session.scalars(rows))
    missing = [monday for monday in mondays_of(terms.starts_on, until) if monday not in known]
    for monday in missing:
        service.write_hours(as_user(work, professional), loan.id, monday, terms.hours_per_week * 60)
    return len(missing)
