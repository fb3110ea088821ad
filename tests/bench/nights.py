"""What a snapshot takes from nothing, and a night that finds everything or little changed."""

from collections.abc import Iterator
from typing import Any

from flask import current_app
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session, selectinload

from app.core.outbox import OutboxMessage
from app.extensions import db
from app.gemeenten.models import Gemeente
from app.matching import building, everybody, night, queries, service
from app.matching.models import Build, Match
from app.matching.shelf import Shelf
from app.people.models import Profile
from tests.bench.filled import Ground, open_work, tidy
from tests.bench.timing import Seconds, parts_of, peak_mb

Found = Iterator[dict[str, Any]]

NEW_WORDS = 5_000
# Of so many profiles one changes before the next night.
ONE_IN = 100
SAMPLE = 5_000
GOAL_OF_A_NIGHT = 60
CHANGE = """
WITH changed AS (
  SELECT id, row_number() OVER () AS number FROM skill
  WHERE hashtext(user_id::text) % :one_in = 0 AND place < 4 LIMIT :many
)
UPDATE skill SET label = left(label, 70) || ' nr' || number,
                 label_normal = left(label_normal, 70) || ' nr' || number
FROM changed WHERE changed.id = skill.id
"""


def from_nothing(own: Ground) -> Found:
    seconds = Seconds()
    with own.app().app_context():
        with seconds.step("all"), open_work() as work:
            building.build(work, own.folder)
        made = _newest_build()
        yield {
            "measure": "first snapshot, every word new",
            "seconds": round(seconds["all"], 1),
            "split": made.seconds,
            "peak_mb": peak_mb(),
            "words": made.terms,
            "pairs_in_S": made.pairs,
            "on_disk_mb": round(_size_of(own) / 1e6, 1),
        }


def first_night(own: Ground) -> Found:
    """The rest of it, with S from the measure before: all matches are new."""
    seconds = Seconds()
    with own.app().app_context():
        pieces, is_done = 0, False
        while not is_done:
            compare = service.go_on if pieces else service.match_everything
            with seconds.step("all"), _night_parts() as parts, open_work() as work:
                is_done = compare(work, _shelf())
            for part, taken in parts.items():
                seconds[part] = seconds.get(part, 0) + taken
            pieces += 1
        _relay()
        yield {
            "measure": "first night after it, every match new",
            "seconds": round(seconds.pop("all"), 1),
            "split": seconds.rounded(),
            "pieces": pieces,
            "matches": db.session.scalar(select(func.count()).select_from(Match)),
            "peak_mb": peak_mb(),
        }


def next_night(own: Ground) -> Found:
    """With one in a hundred profiles changed, and five thousand words that nobody wrote before."""
    seconds = Seconds()
    with own.app().app_context():
        with open_work() as work:
            work.session.execute(text(CHANGE), {"one_in": ONE_IN, "many": NEW_WORDS})
        with seconds.step("all"), _night_parts() as parts, open_work() as work:
            is_done = service.match_everything(work, _shelf())
        made = _newest_build()
        changed = select(func.count()).select_from(Match).where(Match.changed_at >= made.began_at)
        yield {
            "measure": "a night with 1 in 100 profiles changed",
            "seconds": round(seconds["all"], 1),
            "goal": GOAL_OF_A_NIGHT,
            "split": {**made.seconds, **parts.rounded()},
            "is_done": is_done,
            "changed_matches": db.session.scalar(changed),
            "peak_mb": peak_mb(),
        }


def reading_with_objects(own: Ground) -> Found:
    """What most people would write, from a sample, beside how everybody is read."""
    seconds = Seconds()
    with own.app().app_context():
        session = db.session()
        with seconds.step("ours"):
            _read_by_column(session)
        profiles = session.scalar(select(func.count()).select_from(Profile)) or 0
        with seconds.step("objects"):
            asked = select(Profile).order_by(Profile.user_id).limit(SAMPLE)
            everything = selectinload(Profile.skills), selectinload(Profile.windows)
            found = len(session.scalars(asked.options(*everything)).all())
        whole = seconds["objects"] * profiles / found
        yield {
            "measure": "reading everybody",
            "seconds": round(seconds["ours"], 1),
            "peer": "objects of the ORM, selectinload",
            "peer_seconds": round(whole, 1),
            "ratio": round(whole / seconds["ours"], 1),
            "extrapolated_from": f"{found} profiles",
        }


def _read_by_column(session: Session) -> None:
    codes = session.scalars(select(Gemeente.code).order_by(Gemeente.code)).all()
    ids, _ = everybody.profile_rows(session, codes)
    everybody.window_rows(session, ids)
    everybody.offer_rows(session, ids, {}, queries.vocabulary(session))


def _relay() -> None:
    """As the workers would have done long before somebody looks at a page."""
    with open_work() as work:
        work.session.execute(update(OutboxMessage).values(relayed_at=work.now))
    tidy()


def _night_parts() -> Any:
    return parts_of(
        **{
            "stored matches": (night, "_stored"),
            "best both ways": (night, "_best"),
            "facts": (night, "_facts"),
            "scores": (night, "scores_of"),
            "matches written": (night, "save"),
        }
    )


def _newest_build() -> Build:
    return db.session.scalars(select(Build).order_by(Build.began_at.desc()).limit(1)).one()


def _shelf() -> Shelf:
    found: Shelf = current_app.extensions["shelf"]
    return found


def _size_of(own: Ground) -> int:
    return sum(path.stat().st_size for path in own.folder.resolve().rglob("*") if path.is_file())
