"""The funnel and the time to fill, from the facts that opgaven left; and who answers in time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, cast, func, or_, select
from sqlalchemy.orm import Session

from app.conversations.models import AwaitedAnswer, Conversation
from app.conversations.queries import is_known
from app.core.clock import AMSTERDAM, dutch_day
from app.core.outbox import OutboxMessage
from app.insight.rules import PERIOD, Stage, may_be_shown, middle_days
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.people.models import Profile
from app.people.rules import ProfileState
from app.responses.events import Invited
from app.responses.spreading import gini


@dataclass(frozen=True)
class Funnel:
    """Of the opgaven that opened in a period: how many came how far."""

    counts: Mapping[Stage, int]
    # From open to filled, in the middle.
    days_to_fill: int | None


def funnel(session: Session, now: datetime, codes: Collection[str] | None = None) -> Funnel:
    """Of the last year; of the gemeenten with these codes, or of the whole country."""
    reached = _first_facts(session, now, codes)
    opened = reached.get(Stage.PUBLISHED, {})
    counts = {stage: len(opened.keys() & reached.get(stage, {}).keys()) for stage in Stage}
    filled = reached.get(Stage.FILLED, {})
    spans = [filled[one] - opened[one] for one in opened.keys() & filled.keys()]
    return Funnel(counts, middle_days(spans))


@dataclass(frozen=True)
class Spread:
    """How invitations of the last year are spread over who is available now."""

    invitations: int
    people: int
    # None for so few that it would tell of each.
    gini: float | None


def spread(session: Session, now: datetime) -> Spread:
    """Over the whole country; whoever got none counts with none.

    By the facts: an invitation itself goes soon after its opgave closed.
    """
    invited = cast(OutboxMessage.payload["user_id"].astext, Uuid)
    got = (
        select(invited.label("user_id"), func.count().label("times"))
        .where(OutboxMessage.name == Invited.name, OutboxMessage.occurred_at > now - PERIOD)
        .group_by(invited)
        .subquery()
    )
    rows = session.execute(
        select(func.coalesce(got.c.times, 0), func.count())
        .select_from(Profile)
        .outerjoin(got, got.c.user_id == Profile.user_id)
        .where(Profile.state == ProfileState.PUBLISHED)
        .group_by(got.c.times)
    )
    counts = [times for times, people in rows for _ in range(people)]
    may = may_be_shown(len(counts)) and may_be_shown(sum(counts))
    return Spread(sum(counts), len(counts), gini(counts) if may else None)


@dataclass(frozen=True)
class Answering:
    """How often somebody waited for a gemeente until the time was over, and how often in vain."""

    awaited: int
    in_time: int


def answering(session: Session, now: datetime, codes: Collection[str] | None = None) -> Answering:
    """Of the last year; of the gemeenten with these codes, or of the whole country. Whose time is
    not over yet, is not counted.
    """
    settled_on = func.date(func.timezone(AMSTERDAM.key, AwaitedAnswer.settled_at))
    in_time = func.count().filter(settled_on < AwaitedAnswer.answer_before)
    awaited = (
        select(func.count(AwaitedAnswer.id), in_time)
        .join(Conversation, Conversation.id == AwaitedAnswer.conversation_id)
        .where(
            AwaitedAnswer.since >= now - PERIOD,
            AwaitedAnswer.answer_before <= dutch_day(now),
            # Whom nobody can read of now is waited for by nobody, unless it was late before.
            or_(
                AwaitedAnswer.settled_at.is_not(None),
                AwaitedAnswer.late_told_at.is_not(None),
                is_known(),
            ),
        )
    )
    if codes is not None:
        awaited = awaited.join(Opgave, Opgave.id == Conversation.opgave_id).where(
            Opgave.gemeente_code.in_(codes)
        )
    return Answering(*session.execute(awaited).one())


def _first_facts(
    session: Session, now: datetime, codes: Collection[str] | None
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
    if codes is not None:
        own = select(Opgave.id).where(Opgave.gemeente_code.in_(codes))
        facts = facts.where(opgave_id.in_(own))
    found: dict[Stage, dict[UUID, datetime]] = {}
    for name, opgave, at in session.execute(facts):
        found.setdefault(Stage(name), {})[opgave] = at
    return found
