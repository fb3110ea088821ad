"""One's own account: where somebody is signed in, and the second step of who has power."""

from dataclasses import dataclass
from datetime import timedelta

import pyotp
import segno
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
from sqlalchemy.orm import Session

from app.accounts import factors, queries, service
from app.core.clock import utc_now
from app.core.dutch import plural
from app.core.errors import Conflict
from app.core.faults import FaultyDraft
from app.core.rights import Right
from app.extensions import db
from app.sealing import OF_APPS, Seal
from app.web.accounts.arrival import onward, start_page
from app.web.accounts.forms import EnrolForm, ProofForm
from app.web.accounts.proving import ask_without_step
from app.web.auth import asks_proof, is_proven_lately
from app.web.limits import per_person
from app.web.policy import allow
from app.web.work import open_work

# How the account is called in the app.
ISSUER = "De gemeente van nu"
# How many wrong ones close the door is a rule of the room.
CODES = "30/minute"
MANY_CODES = "Je stuurde in korte tijd veel codes."
FEW_LEFT = 3
# Who scanned a picture and comes back finds the same one.
COUPLING_LIVES = timedelta(hours=1)
COUPLED_BEFORE = "Je app is gekoppeld. Zag je je reservecodes niet? Maak hieronder nieuwe."
# Squares of light around the picture, by ISO 18004.
QUIET_ZONE = 4


@dataclass(frozen=True)
class Picture:
    """A square drawing of so many squares on each side; `path` has the dark ones."""

    size: int
    path: str


account = Blueprint("account", __name__)


@account.get("/account")
@allow(Right.KEEP_ACCOUNT)
def show() -> str:
    user_id = current_user.user_id
    return render_template(
        "accounts/account.html",
        sessions=queries.running_sessions(db.session(), user_id, utc_now()),
        own=current_user.session_id,
        factor=queries.second_factor(db.session(), user_id),
        spare=_spare_codes(db.session()),
        few=FEW_LEFT,
        passkeys=queries.passkeys(db.session(), user_id),
        is_proven=current_user.is_proven,
        identities=queries.known_identities(db.session(), user_id),
        ends_when_idle=queries.has_power_over_others(current_user.whole),
        lacks_proof=current_user.lacks_proof,
    )


@account.post("/account/overal-uitloggen")
@allow(Right.KEEP_ACCOUNT)
@asks_proof
def end_sessions() -> ResponseReturnValue:
    """Everywhere but here: who presses this is at hand."""
    with open_work() as work:
        ended = service.end_sessions(work, current_user.user_id, but=current_user.session_id)
    others = plural(ended, "andere browser", "andere browsers")
    said = f"Je bent uitgelogd in {others}." if ended else "Je was alleen hier ingelogd."
    flash(said, "success")
    return redirect(url_for("account.show"))


@account.route("/account/tweede-stap", methods=["GET", "POST"])
@allow(Right.KEEP_ACCOUNT)
@per_person(CODES, MANY_CODES, methods=["POST"])
def prove() -> ResponseReturnValue:
    """A code of the app that was coupled before, or a passkey; the first time to couple an app.

    Who has none of these proves who they are by signing in anew.
    """
    factor = queries.second_factor(db.session(), current_user.user_id)
    has_passkeys = bool(queries.passkeys(db.session(), current_user.user_id))
    has_step = factor is not None or has_passkeys
    is_over = is_proven_lately()
    if not has_step and not is_over:
        return ask_without_step()
    if not has_step and current_user.lacks_proof:
        return redirect(url_for("account.enrol"))
    if is_over:
        return redirect(onward())
    form = ProofForm.of_request()
    if factor and form.submitted() and _proves(form, _seal().open(factor.sealed)):
        return redirect(onward())
    page = render_template(
        "accounts/prove.html",
        form=form,
        has_app=factor is not None,
        has_passkeys=has_passkeys,
        later=start_page() if current_user.lacks_proof else url_for("account.show"),
        lacks_proof=current_user.lacks_proof,
    )
    return page, form.status


