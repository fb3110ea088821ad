"""Even controleren of jij het bent: who has no second step proves it by signing in anew, at their
gemeente or by a link that works in this browser only.
"""

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.accounts import proving as room
from app.accounts import queries
from app.core.clock import dutch_day, utc_now
from app.core.errors import Conflict, NotFound
from app.core.rights import Right
from app.extensions import db, limiter
from app.gemeenten import queries as gemeenten
from app.links import Links
from app.web.accounts.arrival import walk_on
from app.web.accounts.views import LINK_MINUTES, OPENINGS
from app.web.errors import error_page
from app.web.limits import per_person
from app.web.policy import allow
from app.web.work import open_work

# How many links an address gets is a rule of the room.
ASKED = "10/minute"
MANY_ASKED = "Je vroeg in korte tijd vaak een link."
NOT_HERE = (
    "De link werkt één keer, een halfuur lang, en alleen in de browser waarin je hem vroeg. Open "
    "hem daar, of vraag daar een nieuwe."
)

proving = Blueprint("proving", __name__, url_prefix="/account/controle")


def ask_without_step() -> ResponseReturnValue:
    """The page that offers what this person has."""
    today = dutch_day(utc_now())
    provider = gemeenten.provider_of_email(db.session(), current_user.email, today)
    page = render_template(
        "accounts/prove_anew.html",
        key=provider.gemeente_code.lower() if provider else "",
        gemeente=gemeenten.by_code(db.session(), provider.gemeente_code) if provider else None,
        takes_link=provider is None or not provider.is_only,
        later=url_for("account.show"),
    )
    return page, 200


@proving.post("")
@allow(Right.KEEP_ACCOUNT)
@per_person(ASKED, MANY_ASKED)
def mail() -> ResponseReturnValue:
    try:
        with open_work() as work:
            room.ask_link(work, current_user.session_id)
    except Conflict as refused:
        flash(refused.said, "warning")
        return redirect(url_for("account.prove"))
    return redirect(url_for("proving.sent"))


@proving.get("/verstuurd")
@allow(Right.KEEP_ACCOUNT)
def sent() -> str:
    """A page of its own, so that loading it anew asks for no second mail."""
    return render_template("accounts/proof_sent.html", minutes=LINK_MINUTES)


@proving.route("/<token>", methods=["GET", "POST"])
@allow(Right.SIGN_IN)
@limiter.limit(OPENINGS)
def finish(token: str) -> ResponseReturnValue:
    """In any other browser it opens nothing, whoever is signed in there."""
    link_id = _link_of_this_session(token)
    if link_id is None:
        return error_page(410, NOT_HERE)
    if request.method == "GET":
        return render_template("accounts/prove_by_link.html")
    try:
        with open_work() as work:
            session_id = room.prove(work, current_user.session_id, link_id)
    except NotFound:
        return error_page(410, NOT_HERE)
    return walk_on(session_id)


def _link_of_this_session(token: str) -> UUID | None:
    known = Links(current_app.extensions["settings"]).proof_of(token)
    if known is None or not current_user.is_authenticated:
        return None
    link_id, session_id = known
    is_here = session_id == current_user.session_id
    return link_id if is_here and queries.usable_link(db.session(), link_id, utc_now()) else None
