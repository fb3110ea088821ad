"""Whether somebody looks at a page, so that what is new on it is read by that."""

from flask import Request

# What a browser says that it fetches a page for, before anybody asked for it.
AHEAD = ("prefetch", "prerender")


def is_looked_at(request: Request) -> bool:
    """Not when only its head is asked for, or when a browser fetches it ahead."""
    purpose = request.headers.get("Sec-Purpose", "")
    return request.method != "HEAD" and not purpose.startswith(AHEAD)
