"""Who beats lives; who never did, or not for long, is told."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.core.heartbeat import BEAT_EVERY, Group, Heartbeat, beat, pulses


def is_late(session: Session, group: Group) -> bool:
    return next(pulse for pulse in pulses(session) if pulse.group is group).is_late


def test_a_group_that_never_beat_is_late(session: Session) -> None:
    beat(session, Group.TICK)

    assert [pulse.group for pulse in pulses(session) if not pulse.is_late] == [Group.TICK]
    assert {pulse.silence for pulse in pulses(session) if pulse.is_late} == {None}


def test_a_group_has_one_row_that_every_beat_renews(session: Session) -> None:
    beat(session, Group.TICK)
    session.execute(update(Heartbeat).values(beaten_at=func.now() - timedelta(hours=1)))
    assert is_late(session, Group.TICK)

    beat(session, Group.TICK)

    assert not is_late(session, Group.TICK)
    assert session.scalars(select(Heartbeat.group)).all() == ["tick"]


@pytest.mark.parametrize(
    ("group", "seconds", "late"),
    [
        (Group.MATCH, 80, False),
        (Group.MATCH, 100, True),
        (Group.BUILD, 380, False),
        (Group.BUILD, 400, True),
    ],
)
def test_a_builder_may_be_silent_for_as_long_as_it_builds(
    session: Session, group: Group, seconds: int, late: bool
) -> None:
    beat(session, group)
    ago = func.clock_timestamp() - timedelta(seconds=seconds)
    session.execute(update(Heartbeat).values(beaten_at=ago))

    assert is_late(session, group) is late


def test_a_beat_that_is_missed_is_no_silence_yet() -> None:
    assert all(group.longest_silence > 3 * BEAT_EVERY for group in Group)
