"""Walking in: a session for this browser, and the page that somebody came for."""

from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from flask import redirect, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.actor import Role
from app.extensions import db
from app.people import queries as people
from app.web.auth import current_actor, enter


def walk_in(session_id: UUID) -> ResponseReturnValue:
    """Carry the session from here on, and go to the page that was asked for before."""
    wanted = session.get("wanted")
    enter(session_id)
    return redirect(own_path(wanted) or start_page())


def start_page() -> str:
    """The page where there is something to do for who is signed in."""
    if people.own_profile(db.session(), current_user.user_id):
        return url_for("matching.index")
    roles = current_actor().roles
    if roles & {Role.BEHEERDER, Role.GEMEENTEBEHEERDER}:
        return url_for("beheer.index")
    if Role.OPGAVEHOUDER in roles:
        return url_for("opgaven.ours")
    return url_for("people.edit")


def own_path(address: object) -> str | None:
    """The address when it is a path on this site, and nothing for every other one."""
    if not isinstance(address, str) or not address.isprintable() or "\\" in address:
        return None
    if not address.startswith("/") or address.startswith("//"):
        return None
    parts = urlsplit(address)
    return urlunsplit(("", "", parts.path, parts.query, ""))
