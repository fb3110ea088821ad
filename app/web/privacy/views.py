"""One's own data: all of it in one click, and gone in two."""

from collections.abc import Iterator
from typing import IO
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import BooleanField
from wtforms.validators import InputRequired

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.actor import Actor
from app.core.clock import dutch_day, utc_now
from app.core.errors import Conflict
from app.core.rights import Right
from app.extensions import db, limiter
from app.loans import queries as loans
from app.loans.words import way_out
from app.privacy import leaving
from app.privacy.export import Person, parts_of
from app.privacy.leaving import Needed, Tie
from app.web.accounts.views import OPENINGS, usable_link
from app.web.auth import ask_proof, asks_proof, current_actor, id_of_address, leave
from app.web.forms import WebForm
from app.web.limits import per_person
from app.web.policy import allow
from app.web.privacy.archive import archive
from app.web.work import open_work

# Each time every table is read.
DOWNLOADS = "10/hour"
BYTES_A_PIECE = 1 << 16

GONE = (
    "Je account is weg, met alles wat we van je bewaarden. Je krijgt nog één mail, over wat er "
    "weg is en wat er blijft. Bedankt voor wat je deed."
)

privacy = Blueprint("privacy", __name__)


class LeaveForm(WebForm):
    is_sure = BooleanField(
        "Ja, haal mijn account weg",
        validators=[InputRequired("Zet een vinkje als je het zeker weet.")],
    )


@privacy.post("/account/gegevens")
@allow(Right.KEEP_ACCOUNT)
@per_person(DOWNLOADS, "Je haalde je gegevens net al een paar keer op.")
@asks_proof
def download() -> ResponseReturnValue:
    """All that is kept of who asks, as one file."""
    return _all_of(current_user.user_id, current_user.email, current_actor())


@privacy.post("/inloggen/<token>/gegevens")
@allow(Right.SIGN_IN)
@limiter.limit(DOWNLOADS)
def download_shut_out(token: str) -> Response:
    """The same for who is kept out, by a link that came by mail."""
    user = _shut_out_by(token)
    return _all_of(user.id, user.email, accounts.actor_of(user))


@privacy.route("/inloggen/<token>/beeindigen", methods=["GET", "POST"])
@allow(Right.SIGN_IN)
@limiter.limit(OPENINGS)
def end_shut_out(token: str) -> ResponseReturnValue:
    """The end of an account for who is kept out of it."""
    user = _shut_out_by(token)
    form, own = LeaveForm.of_request(), Person(user.id, user.email)
    if form.submitted() and _leaves(form, own, accounts.actor_of(user)):
        return redirect(url_for("home.index"))
    needed = leaving.needed_for(db.session(), own)
    page = render_template("privacy/end_shut_out.html", form=form, needed=needed, token=token)
    return page, form.status


def _shut_out_by(token: str) -> User:
    """Whose link it is, who is kept out; for everybody else there is nothing here."""
    return accounts.shut_out_with(db.session(), usable_link(token).email) or abort(404)


def _all_of(user_id: UUID, email: str, actor: Actor) -> Response:
    now = utc_now()
    own = Person(user_id, email, id_of_address(email))
    packed = archive(db.session(), parts_of(db.session(), own), now)
    size = packed.tell()
    packed.seek(0)
    with open_work(actor) as work:
        work.record("data.exported", ("user", own.user_id))
    answer = Response(_pieces(packed), mimetype="application/zip")
    answer.content_length = size
    name = f"mijn-gegevens-{now:%Y-%m-%d}.zip"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


@privacy.route("/account/beeindigen", methods=["GET", "POST"])
@allow(Right.KEEP_ACCOUNT)
@asks_proof
def end_account() -> ResponseReturnValue:
    """Once nobody needs them any more."""
    if current_user.lacks_proof:
        return ask_proof()
    form, own = LeaveForm.of_request(), Person(current_user.user_id, current_user.email)
    if form.submitted() and _leaves(form, own, current_actor()):
        return redirect(url_for("home.index"))
    needed = leaving.needed_for(db.session(), own)
    page = render_template(
        "privacy/end_account.html", form=form, needed=needed, ways_out=_ways_out(needed)
    )
    return page, form.status


def _leaves(form: LeaveForm, own: Person, actor: Actor) -> bool:
    """Whether the account is gone; what stands in the way stands on the form."""
    try:
        with open_work(actor) as work:
            leaving.leave(work, own.user_id)
    except Conflict as refused:
        form.is_sure.errors = [refused.said]
        return False
    leave()
    flash(GONE, "success")
    return True


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """All of it; the file closes with the last."""
    with file:
        while piece := file.read(BYTES_A_PIECE):
            yield piece


def _ways_out(needed: list[Needed]) -> dict[UUID, str]:
    """Of the own loans, by their ids, what is to be done about each now."""
    session, today = db.session(), dutch_day(utc_now())
    own = [one.subject_id for one in needed if one.tie is Tie.LOAN]
    return {one: way_out(loans.of_any(session, one), today) for one in own}
