"""What PostgreSQL makes of the same questions: a join over S, and pg_trgm."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import numpy as np
import psycopg
from sqlalchemy import URL, make_url

from app.matching.core.arrays import Array, Opgaven
from app.matching.core.engine import Engine
from app.matching.core.facts import OpgaveFacts
from app.matching.core.rank import MIN_VALUE
from app.matching.core.score import FULL, MUST_QUALITY
from devtools.supervisor import Supervisor
from devtools.testing import start_postgres, throwaway_folder

TABLES = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE profile (id int, gemeente int, province int, travel_km int, is_remote bool);
CREATE TABLE period (profile int, hours int, first int, last int);
CREATE TABLE skill (profile int, term int, code int);
CREATE TABLE opgave (id int, gemeente int, audience int, is_remote bool, is_learning int, hours int,
                     first int, last int, days int, musts int);
CREATE TABLE slot (id int, opgave int, term int, level int, points int, must bool);
CREATE TABLE answer (asked int, term int, strength int);
CREATE TABLE worth (learning int, level int, strength int, code int, quality int);
CREATE TABLE distance (here int, there int, km int);
CREATE TABLE name (term int, name text);
CREATE TABLE written (profile int, name text);
"""
KEYS = """
ALTER TABLE profile ADD PRIMARY KEY (id);
ALTER TABLE opgave ADD PRIMARY KEY (id);
CREATE INDEX ON period (profile);
CREATE INDEX ON skill (profile) INCLUDE (term, code);
CREATE INDEX ON skill (term) INCLUDE (profile, code);
CREATE INDEX ON slot (opgave);
CREATE INDEX ON slot (term);
CREATE INDEX ON answer (asked) INCLUDE (term, strength);
CREATE INDEX ON answer (term) INCLUDE (asked, strength);
ALTER TABLE worth ADD PRIMARY KEY (learning, level, strength, code);
ALTER TABLE distance ADD PRIMARY KEY (here, there);
CREATE INDEX ON name USING gin (name gin_trgm_ops);
CREATE INDEX ON written USING gin (name gin_trgm_ops);
"""
# Everything that may be together: the join over S, and the filters of `fits`.
PAIRS = """
WITH best AS (
  SELECT sk.profile, sl.opgave, sl.id AS slot, sl.points, sl.must, max(w.quality) AS quality
  FROM slot sl
  JOIN opgave o ON o.id = sl.opgave
  JOIN answer s ON s.asked = sl.term
  JOIN skill sk ON sk.term = s.term
  JOIN worth w ON w.learning = o.is_learning AND w.level = sl.level AND w.strength = s.strength
              AND w.code = sk.code
  WHERE {where}
  GROUP BY 1, 2, 3, 4, 5
), score AS (
  SELECT profile, opgave, sum(points * quality / %(full)s) AS value,
         count(*) FILTER (WHERE must AND quality >= %(must_quality)s) AS met,
         coalesce(sum(points * quality / %(full)s) FILTER (WHERE must), 0) AS must_points
  FROM best GROUP BY 1, 2
)
SELECT {number}, CASE WHEN met = o.musts THEN 1 ELSE 2 END AS tier, value::int
FROM score
JOIN opgave o ON o.id = opgave
JOIN profile p ON p.id = profile
JOIN distance d ON d.here = p.gemeente AND d.there = o.gemeente
WHERE value >= %(min_value)s AND (o.musts = 0 OR must_points > 0)
  AND p.gemeente <> o.gemeente AND (o.audience < 0 OR o.audience = p.province)
  AND CASE WHEN o.is_remote THEN p.is_remote ELSE d.km <= p.travel_km END
  AND EXISTS (SELECT FROM period t WHERE t.profile = p.id AND t.hours >= o.hours
              AND least(t.last, o.last) - greatest(t.first, o.first) + 1 >= o.days)
ORDER BY tier, value DESC, {number} LIMIT 50
"""
ALIKE_NAMES = """
WITH hit AS (
  SELECT a.slot, n.term, similarity(n.name, a.label) AS alike
  FROM unnest(%(labels)s::text[]) WITH ORDINALITY AS a (label, slot)
  JOIN name n ON n.name %% a.label
), best AS (
  SELECT sk.profile, hit.slot, max(alike) AS alike FROM hit JOIN skill sk USING (term) GROUP BY 1, 2
)
SELECT profile, sum(alike) FROM best GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50
"""
ALIKE_ROWS = """
WITH best AS (
  SELECT w.profile, a.slot, max(similarity(w.name, a.label)) AS alike
  FROM unnest(%(labels)s::text[]) WITH ORDINALITY AS a (label, slot)
  JOIN written w ON w.name %% a.label GROUP BY 1, 2
)
SELECT profile, sum(alike) FROM best GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50
"""
SETTINGS = """
SET jit = off; SET max_parallel_workers_per_gather = 0; SET work_mem = '256MB';
SET pg_trgm.similarity_threshold = 0.45;
"""


