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
        viewer = current_user if current_user and current_user.is_authenticated else None
        return {
            "viewer": viewer,
            "navigation": _navigation(viewer),
            "demo": settings.demo_accounts,
            "has_mail_viewer": settings.maildir is not None,
        }


def _navigation(viewer: Any) -> list[MenuItem]:
    items = [_item("Opgaven", "opgaven.index")]
    if viewer is None:
        return [*items, _item("Over ons", "home.about"), _item("Inloggen", "accounts.sign_in")]
    roles = viewer.actor.roles
    unread = notifications.count_unread(db.session(), viewer.user_id, dutch_date(utc_now()))
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
