"""Who is signed in: server-side sessions that end at sign-out."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec
from uuid import UUID

from flask import Flask, current_app, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user, login_user, logout_user

from app.accounts import queries, service
from app.accounts.models import UserSession
from app.accounts.rules import SEEN_WITHIN
from app.core.actor import ANYONE, SYSTEM, Actor
from app.core.clock import utc_now
from app.core.work import begin
from app.extensions import db, login_manager
from app.gemeenten.models import Gemeente
from app.sealing import id_of_text
from app.web.addresses import own_path, page_of_ours
from app.web.errors import typed_with_us, unsaved_page
from app.web.tracing import name_account, request_id

# Says that we asked to sign in ourselves, so that the page before does not count as wanted.
SENT_HERE = "sent_here"
# Says that a button was pressed that did nothing yet, because its owner was asked for a proof.
PRESSED = "pressed"

Parts = ParamSpec("Parts")


@dataclass(frozen=True, eq=False)
class SignedIn(UserMixin):
    """The person behind this request, as pages need to know them."""

    session_id: UUID
    user_id: UUID
    name: str
    email: str
    gemeente_name: str
    # Without power over others until a second proof was given; `whole` is who they are then.
    actor: Actor
    whole: Actor
    # A second proof was given in this browser, whatever roles it is for.
    is_proven: bool

    @property
    def lacks_proof(self) -> bool:
        return self.actor != self.whole

    def get_id(self) -> str:
        # Flask-Login keeps the session's id in the cookie, not the person's.
        return str(self.session_id)


def says_shut_out() -> bool:
    """Whether this browser carries a session of somebody who is kept out since; the page of the
    sign-in says so.
    """
    return not current_user.is_authenticated and g.get("is_shut_out", False)


def current_actor() -> Actor:
    return current_user.actor if current_user.is_authenticated else ANYONE


def actor_by_mail(email: str) -> Actor:
    """Who speaks by the link of a mail to this address, whoever is signed in beside it."""
    return Actor(address_id=id_of_address(email))


def id_of_address(email: str) -> UUID:
    """By which the log knows who speaks by the link of a mail: it keeps no address."""
    return id_of_text(current_app.extensions["settings"], "address", email)


def enter(session_id: UUID) -> None:
    """Let this browser carry the session, with a new cookie; an earlier session ends."""
    leave()
    signed_in = _load(str(session_id))
    if signed_in is not None:
        login_user(signed_in)


def leave() -> None:
    """End the session here and in the database: a copied cookie is worth nothing."""
    if current_user.is_authenticated:
        with begin(db.session(), current_user.actor, request_id=request_id()) as work:
            service.sign_out(work, current_user.session_id)
    logout_user()
    session.clear()


def bind(app: Flask) -> None:
    # Error pages must not ask the database who looks; pages that want to know ask themselves.
    login_manager.init_app(app, add_context_processor=False)
    login_manager.user_loader(_load)
    login_manager.unauthorized_handler(_ask_to_sign_in)
    login_manager.session_protection = "basic"


def _load(session_id: str) -> SignedIn | None:
    try:
        key = UUID(session_id)
    except ValueError:
        return None
    now = utc_now()
    found = queries.running_session(db.session(), key, now)
    if found is not None and found.seen_at < now - SEEN_WITHIN:
        with begin(db.session(), SYSTEM, lambda: now) as work:
            service.keep_seen(work, key)
        found = queries.running_session(db.session(), key, now)
    if found is None:
        g.is_shut_out = queries.is_shut_out(db.session(), key)
        return None
    user = found.user
    name_account(user.id)
    gemeente = db.session.get_one(Gemeente, user.gemeente_code)
    return SignedIn(
        session_id=found.id,
        user_id=user.id,
        name=user.name,
        email=user.email,
        gemeente_name=gemeente.name,
        actor=queries.actor_in(found),
        whole=queries.actor_of(user),
        is_proven=found.proven_at is not None,
    )


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.method == "POST":
        return _keep_what_was_sent()
    # Kept on our side of the cookie, never in an address that somebody else could write.
    if says_shut_out():
        return redirect(url_for("accounts.sign_in"))
    session["wanted"] = _this_page()
    session[SENT_HERE] = True
    flash("Log eerst in. Daarna ga je verder waar je was.")
    return redirect(url_for("accounts.sign_in"))


def ask_proof(said: str = "") -> ResponseReturnValue:
    """This page is theirs once they gave a second proof; then they go on where they were.

    `said` is why it is asked, where that is not plain.
    """
    if request.method == "POST":
        return _keep_until_proven()
    session["wanted"] = _this_page()
    if said:
        flash(said)
    return redirect(url_for("account.prove"))


def asks_proof(
    view: Callable[Parts, ResponseReturnValue],
) -> Callable[Parts, ResponseReturnValue]:
    """For what weighs much: only for who proved lately who they are, and the others do so first.

    Stands directly above the view.
    """

    @wraps(view)
    def after_proof(*parts: Parts.args, **named: Parts.kwargs) -> ResponseReturnValue:
        return view(*parts, **named) if is_proven_lately() else ask_anew()

    return after_proof


def is_proven_lately() -> bool:
    """Whether nothing has to be proved anew before what weighs much."""
    own = db.session.get_one(UserSession, current_user.session_id)
    return queries.is_proven_lately(db.session(), own, utc_now())


def ask_anew() -> ResponseReturnValue:
    """What is only a button stands on the page of the account, to be pressed once more."""
    rule = request.url_rule
    has_page = rule is not None and "GET" in (rule.methods or ())
    session["wanted"] = _this_page() if has_page else url_for("account.show")
    session[PRESSED] = request.method == "POST"
    return redirect(url_for("account.prove"))


def _this_page() -> str | None:
    return own_path(request.full_path if request.query_string else request.path)


def _keep_until_proven() -> ResponseReturnValue:
    if typed_with_us():
        return unsaved_page(needs_proof=True)
    # What was sent has no page of its own to go back to.
    session["wanted"] = page_of_ours(request.referrer)
    session[PRESSED] = True
    flash("Er is nog niets gedaan. Doe eerst de tweede stap en probeer het dan nog eens.")
    return redirect(url_for("account.prove"))


def _keep_what_was_sent() -> ResponseReturnValue:
    """Words stay on a page until they are sent by somebody who is signed in."""
    if typed_with_us():
        return unsaved_page()
    flash("Log eerst in en probeer het dan nog eens.")
    return redirect(url_for("accounts.sign_in"))
