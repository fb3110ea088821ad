"""How fast opgaven that are the same are found, beside what PostgreSQL brings for it."""

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.actor import Role
from app.core.clock import dutch_day, utc_now
from app.extensions import db
from app.gemeenten.models import Gemeente
from app.matching import building
from app.matching.core.same import Written, read
from app.matching.elsewhere import elsewhere
from app.matching.shelf import Shelf
from app.opgaven.models import Opgave
from tests.bench.country import made
from tests.bench.filled import Ground, fill, ground, open_work, tidy
from tests.bench.similar import pairs
from tests.bench.timing import median_ms
from tests.support.builders import a_user

ASKED = 50
TRGM = """
SELECT id FROM opgave WHERE published_at IS NOT NULL
ORDER BY similarity(title || ' ' || text, :asked) DESC LIMIT 5
"""
FULL_TEXT = """
SELECT id FROM opgave, to_tsquery('dutch', :query) query
WHERE to_tsvector('dutch', title || ' ' || text) @@ query
ORDER BY ts_rank(to_tsvector('dutch', title || ' ' || text), query) DESC LIMIT 5
"""
WORDS = """
SELECT string_agg(lexeme, ' | ') FROM unnest(to_tsvector('dutch', :asked))
"""
INDEXES = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX bench_words ON opgave USING gin (to_tsvector('dutch', title || ' ' || text))",
)


@dataclass(frozen=True)
class Asker:
    session: Session
    user: User
    shelf: Shelf

    def ours(self, written: Written) -> None:
        actor = accounts.actor_of(self.user)
        found = elsewhere(
            self.session,
            actor,
            self.shelf,
            written,
            dutch_day(utc_now()),
            home=self.user.gemeente_code,
        )
        assert len(found) <= 5

    def asks(self, statement: str, written: Written) -> None:
        asked = f"{written.title} {written.text}"
        given = {"asked": asked}
        if statement == FULL_TEXT:
            given = {"query": self.session.scalar(text(WORDS), given) or ""}
        self.session.execute(text(statement), given).all()


def measure(opgaven: int) -> None:
    """Everything that a request does but the page itself: the question, reading, the reasons."""
    with tempfile.TemporaryDirectory() as folder, ground(Path(folder)) as own:
        fill(own, made(1_000, opgaven, seed=1))
        with own.app().app_context():
            _run(own, opgaven)
            db.engine.dispose()


def _run(own: Ground, opgaven: int) -> None:
    _write(opgaven)
    with open_work() as work:
        building.build(work, own.folder)
    tidy()
    session = db.session()
    user = a_user(
        session,
        Role.OPGAVEHOUDER,
        gemeente_code=session.scalars(select(Gemeente.code).limit(1)).one(),
    )
    asker = Asker(session, user, Shelf(own.folder))
    chance = Random(2)
    asked = [_mixed(chance) for _ in range(ASKED)]
    peers: dict[str, Callable[[Written], None]] = {
        "pg_trgm on title and text": partial(asker.asks, TRGM),
        "full text with its index, any word": partial(asker.asks, FULL_TEXT),
    }
    taken = {name: median_ms(ask, asked) for name, ask in peers.items()}
    ours = median_ms(asker.ours, asked)
    said = {
        "measure": "the same opgave elsewhere",
        "opgaven": opgaven,
        "p50_ms": ours,
        "of which reading what was typed": median_ms(lambda one: read([one]), asked),
        "peers_ms": taken,
        "ratio": {name: round(ms / ours, 1) for name, ms in taken.items()},
        "load": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(said))


def _write(opgaven: int) -> None:
    """Texts of real kinds of work, each with sentences of others."""
    chance = Random(1)
    with open_work() as work:
        ids: list[UUID] = list(work.session.scalars(select(Opgave.id)))
        for opgave_id in ids:
            mixed = _mixed(chance)
            work.session.execute(
                text("UPDATE opgave SET title = :title, text = :text WHERE id = :id"),
                {"id": opgave_id, "title": mixed.title, "text": mixed.text},
            )
        for statement in INDEXES:
            work.session.execute(text(statement))
    assert len(ids) == opgaven


def _mixed(chance: Random) -> Written:
    one, other = chance.sample(ALL, 2)
    first, second = one.text.split(". "), other.text.split(". ")
    said = [*first, *chance.sample(second, chance.randint(0, len(second)))]
    return Written(one.title, ". ".join(said), one.skills)


ALL = [written for pair in pairs() for written in (pair.one, pair.other)]
