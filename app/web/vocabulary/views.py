"""Suggestions while somebody types; and the concepts that a beheerder looks after."""

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.clock import dutch_day, utc_now
from app.core.errors import Conflict, InvalidInput
from app.core.finding import counted
from app.core.rights import Right
from app.extensions import db
from app.labels import label
from app.vocabulary import concepts, merging, queries
from app.vocabulary.decided import decision_making
from app.vocabulary.queries import Suggestion
from app.vocabulary.rules import Verdict
from app.web.policy import allow
from app.web.vocabulary import pages
from app.web.vocabulary.forms import ConceptSearch, MergeForm, OtherConcept
from app.web.vocabulary.previews import preview_view
from app.web.work import open_work

MOST_FOUND = 20
# What fits a key of the table; a larger number is no concept.
CONCEPT = "<int(max=2147483647):concept_id>"
NO_NAME = "Vul de naam van een begrip in."
NO_OTHER = "Kies een begrip om mee samen te voegen."

vocabulary = Blueprint("vocabulary", __name__)


@vocabulary.get("/begrippen")
@allow(Right.SUGGEST_WORDS)
def suggest() -> ResponseReturnValue:
    found = queries.suggestions(db.session(), counted(request.args.get("q", "")))
    return jsonify([{"label": one.label, "hint": _hint(one)} for one in found])


@vocabulary.get("/beheer/begrippen")
@allow(Right.DECIDE_WORDS)
def index() -> str:
    form, session = ConceptSearch.of_request(), db.session()
    return render_template(
        "vocabulary/index.html",
        form=form,
        found=queries.suggestions(session, form.text, limit=MOST_FOUND),
        total=queries.count(session),
        merges=pages.merge_lines(session),
    )


@vocabulary.get(f"/beheer/begrippen/{CONCEPT}")
@allow(Right.DECIDE_WORDS)
def concept(concept_id: int) -> ResponseReturnValue:
    form, session = OtherConcept.of_request(), db.session()
    made_by = decision_making(session, concept_id)
    if made_by is not None and made_by.verdict is Verdict.LINK:
        return redirect(url_for("words.show", woord=made_by.word))
    seen = concepts.seen_concept(session, concept_id)
    if "q" in request.args and not form.text:
        form.q.errors = [NO_NAME]
    other_id = concepts.other_named(session, form.text, concept_id)
    if other_id is None:
        plan, no_other = None, pages.no_other(session, seen, form.text) if form.text else ""
        near = queries.suggestions(session, form.text)
    else:
        plan, no_other = pages.merge_plan(session, seen, other_id, dutch_day(utc_now())), ""
        near = []
    return render_template(
        "vocabulary/concept.html",
        concept=seen,
        made_by=made_by,
        form=form,
        plan=plan,
        no_other=no_other,
        meant=[one for one in near if one.id != concept_id],
    )


@vocabulary.post(f"/beheer/begrippen/{CONCEPT}/samenvoegen")
@allow(Right.DECIDE_WORDS)
def merge(concept_id: int) -> ResponseReturnValue:
    form = MergeForm.of_request()
    if not form.submitted() or form.into_id.data is None:
        raise InvalidInput(said=NO_OTHER)
    try:
        with open_work() as work:
            merging.merge_concepts(work, concept_id, form.into_id.data)
    except Conflict as refused:
        flash(refused.said, "error")
    else:
        flash("Samengevoegd. We lopen nu alle matches na.", "success")
    return redirect(url_for("vocabulary.index"))


@vocabulary.get(f"/beheer/begrippen/{CONCEPT}/losmaken")
@allow(Right.DECIDE_WORDS)
def ask_undo(concept_id: int) -> ResponseReturnValue:
    session = db.session()
    seen = concepts.seen_concept(session, concept_id)
    made_by = decision_making(session, concept_id)
    if seen.into is None or (made_by is not None and made_by.verdict is Verdict.LINK):
        return redirect(url_for("vocabulary.concept", concept_id=concept_id))
    after = queries.lexicon(session).parting(concept_id)
    view = preview_view(session, dutch_day(utc_now()), after)
    return render_template("vocabulary/part.html", concept=seen, preview=view)


@vocabulary.post(f"/beheer/begrippen/{CONCEPT}/losmaken")
@allow(Right.DECIDE_WORDS)
def undo(concept_id: int) -> ResponseReturnValue:
    with open_work() as work:
        merging.undo_merge(work, concept_id)
    flash("Weer twee begrippen. We lopen nu alle matches na.", "success")
    return redirect(url_for("vocabulary.index"))


def _hint(suggestion: Suggestion) -> str:
    theme = label(suggestion.theme) if suggestion.theme else ""
    return " · ".join(filter(None, (pages.other_names(suggestion), theme)))
