"""How often somebody wants to hear from us."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import User
from app.core.errors import Conflict, NotAllowed
from app.core.faults import FaultyDraft
from app.core.work import Work
from app.notifications import queries
from app.notifications.models import ChannelChoice, LeftOutSkill, LeftOutTheme, Preference
from app.notifications.rules import (
    ROADS,
    Channel,
    Family,
    Frequency,
    LeftOut,
    MailChoice,
    Weekday,
    pause_faults,
)
from app.vocabulary.rules import normalise

CHANGED_MEANWHILE = "Je keuze is intussen ergens anders veranderd. Kijk het na en bewaar nog eens."


def choose(work: Work, wanted: MailChoice, began_with: str, *, by_link: UUID | None = None) -> None:
    """Save all of it, unless something else was chosen since: `began_with` is that version.

    Of families that are not in `wanted` the road stays.
    """
    user_id = _chooser(work, by_link)
    stored = queries.choice_of(work.session, user_id)
    whole = replace(wanted, roads={**stored.roads, **wanted.roads})
    if stored.version not in (began_with, whole.version):
        raise Conflict(said=CHANGED_MEANWHILE)
    _set_preference(work, user_id, wanted.frequency, wanted.weekday, wanted.paused_until)
    _choose_roads(work, user_id, wanted.roads)
    _leave_out(work, user_id, wanted.left_out)


def set_preference(
    work: Work,
    frequency: Frequency,
    weekday: Weekday,
    paused_until: date | None = None,
    *,
    by_link: UUID | None = None,
) -> None:
    """For who is signed in, or for the person whom the link in a mail was made for."""
    _set_preference(work, _chooser(work, by_link), frequency, weekday, paused_until)


def leave_out(work: Work, wanted: LeftOut, *, by_link: UUID | None = None) -> None:
    """Tell no news of these themes and skills, and of others again."""
    _leave_out(work, _chooser(work, by_link), wanted)


def pause_digests(work: Work, until: date | None) -> None:
    """No digest for the actor until that day; without a day they come again."""
    user_id = _chooser(work, None)
    faults = pause_faults(until, work.today)
    if faults:
        raise FaultyDraft(faults)
    _save_preference(work, user_id, paused_until=until)


def choose_roads(
    work: Work, roads: Mapping[Family, Channel], *, by_link: UUID | None = None
) -> None:
    """Along which road each of these families of news comes."""
    _choose_roads(work, _chooser(work, by_link), roads)


def end_at_once(work: Work, user_id: UUID, family: Family) -> None:
    """No more mail at once about this; the digest tells it, and nothing else changes."""
    if (
        _is_here(work, user_id)
        and queries.channels(work.session, user_id)[family] is Channel.AT_ONCE
    ):
        _save_road(work, user_id, family, Channel.DIGEST)


def unsubscribe(work: Work, user_id: UUID) -> None:
    """No more digests; asking twice, or for somebody who left, does no harm."""
    if _is_here(work, user_id):
        _save_preference(work, user_id, frequency=Frequency.NEVER)


def _chooser(work: Work, by_link: UUID | None) -> UUID:
    """Who is signed in, or the person whom the link in a mail was made for; one at a time."""
    user_id = by_link or work.actor.user_id
    if user_id is None:
        raise NotAllowed("a preference has an owner")
    return work.fetch_to_change(User, user_id).id


def _set_preference(
    work: Work, user_id: UUID, frequency: Frequency, weekday: Weekday, paused_until: date | None
) -> None:
    faults = pause_faults(paused_until, work.today)
    if faults:
        raise FaultyDraft(faults)
    _save_preference(work, user_id, frequency=frequency, weekday=weekday, paused_until=paused_until)


def _choose_roads(work: Work, user_id: UUID, roads: Mapping[Family, Channel]) -> None:
    for family, channel in roads.items():
        if channel not in ROADS[family]:
            raise Conflict(f"{family} never comes by {channel}")
        _save_road(work, user_id, family, channel)


def _leave_out(work: Work, user_id: UUID, wanted: LeftOut) -> None:
    faults = wanted.faults()
    if faults:
        raise FaultyDraft(faults)
    work.session.execute(delete(LeftOutTheme).where(LeftOutTheme.user_id == user_id))
    work.session.execute(delete(LeftOutSkill).where(LeftOutSkill.user_id == user_id))
    skills = {normalise(skill): skill for skill in wanted.skills}
    work.session.add_all(
        [
            *(LeftOutTheme(user_id=user_id, theme=theme) for theme in set(wanted.themes)),
            *(
                LeftOutSkill(user_id=user_id, label_normal=normal, label=skill)
                for normal, skill in skills.items()
            ),
        ]
    )


def _is_here(work: Work, user_id: UUID) -> bool:
    """Whether they did not leave; who did not, chooses one thing at a time."""
    return work.session.get(User, user_id, with_for_update=True) is not None


def _save_road(work: Work, user_id: UUID, family: Family, channel: Channel) -> None:
    fresh = insert(ChannelChoice).values(user_id=user_id, family=family, channel=channel)
    work.session.execute(
        fresh.on_conflict_do_update(
            index_elements=[ChannelChoice.user_id, ChannelChoice.family],
            set_={"channel": channel},
        )
    )


def _save_preference(work: Work, user_id: UUID, **values: Any) -> None:
    fresh = insert(Preference).values(user_id=user_id, **values)
    work.session.execute(
        fresh.on_conflict_do_update(index_elements=[Preference.user_id], set_=values)
    )
