"""`flask system`: who is silent for too long is told, and the command fails."""

from datetime import timedelta

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from app.core.heartbeat import Group, Heartbeat, beat
from tests.cli.conftest import Terminal


def test_workers_that_live_are_told(flask: Terminal, session: Session) -> None:
    for group in Group:
        beat(session, group)

    result = flask("system")

    assert result.exit_code == 0
    assert "Matches zoeken: 0 seconden geleden" in result.stdout
    assert len(result.stdout.splitlines()) == len(Group)


def test_workers_that_are_silent_make_the_command_fail(flask: Terminal, session: Session) -> None:
    beat(session, Group.MATCH)
    ago = func.clock_timestamp() - timedelta(seconds=100)
    session.execute(update(Heartbeat).values(beaten_at=ago))

    result = flask("system")

    assert result.exit_code == 1
    assert "Matches zoeken: al 1 minuut stil" in result.stdout
    assert "Mail waar iemand op wacht: nooit iets van gehoord" in result.stdout
    assert "Niet alle werkers doen hun werk." in result.output
