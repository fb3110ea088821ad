"""A time of day that a test chooses, for the processes of a product and for its database."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

import time_machine
from sqlalchemy import Engine, text

from app.core.clock import AMSTERDAM, dutch_day, utc_now

CLOCK = "FAULT_CLOCK"
# The database finds this `now` before its own.
OF_THE_DATABASE = """
CREATE SCHEMA ahead;
CREATE TABLE ahead.clock AS SELECT 0::float AS seconds;
CREATE FUNCTION ahead.now() RETURNS timestamptz LANGUAGE sql STABLE AS
  'SELECT pg_catalog.now() + make_interval(secs => seconds) FROM ahead.clock';
ALTER DATABASE "{name}" SET search_path = ahead, pg_catalog, public
"""


def on_day(number: int, hour: int, minute: int = 0) -> datetime:
    """In Amsterdam, so many days after the next Monday."""
    today = dutch_day(utc_now())
    day = today + timedelta(days=8 - today.isoweekday() + number)
    return datetime.combine(day, time(hour, minute), AMSTERDAM)


@dataclass
class Clock:
    """So far ahead of the real one; it goes on as time does."""

    engine: Engine
    file: Path
    ahead: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(OF_THE_DATABASE.format(name=self.engine.url.database)))
        # Connections that are open do not hear of it.
        self.engine.dispose()

    @property
    def now(self) -> datetime:
        return utc_now() + self.ahead

    def set(self, moment: datetime) -> None:
        self.ahead = moment - utc_now()
        seconds = self.ahead.total_seconds()
        with self.engine.begin() as connection:
            connection.execute(text("UPDATE ahead.clock SET seconds = :ahead"), {"ahead": seconds})
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str(seconds))
        fresh.replace(self.file)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Whatever is done in this process happens at that time."""
        with time_machine.travel(self.now):
            yield


@contextmanager
def time_of_the_test() -> Iterator[None]:
    """In a process of the product: as its environment says; without a word in it, the real time."""
    try:
        ahead = float(Path(os.environ[CLOCK]).read_text())
    except (KeyError, FileNotFoundError):
        yield
        return
    with time_machine.travel(utc_now() + timedelta(seconds=ahead)):
        yield
