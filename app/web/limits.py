"""How often one person may ask for something, wherever they are, and how much they may send."""

from flask import Flask, request
from flask_limiter import RouteLimit
from werkzeug.exceptions import RequestEntityTooLarge

from app.extensions import limiter
from app.web.auth import current_actor

URLENCODED = "application/x-www-form-urlencoded"


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


def per_person(rate: str, said: str, methods: list[str] | None = None) -> RouteLimit:
    """At most so often, as "10/hour"; who asks more reads `said`, and when to come back."""
    return limiter.limit(rate, key_func=_who, methods=methods, error_message=said)


def _who() -> str:
    return str(current_actor().user_id)
