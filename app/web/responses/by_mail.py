"""Answers by the links of a digest: without a sign-in, and as the person that the link is for.

Following a link changes nothing; its page has the button that does. A link is for one deed, and
its page shows no more than the mail did.
"""

from datetime import date, timedelta
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from app.conversations import service as conversations
from app.core.clock import dutch_day, utc_now
from app.core.errors import Conflict, InvalidInput, NotFound
from app.core.faults import Fault, FaultyDraft
from app.core.ids import new_id
from app.core.rights import Right
from app.extensions import csrf, db
from app.links import Deed, Links
from app.loans import service as loans
from app.matching import disputing
from app.matching.core.words import what_was_said
from app.notifications import service as mail
from app.notifications.rules import PAUSE_IS_OVER
from app.opgaven.queries import SeenOpgave
from app.opgaven.rules import takes_answers
from app.responses import invitations
from app.responses.rules import Answer
from app.web.auth import current_actor
from app.web.forms import NOT_A_BUTTON, id_in
from app.web.invitations.forms import InvitationForm
from app.web.invitations.pages import invitation_page
from app.web.invitations.views import answer as answer_invitation
from app.web.matching.forms import DisputeForm
from app.web.notifications.reader import damaged
from app.web.policy import allow
from app.web.responses.by_mail_pages import (
    Asked,
    answer_page,
    asked_by,
    pause_page,
    skills_page,
)
from app.web.responses.forms import Pause, PauseForm
from app.web.responses.words import hears_by_digest
from app.web.work import open_work

ANSWER_INSTEAD = "ga naar Mijn matches"
NOTHING_TO_TAKE_BACK = "Dit was al teruggedraaid. Hieronder zie je hoe het er nu staat."
# The button by which somebody takes back what they said of a skill.
TAKE_BACK = "toch_wel"
PAUSES = {Pause.TWO_WEEKS: timedelta(weeks=2), Pause.FOUR_WEEKS: timedelta(weeks=4)}
# The address is the permission; there is no session whose token could tell more.
WITHOUT_TOKEN = {"csrf": False}
SAY = {Answer.INTERESTED: conversations.show_interest, Answer.LATER: loans.say_later}

by_mail = Blueprint("by_mail", __name__)


class LinkIsOver(Exception):
    """The link was ours, and is too old."""

    def __init__(self, deed: Deed) -> None:
        super().__init__()
        self.deed = deed


class OpgaveIsOver(Exception):
    """There is nothing to answer any more."""


@by_mail.errorhandler(LinkIsOver)
def link_is_over(over: LinkIsOver) -> ResponseReturnValue:
    page = render_template("responses/by_mail/link_over.html", is_pause=over.deed is Deed.PAUSE)
    return page, HTTPStatus.GONE


@by_mail.errorhandler(OpgaveIsOver)
def opgave_is_over(_: OpgaveIsOver) -> ResponseReturnValue:
    return render_template("responses/by_mail/opgave_over.html"), HTTPStatus.GONE


@by_mail.route("/antwoord/belangstelling/<token>", methods=["GET", "POST"])
@allow(Right.ANSWER_BY_MAIL)
@csrf.exempt
def interested(token: str) -> ResponseReturnValue:
    return _answer(_asked(Deed.INTERESTED, token), Answer.INTERESTED)


@by_mail.route("/antwoord/later/<token>", methods=["GET", "POST"])
@allow(Right.ANSWER_BY_MAIL)
@csrf.exempt
def later(token: str) -> ResponseReturnValue:
    return _answer(_asked(Deed.LATER, token), Answer.LATER)


@by_mail.route("/antwoord/niet-mijn-vak/<token>", methods=["GET", "POST"])
@allow(Right.ANSWER_BY_MAIL)
@csrf.exempt
def not_my_skill(token: str) -> ResponseReturnValue:
    asked = _asked(Deed.NOT_MY_SKILL, token)
    seen = _open_opgave(asked)
    said = _say_of_skill(asked, seen) if request.method == "POST" else ""
    page = skills_page(db.session(), asked.actor, seen, _today())
    return render_template(
        "responses/by_mail/skills.html", reader=asked.reader, seen=seen, page=page, said=said
    )


@by_mail.route("/antwoord/uitnodiging/<token>", methods=["GET", "POST"])
@allow(Right.ANSWER_BY_MAIL)
@csrf.exempt
def invitation(token: str) -> ResponseReturnValue:
    asked = _asked(Deed.INVITATION, token)
    seen = _open_opgave(asked)
    form = InvitationForm.of_request(meta=WITHOUT_TOKEN, data={"message_id": str(new_id())})
    said, status = _answer_invitation(asked, seen, form)
    found = invitations.last_to(db.session(), asked.reader.user_id, seen.opgave.id)
    if found is None:
        raise damaged(ANSWER_INSTEAD)
    page = invitation_page(db.session(), seen, found, _today())
    links = Links(current_app.extensions["settings"])
    shown = render_template(
        "responses/by_mail/invitation.html",
        reader=asked.reader,
        seen=seen,
        form=form,
        page=page,
        said=said,
        dispute_href=links.not_my_skill(asked.reader.user_id, seen.opgave.id),
    )
    return shown, status


