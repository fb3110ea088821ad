"""Joining, following and combining opgaven."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import Conflict
from app.core.faults import FaultyDraft
from app.core.rights import Right
from app.core.work import Work
from app.extensions import db
from app.opgaven import queries as opgaven
from app.opgaven.rules import may_edit
from app.together import queries, service
from app.web.auth import current_actor
from app.web.policy import allow
from app.web.together.forms import JointForm
from app.web.work import open_work

JOINED = "Jullie doen mee. De opgavehouders van de andere gemeente horen het."
NOT_JOINED = "Jullie doen niet meer mee."
FOLLOWS = "Je volgt deze opgave. Is die voorbij? Dan hoor je het."
FOLLOWS_NOT = "Je volgt deze opgave niet meer."
ASKED = "Je vraag is verstuurd. Jullie zien hier of de andere gemeente meedoet."
AGREED = "Jullie pakken het samen op."
LEFT = "Dat is gestopt. De anderen horen het."

together = Blueprint("together", __name__)


@together.post("/opgaven/<uuid:opgave_id>/meedoen/<uuid:with_id>")
@allow(Right.EDIT_OPGAVE)
def join(opgave_id: UUID, with_id: UUID) -> ResponseReturnValue:
    _do(lambda work: service.join(work, opgave_id, with_id), JOINED)
    return _back_to(opgave_id)


@together.post("/opgaven/<uuid:opgave_id>/meedoen/<uuid:with_id>/stop")
@allow(Right.EDIT_OPGAVE)
def end_joining(opgave_id: UUID, with_id: UUID) -> ResponseReturnValue:
    _do(lambda work: service.end_joining(work, opgave_id, with_id), NOT_JOINED)
    return _back_to(_ours(opgave_id, with_id))


@together.post("/opgaven/<uuid:opgave_id>/volgen")
@allow(Right.FOLLOW_OPGAVE)
def follow(opgave_id: UUID) -> ResponseReturnValue:
    _do(lambda work: service.follow(work, opgave_id), FOLLOWS)
    return _back_to(opgave_id)


@together.post("/opgaven/<uuid:opgave_id>/volgen/stop")
@allow(Right.FOLLOW_OPGAVE)
def unfollow(opgave_id: UUID) -> ResponseReturnValue:
    _do(lambda work: service.unfollow(work, opgave_id), FOLLOWS_NOT)
    return redirect(url_for("responses.index"))


@together.route("/opgaven/<uuid:opgave_id>/samen/<uuid:with_id>", methods=["GET", "POST"])
@allow(Right.EDIT_OPGAVE)
def combine(opgave_id: UUID, with_id: UUID) -> ResponseReturnValue:
    session, actor = db.session(), current_actor()
    own = opgaven.opgave_to_edit(session, actor, opgave_id)
    other = opgaven.shown_opgave(session, actor, with_id)
    asked = queries.ties_of(session, actor, opgave_id, is_ours=True).to_answer.get(with_id)
    if asked is not None and request.method == "GET":
        return redirect(_answering(opgave_id, asked))
    form = JointForm.of_request()
    if form.submitted():
        try:
            with open_work() as work:
                service.combine(work, opgave_id, with_id, form.name.data or "")
        except FaultyDraft as faulty:
            form.show_faults(faulty)
        except Conflict as refused:
            flash(refused.said, "warning")
            return _back_to(opgave_id)
        else:
            flash(ASKED, "success")
            return _back_to(opgave_id)
    joint = queries.agreed_joint(session, opgave_id)
    page = render_template("together/combine.html", form=form, own=own, other=other, joint=joint)
    return page, form.status


@together.post("/samen/<uuid:joint_id>/<uuid:opgave_id>/doe-mee")
@allow(Right.EDIT_OPGAVE)
def agree(joint_id: UUID, opgave_id: UUID) -> ResponseReturnValue:
    _do(lambda work: service.agree(work, joint_id, opgave_id), AGREED)
    return _back_to(opgave_id)


@together.post("/samen/<uuid:joint_id>/<uuid:opgave_id>/stop")
@allow(Right.EDIT_OPGAVE)
def leave(joint_id: UUID, opgave_id: UUID) -> ResponseReturnValue:
    """From the page of that opgave, or of the one of ours that the form names with `van`."""
    _do(lambda work: service.leave(work, joint_id, opgave_id), LEFT)
    return _back_to(request.form.get("van", type=UUID) or opgave_id)


def _do(act: Callable[[Work], None], said: str) -> None:
    """Do it and say so, or say why not."""
    try:
        with open_work() as work:
            act(work)
    except Conflict as refused:
        flash(refused.said, "warning")
    else:
        flash(said, "success")


def _ours(*opgave_ids: UUID) -> UUID:
    """That of these two which the actor looks after, to go back to."""
    seen = opgaven.by_ids(db.session(), list(opgave_ids))
    actor = current_actor()
    own = (one for one in opgave_ids if may_edit(actor, seen[one].opgave.gemeente_code))
    return next(own, opgave_ids[0])


def _answering(opgave_id: UUID, joint_id: UUID) -> str:
    """Where the question of another gemeente stands with its answers."""
    return url_for("opgaven.who_else", opgave_id=opgave_id, _anchor=f"samen-{joint_id}")


def _back_to(opgave_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("opgaven.who_else", opgave_id=opgave_id))
