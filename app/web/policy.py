"""Who may come to which address. A route without a policy is refused to everybody."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.actor import Actor, Role
from app.core.errors import NotAllowed, NotFound
from app.extensions import db, login_manager
from app.web.auth import ask_proof, current_actor
from app.web.errors import refusal
from app.web.roles import how_to_become_opgavehouder

PERHAPS_THEIRS = (
    "Misschien hoort die pagina bij je rol als beheerder. Doe eerst de tweede stap, dan kijken we "
    "opnieuw."
)

View = TypeVar("View", bound=Callable[..., Any])


class Policy(StrEnum):
    """Who gets in; what they see inside is decided by the rooms."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    OPGAVEHOUDER = "opgavehouder"
    GEMEENTEBEHEERDER = "gemeentebeheerder"
    BEHEERDER = "beheerder"


ROLES_OF = {
    Policy.OPGAVEHOUDER: frozenset({Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER}),
    Policy.GEMEENTEBEHEERDER: frozenset({Role.GEMEENTEBEHEERDER, Role.BEHEERDER}),
    Policy.BEHEERDER: frozenset({Role.BEHEERDER}),
}


def allow(policy: Policy) -> Callable[[View], View]:
    """Declare who may come here; stands directly under the route."""

    def declare(view: View) -> View:
        view.policy = policy  # type: ignore[attr-defined]  # read by `guard` and the house test
        return view

    return declare


def policy_of(app: Flask, endpoint: str) -> Policy | None:
    if endpoint == "static":
        return Policy.PUBLIC
    return getattr(app.view_functions.get(endpoint), "policy", None)


def admits(policy: Policy, actor: Actor) -> bool:
    """Whether this policy lets them in."""
    if policy is Policy.PUBLIC:
        return True
    needed = ROLES_OF.get(policy)
    return actor.user_id is not None and (needed is None or bool(needed & actor.roles))


def may_come(actor: Actor, endpoint: str) -> bool:
    """Whether they get in there, so that no menu names a page that would refuse them."""
    policy = policy_of(current_app, endpoint)
    return policy is not None and admits(policy, actor)


def bind(app: Flask) -> None:
    app.before_request(guard)
    for hides in (NotFound, NotAllowed):
        app.register_error_handler(hides, _refused)


def guard() -> Any:
    """Runs before every request."""
    if request.endpoint is None:
        return None
    policy = policy_of(current_app, request.endpoint)
    if policy is None:
        abort(403)
    # A public page must not ask who looks: the database may be away.
    if policy is Policy.PUBLIC or admits(policy, current_actor()):
        return None
    if not current_user.is_authenticated:
        return login_manager.unauthorized()
    if current_user.lacks_proof and admits(policy, current_user.whole):
        return ask_proof()
    raise _become_opgavehouder() if policy is Policy.OPGAVEHOUDER else NotFound(request.path)


def _refused(error: NotFound | NotAllowed) -> ResponseReturnValue:
    """With the role that waits for a proof a room may answer something else.

    It is asked of whatever a room hides, also of what is not there, so that asking tells nothing.
    What explains itself, and what no proof opens, is refused at once.
    """
    policy = policy_of(current_app, request.endpoint or "")
    is_of_room = not error.said and policy is not None and admits(policy, current_actor())
    if is_of_room and current_user.is_authenticated and current_user.lacks_proof:
        return ask_proof(PERHAPS_THEIRS)
    return refusal(error)


def _become_opgavehouder() -> NotAllowed:
    """Everybody may know that colleagues write opgaven, so the page says how to become one."""
    contact = current_app.extensions["settings"].contact_email
    how = how_to_become_opgavehouder(db.session(), current_actor(), contact)
    return NotAllowed(request.path, said=f"Je bent nog geen opgavehouder. {how}")
