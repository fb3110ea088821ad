"""Putting a question with its answer on the page of an opgave: written, looked at, published."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.conversations import publishing, queries
from app.conversations.models import PublishedAnswer
from app.conversations.revealing import revealing_warnings
from app.conversations.rules import Side
from app.core.errors import NotFound
from app.core.faults import FaultyDraft
from app.core.ids import new_id
from app.core.rights import Right
from app.core.work import Work
from app.extensions import db
from app.opgaven.models import Opgave
from app.web.auth import current_actor
from app.web.conversations.forms import PublishForm
from app.web.conversations.pages import PublishPage
from app.web.policy import allow
from app.web.work import open_work

PUBLISHED = "De vraag en het antwoord staan op de opgave. Wie het vroeg, hoort dat."
REVISED = "De vraag en het antwoord zijn gewijzigd."
TAKEN_BACK = "De vraag en het antwoord staan niet meer op de opgave."
# The button that publishes; the other one shows how it will look.
PUBLISH = "publiceer"

published = Blueprint("published", __name__)


@published.route("/gesprekken/<uuid:conversation_id>/publiceren", methods=["GET", "POST"])
@allow(Right.EDIT_OPGAVE)
def create(conversation_id: UUID) -> ResponseReturnValue:
    session = db.session()
    seen = queries.of_viewer(session, current_actor(), conversation_id)
    if seen.side is not Side.OPGAVE:
        raise NotFound(f"conversation {conversation_id}")
    begin = queries.exchange(session, seen.conversation)
    form = PublishForm.of_request(
        data={"published_id": str(new_id()), "question": begin.question, "answer": begin.answer}
    )

    def write(work: Work) -> None:
        publishing.publish(
            work,
            conversation_id,
            form.new_published_id,
            form.words,
            names_nobody=form.names_nobody.data,
        )

    page = _written(form, write, PUBLISHED, seen.opgave.id)
    return page or _page(form, seen.opgave, conversation_id)


@published.route("/antwoorden/<uuid:published_id>", methods=["GET", "POST"])
@allow(Right.EDIT_OPGAVE)
def edit(published_id: UUID) -> ResponseReturnValue:
    session = db.session()
    row = queries.published_to_edit(session, current_actor(), published_id)
    opgave = session.get_one(Opgave, row.opgave_id)
    form = PublishForm.of_request(data={"question": row.question, "answer": row.answer})

    def write(work: Work) -> None:
        publishing.revise(work, published_id, form.words, names_nobody=form.names_nobody.data)

    page = _written(form, write, REVISED, opgave.id)
    return page or _page(form, opgave, row.conversation_id, row)


@published.post("/antwoorden/<uuid:published_id>/weg")
@allow(Right.EDIT_OPGAVE)
def take_back(published_id: UUID) -> ResponseReturnValue:
    with open_work() as work:
        opgave_id = publishing.take_back(work, published_id)
    flash(TAKEN_BACK, "success")
    return redirect(url_for("opgaven.show", opgave_id=opgave_id))


def _written(
    form: PublishForm, write: Callable[[Work], None], said: str, opgave_id: UUID
) -> Response | None:
    """Back on the opgave, when these words were looked at first and nothing is wrong with them."""
    was_seen = form.submitted() and form.seen.data == form.words.version
    if not was_seen or PUBLISH not in request.form:
        return None
    try:
        with open_work() as work:
            write(work)
    except FaultyDraft:
        # The page says which.
        return None
    flash(said, "success")
    return redirect(url_for("opgaven.show", opgave_id=opgave_id, _anchor="vragen-en-antwoorden"))


def _page(
    form: PublishForm,
    opgave: Opgave,
    conversation_id: UUID | None,
    row: PublishedAnswer | None = None,
) -> ResponseReturnValue:
    """The form; once it was sent also how it will look, or what is wrong with it."""
    preview = form.words if form.submitted() and not _show_faults(form, conversation_id) else None
    doubts = publishing.doubts(db.session(), form.words, conversation_id) if preview else []
    was_seen = preview is not None and form.seen.data == preview.version
    # Of other words it was not said.
    form.names_nobody.data = form.names_nobody.data and was_seen
    is_unsaid = was_seen and PUBLISH in request.form and not form.names_nobody.data
    if is_unsaid and doubts:
        form.show_faults(FaultyDraft(doubts))
    asker = queries.unnamed(db.session(), conversation_id)
    form.seen.data = preview.version if preview else ""
    page = PublishPage(
        opgave_id=opgave.id,
        title=opgave.title,
        published_id=row.id if row else None,
        number=_number(opgave, row),
        preview=preview,
        warnings=revealing_warnings([preview.question, preview.answer], asker) if preview else [],
        doubts=[doubt.said for doubt in doubts],
    )
    status = HTTPStatus.OK if preview and not form.errors else form.status
    return render_template("conversations/publish.html", page=page, form=form), status


def _number(opgave: Opgave, row: PublishedAnswer | None) -> int:
    """Which one it is on its opgave; a new one comes last."""
    there = [one.id for one in queries.published(db.session(), opgave.id)]
    return there.index(row.id) + 1 if row else len(there) + 1


def _show_faults(form: PublishForm, conversation_id: UUID | None) -> bool:
    found = publishing.faults(db.session(), form.words, conversation_id)
    if found:
        form.show_faults(FaultyDraft(found))
    return bool(found)
