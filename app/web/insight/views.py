"""The numbers of the own gemeente and of the whole country."""

from dataclasses import dataclass

from flask import Blueprint, render_template

from app.core.clock import utc_now
from app.core.dutch import number, plural
from app.extensions import db
from app.insight import queries
from app.insight.queries import Funnel
from app.insight.rules import FEWEST, may_be_shown
from app.labels import label
from app.web.auth import current_actor
from app.web.policy import Policy, allow

NOT_YET = "nog niet te zeggen"

insight = Blueprint("insight", __name__)


@dataclass(frozen=True)
class Numbers:
    title: str
    lines: list[tuple[str, str]]


@insight.get("/beheer/inzicht")
@allow(Policy.GEMEENTEBEHEERDER)
def index() -> str:
    session, code, now = db.session(), current_actor().gemeente_code, utc_now()
    parts = [_numbers("Heel Nederland", queries.funnel(session, now))]
    if code is not None:
        parts.insert(0, _numbers("Onze gemeente", queries.funnel(session, now, code)))
    return render_template("insight/index.html", parts=parts, fewest=FEWEST)


def _numbers(title: str, found: Funnel) -> Numbers:
    days = found.days_to_fill
    lines = [(label(stage), _shown(count)) for stage, count in found.counts.items()]
    middle = f"meestal binnen {plural(days, 'dag', 'dagen')}" if days is not None else NOT_YET
    lines.append(("Van open tot bezet", middle))
    return Numbers(title, lines)


def _shown(count: int) -> str:
    return number(count) if may_be_shown(count) else f"minder dan {FEWEST}"
