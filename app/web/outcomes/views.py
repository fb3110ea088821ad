"""Saying no to interest with a reason, thinking again, and reading how it ended."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.conversations import service as conversations
from app.core.clock import dutch_day, utc_now
from app.core.errors import Conflict
from app.core.faults import FaultyDraft
from app.core.ids import new_id
from app.core.rights import Right
from app.extensions import db
from app.loans import queries as loans
from app.loans import service as lending
from app.loans.service.reacting import IN_LOAN
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.people.visibility import SeenProfile
from app.web.auth import current_actor
from app.web.conversations.forms import MessageForm
from app.web.outcomes.forms import ClosingForm
from app.web.outcomes.pages import closed_one, interested_one, outcome_page
from app.web.policy import allow
from app.web.work import open_work

SAID_NO = "Je antwoord is verstuurd. Je vindt deze collega nu bij Afgerond."
STANDS_AGAIN = "De reactie staat weer open. Jullie kunnen verder praten."

outcomes = Blueprint("outcomes", __name__)


@outcomes.route("/opgaven/<uuid:opgave_id>/reacties/<uuid:user_id>/nee", methods=["GET", "POST"])
@allow(Right.EDIT_OPGAVE)
def say_no(opgave_id: UUID, user_id: UUID) -> ResponseReturnValue:
    session, actor, today = db.session(), current_actor(), dutch_day(utc_now())
    opgave = opgaven.opgave_to_edit(session, actor, opgave_id)
    if loans.under_way(session, opgave_id, user_id) is not None:
        return _to_colleagues(opgave_id, IN_LOAN, "warning")
    form = ClosingForm.of_request()
    if form.submitted():
        try:
            with open_work() as work:
                lending.say_no(work, opgave_id, user_id, form.reason.data, form.words.data or "")
        except FaultyDraft as faulty:
            form.show_faults(faulty)
        except Conflict as refused:
            # What was typed stays, to say in another way.
            flash(refused.said, "warning")
            closed = closed_one(session, actor, opgave_id, user_id, today)
            return _no_page(form, opgave, closed.colleague), HTTPStatus.CONFLICT
        else:
            return _to_colleagues(opgave_id, SAID_NO, "success")
    one = interested_one(session, actor, opgave_id, user_id, today)
    return _no_page(form, opgave, one.colleague), form.status


@outcomes.route("/opgaven/<uuid:opgave_id>/reacties/<uuid:user_id>/toch", methods=["GET", "POST"])
@allow(Right.EDIT_OPGAVE)
def think_again(opgave_id: UUID, user_id: UUID) -> ResponseReturnValue:
    session, actor, today = db.session(), current_actor(), dutch_day(utc_now())
    opgave = opgaven.opgave_to_edit(session, actor, opgave_id)
    form = MessageForm.of_request(data={"message_id": str(new_id())})
    if form.submitted():
        try:
            with open_work() as work:
                conversations.think_again(
                    work, opgave_id, user_id, form.new_message_id, form.text.data or ""
                )
        except FaultyDraft as faulty:
            form.show_faults(faulty)
        except Conflict as refused:
            return _to_colleagues(opgave_id, refused.said, "warning")
        else:
            return _to_colleagues(opgave_id, STANDS_AGAIN, "success")
    one = closed_one(session, actor, opgave_id, user_id, today)
    return render_template(
        "outcomes/think_again.html", form=form, opgave=opgave, one=one
    ), form.status


@outcomes.get("/opgaven/<uuid:opgave_id>/afloop")
@allow(Right.READ_OWN_REACTIONS)
def show(opgave_id: UUID) -> str:
    page = outcome_page(db.session(), current_actor(), opgave_id, dutch_day(utc_now()))
    return render_template("outcomes/show.html", page=page)


def _no_page(form: ClosingForm, opgave: Opgave, colleague: SeenProfile) -> str:
    return render_template("outcomes/say_no.html", form=form, opgave=opgave, colleague=colleague)


def _to_colleagues(opgave_id: UUID, said: str, tone: str) -> ResponseReturnValue:
    flash(said, tone)
    return redirect(url_for("matching.of_opgave", opgave_id=opgave_id))
