"""The numbers of the own gemeente and of the whole country."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template

from app.core.clock import utc_now
from app.core.dutch import number, plural, share
from app.core.rights import Right
from app.extensions import db
from app.insight import queries
from app.insight.queries import Spread
from app.insight.rules import FEWEST, may_be_shown, percent
from app.labels import label
from app.web.auth import current_actor
from app.web.policy import allow

NOT_YET = "nog niet te zeggen"

insight = Blueprint("insight", __name__)


@dataclass(frozen=True)
class Numbers:
    title: str
    lines: list[tuple[str, str]]


@insight.get("/beheer/inzicht")
@allow(Right.READ_NUMBERS)
def index() -> str:
    code, now = current_actor().gemeente_code, utc_now()
    parts = [numbers_of("Heel Nederland", now, None)]
    if code is not None:
        parts.insert(0, numbers_of("Onze gemeente", now, [code]))
    even = _spread_lines(queries.spread(db.session(), now))
    return render_template("insight/index.html", parts=parts, spread=even, fewest=FEWEST)


def numbers_of(title: str, now: datetime, codes: Collection[str] | None) -> Numbers:
    """Of these gemeenten together, or of the whole country; of few nothing but that it is few."""
    found = queries.funnel(db.session(), now, codes)
    days = found.days_to_fill
    lines = [(label(stage), _shown(count)) for stage, count in found.counts.items()]
    middle = f"meestal binnen {plural(days, 'dag', 'dagen')}" if days is not None else NOT_YET
    lines.append(("Van open tot bezet", middle))
    answered = queries.answering(db.session(), now, codes)
    in_time = percent(answered.in_time, answered.awaited)
    lines.append(("Antwoord binnen vijf werkdagen", NOT_YET if in_time is None else f"{in_time}%"))
    return Numbers(title, lines)


def _shown(count: int) -> str:
    return number(count) if may_be_shown(count) else f"minder dan {FEWEST}"


def _spread_lines(found: Spread) -> list[tuple[str, str]]:
    evenness = share(found.gini) if found.gini is not None else NOT_YET
    return [
        ("Uitnodigingen", _shown(found.invitations)),
        ("Collega's met een profiel", _shown(found.people)),
        ("Scheefheid (Gini)", evenness),
    ]
