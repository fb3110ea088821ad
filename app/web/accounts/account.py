"""One's own account: in which browsers somebody is signed in, and out of all of them at once."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.accounts import queries, service
from app.accounts.rules import has_power
from app.core.clock import utc_now
from app.core.dutch import plural
from app.extensions import db
from app.web.auth import current_actor
from app.web.policy import Policy, allow
from app.web.work import open_work

account = Blueprint("account", __name__)


@account.get("/account")
@allow(Policy.SIGNED_IN)
def show() -> str:
    sessions = queries.running_sessions(db.session(), current_user.user_id, utc_now())
    return render_template(
        "accounts/account.html",
        sessions=sessions,
        own=current_user.session_id,
        ends_when_idle=has_power(current_actor().roles),
    )


@account.post("/account/overal-uitloggen")
@allow(Policy.SIGNED_IN)
def end_sessions() -> ResponseReturnValue:
    """Everywhere but here: who presses this is at hand."""
    with open_work() as work:
        ended = service.end_sessions(work, current_user.user_id, but=current_user.session_id)
    others = plural(ended, "andere browser", "andere browsers")
    said = f"Je bent uitgelogd in {others}." if ended else "Je was alleen hier ingelogd."
    flash(said, "success")
    return redirect(url_for("account.show"))
