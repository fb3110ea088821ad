"""Matches of a person and of an opgave."""

from uuid import UUID

from flask import Blueprint, render_template

from app.core.clock import utc_now
from app.extensions import db
from app.web.auth import current_actor
from app.web.matching.pages import colleagues_page, own_matches
from app.web.policy import Policy, allow

matching = Blueprint("matching", __name__)


@matching.get("/matches")
@allow(Policy.SIGNED_IN)
def index() -> str:
    matches = own_matches(db.session(), current_actor(), utc_now())
    return render_template("matching/index.html", matches=matches)


@matching.get("/opgaven/<uuid:opgave_id>/collegas")
@allow(Policy.OPGAVEHOUDER)
def of_opgave(opgave_id: UUID) -> str:
    page = colleagues_page(db.session(), current_actor(), opgave_id, utc_now())
    return render_template("matching/of_opgave.html", page=page)
