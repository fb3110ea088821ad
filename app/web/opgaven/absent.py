"""Opgaven whose opgavehouder is away: one proposes who takes them over, another confirms."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.core.actor import Actor
from app.core.dutch import listed
from app.core.errors import Conflict, NotFound
from app.core.faults import FaultyDraft
from app.core.rights import Right, may_in
from app.extensions import db
from app.opgaven import absence, queries, takeovers
from app.opgaven.models import Takeover
from app.opgaven.queries import SeenOpgave
from app.opgaven.rules import may_edit
from app.web.aliases import alias_of, person_behind
from app.web.auth import current_actor
from app.web.beheer.forms import Verdict, pressed
from app.web.forms import PickField, WebForm
from app.web.policy import allow
from app.web.work import open_work

PROPOSED = "Voorgesteld. Wie het kan bevestigen, krijgt er mail over."
DECIDED = {True: "Bevestigd. De opgave heeft een nieuwe opgavehouder.", False: "Afgewezen."}
SOMEBODY = "iemand die hier niet meer is"

absent = Blueprint("absent", __name__)


class TakeoverForm(WebForm):
    user_id = PickField("Wie neemt de opgave over?", validate_choice=False)


@dataclass(frozen=True)
class ProposalLine:
    title: str
    gemeente_name: str
    to_name: str
    proposer_name: str
    proposed_at: datetime
    lapses_on: date
    decide_href: str
    may_confirm: bool
    # Who can confirm it, when the reader cannot.
    instead: str


@dataclass(frozen=True)
class LeftLine:
    title: str
    href: str
    gemeente_name: str
    # What the reader does about it, and where; nothing when it was proposed already.
    deed: str
    deed_href: str


@absent.get("/opgaven/afwezig")
@allow(Right.DECIDE_TAKEOVER)
def index() -> str:
    session, actor = db.session(), current_actor()
    waiting = absence.waiting_in_reach(session, actor)
    proposed = {seen.opgave.id for _, seen in waiting}
    return render_template(
        "opgaven/absent.html",
        proposals=[_proposal(session, actor, one, seen) for one, seen in waiting],
        left=[
            _left(actor, seen, is_proposed=seen.opgave.id in proposed)
            for seen in absence.left_in_reach(session, actor)
        ],
    )


@absent.route("/opgaven/<uuid:opgave_id>/overname", methods=["GET", "POST"])
@allow(Right.PROPOSE_TAKEOVER)
def propose(opgave_id: UUID) -> ResponseReturnValue:
    session, actor = db.session(), current_actor()
    seen = queries.seen_opgave(session, actor, opgave_id)
    if not may_in(actor, Right.PROPOSE_TAKEOVER, seen.opgave.gemeente_code):
        raise NotFound(f"takeover of {opgave_id}")
    if not absence.is_left(session, opgave_id):
        raise Conflict(said=takeovers.IS_THERE)
    people_there = absence.who_are_there(session, seen.opgave)
    form = TakeoverForm.of_request()
    # Names only, as everybody reads them at an opgave.
    form.user_id.choices = [(alias_of(one.id), one.name) for one in people_there]
    if form.submitted():
        try:
            with open_work() as work:
                takeovers.propose(work, opgave_id, person_behind(form.user_id.data))
        except FaultyDraft as faulty:
            form.show_faults(faulty)
        else:
            flash(PROPOSED, "success")
            return redirect(url_for("absent.index"))
    page = render_template(
        "opgaven/propose_takeover.html", form=form, seen=seen, may_choose=bool(people_there)
    )
    return page, form.status


@absent.post("/opgaven/<uuid:opgave_id>/overname/besluit")
@allow(Right.DECIDE_TAKEOVER)
def decide(opgave_id: UUID) -> ResponseReturnValue:
    confirm = pressed(Verdict, "verdict") is Verdict.CONFIRM
    with open_work() as work:
        takeovers.decide(work, opgave_id, confirm=confirm)
    flash(DECIDED[confirm], "success")
    return redirect(url_for("absent.index"))


def _proposal(session: Session, actor: Actor, one: Takeover, seen: SeenOpgave) -> ProposalLine:
    names = accounts.names_of(session, {x for x in (one.to_id, one.proposed_by) if x})
    second = absence.deciders(session, one, seen.opgave)
    may_confirm = actor.user_id in {user.id for user in second}
    return ProposalLine(
        title=seen.title_for(actor),
        gemeente_name=seen.gemeente.name,
        to_name=names.get(one.to_id, SOMEBODY),
        proposer_name=names.get(one.proposed_by, SOMEBODY) if one.proposed_by else SOMEBODY,
        proposed_at=one.proposed_at,
        lapses_on=one.lapses_on,
        decide_href=url_for("absent.decide", opgave_id=seen.opgave.id),
        may_confirm=may_confirm,
        instead="" if may_confirm else listed([user.name for user in second], "of"),
    )


def _left(actor: Actor, seen: SeenOpgave, *, is_proposed: bool) -> LeftLine:
    opgave_id, code = seen.opgave.id, seen.opgave.gemeente_code
    deed, endpoint = "", ""
    if may_edit(actor, code):
        deed, endpoint = "Draag over aan een collega", "opgaven.hand_over"
    elif not is_proposed:
        deed, endpoint = "Stel een opgavehouder voor", "absent.propose"
    return LeftLine(
        seen.title_for(actor),
        url_for("opgaven.show", opgave_id=opgave_id),
        seen.gemeente.name,
        deed,
        url_for(endpoint, opgave_id=opgave_id) if endpoint else "",
    )
