"""Reporting something; what somebody reported; and for a beheerder what waits for a decision."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.clock import dutch_day, utc_now
from app.core.dutch import dutch_date
from app.core.errors import Conflict
from app.core.faults import FaultyDraft
from app.core.rights import Right
from app.extensions import db
from app.moderation import queries, service
from app.moderation.rules import Ruling, Subject, decision_faults
from app.web.auth import current_actor
from app.web.moderation.forms import DecisionForm, ReportForm
from app.web.moderation.pages import CasePage, case_lines, case_page, down_lines, own_lines
from app.web.moderation.reporting import report_page
from app.web.policy import allow
from app.web.work import open_work

THANKS = "Dank je. Een beheerder kijkt ernaar en je krijgt een mail met wat er besloten is."
DECIDED = "Je besluit is bewaard. Wie het aangaat, krijgt een mail."
IS_BACK = {
    Subject.MESSAGE: "Het bericht staat weer in het gesprek.",
    Subject.PUBLISHED: "De vraag en het antwoord staan weer op de opgave.",
    Subject.INVITATION: "De woorden staan weer in de uitnodiging.",
}
# Of a profile it depends on what it was, and on what its owner did meanwhile.
PROFILE_IS_BACK = {
    True: "Het profiel is weer te zien zoals eerst.",
    False: "De collega kan het profiel weer publiceren.",
}
ALREADY = "Je meldde dit op {day}. Een beheerder kijkt ernaar."
ALREADY_DECIDED = "Je meldde dit op {day}. Hier lees je wat een beheerder besloot."

moderation = Blueprint("moderation", __name__)


@moderation.route("/melden/opgave/<uuid:opgave_id>", methods=["GET", "POST"])
@allow(Right.REPORT)
def report_opgave(opgave_id: UUID) -> ResponseReturnValue:
    return _report_page(Subject.OPGAVE, opgave_id)


@moderation.route("/melden/profiel/<uuid:user_id>", methods=["GET", "POST"])
@allow(Right.REPORT)
def report_profile(user_id: UUID) -> ResponseReturnValue:
    return _report_page(Subject.PROFILE, user_id)


@moderation.route("/melden/bericht/<uuid:message_id>", methods=["GET", "POST"])
@allow(Right.REPORT)
def report_message(message_id: UUID) -> ResponseReturnValue:
    return _report_page(Subject.MESSAGE, message_id)


@moderation.route("/melden/antwoord/<uuid:published_id>", methods=["GET", "POST"])
@allow(Right.REPORT)
def report_published(published_id: UUID) -> ResponseReturnValue:
    return _report_page(Subject.PUBLISHED, published_id)


@moderation.route("/melden/uitnodiging/<uuid:invitation_id>", methods=["GET", "POST"])
@allow(Right.REPORT)
def report_invitation(invitation_id: UUID) -> ResponseReturnValue:
    return _report_page(Subject.INVITATION, invitation_id)


@moderation.get("/gemeld")
@allow(Right.REPORT)
def mine() -> str:
    """What the reader reported, and what became of it."""
    lines = own_lines(db.session(), current_actor())
    return render_template("moderation/mine.html", lines=lines)


@moderation.get("/beheer/gemeld")
@allow(Right.MODERATE)
def queue() -> str:
    session, viewer, now = db.session(), current_actor(), utc_now()
    return render_template(
        "moderation/queue.html",
        lines=case_lines(session, viewer, now),
        down=down_lines(session, viewer, now),
    )


@moderation.route("/beheer/gemeld/<uuid:report_id>", methods=["GET", "POST"])
@allow(Right.MODERATE)
def case(report_id: UUID) -> ResponseReturnValue:
    page = _case_page(report_id)
    with open_work() as work:
        work.record("report.read", ("report", report_id))
    form = DecisionForm.of_request(data={"read": str(len(page.reports))})
    if form.submitted() and not form.goes_back:
        if _has_to_be_sure(form, page):
            return render_template("moderation/confirm.html", page=page, form=form)
        if _decide(form, report_id):
            return redirect(url_for("moderation.queue"))
    status = HTTPStatus.OK if form.goes_back else form.status
    return render_template("moderation/case.html", page=page, form=form), status


@moderation.post("/beheer/gemeld/<uuid:report_id>/terugzetten")
@allow(Right.MODERATE)
def put_back(report_id: UUID) -> ResponseReturnValue:
    subject = _case_page(report_id).subject
    try:
        with open_work() as work:
            service.put_back(work, report_id)
        flash(_said_of(subject, report_id), "success")
    except Conflict as refused:
        flash(refused.said, "error")
    return redirect(url_for("moderation.case", report_id=report_id))


def _said_of(subject: Subject, report_id: UUID) -> str:
    if subject is not Subject.PROFILE:
        return IS_BACK[subject]
    return PROFILE_IS_BACK[queries.is_shown(db.session(), report_id)]


def _report_page(about: Subject, subject_id: UUID) -> ResponseReturnValue:
    form = ReportForm.of_request()
    with open_work() as work:
        service.readable(work, about, subject_id)
    if form.submitted() and _report(form, about, subject_id):
        return redirect(url_for("moderation.mine"))
    session, viewer, today = db.session(), current_actor(), dutch_day(utc_now())
    reported = queries.own_standing(session, viewer.user_id, [subject_id], today).get(subject_id)
    if reported is not None:
        said = ALREADY_DECIDED if reported.decided_at else ALREADY
        flash(said.format(day=dutch_date(reported.reported_at)), "warning")
        return redirect(url_for("moderation.mine"))
    page = report_page(session, viewer, about, subject_id, today)
    return render_template("moderation/report.html", form=form, page=page), form.status


def _report(form: ReportForm, about: Subject, subject_id: UUID) -> bool:
    try:
        with open_work() as work:
            service.report(work, about, subject_id, form.ground.data, form.words.data or "")
    except FaultyDraft as faulty:
        form.show_faults(faulty)
        return False
    except Conflict as refused:
        form.form_errors.append(refused.said)
        return False
    flash(THANKS, "success")
    return True


def _has_to_be_sure(form: DecisionForm, page: CasePage) -> bool:
    """Whether this ends what cannot come back, and nobody said yet that it has to."""
    ends_it = page.stakes is not None and form.ruling.data is Ruling.TAKEN_DOWN
    has_read = form.reports_read >= len(page.reports)
    if not ends_it or form.is_sure or page.is_own or not has_read:
        return False
    return not decision_faults(form.ruling.data, form.answer.data or "")


def _decide(form: DecisionForm, report_id: UUID) -> bool:
    try:
        with open_work() as work:
            service.decide(
                work, report_id, form.ruling.data, form.answer.data or "", read=form.reports_read
            )
    except FaultyDraft as faulty:
        form.show_faults(faulty)
        return False
    except Conflict as refused:
        # What came meanwhile stands on the page, with what was typed.
        form.form_errors.append(refused.said)
        form.read.data = str(len(_case_page(report_id).reports))
        return False
    flash(DECIDED, "success")
    return True


def _case_page(report_id: UUID) -> CasePage:
    return case_page(db.session(), current_actor(), report_id, dutch_day(utc_now()))
