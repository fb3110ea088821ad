"""Matches of a person and of an opgave, and what people say of the reasons."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.clock import dutch_day, utc_now
from app.core.errors import Conflict, InvalidInput
from app.core.rights import Right
from app.extensions import db, shelf
from app.matching import disputes as said
from app.matching import disputing, standing
from app.matching.core.words import what_was_said
from app.web.auth import current_actor
from app.web.forms import NOT_A_BUTTON
from app.web.matching.disputes import (
    MOST_PAIRS,
    own_lines,
    own_said_of,
    pair_lines,
    reason_page,
)
from app.web.matching.forms import DisputeForm, WithdrawForm
from app.web.matching.pages import colleagues_page, own_matches
from app.web.policy import allow
from app.web.search import page_href, page_number
from app.web.work import open_work

DISPUTED = (
    "We houden hier voortaan rekening mee: {said}. {effect} "
    "Je andere matches worden nu opnieuw berekend. Bedoelde je dit niet? Kies dan “Toch wel”."
)
STILL_FITS = "Hieronder zie je wat dat hier verandert."
FITS_NO_MORE = "Daardoor staat deze opgave niet meer bij je matches."
WITHDRAWN = "Teruggedraaid: {said}. Je matches worden nu opnieuw berekend."
STILL_STANDS = " Dit zei je ook, en dat blijft gelden: {said}."

matching = Blueprint("matching", __name__)


@matching.get("/matches")
@allow(Right.READ_MATCHES)
def index() -> str:
    session, actor = db.session(), current_actor()
    own = said.own(session, actor)
    said_of = own_said_of(session, own)
    return render_template(
        "matching/index.html",
        matches=own_matches(session, actor, utc_now(), shelf(), page_number(), said_of),
        page_href=page_href,
        has_disputes=bool(own),
    )


@matching.get("/opgaven/<uuid:opgave_id>/collegas")
@allow(Right.EDIT_OPGAVE)
def of_opgave(opgave_id: UUID) -> str:
    page = colleagues_page(db.session(), current_actor(), opgave_id, utc_now(), page_number())
    return render_template("matching/of_opgave.html", page=page, page_href=page_href)


@matching.get("/opgaven/<uuid:opgave_id>/klopt-niet")
@allow(Right.DISPUTE_MATCH)
def ask_dispute(opgave_id: UUID) -> ResponseReturnValue:
    asked = request.args.get("gevraagd", "")
    try:
        page = reason_page(db.session(), current_actor(), dutch_day(utc_now()), opgave_id, asked)
    except Conflict as gone:
        return _back_to(opgave_id, gone)
    return render_template("matching/dispute.html", page=page)


@matching.post("/opgaven/<uuid:opgave_id>/klopt-niet")
@allow(Right.DISPUTE_MATCH)
def dispute(opgave_id: UUID) -> ResponseReturnValue:
    form = DisputeForm.of_request()
    if not form.submitted():
        raise InvalidInput(said=NOT_A_BUTTON)
    try:
        with open_work() as work:
            disputing.dispute(work, opgave_id, form.asked.data, form.offered.data)
    except Conflict as refused:
        return _back_to(opgave_id, refused)
    said = what_was_said(form.asked.data, form.offered.data)
    return _told_there(opgave_id, DISPUTED.format(said=said, effect=_effect_on(opgave_id)))


@matching.get("/matches/past-niet")
@allow(Right.READ_MATCHES)
def disputes() -> str:
    return render_template("matching/disputes.html", lines=own_lines(db.session(), current_actor()))


@matching.post("/matches/past-niet/<uuid:dispute_id>/toch-wel")
@allow(Right.READ_MATCHES)
def withdraw(dispute_id: UUID) -> ResponseReturnValue:
    form = WithdrawForm.of_request()
    with open_work() as work:
        row = disputing.withdraw(work, dispute_id)
        asked, taken_back = row.asked, what_was_said(row.asked, row.offered)
    told = WITHDRAWN.format(said=taken_back) + _still_said_of(asked)
    if form.opgave_id is not None:
        return _told_there(form.opgave_id, told)
    flash(told, "success")
    return redirect(url_for("matching.disputes"))


@matching.get("/beheer/betwist")
@allow(Right.READ_DISPUTED)
def disputed() -> str:
    return render_template(
        "matching/disputed.html", pairs=pair_lines(db.session()), most=MOST_PAIRS
    )


def _told_there(opgave_id: UUID, told: str) -> ResponseReturnValue:
    """Beside the reasons: who comes there does not see the top of the page."""
    flash(told, "here")
    return redirect(url_for("opgaven.show", opgave_id=opgave_id, _anchor="waarom"))


def _effect_on(opgave_id: UUID) -> str:
    user_id = current_actor().user_id
    today = dutch_day(utc_now())
    fits = user_id and standing.match_of_person(db.session(), user_id, opgave_id, today)
    return STILL_FITS if fits else FITS_NO_MORE


def _still_said_of(asked: str) -> str:
    """What else somebody said of a word that means the same."""
    session = db.session()
    still = own_said_of(session, said.own(session, current_actor()))(asked)
    return STILL_STANDS.format(said=" en ".join(one.said for one in still)) if still else ""


def _back_to(opgave_id: UUID, refused: Conflict) -> ResponseReturnValue:
    flash(refused.said, "warning")
    return redirect(url_for("opgaven.show", opgave_id=opgave_id))
