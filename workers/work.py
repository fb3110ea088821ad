"""Work of the system itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app

from app.core.actor import SYSTEM
from app.core.work import Work, begin
from app.extensions import db
from app.matching.shelf import Shelf


@contextmanager
def open_work() -> Iterator[Work]:
    with begin(db.session(), SYSTEM) as work:
        yield work


def shelf() -> Shelf:
    """Where the snapshots lie."""
    found: Shelf = current_app.extensions["shelf"]
    return found
