"""Asking every route: which address is that of which thing, and what a request did is undone."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.web.aliases import alias_of
from tests.rights.world import Kind

ARGUMENT = re.compile(r"<([^<>]+:)?(?P<name>[a-z_]+)>")
# They make somebody else of who looks.
OTHER_VIEWER = {"demo.enter", "accounts.sign_out"}
# What a sealed link opens is for whoever holds it (tests/web/test_by_mail.py), not for a role.
SEALED = {"token", "key", "filename"}
KIND_OF = {
    "opgave_id": Kind.OPGAVE,
    "published_id": Kind.OPGAVE,
    "user_id": Kind.PROFILE,
    "alias": Kind.ACCOUNT,
    "network_id": Kind.NETWORK,
    "conversation_id": Kind.BETWEEN,
    "message_id": Kind.MESSAGE,
    "invitation_id": Kind.PERSONAL,
    "loan_id": Kind.LOAN,
    "evidence_id": Kind.PERSONAL,
    "notice_id": Kind.PERSONAL,
    "dispute_id": Kind.PERSONAL,
}
# Named by an opgave, but it is about what is between it and the viewer.
ABOUT_WHAT_IS_BETWEEN = {"conversations.of_opgave", "invitations.show", "outcomes.show"} | {
    *("responses.keep", "responses.keep_no_longer"),
}
VALUES = {"year": 2026, "quarter": 3, "version": 1, "place": 0}
SENT = {
    "beheer.account": {"why": "Weg", "deed": "end"},
    "beheer.role": {"role": "opgavehouder", "deed": "give"},
    "rights.decide": {"verdict": "confirm"},
    "absent.decide": {"verdict": "confirm"},
    "matching.dispute": {"asked": "Inkoop", "offered": ""},
}


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Each route that a role decides about, by each of its methods."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if rule.endpoint not in OTHER_VIEWER and not rule.arguments & SEALED:
            for method in sorted({"GET", "POST"} & (rule.methods or set())):
                yield rule, method


def kind_of(rule: Rule) -> Kind:
    if rule.endpoint in ABOUT_WHAT_IS_BETWEEN:
        return Kind.BETWEEN
    # An opgave says where a person or an invitation stands that is named beside it.
    first = (name for name in KIND_OF if name in rule.arguments)
    return KIND_OF[next(first)] if rule.arguments & set(KIND_OF) else Kind.NOTHING


def values_of(rule: Rule, things: dict[str, object]) -> dict[str, object]:
    """What stands in the address for these things; None for what is not among them."""
    known = {**VALUES, **things}
    if isinstance(person := things.get("user_id"), UUID):
        known["alias"] = alias_of(person)
    named = {name: known.get(f"{rule.endpoint} {name}") for name in rule.arguments}
    return {name: own or known.get(name) for name, own in named.items()}


def filled(rule: Rule, values: dict[str, object]) -> str:
    """The address with these in it, whether or not they are of the kind that it asks for."""
    return ARGUMENT.sub(lambda found: str(values[found["name"]]), rule.rule)


@contextmanager
def undone(client: FlaskClient, session: Session, connection: Connection) -> Iterator[None]:
    """What a request does is gone for the next one, and so is what it was about to say."""
    session.commit()
    before = connection.begin_nested()
    try:
        yield
    finally:
        session.rollback()
        before.rollback()
        session.expire_all()
        with client.session_transaction() as cookie:
            cookie.pop("_flashes", None)
