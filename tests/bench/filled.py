"""A product of its own with a made-up country in it, in every table as people would have filled it.

Dates move along with the day, so that what is open in the country is open today.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import URL, make_url, text
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.copying import write_rows
from app.core.work import Work, begin
from app.extensions import db
from app.factory import create_app
from app.gemeenten.service import import_gemeenten
from app.matching.core.arrays import EVERYBODY
from app.opgaven.rules import Place
from app.settings import Environment, Settings
from app.vocabulary.rules import LABEL_LIMIT, normalise
from app.vocabulary.service import import_starter
from tests.bench.country import TODAY, Country
from tests.bench.postgres import database

MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"
# As the workers have it.
LONGEST_STATEMENT = "5min"
PLACES = list(Place)
# The rows of the country as it has them; they go with the connection.
TABLES = {
    "town": "number int, code text",
    "name": "number int, label text, normal text",
    "person": "number int, town int, travel_km int, remote int",
    "period": "person int, hours int, first int, last int",
    "offer": "person int, name int, level int, energy int, wants int",
    "task": "number int, town int, learns int, own_province int, hours int, first int, last int,"
    " place int",
    "ask": "task int, name int, must int, level int",
}
# An id is made from a number, so that ids lie about as those of people do.
ROWS = """
INSERT INTO "user" (id, email, name, gemeente_code, is_demo, created_at)
  SELECT md5('p' || p.number)::uuid, p.number || '@gemeente.example', 'Collega ' || p.number, code,
         false, now()
  FROM person p JOIN town ON town.number = p.town;
INSERT INTO profile (user_id, state, visibility, function, headline, about, themes, movement,
                     travel_km, remote, version, published_at, changed_at)
  SELECT md5('p' || number)::uuid, 'published', 'colleagues', 'adviseur', 'Ik help graag', '', '{}',
         '{}', travel_km, remote = 1, 1, now(), now()
  FROM person;
INSERT INTO availability_window (id, user_id, place, hours_per_week, starts_on, ends_on)
  SELECT gen_random_uuid(), md5('p' || person)::uuid,
         row_number() OVER (PARTITION BY person ORDER BY first) - 1, hours, CURRENT_DATE + first,
         CASE WHEN last < 100000 THEN CURRENT_DATE + last END
  FROM period;
INSERT INTO skill (id, user_id, place, label, label_normal, level, years, energy, direction,
                   evidence)
  SELECT gen_random_uuid(), md5('p' || person)::uuid,
         row_number() OVER (PARTITION BY person ORDER BY o.name) - 1, label, normal, level, 3,
         energy, CASE WHEN wants = 1 THEN 'wants' ELSE 'can' END, ''
  FROM offer o JOIN name ON name.number = o.name;
INSERT INTO opgave (id, gemeente_code, owner_id, status, kind, title, text, themes, hours_per_week,
                    starts_on, ends_on, closes_on, place, people_needed, audience, is_public,
                    version, created_at, changed_at, published_at)
  SELECT md5('t' || t.number)::uuid, code, md5('p0')::uuid, 'open',
         CASE WHEN learns = 1 THEN 'meelopen' ELSE 'opgave' END, 'Opgave ' || t.number,
         'Er is werk.', '{ruimte}', hours, CURRENT_DATE + first, CURRENT_DATE + last,
         CURRENT_DATE + first + 1, (CAST(:places AS text[]))[place + 1], 1,
         CASE WHEN own_province = 1 THEN 'province' ELSE 'everybody' END, true, 1, now(), now(),
         now()
  FROM task t JOIN town ON town.number = t.town;
INSERT INTO asked_skill (id, opgave_id, place, label, label_normal, must, level)
  SELECT gen_random_uuid(), md5('t' || task)::uuid,
         row_number() OVER (PARTITION BY task ORDER BY a.name) - 1, label, normal, must = 1, level
  FROM ask a JOIN name ON name.number = a.name
"""
NAMES = """
INSERT INTO name SELECT number - 1, label, normal
FROM unnest(CAST(:labels AS text[]), CAST(:normals AS text[])) WITH ORDINALITY
     AS n (label, normal, number)
