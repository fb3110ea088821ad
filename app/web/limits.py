"""How often one person may ask for something, wherever they are, and how much they may send."""

from collections.abc import Callable
from functools import partial

import structlog
from flask import Flask, request
from flask_limiter import RequestLimit, RouteLimit
from werkzeug.exceptions import RequestEntityTooLarge

from app.extensions import limiter, visitor_address
from app.web.auth import current_actor
from app.web.tracing import account, asked

URLENCODED = "application/x-www-form-urlencoded"

log = structlog.get_logger()


def bind(app: Flask) -> None:
    app.before_request(count_fields)


def count_fields() -> None:
    """Refuse a form of more fields than any of ours has, before anything reads it.

    Werkzeug counts the parts of the other way to send a form, and not the fields of this one.
    """
    if request.mimetype == URLENCODED:
        fields = request.get_data(cache=True).count(b"&") + 1
        if fields > (request.max_form_parts or fields):
            raise RequestEntityTooLarge


def per_person(
    rate: str, said: str, methods: list[str] | None = None, alarm: str = ""
) -> RouteLimit:
    """At most so often, as "10/hour"; who asks more reads `said`, and when to come back.

    With an `alarm` that somebody did is worth more than a line among others.
    """
    heard: Callable[[RequestLimit], None] | None = partial(_sound, alarm) if alarm else None
    return limiter.limit(rate, key_func=_who, methods=methods, error_message=said, on_breach=heard)


def per_visitor(rate: str, said: str) -> RouteLimit:
    """The same of what anybody may open: at most so often from one network."""
    return limiter.limit(rate, key_func=visitor_address, error_message=said)


def of_searches(rate: str, of_network: str, said: str) -> RouteLimit:
    """The same of a page that everybody may search; who is not signed in shares the limit of their
    network. Only what asks something counts.
    """
    return limiter.limit(
        lambda: rate if current_actor().user_id else of_network,
        key_func=lambda: _who() if current_actor().user_id else visitor_address(),
        exempt_when=lambda: not request.args,
        error_message=said,
    )


def _sound(why: str, _limit: RequestLimit) -> None:
    log.error("alarm", why=why, **asked(), account=account())


def _who() -> str:
    return str(current_actor().user_id)
