"""Which addresses somebody may be led on to: those of our own pages."""

from urllib.parse import urlsplit, urlunsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

# Who comes from one of these came for no page in particular.
NOWHERE = frozenset({"accounts", "at_gemeente", "home", "demo", "mailbox", "proving"})
# A cookie carries it along, with what else it has to, within the four kilobytes that browsers keep.
ADDRESS_LIMIT = 500


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
    """The address when it is a path on this site, and nothing for every other one.

    Of one that is too long to carry along the question is left out.
    """
    if not isinstance(address, str) or not address.isprintable() or "\\" in address:
        return None
    if not address.startswith("/") or address.startswith("//"):
        return None
    parts = urlsplit(address)
    if len(address) > ADDRESS_LIMIT:
        parts = parts._replace(query="")
    found = urlunsplit(("", "", parts.path, parts.query, ""))
    return found if len(found) <= ADDRESS_LIMIT else None
