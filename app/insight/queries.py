"""The funnel and the time to fill, from the facts that opgaven left."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, cast, func, or_, select
from sqlalchemy.orm import Session

from app.core.outbox import OutboxMessage
from app.insight.rules import PERIOD, Stage, middle_days
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus


@dataclass(frozen=True)
class Funnel:
    """Of the opgaven that opened in a period: how many came how far."""

    counts: Mapping[Stage, int]
    # From open to filled, in the middle.
    days_to_fill: int | None


def funnel(session: Session, now: datetime, gemeente_code: str | None = None) -> Funnel:
    """Of the last year; of one gemeente, or of the whole country."""
    reached = _first_facts(session, now, gemeente_code)
    opened = reached.get(Stage.PUBLISHED, {})
    counts = {stage: len(opened.keys() & reached.get(stage, {}).keys()) for stage in Stage}
    filled = reached.get(Stage.FILLED, {})
    spans = [filled[one] - opened[one] for one in opened.keys() & filled.keys()]
    return Funnel(counts, middle_days(spans))


def _first_facts(
    session: Session, now: datetime, gemeente_code: str | None
) -> dict[Stage, dict[UUID, datetime]]:
    """Per stage when each opgave first came there."""
    opgave_id = cast(OutboxMessage.payload["opgave_id"].astext, Uuid)
    # Of the ways to end only the one that brings it to an end.
    done = OutboxMessage.payload["status"].astext == OpgaveStatus.DONE.value
    facts = (
        select(OutboxMessage.name, opgave_id, func.min(OutboxMessage.occurred_at))
        .where(
            OutboxMessage.name.in_(list(Stage)),
            OutboxMessage.occurred_at >= now - PERIOD,
            or_(OutboxMessage.name != Stage.DONE.value, done),
        )
        .group_by(OutboxMessage.name, opgave_id)
    )
    if gemeente_code is not None:
        own = select(Opgave.id).where(Opgave.gemeente_code == gemeente_code)
        facts = facts.where(opgave_id.in_(own))
    found: dict[Stage, dict[UUID, datetime]] = {}
    for name, opgave, at in session.execute(facts):
        found.setdefault(Stage(name), {})[opgave] = at
    return found
