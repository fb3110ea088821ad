"""What browsers report of our content policy: that something on a page wanted what it forbids.

Whoever likes can send such a report. Of its words none is kept: only which of our rules it names,
what sort of thing was kept out, and which of our pages it was on.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

# A browser sends a few reports at once, each with the address and the first signs of what it saw.
MOST_BYTES = 16 * 1024
MOST_REPORTS = 20
RULES = frozenset(
    {
        *("script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem"),
        *("style-src-attr", "img-src", "font-src", "connect-src", "frame-src", "media-src"),
        *("object-src", "worker-src", "manifest-src", "form-action", "frame-ancestors"),
        *("base-uri", "default-src"),
    }
)
# What the browser says instead of an address, and schemes that tell where something came from.
SORTS = frozenset({"inline", "eval", "wasm-eval", "data", "blob"})
OF_BROWSER = "-extension"


@dataclass(frozen=True)
class Breach:
    """Rule and sort are of our words; the page is the name of a route, or nothing."""

    rule: str
    sort: str
    page: str


def read(sent: bytes) -> list[Breach]:
    """What was reported, in either of the two forms; nothing of what is no report."""
    try:
        told = json.loads(sent)
    except (ValueError, RecursionError):
        return []
    whole = told if isinstance(told, list) else [told]
    bodies = (_body(one) for one in whole[:MOST_REPORTS])
    return [_breach(body) for body in bodies if body]


def _body(report: Any) -> dict[str, Any]:
    if not isinstance(report, dict):
        return {}
    found = report.get("csp-report")
    if report.get("type") == "csp-violation":
        found = report.get("body")
    return found if isinstance(found, dict) else {}


def _breach(body: dict[str, Any]) -> Breach:
    rule = _text(body, "effectiveDirective", "effective-directive", "violated-directive")
    rule = rule.partition(" ")[0]
    return Breach(
        rule=rule if rule in RULES else "other",
        sort=_sort(_text(body, "blockedURL", "blocked-uri")),
        page=_page(_text(body, "documentURL", "document-uri")),
    )


def _text(body: dict[str, Any], *names: str) -> str:
    return next((text for name in names if isinstance(text := body.get(name), str)), "")


def _sort(blocked: str) -> str:
    word = blocked.partition(":")[0].lower()
    if word in SORTS:
        return word
    return "browser" if word.endswith(OF_BROWSER) else "elsewhere"


def _page(address: str) -> str:
    """The name of the page: its address may be a key."""
    try:
        parts = urlsplit(address)
        if parts.netloc != request.host:
            return ""
        return str(current_app.url_map.bind(request.host).match(parts.path, method="GET")[0])
    except (ValueError, HTTPException):
        return ""