@by_mail.route("/antwoord/pauze/<token>", methods=["GET", "POST"])
@allow(Right.ANSWER_BY_MAIL)
@csrf.exempt
def pause(token: str) -> ResponseReturnValue:
    asked = _asked(Deed.PAUSE, token)
    form = PauseForm.of_request(meta=WITHOUT_TOKEN)
    is_done = form.submitted() and _pause(asked, form)
    page = pause_page(db.session(), asked.reader, _today(), is_done=is_done)
    shown = render_template(
        "responses/by_mail/pause.html", reader=asked.reader, form=form, pauses=Pause, page=page
    )
    return shown, HTTPStatus.OK if is_done else form.status


def _answer(asked: Asked, answer: Answer) -> ResponseReturnValue:
    seen, status = _open_opgave(asked), HTTPStatus.OK
    if request.method == "POST":
        try:
            with open_work(asked.actor) as work:
                SAY[answer](work, seen.opgave.id)
        except Conflict:
            # The page looks again, and says why it cannot be.
            status = HTTPStatus.CONFLICT
    page = answer_page(db.session(), asked.actor, seen, answer, _today())
    return render_template(
        "responses/by_mail/answer.html", reader=asked.reader, seen=seen, page=page
    ), status


def _answer_invitation(asked: Asked, seen: SeenOpgave, form: InvitationForm) -> tuple[str, int]:
    """What came of the button, in words; nothing when none was pressed or the form is at fault."""
    if not form.submitted():
        return "", form.status
    try:
        said = answer_invitation(form, seen.opgave.id, lambda: open_work(asked.actor))
    except FaultyDraft as faulty:
        form.show_faults(faulty)
        return "", form.status
    except Conflict as refused:
        return refused.said, HTTPStatus.CONFLICT
    return said, HTTPStatus.OK


def _say_of_skill(asked: Asked, seen: SeenOpgave) -> str:
    if TAKE_BACK in request.form:
        return _take_back(asked, seen, id_in(request.form[TAKE_BACK]))
    return _dispute(asked, seen)


def _take_back(asked: Asked, seen: SeenOpgave, dispute_id: UUID | None) -> str:
    """Let what was said of this opgave count again; another that they said is not for this link."""
    said = skills_page(db.session(), asked.actor, seen, _today()).said
    taken_back = next((one for one in said if one.dispute_id == dispute_id), None)
    if taken_back is None:
        return NOTHING_TO_TAKE_BACK
    with open_work(asked.actor) as work:
        disputing.withdraw(work, taken_back.dispute_id)
    return f"Teruggedraaid: {taken_back.said}.{_counts_in_digest(asked)}"


def _dispute(asked: Asked, seen: SeenOpgave) -> str:
    """What was said by this button, or why it could not be."""
    form = DisputeForm.of_request(meta=WITHOUT_TOKEN)
    if not form.submitted():
        raise InvalidInput(said=NOT_A_BUTTON)
    try:
        with open_work(asked.actor) as work:
            disputing.dispute(work, seen.opgave.id, form.asked.data, form.offered.data)
    except Conflict as refused:
        return refused.said
    said = what_was_said(form.asked.data, form.offered.data)
    return f"We houden hier voortaan rekening mee: {said}.{_counts_in_digest(asked)}"


def _counts_in_digest(asked: Asked) -> str:
    """Promised to who gets one about opgaven that fit."""
    by_digest = hears_by_digest(db.session(), asked.reader.user_id)
    return " Dat telt ook in je volgende overzicht." if by_digest else ""


def _pause(asked: Asked, form: PauseForm) -> bool:
    try:
        with open_work(asked.actor) as work:
            mail.pause_digests(work, _until(form, work.today))
    except FaultyDraft as faulty:
        form.show_faults(faulty)
        return False
    return True


def _until(form: PauseForm, today: date) -> date | None:
    """The first day with mail again, by this button; None to have it again at once."""
    try:
        chosen = Pause(form.how_long.data)
    except ValueError:
        raise InvalidInput(said=NOT_A_BUTTON) from None
    if chosen is Pause.NONE:
        return None
    if chosen is not Pause.UNTIL_A_DAY:
        return today + PAUSES[chosen]
    day: date | None = form.paused_until.data
    if day is None:
        raise FaultyDraft([Fault("paused_until", PAUSE_IS_OVER)])
    return day


def _asked(deed: Deed, token: str) -> Asked:
    permit = Links(current_app.extensions["settings"]).permit_of(deed, token)
    if permit is None:
        raise _damaged(deed)
    if permit.is_over:
        raise LinkIsOver(deed)
    try:
        asked = asked_by(db.session(), current_actor(), permit)
    except NotFound:
        raise OpgaveIsOver from None
    if asked is None:
        raise _damaged(deed)
    return asked


def _damaged(deed: Deed) -> NotFound:
    return damaged() if deed is Deed.PAUSE else damaged(ANSWER_INSTEAD)


def _open_opgave(asked: Asked) -> SeenOpgave:
    """What the link is about, as long as it can be answered."""
    if asked.seen is None:
        raise damaged(ANSWER_INSTEAD)
    opgave = asked.seen.opgave
    if not takes_answers(opgave.status, opgave.closes_on, _today()):
        raise OpgaveIsOver
    return asked.seen


def _today() -> date:
    return dutch_day(utc_now())
