"""A name for every request: in the log, on the page of an error, and in the audit.

No line says an address: the one of a mailed link is a key, and others say whom a page is about.
"""

import secrets
from time import monotonic
from uuid import UUID

import structlog
from flask import Flask, Response, g, request

HEADER = "X-Request-ID"

log = structlog.get_logger()


def bind(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        # Ours alone: a name that a visitor may choose could stand in the log for another one.
        g.request_id = secrets.token_hex(8)
        g.began = monotonic()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_id)

    @app.after_request
    def tell(answer: Response) -> Response:
        answer.headers[HEADER] = request_id()
        log.info("answered", **asked(), status=answer.status_code, ms=_since_it_began())
        return answer


def request_id() -> str:
    """Of this request; nothing when it was refused before it had one."""
    return str(g.get("request_id", ""))


def asked() -> dict[str, str | None]:
    """What was asked for, as the log may say it."""
    return {"method": request.method, "page": request.endpoint}


def name_account(user_id: UUID) -> None:
    """Whose request this is, for a line about what was refused."""
    g.account = str(user_id)


def account() -> str | None:
    """Who asked, when somebody looked that up; nothing of a visitor."""
    return str(g.account) if "account" in g else None


def _since_it_began() -> int | None:
    """Milliseconds; nothing when it was refused before it began."""
    return round(1000 * (monotonic() - g.began)) if "began" in g else None