@account.route("/account/tweede-stap/app", methods=["GET", "POST"])
@allow(Right.KEEP_ACCOUNT)
@per_person(CODES, MANY_CODES, methods=["POST"])
def enrol() -> ResponseReturnValue:
    """Couple an app: a picture to scan, and a first code that shows that it worked."""
    has_app = queries.second_factor(db.session(), current_user.user_id) is not None
    if has_app and request.method == "POST":
        return _coupled_before()
    has_passkeys = bool(queries.passkeys(db.session(), current_user.user_id))
    may_enrol = is_proven_lately() if has_passkeys else current_user.lacks_proof
    if has_app or not may_enrol:
        return redirect(url_for("account.prove"))
    form = EnrolForm.of_request(data={"sealed": _coupling()})
    secret = _seal().open(form.sealed.data or "")
    if secret is None:
        abort(400)
    if form.submitted():
        try:
            with open_work() as work:
                session_id = current_user.session_id
                codes = factors.enrol(work, session_id, secret, form.sealed.data, form.code.data)
        except FaultyDraft as faulty:
            form.show_faults(faulty)
        except Conflict:
            return _coupled_before()
        else:
            session.pop("coupling", None)
            return render_template("accounts/spare_codes.html", codes=codes, onward=onward())
    page = render_template(
        "accounts/enrol.html",
        form=form,
        picture=_picture(secret),
        secret=" ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
        later=start_page(),
        has_passkeys=has_passkeys,
    )
    return page, form.status


@account.post("/account/reservecodes")
@allow(Right.KEEP_ACCOUNT)
@asks_proof
def renew() -> ResponseReturnValue:
    """New spare codes, for who has an app."""
    if queries.second_factor(db.session(), current_user.user_id) is None:
        return redirect(url_for("account.prove"))
    with open_work() as work:
        codes = factors.renew_spare_codes(work)
    onward = url_for("account.show")
    return render_template("accounts/spare_codes.html", codes=codes, onward=onward)


def _coupled_before() -> ResponseReturnValue:
    """Mostly they pressed twice, and the codes went to the first press, which nobody saw."""
    flash(COUPLED_BEFORE)
    return redirect(url_for("account.show"))


def _proves(form: ProofForm, secret: str | None) -> bool:
    """Whether the code is right. A wrong one is counted, so that is saved too."""
    try:
        with open_work() as work:
            before = _spare_codes(work.session)
            proven = factors.prove(work, current_user.session_id, secret, form.code.data)
            left = _spare_codes(work.session)
    except Conflict as refused:
        form.form_errors.append(refused.said)
        return False
    if not proven:
        form.code.errors = [factors.WRONG]
    elif left < before:
        flash(f"Je gebruikte een reservecode. Je hebt er nog {left}.", "success")
    return proven


def _spare_codes(session: Session) -> int:
    return queries.count_spare_codes(session, current_user.user_id)


def _coupling() -> str:
    """The secret to scan, sealed: for an hour the same one, so that what was scanned works."""
    kept, now = session.get("coupling", {}), utc_now()
    is_of_it = kept.get("of") == str(current_user.session_id)
    if is_of_it and now.timestamp() < kept["until"] and _seal().open(kept["sealed"]):
        return str(kept["sealed"])
    sealed = _seal().close(factors.new_secret())
    until = (now + COUPLING_LIVES).timestamp()
    session["coupling"] = {"of": str(current_user.session_id), "until": until, "sealed": sealed}
    return sealed


def _seal() -> Seal:
    return Seal(current_app.extensions["settings"], OF_APPS)


def _picture(secret: str) -> Picture:
    """What an app scans: the address of the account."""
    address = pyotp.TOTP(secret).provisioning_uri(name=current_user.email, issuer_name=ISSUER)
    rows = list(segno.make(address, error="m").matrix_iter(border=QUIET_ZONE))
    squares = (
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return Picture(size=len(rows), path="".join(squares))
