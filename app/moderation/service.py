"""Reporting something, deciding about it, and putting it back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.conversations import publishing
from app.conversations import queries as conversations
from app.conversations import service as conversing
from app.conversations.models import Message
from app.core.actor import Actor
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import refuse
from app.core.rights import Right, may
from app.core.work import Work
from app.moderation import queries
from app.moderation.events import PutBack, ReportDecided, ReportMade
from app.moderation.models import Report
from app.moderation.queries import Case
from app.moderation.rules import (
    COMES_BACK,
    MOST_A_DAY,
    Ground,
    Ruling,
    Subject,
    decision_faults,
    report_faults,
)
from app.opgaven import life
from app.opgaven import queries as opgaven
from app.opgaven.rules import may_edit
from app.people import queries as people
from app.people import service as profiles
from app.responses.models import Invitation

OWN = "Dit is van jezelf of van je eigen gemeente. Melden kan alleen bij wat een ander schreef."
TOO_MANY = (
    f"Je hebt de laatste 24 uur al {MOST_A_DAY} keer iets gemeld. "
    "Is er meer aan de hand? Mail het ons dan."
)
TAKE_DOWN: dict[Subject, Callable[[Work, UUID], object]] = {
    Subject.OPGAVE: life.take_down,
    Subject.PROFILE: profiles.take_down,
    Subject.MESSAGE: conversing.take_down,
    Subject.PUBLISHED: publishing.take_down,
    Subject.INVITATION: conversing.take_down_invitation,
}
PUT_BACK: dict[Subject, Callable[[Work, UUID], None]] = {
    Subject.PROFILE: profiles.put_back,
    Subject.MESSAGE: conversing.put_back,
    Subject.PUBLISHED: publishing.put_back,
    Subject.INVITATION: conversing.put_back_invitation,
}
REPORTS_A_PIECE = 500
DECIDED = "Hierover is al beslist."
ONE_MORE = "Er kwam nog iets bij. Lees dat eerst en kies dan."
ABOUT_YOU = "Dit gaat over iets van jezelf. Laat een andere beheerder beslissen."
STAYS_DOWN = "Een opgave die is weggehaald, is ingetrokken en komt niet terug."


def report(work: Work, subject: Subject, subject_id: UUID, ground: Ground, words: str) -> Report:
    """Ask a beheerder to look at something that the actor can read.

    The same thing twice while it waits is said once.
    """
    if work.actor.user_id is None:
        raise NotAllowed("report")
    readable(work, subject, subject_id)
    refuse(report_faults(ground, words))
    # One at a time for each person: the same form sent twice finds what the first one left.
    work.fetch_to_change(User, work.actor.user_id)
    waiting = work.session.scalar(
        select(Report).where(
            Report.reporter_id == work.actor.user_id,
            queries.about(subject, subject_id),
            Report.decided_at.is_(None),
        )
    )
    if waiting is not None:
        return waiting
    _refuse_flood(work, work.actor.user_id)
    made = Report(
        id=work.new_id(),
        **{queries.COLUMNS[subject].key: subject_id},
        reporter_id=work.actor.user_id,
        ground=ground,
        words=words,
        reported_at=work.now,
    )
    made.copy = queries.reported(work.session, made, work.today).text
    if subject is Subject.PROFILE:
        seen = people.seen_profile(work.session, work.actor, subject_id, work.today)
        made.named = seen.display_name
    work.session.add(made)
    work.emit(ReportMade(report_id=made.id))
    return made


def decide(work: Work, report_id: UUID, ruling: Ruling, answer: str, *, read: int) -> Case:
    """Decide about everything that was reported of one thing; `read` is how many were read.

    The same decision sent twice is made once.
    """
    _refuse_others(work.actor)
    refuse(decision_faults(ruling, answer))
    _lock_person(work, report_id)
    work.fetch_to_change(Report, report_id)
    case = queries.case_of(work.session, report_id)
    if _is_made(case.first, work.actor, ruling, answer):
        return case
    if case.first.decided_at is not None:
        raise Conflict(said=DECIDED)
    if len(case.reports) > read:
        raise Conflict(said=ONE_MORE)
    _refuse_about_oneself(work, case.first)
    for one in case.reports:
        one.decided_at, one.decided_by = work.now, work.actor.user_id
        one.ruling, one.answer = ruling, answer
    if ruling is Ruling.TAKEN_DOWN:
        TAKE_DOWN[case.first.subject](work, case.first.subject_id)
    work.session.flush()
    work.emit(ReportDecided(report_id=case.first.id, ruling=ruling.value))
    return case


def put_back(work: Work, report_id: UUID) -> None:
    """Let what was taken down be seen again."""
    _refuse_others(work.actor)
    one = work.fetch(Report, report_id)
    if one.ruling is not Ruling.TAKEN_DOWN:
        raise Conflict(said=DECIDED)
    if one.subject not in COMES_BACK:
        raise Conflict(said=STAYS_DOWN)
    _refuse_about_oneself(work, one)
    PUT_BACK[one.subject](work, one.subject_id)
    work.emit(PutBack(report_id=one.id))


def over_since(session: Session, before: datetime) -> tuple[int, datetime | None]:
    """How many reports were decided before this moment, and when the oldest was.

    Of what is still down its case stays: without that nobody could put it back.
    """
    found = select(func.count(), func.min(Report.decided_at)).where(*_is_over(before))
    count, oldest = session.execute(found).one()
    return count, oldest


def forget(work: Work, before: datetime) -> int:
    """Remove some of the reports that `over_since` counts; how many."""
    some = select(Report.id).where(*_is_over(before)).limit(REPORTS_A_PIECE)
    old = delete(Report).where(Report.id.in_(some))
    return len(work.session.scalars(old.returning(Report.id)).all())


def forget_taken_back(work: Work) -> None:
    """What was taken back by its own people stays as long as a report is about it."""
    reported = select(Report.published_id).where(Report.published_id.is_not(None))
    publishing.forget_taken_back(work, reported)


def _is_over(before: datetime) -> tuple[ColumnElement[bool], ...]:
    return Report.decided_at < before, ~queries.is_down()


def readable(work: Work, subject: Subject, subject_id: UUID) -> None:
    """Refuse unless the actor can report it: `NotFound`, or `Conflict` when it is their own."""
    if IS_OWN[subject](work, subject_id):
        raise Conflict(said=OWN)


def _is_own_opgave(work: Work, opgave_id: UUID) -> bool:
    opgave = opgaven.seen_opgave(work.session, work.actor, opgave_id).opgave
    return may_edit(work.actor, opgave.gemeente_code)


def _is_own_profile(work: Work, user_id: UUID) -> bool:
    people.seen_profile(work.session, work.actor, user_id, work.today)
    return user_id == work.actor.user_id


def _is_own_published(work: Work, published_id: UUID) -> bool:
    published = conversations.published_to_read(work.session, work.actor, published_id)
    return _is_own_opgave(work, published.opgave_id)


def _is_own_invitation(work: Work, invitation_id: UUID) -> bool:
    """Never: who is invited is of another gemeente, and others get `NotFound`."""
    invitation = work.fetch(Invitation, invitation_id)
    if invitation.user_id != work.actor.user_id or invitation.taken_down_at is not None:
        raise NotFound(f"invitation {invitation_id}")
    return False


def _is_own_message(work: Work, message_id: UUID) -> bool:
    """Whether the actor is on the side that wrote it; `NotFound` for who is on neither."""
    message = work.session.scalar(
        select(Message).where(Message.id == message_id, Message.taken_down_at.is_(None))
    )
    if message is None:
        raise NotFound(f"message {message_id}")
    seen = conversations.of_viewer(work.session, work.actor, message.conversation_id)
    return message.side is seen.side


# Whether the actor is on the side that wrote what they read; `NotFound` when they do not read it.
IS_OWN: dict[Subject, Callable[[Work, UUID], bool]] = {
    Subject.OPGAVE: _is_own_opgave,
    Subject.PROFILE: _is_own_profile,
    Subject.MESSAGE: _is_own_message,
    Subject.PUBLISHED: _is_own_published,
    Subject.INVITATION: _is_own_invitation,
}


def _refuse_others(actor: Actor) -> None:
    if not may(actor, Right.MODERATE):
        raise NotAllowed("moderate")


def _lock_person(work: Work, report_id: UUID) -> None:
    """First whose thing it is: with them everything goes, and its reports, when they are erased."""
    user_id = queries.person_of(work.session, report_id)
    if user_id is not None:
        work.session.get(User, user_id, with_for_update=True)


def _is_made(one: Report, actor: Actor, ruling: Ruling, answer: str) -> bool:
    return (one.decided_by, one.ruling, one.answer) == (actor.user_id, ruling, answer)


def _refuse_about_oneself(work: Work, one: Report) -> None:
    if queries.reported(work.session, one, work.today).is_by(work.actor):
        raise Conflict(said=ABOUT_YOU)


def _refuse_flood(work: Work, user_id: UUID) -> None:
    of_today = select(func.count()).where(
        Report.reporter_id == user_id, Report.reported_at > work.now - timedelta(days=1)
    )
    if (work.session.scalar(of_today) or 0) >= MOST_A_DAY:
        raise Conflict(said=TOO_MANY)
