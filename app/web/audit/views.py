"""Who saw your profile, what happened with your account; and the log of a gemeente or of all."""

from flask import Blueprint, render_template, request

from app.core.actor import Role
from app.extensions import db
from app.web.audit.pages import page_of
from app.web.audit.words import DEEDS
from app.web.auth import current_actor
from app.web.policy import Policy, allow
from app.web.work import open_work

SEEN = ("profile.seen",)
# What is done for a gemeente. What colleagues do for themselves, such as looking for other work,
# is not for its beheerder to know.
OF_GEMEENTE = tuple(
    deed
    for deed in DEEDS
    if deed.split(".")[0] in {"role", "domain", "opgave", "co_owner", "review", "limit", "access"}
    or deed in {"hours.exported", "audit.read"}
    if deed != "opgave.followed"
)
LONGEST_PLACE = 18

audit = Blueprint("audit", __name__)


@audit.get("/profiel/bekeken")
@allow(Policy.SIGNED_IN)
def seen() -> str:
    """Who opened the profile of the one who asks."""
    own = current_actor().user_id
    page = page_of(db.session(), own, about=own, before=_before(), deeds=SEEN)
    return render_template("audit/seen.html", page=page)


@audit.get("/profiel/logboek")
@allow(Policy.SIGNED_IN)
def own() -> str:
    """All that they did here, and what others did to them."""
    viewer = current_actor().user_id
    return render_template(
        "audit/own.html",
        page=page_of(db.session(), viewer, about=viewer, by=viewer, before=_before()),
    )


@audit.get("/beheer/logboek")
@allow(Policy.GEMEENTEBEHEERDER)
def log() -> str:
    """Of all gemeenten for a beheerder, of the own one for its gemeentebeheerder."""
    actor = current_actor()
    code = None if actor.has(Role.BEHEERDER) else actor.gemeente_code or ""
    deeds = None if code is None else OF_GEMEENTE
    page = page_of(db.session(), None, code=code, before=_before(), deeds=deeds)
    with open_work() as work:
        work.record("audit.read", ("gemeente", code or ""))
    return render_template("audit/log.html", page=page, of_all=code is None)


def _before() -> int | None:
    typed = request.args.get("voor", "")
    return int(typed) if typed.isdecimal() and len(typed) <= LONGEST_PLACE else None
