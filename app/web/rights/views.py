"""Who has which role and what each may, and what waits for a second person."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import proposing
from app.core.clock import dutch_day, utc_now
from app.core.errors import NotFound
from app.core.rights import Right, may_everywhere, may_in
from app.extensions import db
from app.gemeenten import queries as gemeenten
from app.gemeenten.models import Gemeente
from app.web.auth import current_actor
from app.web.beheer.forms import GemeenteForm, Verdict, pressed
from app.web.policy import allow
from app.web.rights import pages
from app.web.rights.export import csv_of
from app.web.work import open_work

rights = Blueprint("rights", __name__)


@rights.get("/beheer/rechten")
@allow(Right.READ_RIGHTS)
def index() -> str:
    session, actor, gemeente = db.session(), current_actor(), _chosen_gemeente()
    shown = {
        "gemeente": gemeente,
        "choice": _choice_of(gemeente) if may_everywhere(actor, Right.READ_RIGHTS) else None,
        "proposals": pages.proposal_lines(session, actor),
        "holders": pages.holder_lines(session, actor, gemeente.code),
        "matrix": pages.matrix(),
    }
    code = gemeente.code
    with open_work() as work:
        work.record("rights.read", ("gemeente", code))
    return render_template("rights/index.html", **shown)


@rights.get("/beheer/rechten/csv")
@allow(Right.READ_RIGHTS)
def as_csv() -> Response:
    """Of all gemeenten for a beheerder, of the own one for its gemeentebeheerder."""
    actor = current_actor()
    written = csv_of(pages.holder_lines(db.session(), actor))
    with open_work() as work:
        if may_everywhere(actor, Right.READ_RIGHTS):
            work.record("rights.exported.all", ("", ""))
        else:
            work.record("rights.exported", ("gemeente", actor.gemeente_code or ""))
        name = f"rollen-{work.today:%Y-%m-%d}.csv"
    answer = Response(written, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@rights.post("/beheer/rechten/voorstellen/<uuid:proposal_id>")
@allow(Right.GRANT_GEMEENTEBEHEERDER)
def decide(proposal_id: UUID) -> ResponseReturnValue:
    confirm = pressed(Verdict, "verdict") is Verdict.CONFIRM
    with open_work() as work:
        proposing.decide(work, proposal_id, confirm=confirm)
    said = "Bevestigd. De rol werkt vanaf nu." if confirm else "Het voorstel is afgewezen."
    flash(said, "success")
    return redirect(url_for("rights.index"))


def _chosen_gemeente() -> Gemeente:
    """The gemeente in the address, or else the own one, as far as the reader may know of it."""
    actor = current_actor()
    code = request.args.get("gemeente") or actor.gemeente_code or ""
    gemeente = gemeenten.by_code(db.session(), code)
    if not may_in(actor, Right.READ_RIGHTS, gemeente.code):
        raise NotFound(f"rights in {gemeente.code}")
    return gemeente


def _choice_of(gemeente: Gemeente) -> GemeenteForm:
    existing = gemeenten.existing_on(db.session(), dutch_day(utc_now()))
    return GemeenteForm.of_address(existing, gemeente.code)
