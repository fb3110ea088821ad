"""Passkeys as the second step: to add, to use and to remove. What a browser does with its device
is in `static/js/passkey.js`; without scripts the app for codes is the way.
"""

from uuid import UUID

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.accounts import passkeys as room
from app.accounts import queries
from app.core.errors import Conflict
from app.core.faults import FaultyDraft
from app.core.rights import Right
from app.extensions import db
from app.web.accounts.arrival import onward, start_page
from app.web.accounts.forms import PasskeyForm, RemovalForm, SignedForm
from app.web.auth import ask_anew, asks_proof, is_proven_lately
from app.web.limits import per_person
from app.web.policy import allow
from app.web.work import open_work

TRIES = "30/minute"
MANY_TRIES = "Je probeerde in korte tijd vaak een passkey."

passkeys = Blueprint("passkeys", __name__, url_prefix="/account/passkeys")


@passkeys.route("/nieuw", methods=["GET", "POST"])
@allow(Right.KEEP_ACCOUNT)
@per_person(TRIES, MANY_TRIES, methods=["POST"])
def add() -> ResponseReturnValue:
    has_step = queries.has_second_step(db.session(), current_user.user_id)
    if has_step and not is_proven_lately():
        return ask_anew()
    if not (has_step or queries.has_power_over_others(current_user.whole)):
        return redirect(url_for("account.show"))
    form = PasskeyForm.of_request()
    if form.submitted() and _adds(form):
        flash(f"Je passkey “{form.name.data}” is toegevoegd.", "success")
        return redirect(onward() if not has_step else url_for("account.show"))
    later = url_for("account.show") if has_step else start_page()
    page = render_template("accounts/passkey.html", form=form, later=later, has_step=has_step)
    return page, form.status


@passkeys.post("/nieuw/vraag")
@allow(Right.KEEP_ACCOUNT)
@per_person(TRIES, MANY_TRIES)
def invite() -> ResponseReturnValue:
    """What the browser needs to make one."""
    with open_work() as work:
        return _json(room.invite(work, current_user.session_id, _site()))


@passkeys.post("/gebruik/vraag")
@allow(Right.KEEP_ACCOUNT)
@per_person(TRIES, MANY_TRIES)
def ask() -> ResponseReturnValue:
    """What the browser needs to use one."""
    with open_work() as work:
        return _json(room.ask(work, current_user.session_id, _site()))


@passkeys.post("/gebruik")
@allow(Right.KEEP_ACCOUNT)
@per_person(TRIES, MANY_TRIES)
def use() -> ResponseReturnValue:
    """The second step. A refusal is kept, so that is saved too."""
    form = SignedForm.of_request()
    with open_work() as work:
        proven = room.prove(work, current_user.session_id, _site(), form.answer.data or "")
    if proven:
        return redirect(onward())
    flash(room.REFUSED, "warning")
    return redirect(url_for("account.prove"))


@passkeys.post("/weg")
@allow(Right.KEEP_ACCOUNT)
@asks_proof
def remove() -> ResponseReturnValue:
    try:
        with open_work() as work:
            room.remove(work, current_user.session_id, _removed())
    except Conflict as refused:
        flash(refused.said, "warning")
    else:
        flash("De passkey is verwijderd. Verwijder hem ook op je apparaat zelf.", "success")
    return redirect(url_for("account.show"))


def _adds(form: PasskeyForm) -> bool:
    try:
        with open_work() as work:
            added = room.add(
                work,
                current_user.session_id,
                _site(),
                form.answer.data or "",
                form.name.data or "",
            )
    except FaultyDraft as faulty:
        form.show_faults(faulty)
        return False
    except Conflict as refused:
        form.form_errors.append(refused.said)
        return False
    if not added:
        form.form_errors.append(room.REFUSED)
    return added


def _removed() -> UUID:
    try:
        return UUID(RemovalForm.of_request().passkey.data or "")
    except ValueError:
        abort(404)


def _json(options: str) -> ResponseReturnValue:
    return current_app.response_class(options, mimetype="application/json")


def _site() -> room.Site:
    return room.site_of(current_app.extensions["settings"].base_url)
