"""What a new day asks of loans: which are over, silent, to be closed or told of."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.rules import NOWHERE
from app.core.clock import AMSTERDAM, day_begins
from app.loans.awaited import TO_SUNDAY
from app.loans.models import Feedback, Loan, Remark, WorkedWeek
from app.loans.rules import (
    CLOSES_AFTER,
    END_TALK_TOLD_BEFORE,
    FEEDBACK_ASKED_AFTER,
    FEEDBACK_ASKED_BEFORE,
    FEEDBACK_BLIND,
    OVER,
    SILENT_AFTER,
    UNDER_WAY,
    LoanState,
    Party,
)
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus

A_DAY = timedelta(days=1)


def over(session: Session, today: date) -> list[UUID]:
    """Loans that run and whose last day has passed."""
    return list(session.scalars(_over(today).order_by(Loan.id)))


def done_opgaven(session: Session, today: date) -> list[UUID]:
    """Opgaven that are worked on, and of which nobody works or is asked for any more.

    Somebody stayed until the agreed end, or its own last day has passed.
    """
    return list(session.scalars(_done_opgaven(today).order_by(Opgave.id)))


def end_talks_to_tell(session: Session, today: date) -> list[UUID]:
    """Running loans whose talk is within a week, and was not told of for that day."""
    return list(session.scalars(_end_talks_to_tell(today).order_by(Loan.id)))


def closing_of_itself(session: Session, today: date) -> list[UUID]:
    """What was reported done so long ago that nobody need agree any more."""
    return list(session.scalars(_closing_of_itself(today).order_by(Loan.id)))


def fallen_silent(session: Session, today: date) -> list[UUID]:
    """What is over, and of which nobody said anything for long."""
    return list(session.scalars(_fallen_silent(today).order_by(Loan.id)))


def is_silent(session: Session, loan: Loan, today: date) -> bool:
    """Whether this is one of them."""
    return session.scalar(_fallen_silent(today).where(Loan.id == loan.id)) is not None


def feedback_to_show(session: Session, today: date) -> list[UUID]:
    """Loans with feedback that the other had long enough to answer with their own."""
    return list(session.scalars(_feedback_to_show(today).distinct().order_by(Feedback.loan_id)))


def feedback_to_ask(session: Session, today: date) -> list[UUID]:
    """Loans that ended some days ago, of which not both said how it went and both still can."""
    return list(session.scalars(_feedback_to_ask(today).order_by(Loan.id)))


def is_anything_due(session: Session, today: date) -> bool:
    """Whether the day asks something of a loan or an opgave; one question for all of it."""
    of_loans = (
        _over(today),
        _end_talks_to_tell(today),
        _done_opgaven(today),
        _fallen_silent(today),
        _closing_of_itself(today),
        _feedback_to_show(today),
        _feedback_to_ask(today),
    )
    due = or_(opgaven.anything_due(today), *(found.exists() for found in of_loans))
    return bool(session.scalar(select(due)))


def _over(today: date) -> Select[UUID]:
    return select(Loan.id).where(Loan.state == LoanState.ACTIVE, Loan.last_day < today)


def _done_opgaven(today: date) -> Select[UUID]:
    of_opgave = select(Loan.id).where(Loan.opgave_id == Opgave.id)
    stayed = of_opgave.where(Loan.state.in_(OVER), Loan.ended_by.is_(None))
    ended = of_opgave.where(Loan.state.in_(OVER))
    return select(Opgave.id).where(
        Opgave.status == OpgaveStatus.RUNNING,
        ~of_opgave.where(Loan.state.in_(UNDER_WAY)).exists(),
        or_(stayed.exists(), and_(ended.exists(), Opgave.ends_on < today)),
    )


def _closing_of_itself(today: date) -> Select[UUID]:
    return select(Loan.id).where(
        Loan.state == LoanState.ENDED, Loan.reported_on <= today - CLOSES_AFTER
    )


def _fallen_silent(today: date) -> Select[UUID]:
    """An objection waits for an answer, as `SeenLoan.objection` says, and not for the clock."""
    written = select(func.max(WorkedWeek.written_at)).where(WorkedWeek.loan_id == Loan.id)
    said = select(func.max(Remark.said_at)).where(Remark.loan_id == Loan.id)
    agreed = func.greatest(Loan.professional_closed_at, Loan.borrower_closed_at)
    last_step = func.greatest(
        Loan.ended_at, agreed, written.scalar_subquery(), said.scalar_subquery()
    )
    objected = said.where(Remark.is_objection).scalar_subquery()
    meant = func.date(func.timezone(AMSTERDAM.key, objected))
    answer = said.where(Remark.party == Party.PROFESSIONAL).scalar_subquery()
    had_hours = WorkedWeek.minutes_before.is_distinct_from(0)
    anew = written.where(
        or_(
            func.least(WorkedWeek.monday + TO_SUNDAY.days, Loan.last_day) < meant,
            and_(WorkedWeek.monday <= meant, had_hours),
        )
    ).scalar_subquery()
    long_ago = day_begins(today - SILENT_AFTER + A_DAY)
    return select(Loan.id).where(
        Loan.state == LoanState.ENDED,
        Loan.reported_on.is_(None),
        last_step < long_ago,
        or_(objected.is_(None), func.greatest(agreed, answer, anew) > objected),
    )


def _feedback_to_show(today: date) -> Select[UUID]:
    return select(Feedback.loan_id).where(
        Feedback.shown_on.is_(None), Feedback.given_on <= today - FEEDBACK_BLIND
    )


def _feedback_to_ask(today: date) -> Select[UUID]:
    given = select(Feedback.loan_id).where(Feedback.loan_id == Loan.id)
    left = select(User.id).where(User.id == Loan.user_id, User.email.endswith(f"@{NOWHERE}"))
    return select(Loan.id).where(
        Loan.state.in_(OVER),
        Loan.feedback_asked_on.is_(None),
        Loan.last_day.between(today - FEEDBACK_ASKED_BEFORE, today - FEEDBACK_ASKED_AFTER),
        ~given.where(Feedback.shown_on.is_not(None)).exists(),
        ~left.exists(),
    )


def _end_talks_to_tell(today: date) -> Select[UUID]:
    return select(Loan.id).where(
        Loan.state == LoanState.ACTIVE,
        Loan.end_talk_on.between(today, today + END_TALK_TOLD_BEFORE),
        Loan.end_talk_told_for.is_distinct_from(Loan.end_talk_on),
    )
