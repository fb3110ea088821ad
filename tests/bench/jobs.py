"""What one job of a matcher takes: an opgave or a profile that changed."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, func, select

from app.core.clock import dutch_day, utc_now
from app.core.work import Work
from app.extensions import db
from app.matching import queries, service, standing
from app.matching.models import Change
from app.matching.shelf import Shelf
from app.opgaven.models import Opgave
from app.people.models import Profile
from tests.bench.filled import Ground, open_work
from tests.bench.timing import Seconds, median_ms

Found = Iterator[dict[str, Any]]
Job = Callable[[Work, UUID, Shelf], None]

JOBS = 20
CHANGES = 100
SAMPLE = 1_000


def of_opgaven(own: Ground) -> Found:
    with own.app().app_context():
        asked = db.session.scalars(select(Opgave.id).order_by(Opgave.id).limit(JOBS)).all()
        found = list(_measured("opgave", service.match_opgave, asked))
        yield from found
        alone = _one_by_one(asked[0])
        yield {
            "measure": "job for one opgave",
            "peer": "everybody pair by pair, without a snapshot",
            "peer_ms": round(alone),
            "ratio": round(alone / found[0]["p50_ms"]),
            "extrapolated_from": f"{SAMPLE} profiles",
        }


def of_profiles(own: Ground) -> Found:
    with own.app().app_context():
        ids = select(Profile.user_id).order_by(Profile.user_id).limit(JOBS)
        yield from _measured("profile", service.match_profile, db.session.scalars(ids).all())


def _measured(of: str, job: Job, ids: Sequence[UUID]) -> Found:
    shelf: Shelf = current_app.extensions["shelf"]

    def act(one: UUID) -> None:
        with open_work() as work:
            job(work, one, shelf)

    for many in (0, CHANGES):
        yield {
            "measure": f"job for one {of}",
            "changes_since_the_snapshot": many,
            "p50_ms": median_ms(act, ids, before=partial(_change, many)),
            "asked": len(ids),
        }


def _change(many: int) -> None:
    """Let so many be other than in the snapshot; one in ten of them is an opgave."""
    opgaven = select(Opgave.id).order_by(Opgave.id.desc()).limit(many // 10)
    people = select(Profile.user_id).order_by(Profile.user_id.desc()).limit(many - many // 10)
    with open_work() as work:
        session = work.session
        session.execute(delete(Change))
        changed = [Change(opgave_id=one, changed_at=work.now) for one in session.scalars(opgaven)]
        changed += [Change(profile_id=one, changed_at=work.now) for one in session.scalars(people)]
        session.add_all(changed)


def _one_by_one(opgave_id: UUID) -> float:
    """Milliseconds for one opgave and everybody, as it is without a snapshot."""
    session, seconds = db.session(), Seconds()
    ids = session.scalars(select(Profile.user_id).order_by(Profile.user_id).limit(SAMPLE)).all()
    people = session.scalar(select(func.count()).select_from(Profile)) or 0
    with seconds.step("all"):
        profiles = queries.profile_facts(session, ids)
        asked = queries.opgave_facts(session, dutch_day(utc_now()), [opgave_id])
        standing.scores(session, queries.vocabulary(session), profiles, asked)
    return seconds["all"] * 1000 * people / len(ids)
