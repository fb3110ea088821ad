"""Suggestions while somebody types."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from app.extensions import db
from app.labels import label
from app.vocabulary import queries
from app.vocabulary.queries import Suggestion
from app.web.policy import Policy, allow

MOST_OTHER_NAMES = 3

vocabulary = Blueprint("vocabulary", __name__)


@vocabulary.get("/begrippen")
@allow(Policy.SIGNED_IN)
def suggest() -> ResponseReturnValue:
    found = queries.suggestions(db.session(), request.args.get("q", ""))
    return jsonify([{"label": one.label, "hint": _hint(one)} for one in found])


def _hint(suggestion: Suggestion) -> str:
    names = ", ".join(suggestion.also[:MOST_OTHER_NAMES])
    theme = label(suggestion.theme) if suggestion.theme else ""
    return " · ".join(filter(None, (names and f"ook: {names}", theme)))
