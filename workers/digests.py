"""Plans digests when their hour has come."""

from time import monotonic

from app.core.clock import utc_now
from app.notifications import service
from app.notifications.rules import digest_due
from workers.work import open_work, stop_asked

# Seconds; what is left then waits for the next tick, which goes on where this one was.
TURN = 50


def plan() -> None:
    due = digest_due(utc_now())
    ends = monotonic() + TURN
    while due is not None and monotonic() < ends and not stop_asked.is_set():
        with open_work() as work:
            turn = service.plan_digests(work, due)
        if turn.is_last:
            return
