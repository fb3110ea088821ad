"""`flask matching`: compare everything, how it stands, and why two fit or do not."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.matching import night
from app.matching.models import Match
from app.matching.shelf import Shelf
from app.opgaven.rules import OpgaveStatus
from app.people.rules import ProfileState
from tests.cli.conftest import Terminal
from tests.support.builders import a_profile, a_user, an_opgave


def test_everything_is_compared_anew(flask: Terminal, session: Session, shelf: Shelf) -> None:
    a_profile(session, "verkeerskunde")
    an_opgave(session, "verkeerskunde")

    result = flask("matching", "rebuild")

    assert (result.exit_code, result.stdout) == (0, "1 match gevonden.\n")
    assert session.scalar(select(func.count()).select_from(Match)) == 1
    assert shelf.newest() is not None


def test_who_waits_sees_how_far_it_is(
    flask: Terminal, session: Session, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(night, "MOST_PAIRS", 1)
    for _ in range(2):
        a_profile(session, "verkeerskunde")
    an_opgave(session, "verkeerskunde")

    result = flask("matching", "rebuild")

    assert (result.exit_code, result.stdout) == (0, "2 matches gevonden.\n")
    assert "Woorden vergelijken" in result.stderr
    assert result.stderr.count("Matches bijwerken") == 2


def test_status_tells_of_the_snapshot(flask: Terminal, session: Session, shelf: Shelf) -> None:
    before = flask("matching", "status").stdout
    a_profile(session, "verkeerskunde")
    flask("matching", "rebuild")

    after = flask("matching", "status").stdout

    assert "Momentopname:" in before
    assert "er is er geen die we kunnen lezen" in before
    assert "1 profiel, 0 opgaven, 1 woord" in after


def test_explain_tells_why_two_fit(flask: Terminal, session: Session) -> None:
    user = a_user(session)
    a_profile(session, "verkeerskunde", user=user)
    opgave = an_opgave(session, "verkeerskunde", "zorg")

    lines = flask(
        "matching", "explain", user.email, f"https://degemeente.example/opgaven/{opgave.id}"
    ).stdout.splitlines()

    assert lines[0].startswith("Heeft een deel. ")
    assert "50 van de 50 punten  Op het profiel: verkeerskunde." in lines[1]
    assert "0 van de 50 punten  Gevraagd: zorg." in lines[2]


def test_explain_tells_why_two_do_not_fit(flask: Terminal, session: Session) -> None:
    user = a_user(session)
    profile = a_profile(session, "verkeerskunde", user=user)
    at_home = an_opgave(session, "verkeerskunde", gemeente_code=user.gemeente_code)
    much = an_opgave(session, "verkeerskunde", hours_per_week=36)
    other = an_opgave(session, "zorg")
    far = an_opgave(session, "verkeerskunde")
    profile.travel_km = -1
    session.flush()

    said = [
        flask("matching", "explain", user.email, str(one.id)).stdout
        for one in (at_home, much, far, other)
    ]

    assert "eigen gemeente" in said[0]
    assert "niet genoeg uren" in said[1]
    assert "te ver weg" in said[2]
    profile.travel_km = 400
    session.flush()
    assert "te weinig" in flask("matching", "explain", user.email, str(other.id)).stdout


def test_explain_refuses_in_plain_words(flask: Terminal, session: Session) -> None:
    user, paused = a_user(session), a_user(session)
    a_profile(session, "zorg", user=user)
    a_profile(session, "zorg", user=paused, state=ProfileState.PAUSED)
    opgave = an_opgave(session, "zorg")
    closed = an_opgave(session, "zorg", status=OpgaveStatus.DONE)

    asked = [
        ("nobody@testerdam.example", str(opgave.id)),
        (paused.email, str(opgave.id)),
        (user.email, "opgave-7"),
        (user.email, str(closed.id)),
    ]
    said = [flask("matching", "explain", *words) for words in asked]

    assert [one.exit_code for one in said] == [1, 1, 1, 1]
    assert [one.stderr for one in said] == [
        "Er is geen account voor nobody@testerdam.example.\n",
        f"{paused.email} heeft geen gepubliceerd profiel.\n",
        "opgave-7 is geen opgave. Neem het adres van de opgave.\n",
        "Deze opgave staat niet open.\n",
    ]