"""
TOWNS = """
INSERT INTO town SELECT number - 1, code
FROM unnest(CAST(:codes AS text[])) WITH ORDINALITY AS t (code, number)
"""


@dataclass(frozen=True)
class Ground:
    """What a product stands on: its database, and the folder of its snapshots."""

    database_url: str
    folder: Path

    def app(self) -> Flask:
        settings = Settings(
            secret_key="only for this bench, and long enough to pass",  # pragma: allowlist secret
            database_url=self.database_url,
            redis_url=os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:1/0"),
            smtp_url="smtp://127.0.0.1:1",
            base_url="http://localhost",
            environment=Environment.TEST,
            matching_dir=self.folder,
        )
        return create_app(settings, LONGEST_STATEMENT)


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """On the server of DATABASE_URL, or else as the other benches find one."""
    known = os.environ.get("DATABASE_URL")
    with nullcontext(known) if known else database() as url:
        server, name = make_url(url), f"bench_{uuid4().hex}"
        _on(server, f"CREATE DATABASE {name}")
        own = server.set(drivername="postgresql+psycopg", database=name)
        try:
            yield Ground(own.render_as_string(hide_password=False), folder)
        finally:
            _on(server, f"DROP DATABASE {name} WITH (FORCE)")


def fill(own: Ground, country: Country) -> None:
    """The real schema, our own gemeenten and words, and this country."""
    with own.app().app_context():
        upgrade(directory=str(MIGRATIONS))
        with open_work() as work:
            import_gemeenten(work, country.gemeenten)
            import_starter(work)
            _write(work.session, country)
        tidy()
        db.engine.dispose()


def tidy() -> None:
    """What the database does by itself when it is left alone for a minute."""
    db.session.remove()
    with db.engine.connect() as connection:
        direct = connection.execution_options(isolation_level="AUTOCOMMIT")
        direct.execute(text("VACUUM ANALYZE"))


@contextmanager
def open_work() -> Iterator[Work]:
    with begin(db.session(), SYSTEM) as work:
        yield work


def _write(session: Session, country: Country) -> None:
    for name, columns in TABLES.items():
        session.execute(text(f"CREATE TEMP TABLE {name} ({columns})"))
    names = _names(country)
    labels = [label[:LABEL_LIMIT] for label in names]
    normals = [normalise(label) for label in labels]
    session.execute(text(NAMES), {"labels": labels, "normals": normals})
    session.execute(text(TOWNS), {"codes": [one.code for one in country.gemeenten]})
    _copy_people(session, country)
    _copy_opgaven(session, country, names)
    for statement in ROWS.split(";"):
        session.execute(text(statement), {"places": PLACES} if ":places" in statement else {})


def _copy(session: Session, table: str, *columns: Any) -> None:
    names = [part.split()[0] for part in TABLES[table].split(", ")]
    rows = np.empty(len(columns[0]), dtype=[(name, "i4") for name in names])
    for name, values in zip(names, columns, strict=True):
        rows[name] = values
    write_rows(session, table, rows)


def _names(country: Country) -> dict[str, int]:
    """Every label with its number; those of offers have the numbers of the country."""
    names = {name.label: number for number, name in enumerate(country.names)}
    for opgave in country.opgaven:
        for skill in opgave.skills:
            names.setdefault(skill.label, len(names))
    return names


def _copy_people(session: Session, country: Country) -> None:
    profiles, windows, offers = country.profiles, country.windows, country.offers
    today = TODAY.toordinal()
    _copy(session, "person", np.arange(len(profiles.gemeente)), *profiles)
    _copy(
        session,
        "period",
        windows.profile,
        windows.hours,
        windows.first - today,
        windows.last - today,
    )
    _copy(session, "offer", *offers)


def _copy_opgaven(session: Session, country: Country, names: dict[str, int]) -> None:
    towns = country.numbers
    tasks = [
        (
            towns[opgave.gemeente_code],
            opgave.for_learning,
            audience != EVERYBODY,
            opgave.hours_per_week,
            (opgave.starts_on - TODAY).days,
            ((opgave.ends_on or TODAY) - TODAY).days,
            PLACES.index(opgave.place),
        )
        for opgave, audience in zip(country.opgaven, country.audiences, strict=True)
    ]
    asked = [
        (number, names[skill.label], skill.must, skill.level)
        for number, opgave in enumerate(country.opgaven)
        for skill in opgave.skills
    ]
    _copy(session, "task", np.arange(len(tasks)), *zip(*tasks, strict=True))
    _copy(session, "ask", *zip(*asked, strict=True))


def _on(server: URL, statement: str) -> None:
    url = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
