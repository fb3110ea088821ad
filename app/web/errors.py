"""Refusals of the house as pages."""

from datetime import timedelta
from math import ceil

import structlog
from flask import Flask, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from app.core.clock import utc_now
from app.core.dutch import how_long
from app.core.errors import Conflict, DomainError, InvalidInput, NotAllowed, NotFound
from app.extensions import limiter
from app.web.tracing import account, asked, request_id

STATUS_OF: dict[type[DomainError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    InvalidInput: 422,
}
# What is no slip of a visitor: a link that was used or made up, a page without a right.
REFUSED = frozenset({401, 403, 410})
WITH_PAGE = frozenset({400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503})

MANY_FROM_NETWORK = (
    "Vanaf jouw netwerk kwamen in korte tijd veel verzoeken, misschien van collega's."
)

NOT_TYPED = "csrf_token"

log = structlog.get_logger()


def bind(app: Flask) -> None:
    app.register_error_handler(DomainError, refusal)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(RateLimitExceeded, _too_fast)
    app.register_error_handler(IntegrityError, _outrun)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(Exception, _unforeseen)


def error_page(status: int, said: str = "", reference: str = "") -> Response:
    shown = status if status in WITH_PAGE else (400 if status < 500 else 500)
    return make_response(
        render_template(f"errors/{shown}.html", said=said, reference=reference), status
    )


def refusal(error: DomainError) -> ResponseReturnValue:
    if isinstance(error, NotFound | NotAllowed):
        # Somebody tries what is not theirs, or a page of ours leads there: both are worth a look.
        log.warning("refused", **asked(), account=account(), why=type(error).__name__)
    return error_page(STATUS_OF.get(type(error), _nearest(error)), error.said)


def _nearest(error: DomainError) -> int:
    return next((code for kind, code in STATUS_OF.items() if isinstance(error, kind)), 400)


def _stale_form(_: CSRFError) -> ResponseReturnValue:
    log.warning("refused", **asked(), account=account(), why="no token")
    return unsaved_page()


def unsaved_page(*, needs_proof: bool = False) -> ResponseReturnValue:
    """Nothing is lost: what was typed comes back, to be sent once more, perhaps after a proof."""
    typed = typed_with_us()
    texts = [value for _, value in typed if " " in value]
    page = render_template("errors/stale.html", typed=typed, texts=texts, needs_proof=needs_proof)
    return page, 400


def typed_with_us() -> list[tuple[str, str]]:
    """What was filled in, when it was on a page of ours."""
    if not _is_surely_ours():
        return []
    return [(name, value) for name, value in request.form.items(multi=True) if name != NOT_TYPED]


def _is_surely_ours() -> bool:
    """A form on another site must not get its words a fresh token and a button of ours."""
    sent_by = request.headers.get("Sec-Fetch-Site")
    return sent_by == "same-origin" if sent_by else request.origin == request.host_url.rstrip("/")


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    if isinstance(error, SecurityError):
        # Under a name that is not ours no page can be made: its links would carry that name.
        return Response("Dit adres kennen we niet.\n", 400, mimetype="text/plain")
    if error.code in REFUSED:
        log.warning("refused", **asked(), account=account(), why=error.name)
    answer = error_page(error.code or 500)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            answer.headers[name] = value
    return answer


def _too_fast(error: RateLimitExceeded) -> ResponseReturnValue:
    log.warning("refused", **asked(), account=account(), why="too fast")
    breached = limiter.current_limit
    seconds = max(1, int(breached.reset_at - utc_now().timestamp())) if breached else 60
    wait = how_long(timedelta(minutes=ceil(seconds / 60)))
    said = error.limit.error_message or MANY_FROM_NETWORK
    answer = error_page(429, f"{said} Probeer het over {wait} opnieuw.")
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _outrun(error: IntegrityError) -> ResponseReturnValue:
    """Two did the same at once, and a rule of the database let only the first through."""
    log.warning("outrun", **asked(), rule=_rule(error))
    return error_page(409, "Iemand was je net voor. Kijk even hoe het er nu staat.")


def _database_away(error: OperationalError) -> ResponseReturnValue:
    """Gone, too busy, or in a knot with another request: trying again in a moment helps."""
    log.error("database away", **asked(), error=type(error.orig).__name__)
    answer = error_page(503)
    answer.headers["Retry-After"] = "5"
    return answer


def _unforeseen(error: Exception) -> ResponseReturnValue:
    log.error("unforeseen", **asked(), exc_info=error)
    return error_page(500, reference=request_id())


def _rule(error: IntegrityError) -> str:
    """The name of the constraint; the values themselves do not belong in a log."""
    diagnosis = getattr(error.orig, "diag", None)
    return str(getattr(diagnosis, "constraint_name", ""))
