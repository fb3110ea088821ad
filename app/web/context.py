"""What every page needs: who looks, the menu, and whether this is the demo."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for
from flask_login import current_user

from app.core.actor import Role
from app.core.clock import dutch_date, utc_now
from app.extensions import db
from app.notifications import queries as notifications
from app.settings import Settings
from app.web.auth import SignedIn


@dataclass(frozen=True)
class MenuItem:
    label: str
    href: str
    current: bool
    badge: str = ""


def bind(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]

    @app.context_processor
    def page_context() -> dict[str, Any]:
        # Functions, so that a page for when the database is away can leave them alone.
        return {
            "viewer": viewer,
            "navigation": navigation,
            "demo": settings.demo_accounts,
            "has_mail_viewer": settings.maildir is not None,
            "contact_email": settings.contact_email,
        }


def viewer() -> SignedIn | None:
    """Who looks at the page, or None for a visitor."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def navigation() -> list[MenuItem]:
    items = [_item("Opgaven", "opgaven.index")]
    reader = viewer()
    if reader is None:
        return [*items, _item("Over ons", "home.about")]
    roles = reader.actor.roles
    unread = notifications.count_unread(db.session(), reader.actor, dutch_date(utc_now()))
    items += [
        _item("Collega's", "people.index"),
        _item("Mijn matches", "matching.index"),
        _item("Mijn profiel", "people.own"),
    ]
    if roles & {Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER}:
        items.append(_item("Onze opgaven", "opgaven.ours"))
    if roles & {Role.GEMEENTEBEHEERDER, Role.BEHEERDER}:
        items.append(_item("Beheer", "beheer.index"))
    items.append(_item("Meldingen", "notifications.inbox", str(unread) if unread else ""))
    return items


def _item(label: str, endpoint: str, badge: str = "") -> MenuItem:
    return MenuItem(label, url_for(endpoint), request.endpoint == endpoint, badge)
