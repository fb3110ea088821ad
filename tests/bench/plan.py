"""How long it takes to plan a digest for everybody, and for how long nobody else can.

    .venv/bin/python -m tests.bench.plan --people 160000

makes a database on the server of DATABASE_URL (or as the other benches find one), fills it with
people, notices and earlier digests, plans, and prints one JSON line per measure. The peer is what
was there before: each person asked for, one at a time; it is timed on a sample.
"""

import argparse
import json
import os
import tempfile
from datetime import datetime
from pathlib import Path
from time import perf_counter
from uuid import UUID

from flask_migrate import upgrade
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.work import Work
from app.extensions import db
from app.gemeenten.reference import OWN_LIST, read
from app.gemeenten.service import import_gemeenten
from app.notifications import queries, service
from app.notifications.models import Delivery
from app.notifications.rules import DeliveryState, Frequency, MailKind, due_on
from tests.bench.filled import MIGRATIONS, Ground, ground, open_work, tidy
from tests.bench.timing import peak_mb

SAMPLE = 1_000
LONGEST_TRANSACTION, LONGEST_PLANNING = 1, 180
# An id is made from a number, so that ids lie about as those of people do. Of fifty people one
# looks after opgaven; of ten two chose a day, and one wants nothing.
ROWS = """
CREATE TEMP TABLE town AS
  SELECT code, row_number() OVER (ORDER BY code) - 1 AS number FROM gemeente;
INSERT INTO "user" (id, email, name, gemeente_code, is_demo, created_at)
  SELECT md5('p' || n)::uuid, n || '@gemeente.example', 'Collega ' || n, code, false, now()
  FROM generate_series(0, :people - 1) n
  JOIN town ON town.number = n % (SELECT count(*) FROM town);
INSERT INTO profile (user_id, state, visibility, function, headline, about, themes, movement,
                     travel_km, remote, version, published_at, changed_at)
  SELECT md5('p' || n)::uuid, CASE WHEN n % 12 = 0 THEN 'paused' ELSE 'published' END,
         (ARRAY['hidden', 'anonymous', 'gemeente', 'colleagues'])[1 + n % 4], 'adviseur',
         'Ik help graag', '', '{}', '{}', 30, true, 1, now(), now()
  FROM generate_series(0, :people - 1) n;
INSERT INTO role_grant (id, user_id, role, gemeente_code, granted_at)
  SELECT gen_random_uuid(), "user".id, 'opgavehouder', gemeente_code, now()
  FROM generate_series(0, :people - 1, 50) n JOIN "user" ON "user".id = md5('p' || n)::uuid;
INSERT INTO opgave (id, gemeente_code, owner_id, status, kind, title, text, themes, hours_per_week,
                    starts_on, ends_on, closes_on, place, people_needed, audience, is_public,
                    version, created_at, changed_at, published_at)
  SELECT md5('t' || n)::uuid, gemeente_code, id, 'open', 'opgave', 'Opgave ' || n, 'Er is werk.',
         '{ruimte}', 8, CURRENT_DATE + 30, CURRENT_DATE + 120, CURRENT_DATE + n % 30 - 3, 'hybrid',
         1, 'everybody', true, 1, now(), now(), now()
  FROM generate_series(0, :opgaven - 1) n
  JOIN "user" ON id = md5('p' || 50 * (n % greatest(1, :people / 50)))::uuid;
INSERT INTO match (profile_id, opgave_id, value, tier, reasons, found_at, changed_at)
  SELECT md5('p' || n)::uuid, md5('t' || (n * 7 + nth * 131) % :opgaven)::uuid, 50, 1, '[]', now(),
         now()
  FROM generate_series(0, :people - 1) n, generate_series(0, 4) nth
  ON CONFLICT DO NOTHING;
INSERT INTO notice (id, user_id, kind, opgave_id, told_at)
  SELECT gen_random_uuid(), profile_id, 'opgave_for_you', opgave_id,
         now() - interval '1 hour' * (hashtext(profile_id::text || opgave_id) & 255)
  FROM match;
INSERT INTO notice (id, user_id, kind, opgave_id, profile_id, told_at)
  SELECT gen_random_uuid(), owner_id, 'colleague_for_opgave', opgave_id, profile_id,
         now() - interval '1 hour' * (hashtext(profile_id::text || opgave_id) & 255)
  FROM match JOIN opgave ON opgave.id = opgave_id;
INSERT INTO preference (user_id, frequency, weekday)
  SELECT md5('p' || n)::uuid, CASE n % 10 WHEN 1 THEN 'weekly' WHEN 2 THEN 'never' ELSE 'daily' END,
         1 + n % 7
  FROM generate_series(0, :people - 1) n;
INSERT INTO delivery (id, kind, dedupe_key, user_id, subject_id, state, attempts, created_at,
                      next_attempt_at, expires_at, news_until, last_answer)
  SELECT gen_random_uuid(), 'digest', n || ':' || ago, md5('p' || n)::uuid, md5('p' || n)::uuid,
         'accepted', 1, now(), now(), now(), now() - interval '1 day' * ago, ''
  FROM generate_series(0, :people - 1) n, generate_series(1, 3) ago
"""


