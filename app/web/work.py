"""Work for the person behind this request, or for whom a mail speaks."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.core.actor import Actor
from app.core.work import Work, begin
from app.extensions import db
from app.web.auth import current_actor
from app.web.tracing import request_id


@contextmanager
def open_work(actor: Actor | None = None) -> Iterator[Work]:
    """Work of who is signed in, or of this actor."""
    with begin(db.session(), actor or current_actor(), request_id=request_id()) as work:
        yield work
