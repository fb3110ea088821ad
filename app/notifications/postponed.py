"""Mails that wait for a moment to come: until when, how many, and why."""

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import ColumnElement, Time, and_, case, cast, func, select
from sqlalchemy.orm import Session

from app.core.clock import AMSTERDAM, dutch_time
from app.core.dutch import moment, plural, weekday_date
from app.notifications.models import Delivery
from app.notifications.rules import DIGEST_HOUR, WAITS_FOR_MORNING, DeliveryState


@dataclass(frozen=True)
class Postponed:
    """So many mails, of which the first goes at that moment; those of quiet hours go together."""

    count: int
    goes_at: datetime
    is_quiet: bool

    @property
    def words(self) -> str:
        """1 mail wacht tot maandag 23 november om 7 uur (geen mail in avond en weekend)"""
        waits = plural(self.count, "mail wacht", "mails wachten")
        if self.is_quiet:
            return f"{waits} tot {_morning(self.goes_at)} (geen mail in avond en weekend)"
        return f"{waits} op een nieuwe poging, op zijn vroegst {moment(self.goes_at)}"


def postponed(session: Session) -> list[Postponed]:
    """The first to go comes first."""
    together = case((_is_of_quiet_hours(), Delivery.next_attempt_at))
    goes_at = func.min(Delivery.next_attempt_at)
    found = (
        select(func.count(), goes_at, together.is_not(None))
        .where(
            Delivery.state == DeliveryState.PENDING,
            Delivery.next_attempt_at > func.now(),
        )
        .group_by(together)
        .order_by(goes_at)
    )
    return [Postponed(*row) for row in session.execute(found)]


def _is_of_quiet_hours() -> ColumnElement[bool]:
    """What nobody asked for waits for a morning; a new try comes at a chance moment."""
    here = func.timezone(AMSTERDAM.key, Delivery.next_attempt_at)
    return and_(Delivery.kind.in_(WAITS_FOR_MORNING), cast(here, Time) == time(DIGEST_HOUR))


def _morning(at: datetime) -> str:
    return f"{weekday_date(dutch_time(at))} om {DIGEST_HOUR} uur"
