"""Flask's extensions, unbound; the factory binds them."""

from functools import cache

import structlog
from flask import current_app, request
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

from app.matching.shelf import Shelf
from app.tables import METADATA

FORWARDED = ("Forwarded", "X-Forwarded-For")

log = structlog.get_logger()


def visitor_address() -> str:
    """The address that limits are counted by."""
    is_forwarded = any(name in request.headers for name in FORWARDED)
    if is_forwarded and not current_app.extensions["settings"].trusted_proxies:
        _warn_of_proxy()
    return request.remote_addr or ""


def shelf() -> Shelf:
    """Where the snapshots of matching lie."""
    found: Shelf = current_app.extensions["shelf"]
    return found


@cache
def _warn_of_proxy() -> None:
    """Once: behind a proxy of which we do not know, all visitors share its limits."""
    log.warning("forwarded but TRUSTED_PROXIES is 0", counted_by=request.remote_addr)


db = SQLAlchemy(metadata=METADATA)
migrate = Migrate()
login_manager = LoginManager()
csrf = CSRFProtect()
limiter = Limiter(key_func=visitor_address, strategy="sliding-window-counter")
