"""Work of the system itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.core.actor import SYSTEM
from app.core.work import Work, begin
from app.extensions import db


@contextmanager
def open_work() -> Iterator[Work]:
    with begin(db.session(), SYSTEM) as work:
        yield work
