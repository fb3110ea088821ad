"""Who saw your profile, what happened with your account; and the log of a gemeente or of all."""

from http import HTTPStatus

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.core.audit import Wanted, entries, search
from app.core.rights import Right, may_everywhere
from app.extensions import db
from app.privacy.dictionary import dictionary
from app.sealing import is_id_of_text
from app.web.audit.forms import LogSearch
from app.web.audit.pages import AND_ONE, log_page, own_ids, own_page
from app.web.audit.words import DEEDS
from app.web.auth import current_actor
from app.web.policy import allow
from app.web.search import asked
from app.web.work import open_work

SEEN = ("profile.seen",)
# What is done for a gemeente. What colleagues do for themselves, such as looking for other work,
# is not for its beheerder to know.
OF_GEMEENTE = tuple(
    deed
    for deed in DEEDS
    if deed.split(".")[0]
    in {"role", "domain", "opgave", "co_owner", "review", "limit", "access", "joint", "joining"}
    or deed in {"hours.exported", "audit.read", "audit.searched"}
    if deed != "opgave.followed"
)
LONGEST_PLACE = 18

audit = Blueprint("audit", __name__)


@audit.get("/profiel/bekeken")
@allow(Right.READ_OWN_LOG)
def seen() -> str:
    """Who opened the profile of the one who asks."""
    session, viewer = db.session(), current_actor()
    found = entries(session, about=viewer.user_id, before=_before(), deeds=SEEN, most=AND_ONE)
    return render_template("audit/seen.html", page=own_page(session, viewer, found))


@audit.get("/profiel/logboek")
@allow(Right.READ_OWN_LOG)
def own() -> str:
    """All that they did here, and what others did to them."""
    session, viewer = db.session(), current_actor()
    wanted = Wanted(people=own_ids(session, viewer))
    found = search(session, wanted, before=_before(), most=AND_ONE)
    kept_for = dictionary().terms["logboek"].words
    page = own_page(session, viewer, found)
    return render_template("audit/own.html", page=page, kept_for=kept_for)


@audit.get("/beheer/logboek")
@allow(Right.READ_LOG)
def log() -> ResponseReturnValue:
    """Of all gemeenten for a beheerder, of the own one for its gemeentebeheerder."""
    session, actor, form = db.session(), current_actor(), LogSearch.of_request()
    code = None if may_everywhere(actor, Right.READ_LOG) else actor.gemeente_code or ""
    if code is not None:
        form.offer(OF_GEMEENTE)
    wanted = form.wanted(session, code, None if code is None else OF_GEMEENTE)
    found = search(session, wanted, code=code, before=_before(), most=AND_ONE) if wanted else []
    page = log_page(session, actor, found)
    with open_work() as work:
        work.record(*_looking(form, wanted, code))
    status = HTTPStatus.OK if wanted else HTTPStatus.UNPROCESSABLE_ENTITY
    return render_template(
        "audit/log.html", page=page, form=form, asked=asked(), of_all=code is None
    ), status


def _looking(
    form: LogSearch, wanted: Wanted | None, code: str | None
) -> tuple[str, tuple[str, object]]:
    """The deed that looking is: who was looked for, when that was one person."""
    if not form.is_asking:
        return "audit.read", ("gemeente", code or "")
    people = wanted.people if wanted else None
    known = [one for one in people or () if not is_id_of_text(one)]
    if len(known) == 1:
        return "audit.searched", ("user", known[0])
    if people and not known:
        return "audit.searched", ("manager", people[0])
    return "audit.searched", ("gemeente", code or "")


def _before() -> int | None:
    typed = request.args.get("voor", "")
    return int(typed) if typed.isdecimal() and len(typed) <= LONGEST_PLACE else None
