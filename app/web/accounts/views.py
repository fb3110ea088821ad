"""Signing in with a link from the mail, and out; or on to where one's gemeente signs in."""

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.accounts import queries, service
from app.accounts.models import AccessRequest, SignIn, User
from app.accounts.rules import SIGN_IN_LINK_LIVES
from app.core.clock import dutch_day, utc_now
from app.core.dutch import listed
from app.core.errors import NotFound
from app.core.faults import FaultyDraft
from app.core.rights import Right
from app.extensions import db, limiter
from app.gemeenten import queries as gemeenten
from app.links import Links
from app.web.accounts.arrival import remember_page, start_page, walk_in
from app.web.accounts.forms import NewcomerForm, SignInForm, StrangerForm
from app.web.accounts.known import known_here
from app.web.auth import leave, says_shut_out
from app.web.demo.pages import newcomers_address
from app.web.policy import allow
from app.web.roles import MOST_NAMES
from app.web.work import open_work

LINK_MINUTES = int(SIGN_IN_LINK_LIVES.total_seconds() // 60)

# Per address of a network: a whole town hall may sit behind one, and signs in on Monday morning.
# How many links one mail address may ask for is a rule of the room.
LINKS = "60/minute;1000/hour"
HOW_TO_OWN_DATA = "Je gegevens ophalen of laten wissen kan nog: vraag daarvoor hier een link aan."
# A link is opened and then spent, and the mail filter of a gemeente may open it too.
OPENINGS = "240/minute"

accounts = Blueprint("accounts", __name__)


@accounts.route("/inloggen", methods=["GET", "POST"])
@allow(Right.SIGN_IN)
@limiter.limit(LINKS, methods=["POST"])
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(start_page())
    form = SignInForm.of_request()
    if request.method == "GET":
        remember_page()
        if says_shut_out():
            flash(f"{service.IS_SHUT_OUT} {HOW_TO_OWN_DATA}", "warning")
    if not form.submitted():
        return _sign_in_page(form), form.status
    session["asked_for"] = form.address
    provider = gemeenten.provider_of_email(db.session(), form.address, dutch_day(utc_now()))
    if provider is not None:
        return redirect(url_for("at_gemeente.choose", key=provider.gemeente_code.lower()))
    with open_work() as work:
        service.ask_sign_in(work, form.address)
    return redirect(url_for("accounts.sent"))


@accounts.get("/inloggen/verstuurd")
@allow(Right.SIGN_IN)
def sent() -> ResponseReturnValue:
    """A page of its own, so that loading it anew asks for no second mail."""
    address = session.get("asked_for")
    if not isinstance(address, str):
        return redirect(url_for("accounts.sign_in"))
    return render_template("accounts/sent.html", address=address, minutes=LINK_MINUTES)


@accounts.route("/inloggen/<token>", methods=["GET", "POST"])
@allow(Right.SIGN_IN)
@limiter.limit(OPENINGS)
def finish(token: str) -> ResponseReturnValue:
    link = usable_link(token)
    kept_out = queries.shut_out_with(db.session(), link.email)
    if kept_out is not None:
        return _shut_out_page(kept_out, token)
    form = _form_for(link.email)
    if isinstance(form, StrangerForm):
        asked = queries.waiting_request(db.session(), link.email)
        if asked:
            return _waiting_page(asked)
    if request.method == "GET" or (form and not form.submitted()):
        return _finish_page(link, form)
    try:
        with open_work() as work:
            newcomer = form.newcomer() if form else None
            session_id = service.finish_sign_in(work, link.id, newcomer, known_here())
    except FaultyDraft as faulty:
        if form:
            form.show_faults(faulty)
        return _finish_page(link, form)
    except NotFound:
        abort(410)
    return walk_in(session_id) if session_id else _waiting_page()


@accounts.post("/uitloggen")
@allow(Right.SIGN_IN)
def sign_out() -> ResponseReturnValue:
    leave()
    flash("Je bent uitgelogd.", "success")
    answer = redirect(url_for("home.index"))
    # What pages of before still lie in the browser; the cookie has the sentence above.
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _sign_in_page(form: SignInForm) -> str:
    is_demo = current_app.extensions["settings"].demo_accounts
    example = newcomers_address(db.session()) if is_demo else ""
    return render_template("accounts/sign_in.html", form=form, example=example)


def usable_link(token: str) -> SignIn:
    """The link behind the token; one page for used, expired and forged ones alike."""
    sign_in_id = Links(current_app.extensions["settings"]).sign_in_id_of(token)
    link = queries.usable_link(db.session(), sign_in_id, utc_now()) if sign_in_id else None
    return link or abort(410)


def _form_for(email: str) -> NewcomerForm | None:
    """What is still to be told: nothing, a name, or a name and a gemeente."""
    if queries.by_email(db.session(), email):
        return None
    today = dutch_day(utc_now())
    if gemeenten.of_email(db.session(), email, today):
        return NewcomerForm.of_request()
    form = StrangerForm.of_request()
    form.offer(gemeenten.existing_on(db.session(), today))
    return form


def _shut_out_page(user: User, token: str) -> ResponseReturnValue:
    """Nobody comes in by this link, and whose data it is can still ask for them."""
    asked = queries.who_let_in(db.session(), user.gemeente_code)
    page = render_template(
        "accounts/shut_out.html",
        user=user,
        asked=listed([one.name for one in asked[:MOST_NAMES]], last="of"),
        token=token,
    )
    return page, 403


def _waiting_page(asked: AccessRequest | None = None) -> str:
    """For who has just asked for access, or did before."""
    return render_template("accounts/waiting.html", asked=asked)


def _finish_page(link: SignIn, form: NewcomerForm | None) -> ResponseReturnValue:
    page = render_template(
        "accounts/finish.html",
        form=form,
        address=link.email,
        gemeente=gemeenten.of_email(db.session(), link.email, dutch_day(utc_now())),
    )
    return page, form.status if form else 200
