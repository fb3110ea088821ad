"""Who may come to which address. A route without a policy is refused to everybody."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request
from flask_login import current_user

from app.core.actor import Role
from app.core.errors import NotFound
from app.extensions import login_manager
from app.web.auth import current_actor

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


def guard() -> Any:
    """Runs before every request."""
    if request.endpoint is None:
        return None
    policy = policy_of(current_app, request.endpoint)
    if policy is None:
        abort(403)
    if policy is Policy.PUBLIC:
        return None
    if not current_user.is_authenticated:
        return login_manager.unauthorized()
    needed = ROLES_OF.get(policy)
    if needed and not needed & current_actor().roles:
        raise NotFound(request.path)
    return None
