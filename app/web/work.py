"""Work for the person behind this request."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.core.work import Work, begin
from app.extensions import db
from app.web.auth import current_actor


@contextmanager
def open_work() -> Iterator[Work]:
    with begin(db.session(), current_actor()) as work:
        yield work
