"""A name for every request: in the log, on the page of an error, and in the audit."""

import secrets

import structlog
from flask import Flask, Response, g

HEADER = "X-Request-ID"


def bind(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        # Ours alone: a name that a visitor may choose could stand in the log for another one.
        g.request_id = secrets.token_hex(8)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_id)

    @app.after_request
    def tell(answer: Response) -> Response:
        answer.headers[HEADER] = request_id()
        return answer


def request_id() -> str:
    """Of this request; nothing when it was refused before it had one."""
    return str(g.get("request_id", ""))
