"""Inbox, preferences, and leaving the digest."""

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utc_now
from app.core.errors import NotFound
from app.core.faults import FaultyDraft
from app.extensions import csrf, db
from app.links import Links
from app.notifications import queries, service
from app.notifications.rules import Frequency
from app.web.auth import current_actor
from app.web.notifications.forms import PreferenceForm
from app.web.notifications.pages import inbox_page, preference_page, reader_of
from app.web.policy import Policy, allow
from app.web.work import open_work

DAMAGED = (
    "Deze link om je af te melden is niet heel. Misschien viel er een stukje af bij het kopiëren. "
    "Open de link in de mail zelf, of log in en kies bij Meldingen hoe vaak je mail wilt."
)

notifications = Blueprint("notifications", __name__)


@notifications.get("/meldingen")
@allow(Policy.SIGNED_IN)
def inbox() -> str:
    page = inbox_page(db.session(), current_actor(), current_user.user_id, utc_now())
    return render_template("notifications/inbox.html", page=page)


@notifications.post("/meldingen/gelezen")
@allow(Policy.SIGNED_IN)
def mark_read() -> ResponseReturnValue:
    with open_work() as work:
        service.mark_all_read(work)
    flash("Alle meldingen zijn gelezen.", "success")
    return redirect(url_for("notifications.inbox"))


@notifications.route("/voorkeuren", methods=["GET", "POST"])
@allow(Policy.SIGNED_IN)
def preferences() -> ResponseReturnValue:
    page = preference_page(db.session(), current_user.user_id, utc_now())
    form = PreferenceForm.of_request(data=page.chosen)
    if form.submitted() and _save(form):
        flash("Je keuze is bewaard.", "success")
        return redirect(url_for("notifications.preferences"))
    return render_template("notifications/preferences.html", form=form, page=page), form.status


@notifications.route("/afmelden/<token>", methods=["GET", "POST"])
@allow(Policy.PUBLIC)
@csrf.exempt
def unsubscribe(token: str) -> ResponseReturnValue:
    """Mail programs post here by themselves (RFC 8058); who only follows links changes nothing."""
    user_id = _reader_of(token)
    if request.method == "POST":
        with open_work() as work:
            service.unsubscribe(work, user_id)
    frequency, _ = queries.preference_of(db.session(), user_id)
    return render_template(
        "notifications/unsubscribe.html",
        reader=reader_of(db.session(), current_actor(), user_id),
        done=request.method == "POST" or frequency is Frequency.NEVER,
        was_done=request.method == "GET" and frequency is Frequency.NEVER,
    )


def _save(form: PreferenceForm) -> bool:
    try:
        with open_work() as work:
            service.set_preference(
                work, form.frequency.data, form.weekday.data, form.paused_until.data
            )
    except FaultyDraft as faulty:
        form.show_faults(faulty)
        return False
    return True


def _reader_of(token: str) -> UUID:
    user_id = Links(current_app.extensions["settings"]).unsubscribe_user_of(token)
    if user_id is None:
        raise NotFound("token", said=DAMAGED)
    return user_id
