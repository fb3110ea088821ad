"""Every route, asked by every role about things that stand in every way to who asks: the answer is
that of the matrix.
"""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.accounts.queries import actor_of
from app.core.actor import ANYONE, Actor, Role
from app.core.rights import Right, Scope, is_public, is_told, scopes
from app.extensions import limiter
from app.web.policy import right_for
from tests.rights.asking import SENT, filled, kind_of, routes, undone, values_of
from tests.rights.world import LIES_IN, Kind, Standing, World, a_world
from tests.support.web import sign_in

SIGN_IN = "/inloggen"
ROLES: dict[str, tuple[Role, ...]] = {
    "visitor": (),
    "professional": (),
    **{role.value: (role,) for role in Role},
}


# Who begins with the words of an opgave needs to read it; what is begun is of the own gemeente.
NAMED_FOR = {"opgaven.begin_with": Right.READ_OPGAVE}
# What else is right besides the answer of the cell, and why.
EXCEPT = {
    # There is nothing of the kind in this world.
    ("loans.agreed", "allowed"): "404",
    ("hours.proposal", "allowed"): "404",
    ("absent.decide", "allowed"): "404",
    ("passkeys.ask", "allowed"): "404",
    ("passkeys.remove", "allowed"): "404",
    ("vocabulary.undo", "allowed"): "404",
    # Nobody in it made their profile public.
    ("people.public", "allowed"): "404",
    # Nobody judges what they wrote themselves.
    ("review.approve", "allowed"): "404",
    ("review.send_back", "allowed"): "404",
    # Taken back is what is one's own, if it was there: of the opgave the answer says nothing.
    ("responses.withdraw", "404"): "allowed",
    ("together.unfollow", "404"): "allowed",
    # Somebody asked for a mail before.
    ("accounts.sent", "allowed"): SIGN_IN,
}


def lies_in(kind: Kind, standing: Standing, actor: Actor) -> set[Scope]:
    """The scopes in which the thing lies for the actor."""
    if kind is Kind.NOTHING:
        return set(Scope)
    found = set(LIES_IN[kind].get(standing, set()))
    # What is said between two is shown to both sides, and to nobody else.
    if kind is Kind.MESSAGE and found & scopes(actor, Right.TALK):
        found.add(Scope.SHOWN)
    return found


def expected(rule: Rule, right: Right, standing: Standing, actor: Actor) -> str:
    """The answer of the cell."""
    kind, held = kind_of(rule), scopes(actor, right)
    if actor is ANYONE and not is_public(right):
        return SIGN_IN
    if not held:
        return "403" if is_told(right) else "404"
    scope = lies_in(kind, standing, actor)
    reaches = scopes(actor, NAMED_FOR.get(rule.endpoint, right))
    if Scope.ALL in reaches or reaches & scope:
        return "allowed"
    # A party knows that there is a loan: the step is of another one.
    knows = kind is Kind.LOAN and scopes(actor, Right.READ_LOAN) & scope
    return "403" if knows else "404"


def got(answer: TestResponse) -> str:
    if answer.location == SIGN_IN:
        return SIGN_IN
    refused = answer.status_code in {401, 403, 404} or answer.status_code >= 500
    return str(answer.status_code) if refused else "allowed"


@pytest.mark.parametrize("role", ROLES)
def test_every_answer_is_that_of_the_matrix(
    app: Flask,
    client: FlaskClient,
    session: Session,
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
    role: str,
) -> None:
    monkeypatch.setattr(limiter, "enabled", False)
    world = a_world(session, *ROLES[role])
    actor = ANYONE if role == "visitor" else actor_of(world.viewer)
    if role != "visitor":
        sign_in(client, session, world.viewer)
    wrong = {}
    for rule, method, standing, at in requests(app, world):
        with undone(client, session, connection):
            answer = client.open(at, method=method, data=SENT.get(rule.endpoint), buffered=True)
        right = right_for(app, rule.endpoint)
        assert right is not None
        cell = expected(rule, right, standing, actor)
        if got(answer) not in {cell, EXCEPT.get((rule.endpoint, cell))}:
            wrong[f"{method} {rule.endpoint} {standing}"] = f"{got(answer)}, not {cell}"
    assert wrong == {}


def requests(app: Flask, world: World) -> Iterator[tuple[Rule, str, Standing, str]]:
    """By standing the address of each route; of what names nothing once."""
    for rule, method in routes(app):
        for standing, things in world.things.items():
            values = values_of(rule, things)
            is_once = kind_of(rule) is Kind.NOTHING and standing is not Standing.OWN
            if None not in values.values() and not is_once:
                yield rule, method, standing, filled(rule, values)