@contextmanager
def database() -> Iterator[str]:
    """A database of its own, on the server of TEST_DATABASE_URL or one that is started for it."""
    known = os.environ.get("TEST_DATABASE_URL")
    if known:
        yield known
        return
    with throwaway_folder() as folder:
        supervisor = Supervisor(folder / "log")
        try:
            yield start_postgres(supervisor, folder)
        finally:
            supervisor.stop()


class Peers:
    """The same people, opgaven and S in tables."""

    def __init__(self, url: str, engine: Engine, normals: list[str]) -> None:
        self._server = make_url(url).set(drivername="postgresql")
        self._name = f"bench_{uuid4().hex}"
        with self._admin() as admin:
            admin.execute(f"CREATE DATABASE {self._name}")
        own = self._server.set(database=self._name)
        self._connection = psycopg.connect(
            own.render_as_string(hide_password=False), autocommit=True
        )
        self._connection.execute(TABLES)
        self._fill(engine, normals)
        self._connection.execute(KEYS)
        self._connection.execute("VACUUM ANALYZE")
        self._connection.execute(SETTINGS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()
        with self._admin() as admin:
            admin.execute(f"DROP DATABASE {self._name}")

    def join_for_opgave(self, number: int) -> list[tuple[int, int, int]]:
        return self._pairs("sl.opgave = %(asked)s", "profile", number)

    def join_for_profile(self, number: int) -> list[tuple[int, int, int]]:
        return self._pairs("sk.profile = %(asked)s", "opgave", number)

    def alike_names(self, opgave: OpgaveFacts) -> list[Any]:
        return self._ask(ALIKE_NAMES, {"labels": [skill.label for skill in opgave.skills]})

    def alike_rows(self, opgave: OpgaveFacts) -> list[Any]:
        return self._ask(ALIKE_ROWS, {"labels": [skill.label for skill in opgave.skills]})

    def _pairs(self, where: str, number: str, asked: int) -> list[Any]:
        values = {
            "asked": asked,
            "full": FULL,
            "must_quality": MUST_QUALITY,
            "min_value": MIN_VALUE,
        }
        return self._ask(PAIRS.format(where=where, number=number), values)

    def _ask(self, statement: str, values: dict[str, Any]) -> list[Any]:
        return self._connection.execute(statement.encode(), values).fetchall()

    def _admin(self) -> psycopg.Connection[Any]:
        return _connect(self._server)

    def _fill(self, engine: Engine, normals: list[str]) -> None:
        state = engine.state
        people, opgaven = state.people, state.opgaven
        gemeente, travel_km, from_afar = people.reach.T
        province = state.places.meant.argmax(axis=0)[gemeente]
        numbers = np.arange(len(gemeente))
        skill_owner = np.repeat(numbers, np.diff(people.skills))
        window_owner = np.repeat(numbers, np.diff(people.windows))
        self._copy("profile", numbers, gemeente, province, travel_km, from_afar > 0)
        self._copy("period", window_owner, *people.times.T)
        self._copy("skill", skill_owner, people.skill_term, people.skill_code)
        self._copy("opgave", np.arange(len(opgaven.gemeente)), *_of_opgaven(opgaven))
        slots = np.arange(len(opgaven.slot_term))
        self._copy(
            "slot",
            slots,
            opgaven.slot_opgave,
            opgaven.slot_term,
            opgaven.slot_level,
            opgaven.slot_points,
            opgaven.slot_must,
        )
        asked = np.repeat(np.arange(len(state.similar.rows) - 1), np.diff(state.similar.rows))
        self._copy("answer", asked, state.similar.term, state.similar.strength)
        worth = np.argwhere(state.worth >= 0)
        self._copy("worth", *worth.T, state.worth.reshape(-1))
        here, there = np.indices(state.places.km.shape)
        self._copy("distance", here.ravel(), there.ravel(), state.places.km.ravel())
        names = np.array(normals, dtype=object)
        self._copy("name", np.arange(len(normals)), names)
        self._copy("written", skill_owner, names[people.skill_term])

    def _copy(self, table: str, *columns: Any) -> None:
        with self._connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            for row in zip(*(column.tolist() for column in columns), strict=True):
                copy.write_row(row)


def _connect(url: URL) -> psycopg.Connection[Any]:
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def _of_opgaven(opgaven: Opgaven) -> tuple[Array, ...]:
    return (
        opgaven.gemeente,
        opgaven.audience,
        opgaven.is_remote,
        opgaven.is_learning,
        *opgaven.times.T,
        opgaven.musts,
    )
