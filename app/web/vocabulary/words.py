"""Words that name no concept: what they may stand for, and a beheerder who decides."""

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.core.clock import dutch_day, utc_now
from app.core.errors import Conflict, InvalidInput
from app.core.faults import FaultyDraft
from app.core.paging import page
from app.core.rights import Right
from app.core.text import clean_line
from app.extensions import db
from app.vocabulary import decided, deciding, queries
from app.vocabulary.rules import LABEL_LIMIT, normalise
from app.web.policy import allow
from app.web.search import page_href, page_number
from app.web.vocabulary import word_pages
from app.web.vocabulary.forms import ConceptForm, LinkForm, OtherWord, WordForm, WordSearch
from app.web.vocabulary.previews import preview_view
from app.web.work import open_work

DONE = "We lopen nu alle matches na."
BEGIN = "/beheer/begrippen/losse-woorden"

words = Blueprint("words", __name__)


@words.get(BEGIN)
@allow(Right.DECIDE_WORDS)
def index() -> str:
    form = WordSearch.of_request()
    lines = word_pages.word_lines(db.session(), _today(), form.text, page_number())
    return render_template("vocabulary/words.html", form=form, page=lines, page_href=page_href)


@words.get(f"{BEGIN}/woord")
@allow(Right.DECIDE_WORDS)
def show() -> ResponseReturnValue:
    word = _word()
    if not word:
        return _to_list()
    form = WordForm.of_request()
    found = word_pages.word_page(db.session(), _today(), word, form.text)
    return render_template("vocabulary/word.html", word=word, form=form, page=found)


@words.get(f"{BEGIN}/koppelen")
@allow(Right.DECIDE_WORDS)
def ask_link() -> ResponseReturnValue:
    session, word, form = db.session(), _word(), LinkForm.of_address()
    if not word or form.concept_id.data is None:
        return _to_word(word) if word else _to_list()
    concept = queries.by_id(session, queries.stands_for(session, form.concept_id.data))
    refusal = deciding.word_refusal(session, word)
    after = queries.lexicon(session).linking(normalise(word), concept.id)
    return render_template(
        "vocabulary/link.html",
        word=word,
        concept=concept,
        refusal=refusal,
        preview=None if refusal else preview_view(session, _today(), after),
    )


@words.post(f"{BEGIN}/koppelen")
@allow(Right.DECIDE_WORDS)
def link() -> ResponseReturnValue:
    form = LinkForm.of_request()
    if not form.submitted() or form.concept_id.data is None:
        raise InvalidInput(said="Kies een begrip om het woord aan te koppelen.")
    with open_work() as work:
        decision = deciding.link_word(work, _word(), form.concept_id.data)
        label = queries.labels_of(work.session, [decision.into_id or 0])[decision.into_id or 0]
        said = f"“{decision.word}” telt nu als “{label}”. {DONE}"
    return _done(said)


@words.get(f"{BEGIN}/nieuw-begrip")
@allow(Right.DECIDE_WORDS)
def ask_concept() -> ResponseReturnValue:
    session, word = db.session(), _word()
    if not word:
        return _to_list()
    form = ConceptForm.of_address(word)
    refusal = deciding.word_refusal(session, word)
    if refusal or not form.is_filled:
        return _concept_page(word, form, refusal)
    faults = deciding.draft_faults(session, normalise(word), form.draft())
    if faults:
        form.show_faults(FaultyDraft(faults))
        return _concept_page(word, form)
    return _concept_page(word, form, preview=True)


@words.post(f"{BEGIN}/nieuw-begrip")
@allow(Right.DECIDE_WORDS)
def make_concept() -> ResponseReturnValue:
    form, word = ConceptForm.of_request(), _word()
    try:
        with open_work() as work:
            label = form.draft().label
            deciding.make_concept(work, word, form.draft())
    except FaultyDraft as faulty:
        form.show_faults(faulty)
        return _concept_page(word, form), 422
    return _done(f"“{label}” is nu een begrip. {DONE}")


