"""Inbox, preferences, and leaving the digest."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.conversations import service as conversations
from app.core.clock import utc_now
from app.core.errors import Conflict
from app.core.faults import FaultyDraft
from app.core.rights import Right
from app.extensions import csrf, db
from app.links import Links
from app.notifications import queries, service
from app.notifications.rules import Channel, Family, Frequency, NoticeKind
from app.web.auth import current_actor
from app.web.looking import is_looked_at
from app.web.notifications.forms import PreferenceForm
from app.web.notifications.pages import (
    href_of,
    inbox_page,
    preference_page,
    stored_otherwise,
)
from app.web.notifications.reader import Reader, damaged, reader_of
from app.web.policy import allow
from app.web.work import open_work

notifications = Blueprint("notifications", __name__)


@notifications.get("/meldingen")
@allow(Right.KEEP_NOTICES)
def inbox() -> str:
    page = inbox_page(db.session(), current_actor(), current_user.user_id, utc_now())
    return render_template("notifications/inbox.html", page=page)


@notifications.post("/meldingen/gelezen")
@allow(Right.KEEP_NOTICES)
def mark_read() -> ResponseReturnValue:
    with open_work() as work:
        service.mark_all_read(work)
    flash("Alle meldingen zijn gelezen.", "success")
    return redirect(url_for("notifications.inbox"))


@notifications.get("/meldingen/<uuid:notice_id>/openen")
@allow(Right.KEEP_NOTICES)
def open_line(notice_id: UUID) -> ResponseReturnValue:
    """To the page of what a new line is about; that line is read by it."""
    if not is_looked_at(request):
        return "", HTTPStatus.NO_CONTENT
    return redirect(_mark(notice_id, is_read=True))


@notifications.post("/meldingen/<uuid:notice_id>/gelezen")
@allow(Right.KEEP_NOTICES)
def mark_line_read(notice_id: UUID) -> ResponseReturnValue:
    _mark(notice_id, is_read=True)
    return redirect(url_for("notifications.inbox"))


@notifications.post("/meldingen/<uuid:notice_id>/ongelezen")
@allow(Right.KEEP_NOTICES)
def mark_line_unread(notice_id: UUID) -> ResponseReturnValue:
    _mark(notice_id, is_read=False)
    return redirect(url_for("notifications.inbox"))


@notifications.route("/voorkeuren", methods=["GET", "POST"])
@allow(Right.KEEP_NOTICES)
def preferences() -> ResponseReturnValue:
    return _preferences_of(current_user.user_id)


@notifications.route("/voorkeuren/<token>", methods=["GET", "POST"])
@allow(Right.ANSWER_BY_MAIL)
def preferences_by_mail(token: str) -> ResponseReturnValue:
    """The same page for who comes from a mail; who only follows links changes nothing."""
    links = _links()
    user_id = links.preferences_user_of(token)
    reader = reader_of(db.session(), current_actor(), user_id) if user_id else None
    if user_id is None or reader is None:
        raise damaged()
    if links.is_over(token):
        return render_template("notifications/preferences_over.html"), HTTPStatus.GONE
    return _preferences_of(user_id, reader)


@notifications.route("/afmelden/<token>", methods=["GET", "POST"])
@allow(Right.ANSWER_BY_MAIL)
@csrf.exempt
def unsubscribe(token: str) -> ResponseReturnValue:
    """Mail programs post here by themselves (RFC 8058); who only follows links changes nothing."""
    of_family = _links().unsubscribe_family_of(token)
    if of_family is not None:
        return _end_at_once(*of_family)
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


def _end_at_once(user_id: UUID, name: str) -> ResponseReturnValue:
    """The same for mail at once about one family of news: digests go on."""
    family = Family(name)
    before = queries.channels(db.session(), user_id)[family] is not Channel.AT_ONCE
    if request.method == "POST":
        with open_work() as work:
            service.end_at_once(work, user_id, family)
    return render_template(
        "notifications/unsubscribe_family.html",
        family=family,
        reader=reader_of(db.session(), current_actor(), user_id),
        done=request.method == "POST" or before,
    )


def _mark(notice_id: UUID, *, is_read: bool) -> str:
    """Mark a line of the inbox; the page of what it is about."""
    with open_work() as work:
        notice = service.mark_line(work, notice_id, is_read=is_read)
        if is_read and notice.opgave_id and notice.kind is NoticeKind.MESSAGE_WRITTEN:
            conversations.mark_all_read(work, notice.opgave_id)
        loan_id = None
        if notice.kind is NoticeKind.LOAN_MOVED:
            loan_id = queries.loan_of(work.session, work.actor, notice, work.today)
        return href_of(notice, loan_id)


def _preferences_of(user_id: UUID, reader: Reader | None = None) -> ResponseReturnValue:
    """`reader` is there when it was a link from a mail that led here."""
    page = preference_page(db.session(), user_id, utc_now(), reader)
    form = PreferenceForm.of_request(data=page.chosen)
    form.offer(page.families)
    form.kept.choices = list(page.chosen["kept"])
    try:
        if form.submitted() and _save(form, user_id if reader else None):
            flash("Je keuze is bewaard.", "success")
            return redirect(request.path)
    except Conflict as changed:
        page = preference_page(db.session(), user_id, utc_now(), reader)
        form.show_conflict(changed, page.chosen)
    stored = stored_otherwise(page.chosen, form) if form.is_behind else []
    return (
        render_template("notifications/preferences.html", form=form, page=page, stored=stored),
        form.status,
    )


def _save(form: PreferenceForm, by_link: UUID | None) -> bool:
    try:
        with open_work() as work:
            service.choose(work, form.wanted(), form.version.data, by_link=by_link)
    except FaultyDraft as faulty:
        form.show_faults(faulty)
        return False
    return True


def _reader_of(token: str) -> UUID:
    user_id = _links().unsubscribe_user_of(token)
    if user_id is None:
        raise damaged()
    return user_id


def _links() -> Links:
    return Links(current_app.extensions["settings"])
