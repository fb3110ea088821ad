"""Who may come to which address: every route declares the right that it takes (`core/rights.csv`),
and one that declares none is refused to everybody.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.actor import Actor
from app.core.errors import NotAllowed, NotFound
from app.core.rights import Right, is_public, is_told, may
from app.extensions import db, login_manager
from app.web.auth import ask_proof, current_actor
from app.web.errors import refusal
from app.web.roles import MAY_NOT_DRAFT, how_to_become_opgavehouder

PERHAPS_THEIRS = (
    "Misschien hoort die pagina bij je rol als beheerder. Doe eerst de tweede stap, dan kijken we "
    "opnieuw."
)

View = TypeVar("View", bound=Callable[..., Any])


def allow(right: Right) -> Callable[[View], View]:
    """Let in who has this right; stands directly under the route. Of which things they have it,
    the rooms ask.
    """

    def declare(view: View) -> View:
        view.right = right  # type: ignore[attr-defined]  # read by `guard` and the house test
        return view

    return declare


def right_for(app: Flask, endpoint: str) -> Right | None:
    """What it takes to come there."""
    if endpoint == "static":
        return Right.READ_SITE
    return getattr(app.view_functions.get(endpoint), "right", None)


def may_come(actor: Actor, endpoint: str) -> bool:
    """Whether they get in there, so that no menu names a page that would refuse them."""
    right = right_for(current_app, endpoint)
    return right is not None and may(actor, right)


def bind(app: Flask) -> None:
    app.before_request(guard)
    for hides in (NotFound, NotAllowed):
        app.register_error_handler(hides, _refused)


def guard() -> Any:
    """Runs before every request."""
    if request.endpoint is None:
        return None
    right = right_for(current_app, request.endpoint)
    if right is None:
        abort(403)
    # A public page must not ask who looks: the database may be away.
    if is_public(right) or may(current_actor(), right):
        return None
    if not current_user.is_authenticated:
        return login_manager.unauthorized()
    if current_user.lacks_proof and may(current_user.whole, right):
        return ask_proof()
    raise _become_opgavehouder() if is_told(right) else NotFound(request.path)


def _refused(error: NotFound | NotAllowed) -> ResponseReturnValue:
    """With the role that waits for a proof a room may answer something else.

    It is asked of whatever a room hides, also of what is not there, so that asking tells nothing.
    What explains itself, and what no proof opens, is refused at once.
    """
    is_of_room = not error.said and may_come(current_actor(), request.endpoint or "")
    if is_of_room and current_user.is_authenticated and current_user.lacks_proof:
        return ask_proof(PERHAPS_THEIRS)
    return refusal(error)


def _become_opgavehouder() -> NotAllowed:
    """Everybody may know that colleagues write opgaven, so the page says how to become one."""
    if may(current_actor(), Right.EDIT_OPGAVE):
        return NotAllowed(request.path, said=MAY_NOT_DRAFT)
    contact = current_app.extensions["settings"].contact_email
    how = how_to_become_opgavehouder(db.session(), current_actor(), contact)
    return NotAllowed(request.path, said=f"Je bent nog geen opgavehouder. {how}")