@words.get(f"{BEGIN}/iets-anders")
@allow(Right.DECIDE_WORDS)
def ask_apart() -> ResponseReturnValue:
    session, word, form = db.session(), _word(), OtherWord.of_request()
    if not word:
        return _to_list()
    if "ander" in request.args and not form.other:
        form.word.errors = ["Vul het andere woord in."]
    refusal = deciding.apart_refusal(session, word, form.other) if form.other else ""
    view = None
    if form.other and not refusal:
        after = queries.lexicon(session).telling_apart(normalise(word), normalise(form.other))
        view = preview_view(session, _today(), after)
    return render_template(
        "vocabulary/apart.html", word=word, form=form, refusal=refusal, preview=view
    )


@words.post(f"{BEGIN}/iets-anders")
@allow(Right.DECIDE_WORDS)
def tell_apart() -> ResponseReturnValue:
    other = clean_line(request.form.get("ander", ""))
    with open_work() as work:
        decision = deciding.tell_apart(work, _word(), other)
        said = f"“{decision.word}” en “{decision.other}” lijken alleen op elkaar. {DONE}"
    return _done(said)


@words.post(f"{BEGIN}/laten-liggen")
@allow(Right.DECIDE_WORDS)
def leave() -> ResponseReturnValue:
    with open_work() as work:
        word = deciding.leave_word(work, _word()).word
    return _done(f"“{word}” blijft liggen. Het staat bij je besluiten.")


@words.get("/beheer/begrippen/besluiten")
@allow(Right.DECIDE_WORDS)
def decisions() -> str:
    session = db.session()
    found = page(session, decided.newest_first(), page_number())
    lines = found.of(word_pages.decision_lines(session, list(found.items)))
    return render_template("vocabulary/decisions.html", page=lines, page_href=page_href)


@words.get("/beheer/begrippen/besluiten/<uuid:decision_id>")
@allow(Right.DECIDE_WORDS)
def ask_undo(decision_id: UUID) -> str:
    session = db.session()
    decision = decided.decision_by_id(session, decision_id)
    refusal = deciding.undo_refusal(session, decision)
    (line,) = word_pages.decision_lines(session, [decision])
    view = None
    if not refusal:
        view = preview_view(session, _today(), word_pages.without(session, decision))
    return render_template("vocabulary/undo.html", line=line, refusal=refusal, preview=view)


@words.post("/beheer/begrippen/besluiten/<uuid:decision_id>")
@allow(Right.DECIDE_WORDS)
def undo(decision_id: UUID) -> ResponseReturnValue:
    with open_work() as work:
        deciding.undo_decision(work, decision_id)
    flash("Het besluit is ongedaan gemaakt.", "success")
    return redirect(url_for("words.decisions"))


@words.errorhandler(Conflict)
def tell_refusal(refused: Conflict) -> ResponseReturnValue:
    """Somebody was first, or pressed twice: what stands by now is shown."""
    flash(refused.said, "error")
    return _to_word(_word()) if _word() else redirect(url_for("words.decisions"))


def _concept_page(word: str, form: ConceptForm, refusal: str = "", *, preview: bool = False) -> str:
    session, view = db.session(), None
    if preview:
        draft = form.draft()
        names = dict.fromkeys((normalise(draft.label), normalise(word)))
        after = queries.lexicon(session).adding(names, deciding.wider_of(session, draft))
        view = preview_view(session, _today(), after)
    return render_template(
        "vocabulary/new.html", word=word, form=form, refusal=refusal, preview=view
    )


def _word() -> str:
    """The word that the address or the form is about, when it can be one."""
    word = clean_line(request.values.get("woord", ""))
    return word if normalise(word) and len(word) <= LABEL_LIMIT else ""


def _done(said: str) -> Response:
    flash(said, "success")
    return redirect(url_for("words.index"))


def _to_list() -> Response:
    return redirect(url_for("words.index"))


def _to_word(word: str) -> Response:
    return redirect(url_for("words.show", woord=word))


def _today() -> date:
    return dutch_day(utc_now())
