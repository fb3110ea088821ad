"""Conversations: the list, one of them, asking, and writing in it."""

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.conversations import queries, service
from app.core.clock import dutch_day, utc_now
from app.core.errors import Conflict, NotFound
from app.core.faults import FaultyDraft
from app.core.ids import new_id
from app.core.rights import Right
from app.extensions import db
from app.loans import queries as loans
from app.opgaven import queries as opgaven
from app.web.auth import current_actor
from app.web.conversations.forms import MessageForm, QuestionForm
from app.web.conversations.pages import ask_page, conversation_lines, conversation_page
from app.web.looking import is_looked_at
from app.web.policy import allow
from app.web.work import open_work

SENT = "Je bericht staat in het gesprek. De ander leest het daar."
ASKED = (
    "Je vraag is gesteld. De opgavehouders antwoorden in dit gesprek. Dit is geen belangstelling: "
    "die toon je op de opgave, als je dat wilt."
)

ASKER_LEFT = "Dit gesprek is er niet meer: wie je schreef, heeft geen account meer."

conversations = Blueprint("conversations", __name__)


@conversations.get("/gesprekken")
@allow(Right.TALK)
def index() -> str:
    """All conversations of the reader, what waits for them first."""
    return _list(None)


@conversations.get("/opgaven/<uuid:opgave_id>/gesprekken")
@allow(Right.TALK)
def of_opgave(opgave_id: UUID) -> ResponseReturnValue:
    """Where a mail or a notice leads: to the only conversation about it, or to all of them."""
    found = queries.all_of(db.session(), current_actor(), opgave_id)
    if not found:
        raise _not_there(opgave_id=opgave_id)
    if len(found) == 1:
        only = found[0].conversation.id
        return redirect(url_for("conversations.show", conversation_id=only))
    return _list(opgave_id)


@conversations.route("/gesprekken/<uuid:conversation_id>", methods=["GET", "POST"])
@allow(Right.TALK)
def show(conversation_id: UUID) -> ResponseReturnValue:
    """Who looks at it has read it; what was new is marked once more."""
    form = MessageForm.of_request(data={"message_id": str(new_id())})
    if form.submitted() and _say(form, conversation_id):
        return redirect(url_for("conversations.show", conversation_id=conversation_id))
    try:
        page = conversation_page(db.session(), current_actor(), conversation_id, _today())
    except NotFound as none:
        raise _not_there(conversation_id=conversation_id) from none
    if page.unread and is_looked_at(request):
        with open_work() as work:
            service.mark_read(work, conversation_id, page.last)
    return render_template("conversations/show.html", page=page, form=form), form.status


@conversations.route("/opgaven/<uuid:opgave_id>/vraag", methods=["GET", "POST"])
@allow(Right.ASK_QUESTION)
def ask(opgave_id: UUID) -> ResponseReturnValue:
    """Something to know first; who talks about the opgave already goes on there."""
    session, actor = db.session(), current_actor()
    seen = opgaven.shown_opgave(session, actor, opgave_id)
    form = QuestionForm.of_request(data={"message_id": str(new_id())})
    if form.submitted() and (asked_in := _ask(form, opgave_id)):
        flash(ASKED, "success")
        return redirect(url_for("conversations.show", conversation_id=asked_in))
    talk = queries.about(session, opgave_id, actor.user_id) if actor.user_id else None
    if talk is not None and not form.errors:
        return redirect(url_for("conversations.show", conversation_id=talk.id))
    said = service.refusal_to_ask(actor, seen.opgave, _today())
    if said:
        raise Conflict(said=said)
    page = ask_page(seen)
    return render_template("conversations/ask.html", page=page, form=form), form.status


def _not_there(**about: UUID) -> NotFound:
    is_left = queries.asker_left(db.session(), current_actor(), **about)
    return NotFound(f"conversation of {about}", said=ASKER_LEFT if is_left else "")


def _list(opgave_id: UUID | None) -> str:
    found = queries.all_of(db.session(), current_actor(), opgave_id)
    lines = conversation_lines(db.session(), found, _today())
    waiting = [line for line in lines if line.is_waiting_for_you]
    for_gemeente = [line for line in waiting if not line.is_of_professional]
    return render_template(
        "conversations/index.html",
        # Who waits longest comes first.
        for_gemeente=sorted(for_gemeente, key=lambda line: line.waits_since),
        for_you=[line for line in waiting if line.is_of_professional],
        others=[line for line in lines if not line.is_waiting_for_you],
        # Signatures and questions that wait stand elsewhere, and are looked for here.
        in_loans=0 if opgave_id else loans.waiting(db.session(), current_actor()).total(),
        title=lines[0].title if opgave_id else "",
    )


def _ask(form: QuestionForm, opgave_id: UUID) -> UUID | None:
    """The conversation in which the question stands now, or None when it is faulty."""
    try:
        with open_work() as work:
            text = form.text.data or ""
            asked_in = service.ask(work, opgave_id, text, form.new_message_id).id
    except FaultyDraft as faulty:
        form.show_faults(faulty)
        return None
    return asked_in


def _say(form: MessageForm, conversation_id: UUID) -> bool:
    try:
        with open_work() as work:
            service.say(work, conversation_id, form.new_message_id, form.text.data or "")
    except FaultyDraft as faulty:
        form.show_faults(faulty)
        return False
    flash(SENT, "success")
    return True


def _today() -> date:
    return dutch_day(utc_now())
