"""`flask matching rebuild` compares everything anew."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.matching.models import Match
from tests.cli.conftest import Terminal
from tests.support.builders import a_profile, an_opgave


def test_everything_is_compared_anew(flask: Terminal, session: Session) -> None:
    a_profile(session, "verkeerskunde")
    an_opgave(session, "verkeerskunde")

    result = flask("matching", "rebuild")

    assert (result.exit_code, result.stdout) == (0, "1 match gevonden.\n")
    assert session.scalar(select(func.count()).select_from(Match)) == 1
