"""A long task beats between its steps, and not at every one."""

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core.heartbeat import Group, Heartbeat
from workers import heart
from workers.heart import Heart


def beaten(session: Session) -> list[str]:
    return list(session.scalars(select(Heartbeat.group)))


def test_a_beat_is_written_for_the_group_it_came_through(session: Session) -> None:
    heart.beat("match")

    assert beaten(session) == ["match"]


def test_a_heart_beats_when_its_time_has_come_and_not_before(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = 100.0
    monkeypatch.setattr(heart, "monotonic", lambda: seconds)
    of_mail = Heart(Group.MAIL_BULK)

    of_mail.beat_when_due()
    assert beaten(session) == ["mail-bulk"]

    session.execute(delete(Heartbeat))
    seconds += 14
    of_mail.beat_when_due()
    assert beaten(session) == []

    seconds += 1
    of_mail.beat_when_due()
    assert beaten(session) == ["mail-bulk"]
