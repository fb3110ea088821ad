"""What a colleague looks at before it opens, and whether opgaven are looked at at all."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.core.clock import utc_now
from app.core.dutch import how_long
from app.core.errors import Conflict, NotFound
from app.core.faults import FaultyDraft
from app.core.rights import Right
from app.extensions import db
from app.opgaven import queries
from app.opgaven import review as service
from app.opgaven.models import Opgave
from app.opgaven.rules import may_review
from app.web.auth import current_actor
from app.web.opgaven.forms import SendBackForm
from app.web.policy import allow
from app.web.work import open_work

ALLOWED = "De opgave staat open. De opgavehouder krijgt bericht."
SENT_BACK = "De opgave is terug bij de opgavehouder, met wat jij schreef."
SWITCHED = {
    True: "Vanaf nu bekijkt een gemeentebeheerder elke opgave voordat die opengaat.",
    False: "Vanaf nu zet een opgavehouder een opgave zelf open.",
}

review = Blueprint("review", __name__)


@review.get("/beheer/beoordelen")
@allow(Right.CHOOSE_REVIEW)
def index() -> str:
    code, session, now = _own_gemeente(), db.session(), utc_now()
    found = queries.in_review(session, code)
    names = accounts.names_of(session, {one.submitted_by for one in found if one.submitted_by})
    waiting = [
        (
            opgave,
            names.get(opgave.submitted_by, "") if opgave.submitted_by else "",
            how_long(now - opgave.submitted_at) if opgave.submitted_at else "",
        )
        for opgave in found
    ]
    is_on = queries.reviews_opgaven(session, code)
    return render_template("opgaven/review.html", waiting=waiting, is_on=is_on)


@review.post("/beheer/beoordelen")
@allow(Right.CHOOSE_REVIEW)
def switch() -> ResponseReturnValue:
    is_on = request.form.get("aan") == "ja"
    with open_work() as work:
        service.choose(work, is_on=is_on)
    flash(SWITCHED[is_on], "success")
    return redirect(url_for("review.index"))


@review.post("/opgaven/<uuid:opgave_id>/goedkeuren")
@allow(Right.REVIEW_OPGAVE)
def approve(opgave_id: UUID) -> ResponseReturnValue:
    try:
        with open_work() as work:
            service.allow(work, opgave_id, request.form.get("version", type=int))
        flash(ALLOWED, "success")
    except (Conflict, FaultyDraft) as refused:
        flash(refused.said, "error")
    return redirect(url_for("opgaven.show", opgave_id=opgave_id))


@review.route("/opgaven/<uuid:opgave_id>/terugsturen", methods=["GET", "POST"])
@allow(Right.REVIEW_OPGAVE)
def send_back(opgave_id: UUID) -> ResponseReturnValue:
    opgave, form = _to_review(opgave_id), SendBackForm.of_request()
    if form.submitted():
        try:
            with open_work() as work:
                service.send_back(work, opgave_id, form.words.data or "")
        except FaultyDraft as faulty:
            form.show_faults(faulty)
        else:
            flash(SENT_BACK, "success")
            return redirect(url_for("opgaven.show", opgave_id=opgave_id))
    return render_template("opgaven/send_back.html", form=form, opgave=opgave), form.status


def _own_gemeente() -> str:
    actor = current_actor()
    code = actor.gemeente_code or ""
    if not may_review(actor, code):
        raise NotFound(f"review of {code}")
    return code


def _to_review(opgave_id: UUID) -> Opgave:
    """The opgave, for who may look at it and, so that they hear why not, for who wrote it."""
    actor, session = current_actor(), db.session()
    opgave = queries.opgave_to_edit(session, actor, opgave_id)
    may = actor.user_id in {user.id for user in queries.reviewers(session, opgave)}
    if not may and not may_review(actor, opgave.gemeente_code):
        raise NotFound(f"review of {opgave_id}")
    return opgave
