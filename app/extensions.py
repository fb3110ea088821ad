"""Flask's extensions, unbound; the factory binds them."""

from functools import cache
from ipaddress import IPv6Network, ip_address
from urllib.parse import urlsplit

import structlog
from flask import current_app, g, request
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFError, CSRFProtect

from app.matching.shelf import Shelf
from app.tables import METADATA

# Of IPv6 one visitor is handed a whole network, out of which every request may come from another
# address.
NETWORK_BITS = 64
FORWARDED = ("Forwarded", "X-Forwarded-For")

# What a browser says of a form that one of our own pages sent, or that the visitor sent anew.
OUR_OWN = ("same-origin", "none")

log = structlog.get_logger()


class OurOwnForms(CSRFProtect):
    """Besides the token: what the browser says of the page that the form stood on."""

    def protect(self, apply_exemptions: bool = False) -> None:  # noqa: FBT001, FBT002  (as theirs)
        super().protect(apply_exemptions)
        # Not asked of what goes by the key of a mail: a mail program posts from its own page.
        if g.get("csrf_valid") and not _may_be_ours():
            raise CSRFError("The form stood on another site.")


def visitor_address() -> str:
    """The address that limits are counted by."""
    is_forwarded = any(name in request.headers for name in FORWARDED)
    if is_forwarded and not current_app.extensions["settings"].trusted_proxies:
        _warn_of_proxy()
    return _counted_as(request.remote_addr or "")


def shelf() -> Shelf:
    """Where the snapshots of matching lie."""
    found: Shelf = current_app.extensions["shelf"]
    return found


def _counted_as(address: str) -> str:
    """The address itself, or the network of it; what is neither counts as it is written."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(found.ipv4_mapped or IPv6Network((found, NETWORK_BITS), strict=False))


@cache
def _warn_of_proxy() -> None:
    """Once: behind a proxy of which we do not know, all visitors share its limits."""
    log.warning("forwarded but TRUSTED_PROXIES is 0", counted_by=request.remote_addr)


def _may_be_ours() -> bool:
    """False when the browser says otherwise; an old one, or a program, says nothing.

    A page that keeps its address to itself sends `null` for where it came from.
    """
    sent_by = request.headers.get("Sec-Fetch-Site")
    if sent_by:
        return sent_by in OUR_OWN
    if request.origin in {None, "null"}:
        return True
    return urlsplit(request.origin).hostname in current_app.extensions["settings"].hosts


db = SQLAlchemy(metadata=METADATA)
migrate = Migrate()
login_manager = LoginManager()
csrf = OurOwnForms()
limiter = Limiter(key_func=visitor_address, strategy="sliding-window-counter")
