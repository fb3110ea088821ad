"""What the clock alone brings about."""

from app.conversations import awaiting
from app.extensions import shelf
from app.hours import service as hours
from app.loans import service as loans
from app.loans.queries import asked_by, being_signed, is_anything_due
from app.matching import service as matching
from app.moderation import service as moderation
from app.opgaven import life
from app.responses import inviting
from workers.work import open_work


def sweep_opgaven() -> None:
    """First the loans: what is being signed holds up the end of its opgave."""
    with open_work() as work:
        if not is_anything_due(work.session, work.today):
            # Nearly every time; so nothing more is asked.
            return
        loans.end_what_is_over(work)
        loans.tell_end_talks(work)
        life.sweep(work, being_signed(work.session))
        loans.finish_opgaven(work)
        loans.report_what_fell_silent(work)
        loans.close_what_nobody_disputes(work)
        loans.show_feedback(work)
        loans.ask_for_feedback(work)


def expire_invitations() -> None:
    with open_work() as work:
        inviting.expire(work)


def follow_mergers() -> None:
    with open_work() as work:
        hours.follow_mergers(work)


def forget_reports() -> None:
    with open_work() as work:
        moderation.forget(work)


def sweep_answers() -> None:
    """Reminds who is waited for, and tells others when that was no use."""
    with open_work() as work:
        awaiting.tell_what_is_late(work)
        awaiting.tell_what_is_due(work)


def set_deadlines() -> None:
    """Gives who waits without one five workdays from now; of who is lent out nobody waits.

    Each apart, so that no conversation is kept from its people until all are done.
    """
    with open_work() as work:
        user_ids = sorted(awaiting.without_deadline(work.session))
    for user_id in user_ids:
        with open_work() as work:
            awaiting.begin_anew(work, user_id, asked_by(user_id))


def match_nightly() -> None:
    with open_work() as work:
        matching.match_nightly(work, shelf())


def keep_fresh() -> None:
    with open_work() as work:
        matching.keep_fresh(work, shelf())
