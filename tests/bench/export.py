"""What it takes to hand somebody with ten thousand rows all that is kept of them.

    .venv/bin/python -m tests.bench.export --times 205

makes a database on the server of DATABASE_URL (or as the other benches find one), fills every table
with rows of one person (about fifty for each of `--times`), makes the file, and prints one JSON
line per measure. The peer holds everything in memory: all rows in lists, one page, one JSON text
and one zip, as this was done before. `ratio` is what the peer takes for each that ours takes.
"""

import argparse
import json
import os
import tempfile
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from flask import render_template
from flask_migrate import upgrade

from app.accounts.models import User
from app.core.clock import utc_now
from app.extensions import db
from app.privacy.dictionary import Table
from app.privacy.export import Person, Row, parts_of
from app.web.privacy.archive import archive, in_words, names_of
from app.web.sheets import sheet
from tests.bench.filled import MIGRATIONS, Ground, ground, open_work, tidy
from tests.support.builders import a_profile
from tests.support.laden import Laden, fill

# Seconds for somebody with ten thousand rows.
GOAL = 60
TURNS = 5
MB = 1 << 20


def fill_for(own: Ground, times: int) -> Person:
    with own.app().app_context():
        upgrade(directory=str(MIGRATIONS))
        with open_work() as work:
            both = [a_profile(work.session, "wmo").user_id for _ in range(2)]
            person, other = (work.session.get_one(User, one) for one in both)
            found = Person(person.id, person.email)
            fill(work.session, Laden(person, other), times)
        tidy()
        db.engine.dispose()
        return found


def ours(person: Person) -> int:
    """The size of the file."""
    with archive(db.session(), parts_of(db.session(), person), utc_now()) as packed:
        return packed.tell()


def all_in_memory(person: Person) -> int:
    parts = [
        (part.table, [row for page in part.pages for row in page])
        for part in parts_of(db.session(), person)
    ]
    sheets = [_sheet(table, rows) for table, rows in parts]
    page = render_template("privacy/own_data.html", sheets=sheets, made_at=utc_now())
    told = {table.title: [dict(row) for row in rows] for table, rows in parts}
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as bundle:
        bundle.writestr("lees-mij.html", page)
        bundle.writestr("gegevens.json", json.dumps(told, indent=1, default=str))
        for one in sheets:
            bundle.writestr(f"tabellen/{one.file_name}.csv", sheet(one.heads, one.rows))
    return packed.tell()


@dataclass(frozen=True)
class Whole:
    title: str
    file_name: str
    heads: list[str]
    rows: list[list[str]]

    @property
    def count(self) -> int:
        return len(self.rows)


def _sheet(table: Table, rows: list[Row]) -> Whole:
    names = names_of(db.session(), table, rows)
    in_cells = [in_words(table, row, names) for row in rows]
    return Whole(table.title, table.name, list(table.shown.values()), in_cells)


def measured(make: Callable[[Person], int], person: Person) -> dict[str, Any]:
    make(person)
    seconds = sorted(_seconds(make, person) for _ in range(TURNS))
    tracemalloc.start()
    size = make(person)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {
        "seconds": round(seconds[TURNS // 2], 2),
        "slowest": round(seconds[-1], 2),
        "peak_mb": round(peak / MB, 1),
        "zip_mb": round(size / MB, 2),
    }


def _seconds(make: Callable[[Person], int], person: Person) -> float:
    began = perf_counter()
    make(person)
    return perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=205)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ground(Path(folder)) as own:
        person = fill_for(own, given.times)
        with own.app().test_request_context():
            rows = sum(len(page) for one in parts_of(db.session(), person) for page in one.pages)
            say(measure="machine", processors=os.cpu_count(), rows=rows)
            mine, peer = measured(ours, person), measured(all_in_memory, person)
            db.session.remove()
            db.engine.dispose()
        say(measure="in pages, on disk", **mine, goal=GOAL)
        ratios = {name: round(peer[name] / mine[name], 1) for name in ("seconds", "peak_mb")}
        say(measure="all in memory", **peer, ratio=ratios)


def say(**values: object) -> None:
    print(json.dumps({**values, "load": round(os.getloadavg()[0], 1)}), flush=True)


if __name__ == "__main__":
    main()
