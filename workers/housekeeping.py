"""What the clock alone brings about."""

from celery import shared_task

from app.extensions import shelf
from app.matching import service as matching
from app.opgaven import service as opgaven
from workers.work import open_work


@shared_task(name="housekeeping.close_overdue")
def close_overdue() -> None:
    with open_work() as work:
        opgaven.close_overdue(work)


@shared_task(name="housekeeping.match_nightly")
def match_nightly() -> None:
    with open_work() as work:
        matching.match_nightly(work, shelf())


@shared_task(name="housekeeping.keep_fresh")
def keep_fresh() -> None:
    with open_work() as work:
        matching.keep_fresh(work, shelf())
