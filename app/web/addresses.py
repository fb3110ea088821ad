"""Which addresses somebody may be led on to: those of our own pages."""

from urllib.parse import urlsplit, urlunsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

# Who comes from one of these came for no page in particular.
NOWHERE = frozenset({"accounts", "at_gemeente", "home", "demo", "mailbox"})


def page_of_ours(address: str | None) -> str | None:
    """The path of a page that we have and that somebody can go back to."""
    try:
        parts = urlsplit(address or "")
        if parts.netloc != request.host:
            return None
        endpoint, _ = current_app.url_map.bind(request.host).match(parts.path, method="GET")
    except (ValueError, HTTPException):
        return None
    blueprint = str(endpoint).partition(".")[0]
    return None if blueprint in NOWHERE else own_path(parts._replace(scheme="", netloc="").geturl())


def own_path(address: object) -> str | None:
    """The address when it is a path on this site, and nothing for every other one."""
    if not isinstance(address, str) or not address.isprintable() or "\\" in address:
        return None
    if not address.startswith("/") or address.startswith("//"):
        return None
    parts = urlsplit(address)
    return urlunsplit(("", "", parts.path, parts.query, ""))