def fill(own: Ground, people: int, opgaven: int) -> None:
    with own.app().app_context():
        upgrade(directory=str(MIGRATIONS))
        with open_work() as work:
            import_gemeenten(work, read(OWN_LIST).gemeenten)
            for statement in ROWS.split(";"):
                asked = {"people": people, "opgaven": opgaven}
                named = {name: many for name, many in asked.items() if f":{name}" in statement}
                work.session.execute(text(statement), named)
        tidy()
        db.engine.dispose()


def plan(own: Ground) -> dict[str, float]:
    """The real function, in turns as the worker has them; a transaction lasts until it is saved."""
    taken, planned, is_done = [], 0, False
    with own.app().app_context():
        with open_work() as work:
            due = due_on(work.today)
        idle = peak_mb()
        while not is_done:
            began = perf_counter()
            with open_work() as work:
                turn = service.plan_digests(work, due)
            taken.append(perf_counter() - began)
            planned, is_done = planned + turn.planned, turn.is_last
        return {
            "seconds": round(sum(taken), 1),
            "goal": LONGEST_PLANNING,
            "planned": planned,
            "transactions": len(taken),
            "longest_transaction": round(max(taken), 3),
            "goal_of_a_transaction": LONGEST_TRANSACTION,
            "peak_mb": peak_mb(),
            "of_which_before_mb": idle,
        }


def one_by_one(own: Ground, people: int) -> dict[str, float]:
    """Three questions for each: is one on its way, until when was told, is there news."""
    with own.app().app_context(), open_work() as work:
        work.session.execute(text("DELETE FROM delivery WHERE state = 'pending'"))
        sample = work.session.scalars(select(User).order_by(User.id).limit(SAMPLE)).all()
        began = perf_counter()
        planned = sum(_has_digest(work, user) for user in sample)
        seconds = perf_counter() - began
        work.session.rollback()
        return {
            "seconds": round(seconds * people / len(sample), 1),
            "sample": len(sample),
            "planned_of_sample": planned,
        }


def _has_digest(work: Work, user: User) -> bool:
    session = work.session
    frequency, weekday = queries.preference_of(session, user.id)
    wants = frequency is Frequency.DAILY or weekday == due_on(work.today).weekday
    if frequency is Frequency.NEVER or not wants or _is_being_told(session, user.id):
        return False
    since = queries.last_told(session, user.id)
    return _has_news(work, user, since, work.now)


def _is_being_told(session: Session, user_id: UUID) -> bool:
    waiting = (Delivery.state == DeliveryState.PENDING) & (Delivery.expires_at > func.now())
    found = select(Delivery.id).where(
        Delivery.user_id == user_id,
        Delivery.kind == MailKind.DIGEST,
        waiting | (Delivery.state == DeliveryState.SUBMITTING),
    )
    return session.scalar(found.limit(1)) is not None


def _has_news(work: Work, user: User, since: datetime | None, until: datetime) -> bool:
    viewer = accounts.actor_of(user)
    told = queries.told_between(viewer, since, until, work.today)
    return work.session.execute(told.limit(1)).first() is not None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=160_000)
    parser.add_argument("--opgaven", type=int, default=10_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ground(Path(folder)) as own:
        fill(own, given.people, given.opgaven)
        say(measure="machine", processors=os.cpu_count(), people=given.people)
        ours = plan(own)
        say(measure="plan digests in turns", **ours)
        peer = one_by_one(own, given.people)
        ratio = round(peer["seconds"] / ours["seconds"], 1) if ours["seconds"] else None
        say(measure="plan digests one by one", **peer, ratio=ratio)


def say(**values: object) -> None:
    print(json.dumps({**values, "load": round(os.getloadavg()[0], 1)}), flush=True)


if __name__ == "__main__":
    main()
