"""Answering an opgave from its page, and the list of own answers."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.conversations import service as conversations
from app.core.clock import dutch_day, utc_now
from app.core.errors import Conflict
from app.core.faults import FaultyDraft
from app.core.rights import Right
from app.core.work import Work
from app.extensions import db
from app.loans import service as loans
from app.opgaven import queries as opgaven
from app.privacy.dictionary import dictionary
from app.responses import keeping
from app.together import queries as together
from app.web.auth import current_actor
from app.web.conversations.forms import InterestForm
from app.web.policy import allow
from app.web.responses.pages import answers_page
from app.web.responses.words import answer_words, hears_by_digest
from app.web.work import open_work

INTERESTED = (
    "Je belangstelling is doorgegeven. De opgavehouders zien nu wie je bent, en antwoorden in "
    "jullie gesprek. Dat vind je bij Gesprekken."
)
WITHDRAWN = (
    "Je reactie is weg. Hebben jullie een gesprek? Dan blijft het staan, met je naam en je "
    "gemeente. Verder zien de opgavehouders niet meer wat ze door je reactie van je zagen."
)
KEPT = (
    "Je bewaart deze reactie, en jullie gesprek als dat er is, tot {kept} nadat de opgave sluit. "
    "Daarna wissen we ze."
)
NOT_KEPT = "Deze reactie gaat weg {usual} nadat de opgave sluit, net als andere."
# Where somebody goes back to who answers in the list of own answers.
LIST = "lijst"

responses = Blueprint("responses", __name__)


@responses.get("/reacties")
@allow(Right.READ_OWN_REACTIONS)
def index() -> str:
    page = answers_page(db.session(), current_actor(), dutch_day(utc_now()))
    followed = together.followed(db.session(), current_actor())
    terms = dictionary().terms
    return render_template(
        "responses/index.html",
        page=page,
        followed=followed,
        usual=terms["reactie"].words,
        kept=terms["bewaard"].words,
    )


@responses.post("/opgaven/<uuid:opgave_id>/belangstelling")
@allow(Right.REACT)
def show_interest(opgave_id: UUID) -> ResponseReturnValue:
    form = InterestForm.of_request()

    def act(work: Work) -> str:
        words = form.text.data or ""
        conversations.show_interest(work, opgave_id, words, form.new_message_id)
        return INTERESTED

    try:
        return _answer(opgave_id, act)
    except FaultyDraft as faulty:
        form.show_faults(faulty)
        seen = opgaven.shown_opgave(db.session(), current_actor(), opgave_id)
        return render_template("conversations/interest.html", form=form, seen=seen), form.status


@responses.post("/opgaven/<uuid:opgave_id>/later")
@allow(Right.REACT)
def say_later(opgave_id: UUID) -> ResponseReturnValue:
    def act(work: Work) -> str:
        response = loans.say_later(work, opgave_id)
        by_digest = hears_by_digest(work.session, response.user_id)
        return answer_words(response, by_digest=by_digest)

    return _answer(opgave_id, act)


@responses.post("/opgaven/<uuid:opgave_id>/toch-niet")
@allow(Right.REACT)
def withdraw(opgave_id: UUID) -> ResponseReturnValue:
    def act(work: Work) -> str:
        loans.withdraw_reaction(work, opgave_id)
        return WITHDRAWN

    return _answer(opgave_id, act)


@responses.post("/opgaven/<uuid:opgave_id>/reactie-bewaren")
@allow(Right.READ_OWN_REACTIONS)
def keep(opgave_id: UUID) -> ResponseReturnValue:
    def act(work: Work) -> str:
        keeping.keep(work, opgave_id)
        return KEPT.format(kept=dictionary().terms["bewaard"].words)

    return _answer(opgave_id, act)


@responses.post("/opgaven/<uuid:opgave_id>/reactie-niet-bewaren")
@allow(Right.READ_OWN_REACTIONS)
def keep_no_longer(opgave_id: UUID) -> ResponseReturnValue:
    def act(work: Work) -> str:
        keeping.keep_no_longer(work, opgave_id)
        return NOT_KEPT.format(usual=dictionary().terms["reactie"].words)

    return _answer(opgave_id, act)


def _answer(opgave_id: UUID, act: Callable[[Work], str]) -> ResponseReturnValue:
    """Back to where the button stood, with what came of it."""
    try:
        with open_work() as work:
            said, tone = act(work), "success"
    except Conflict as refused:
        said, tone = refused.said, "warning"
    flash(said, tone)
    if request.form.get("terug") == LIST:
        return redirect(url_for("responses.index"))
    return redirect(url_for("opgaven.show", opgave_id=opgave_id, _anchor="antwoord"))
