"""Plans digests when their hour has come."""

from app.notifications import service
from app.notifications.rules import digest_due
from workers.work import open_work


def plan() -> None:
    with open_work() as work:
        due = digest_due(work.now)
        if due is not None:
            service.plan_digests(work, due)
