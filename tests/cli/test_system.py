"""`flask system`: who is silent for too long is told, and the command fails."""

from datetime import timedelta

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from app.core.heartbeat import Group, Heartbeat, beat
from app.notifications.waiting import IS_LATE
from tests.cli.conftest import Terminal
from tests.notifications.builders import a_delivery
from tests.support.work import database_now

WAITING = [
    "Nieuws dat nog verdeeld moet worden",
    "Taken die aan de beurt zijn",
    "Mails die weg moeten",
]


def test_workers_that_live_are_told(flask: Terminal, session: Session) -> None:
    for group in Group:
        beat(session, group)

    result = flask("system")

    assert result.exit_code == 0
    assert "Matches zoeken: 0 seconden geleden" in result.stdout
    assert len(result.stdout.splitlines()) == len(Group) + len(WAITING)


def test_what_waits_is_told_as_the_page_tells_it(flask: Terminal, session: Session) -> None:
    for group in Group:
        beat(session, group)
    a_delivery(session, next_attempt_at=database_now(session) - timedelta(minutes=2))

    result = flask("system")

    assert result.exit_code == 0
    assert result.stdout.splitlines()[len(Group) :] == [
        *(f"{line}: 0" for line in WAITING[:-1]),
        f"{WAITING[-1]}: 1 (de oudste wacht 2 minuten)",
        IS_LATE,
    ]


def test_workers_that_are_silent_make_the_command_fail(flask: Terminal, session: Session) -> None:
    beat(session, Group.MATCH)
    ago = func.clock_timestamp() - timedelta(seconds=100)
    session.execute(update(Heartbeat).values(beaten_at=ago))

    result = flask("system")

    assert result.exit_code == 1
    assert "Matches zoeken: al 1 minuut stil" in result.stdout
    assert "Mail waar iemand op wacht: nooit iets van gehoord" in result.stdout
    assert "Niet alle werkers doen hun werk." in result.output
