"""Mails about what was reported."""

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.work import Work
from app.loans import queries as loans
from app.loans.words import after_taking_down
from app.moderation import queries as moderation
from app.moderation.models import Report
from app.moderation.rules import GROUNDS, Ruling
from app.notifications import queries
from app.notifications.models import Delivery
from app.notifications.rules import PUT_BACK
from app.notifications.service.writing.addressed import Addressed, NothingToTell, lines


def report_made(work: Work, delivery: Delivery) -> Addressed:
    reader = work.fetch(User, delivery.user_id)
    case = moderation.case_of(work.session, delivery.subject_id)
    if case.first.decided_at is not None:
        raise NothingToTell("decided")
    viewer = accounts.actor_of(reader)
    facts = {
        "name": reader.name,
        "report_id": case.first.id,
        "title": moderation.titles(work.session, viewer, [case.first])[case.first.id],
        "ground": GROUNDS[case.first.ground],
    }
    return Addressed(reader.email, reader.name, facts)


def report_decided(work: Work, delivery: Delivery) -> Addressed:
    """For who reported it, and for who wrote it: that it is gone, and that it is back.

    Nobody reads who reported. Who wrote it and was not told that it is gone need not know that it
    is back; who reported it hears the last of it only.
    """
    reader = work.fetch(User, delivery.user_id)
    report = moderation.case_of(work.session, delivery.subject_id).first
    if report.ruling is None:
        raise NothingToTell("not decided")
    viewer = accounts.actor_of(reader)
    about = moderation.reported(work.session, report, work.today)
    is_down, is_writer = report.ruling is Ruling.TAKEN_DOWN, reader.id in about.writer_ids
    tells_of_it = delivery.dedupe_key.endswith(PUT_BACK)
    is_back = queries.was_told(work.session, delivery) if is_writer else tells_of_it
    if is_down and about.is_down is is_back:
        raise NothingToTell("gone again" if is_back else "put back")
    facts = {
        "name": reader.name,
        "title": moderation.titles(work.session, viewer, [report])[report.id],
        "is_down": is_down,
        "is_writer": is_writer,
        "is_back": is_back,
        "has_to_publish": report.profile_id is not None
        and not moderation.is_shown(work.session, report.id),
        "lines": () if is_back else lines(report.answer),
        "loans": _loans(work, report) if is_down and is_writer else (),
    }
    return Addressed(reader.email, reader.name, facts)


def _loans(work: Work, report: Report) -> tuple[str, ...]:
    """What becomes of each loan on an opgave that was taken down."""
    if report.opgave_id is None:
        return ()
    found = loans.hit_by_taking_down(work.session, report.opgave_id)
    return tuple(after_taking_down(one) for one in found)
