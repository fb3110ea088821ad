"""How often somebody wants to hear from us."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import User
from app.core.errors import NotAllowed
from app.core.faults import FaultyDraft
from app.core.work import Work
from app.notifications.models import Preference
from app.notifications.rules import (
    Frequency,
    Weekday,
    pause_faults,
)


def set_preference(
    work: Work,
    frequency: Frequency,
    weekday: Weekday,
    paused_until: date | None = None,
    *,
    by_link: UUID | None = None,
) -> None:
    """For who is signed in, or for the person whom the link in a mail was made for."""
    user_id = work.fetch(User, by_link).id if by_link else work.actor.user_id
    if user_id is None:
        raise NotAllowed("a preference has an owner")
    faults = pause_faults(paused_until, work.today)
    if faults:
        raise FaultyDraft(faults)
    _save_preference(
        work,
        user_id,
        frequency=frequency,
        weekday=weekday,
        paused_until=paused_until,
    )


def unsubscribe(work: Work, user_id: UUID) -> None:
    """No more digests; asking twice, or for somebody who left, does no harm."""
    if work.session.get(User, user_id) is not None:
        _save_preference(work, user_id, frequency=Frequency.NEVER)


def _save_preference(work: Work, user_id: UUID, **values: Any) -> None:
    fresh = insert(Preference).values(user_id=user_id, **values)
    work.session.execute(
        fresh.on_conflict_do_update(index_elements=[Preference.user_id], set_=values)
    )
