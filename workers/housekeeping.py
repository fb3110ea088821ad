"""What the clock alone brings about."""

from collections.abc import Callable
from time import monotonic

from flask import current_app

from app.accounts import service as accounts
from app.conversations import awaiting
from app.core.work import Work
from app.extensions import shelf
from app.hours import service as hours
from app.loans import service as loans
from app.loans.due import is_anything_due
from app.loans.queries import asked_by, being_signed
from app.matching import service as matching
from app.moderation import service as moderation
from app.opgaven import life, takeovers
from app.privacy import retention
from app.responses import inviting
from app.sealing import LOG_SEAL, Seal
from app.settings import Settings
from workers.work import open_work, stop_asked

RETAIN_SECONDS = 20.0


def _sweep_opgaven(work: Work) -> None:
    life.sweep(work, being_signed(work.session))


# First the loans that are over: who left early frees a seat, by which its opgave goes on.
SWEEPS: tuple[Callable[[Work], object], ...] = (
    loans.end_what_is_over,
    loans.tell_end_talks,
    _sweep_opgaven,
    loans.finish_opgaven,
    loans.report_what_fell_silent,
    loans.close_what_nobody_disputes,
    loans.show_feedback,
    loans.ask_for_feedback,
)


def sweep_loans_and_opgaven() -> None:
    """Each sweep is saved apart, so that one that fails does not stop the others.

    An `ExceptionGroup` tells afterwards of all that failed.
    """
    with open_work() as work:
        if not is_anything_due(work.session, work.today):
            # Nearly every time; so nothing more is asked.
            return
    failed = []
    for sweep in SWEEPS:
        try:
            with open_work() as work:
                sweep(work)
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup("sweeps that failed", failed)


def expire_invitations() -> None:
    with open_work() as work:
        inviting.expire(work)


def follow_mergers() -> None:
    with open_work() as work:
        hours.follow_mergers(work)


def sweep_roles() -> None:
    with open_work() as work:
        accounts.sweep_roles(work)


def end_takeovers() -> None:
    with open_work() as work:
        takeovers.lapse(work)


def forget_taken_back() -> None:
    with open_work() as work:
        moderation.forget_taken_back(work)


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


def retain() -> None:
    """A while; what is left is for the next time, so that a new snapshot never waits for it."""
    settings: Settings = current_app.extensions["settings"]
    ends = monotonic() + RETAIN_SECONDS
    seal = Seal(settings, LOG_SEAL)
    retention.tonight(open_work, seal.close, lambda: stop_asked.is_set() or monotonic() > ends)


def match_nightly() -> None:
    with open_work() as work:
        matching.match_nightly(work, shelf())


def keep_fresh() -> None:
    with open_work() as work:
        matching.keep_fresh(work, shelf())
