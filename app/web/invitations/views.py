"""Inviting a colleague to an opgave, taking it back, and answering it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.conversations import service as conversations
from app.core.clock import dutch_day, utc_now
from app.core.errors import Conflict, InvalidInput, NotFound
from app.core.faults import FaultyDraft
from app.core.ids import new_id
from app.core.rights import Right
from app.core.work import Work
from app.extensions import db
from app.opgaven import queries as opgaven
from app.people import queries as people
from app.responses import invitations as reading
from app.responses import inviting
from app.responses.rules import DAYS_OF_INVITATION, InvitationState
from app.web.auth import current_actor
from app.web.cards import colleague_card
from app.web.forms import NOT_A_BUTTON
from app.web.invitations.forms import InvitationForm, InviteForm, Said
from app.web.invitations.pages import invitation_page
from app.web.policy import allow
from app.web.work import open_work

INVITED = "Je uitnodiging is verstuurd. Je leest hier wat het antwoord is."
TAKEN_BACK = "De uitnodiging is ingetrokken."
SAID_YES = (
    "Je zei ja. De opgavehouders zien nu wie je bent, en antwoorden in jullie gesprek. Dat vind je "
    "bij Gesprekken."
)
SAID_NO = "Je zei nee. Dank je dat je het liet weten."
ASKED = "Je vraag is verstuurd. Het antwoord lees je bij Gesprekken. Ja of nee zeggen kan nog."
Opened = Callable[[], AbstractContextManager[Work]]

invitations = Blueprint("invitations", __name__)


@invitations.route("/opgaven/<uuid:opgave_id>/uitnodigen/<uuid:user_id>", methods=["GET", "POST"])
@allow(Right.EDIT_OPGAVE)
def invite(opgave_id: UUID, user_id: UUID) -> ResponseReturnValue:
    session, actor, today = db.session(), current_actor(), dutch_day(utc_now())
    opgave = opgaven.opgave_to_edit(session, actor, opgave_id)
    if not reading.fits(session, actor, opgave_id, user_id, today):
        raise NotFound(f"match of {user_id}")
    form = InviteForm.of_request()
    if form.submitted():
        try:
            with open_work() as work:
                inviting.invite(work, opgave_id, user_id, form.words.data or "")
        except FaultyDraft as faulty:
            form.show_faults(faulty)
        except Conflict as refused:
            return _to_colleagues(opgave_id, refused.said, "warning")
        else:
            return _to_colleagues(opgave_id, INVITED, "success")
    seen = people.seen_profile(session, actor, user_id, today)
    return render_template(
        "invitations/invite.html",
        form=form,
        opgave=opgave,
        colleague=colleague_card(seen),
        user_id=user_id,
        days=DAYS_OF_INVITATION,
    ), form.status


@invitations.post("/opgaven/<uuid:opgave_id>/uitnodigingen/<uuid:invitation_id>/terug")
@allow(Right.EDIT_OPGAVE)
def take_back(opgave_id: UUID, invitation_id: UUID) -> ResponseReturnValue:
    try:
        with open_work() as work:
            inviting.take_back(work, invitation_id)
    except Conflict as refused:
        return _to_colleagues(opgave_id, refused.said, "warning")
    return _to_colleagues(opgave_id, TAKEN_BACK, "success")


@invitations.route("/opgaven/<uuid:opgave_id>/uitnodiging", methods=["GET", "POST"])
@allow(Right.READ_OWN_REACTIONS)
def show(opgave_id: UUID) -> ResponseReturnValue:
    session, actor = db.session(), current_actor()
    seen = opgaven.shown_opgave(session, actor, opgave_id)
    invitation = reading.last_to(session, actor.user_id, opgave_id) if actor.user_id else None
    if invitation is None:
        raise NotFound(f"invitation for {opgave_id}")
    form = InvitationForm.of_request(data={"message_id": str(new_id())})
    if form.submitted():
        try:
            flash(answer(form, opgave_id, open_work), "success")
        except FaultyDraft as faulty:
            form.show_faults(faulty)
        except Conflict as refused:
            flash(refused.said, "warning")
            return redirect(url_for("invitations.show", opgave_id=opgave_id))
        else:
            return redirect(url_for("invitations.show", opgave_id=opgave_id))
    page = invitation_page(session, seen, invitation, dutch_day(utc_now()))
    return render_template("invitations/show.html", form=form, seen=seen, page=page), form.status


def answer(form: InvitationForm, opgave_id: UUID, opened: Opened) -> str:
    """Do what the pressed button says; what came of it, in words."""
    said = form.said.data
    with opened() as work:
        if said == Said.YES:
            inviting.own_to_answer(work, opgave_id, InvitationState.ACCEPTED)
            conversations.show_interest(work, opgave_id)
            return SAID_YES
        if said == Said.NO:
            inviting.decline(work, opgave_id, form.reason.data, form.no_words.data or "")
            return SAID_NO
        if said == Said.QUESTION:
            text = form.text.data or ""
            conversations.ask_about_invitation(work, opgave_id, form.new_message_id, text)
            return ASKED
    raise InvalidInput(said=NOT_A_BUTTON)


def _to_colleagues(opgave_id: UUID, said: str, tone: str) -> ResponseReturnValue:
    flash(said, tone)
    return redirect(url_for("matching.of_opgave", opgave_id=opgave_id, _anchor="uitgenodigd"))
