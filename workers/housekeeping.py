"""What the clock alone brings about."""

from app.extensions import shelf
from app.matching import service as matching
from app.opgaven import life
from workers.work import open_work


def sweep_opgaven() -> None:
    with open_work() as work:
        life.sweep(work)


def match_nightly() -> None:
    with open_work() as work:
        matching.match_nightly(work, shelf())


def keep_fresh() -> None:
    with open_work() as work:
        matching.keep_fresh(work, shelf())
