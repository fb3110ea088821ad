"""Walking in: a session for this browser, and the page that somebody came for."""

from uuid import UUID

from flask import flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.actor import Actor
from app.extensions import db
from app.people import queries as people
from app.web.accounts.known import keep_known
from app.web.addresses import own_path, page_of_ours
from app.web.auth import PRESSED, SENT_HERE, current_actor, enter
from app.web.policy import may_come

# Where there is something to do without a profile, the widest first.
WORKPLACES = ("beheer.index", "opgaven.ours")
PRESS_AGAIN = "Dank je, we weten nu dat jij het bent. Kies nog één keer wat je wilde doen."


def remember_page() -> None:
    """Keep the page of ours on which somebody chose to sign in.

    Who was sent here by a page that asks for it is expected there already.
    """
    if session.pop(SENT_HERE, False):
        return
    page = page_of_ours(request.referrer)
    if page:
        session["wanted"] = page


def walk_in(session_id: UUID) -> ResponseReturnValue:
    """Carry the session from here on, and go to the page that was asked for before.

    Who has power over others gives a second proof on the way there.
    """
    wanted = own_path(session.get("wanted"))
    enter(session_id)
    if not current_user.is_authenticated:
        return redirect(wanted or url_for("home.index"))
    if current_user.lacks_proof:
        session["wanted"] = wanted
        return keep_known(redirect(url_for("account.prove")), current_user.user_id)
    return keep_known(redirect(wanted or start_page()), current_user.user_id)


def walk_on(session_id: UUID) -> ResponseReturnValue:
    """Carry this session in the place of the one before, to where its owner was going."""
    kept = {name: session[name] for name in ("wanted", PRESSED) if name in session}
    enter(session_id)
    if not current_user.is_authenticated:
        return redirect(url_for("home.index"))
    session.update(kept)
    return keep_known(redirect(onward()), current_user.user_id)


def onward() -> str:
    """Where somebody was going before the proof: with all their roles, from now on."""
    if session.pop(PRESSED, False):
        flash(PRESS_AGAIN, "success")
    return own_path(session.pop("wanted", None)) or start_page(current_user.whole)


def start_page(actor: Actor | None = None) -> str:
    """The page where there is something to do for who is signed in."""
    if people.own_profile(db.session(), current_user.user_id):
        return url_for("matching.index")
    open_to = [page for page in WORKPLACES if may_come(actor or current_actor(), page)]
    return url_for(open_to[0] if open_to else "people.edit")
