"""`flask insight spread`: how evenly invitations are spread."""

from sqlalchemy.orm import Session

from app.core.clock import utc_now
from tests.cli.conftest import Terminal
from tests.responses.builders import a_fitting_person, was_invited
from tests.support.builders import an_opgave


def test_few_tell_nothing_of_the_spread(flask: Terminal) -> None:
    assert flask("insight", "spread").stdout.splitlines() == [
        "Uitnodigingen: 0",
        "Collega's met een profiel: 0",
        "Gini: nog niet te zeggen",
    ]


def test_the_spread_is_one_number(flask: Terminal, session: Session) -> None:
    people = [a_fitting_person(session) for _ in range(5)]
    for _ in range(5):
        opgave = an_opgave(session, "Verkeerskunde")
        was_invited(session, opgave, people[0], utc_now())
    session.commit()

    assert flask("insight", "spread").stdout.splitlines() == [
        "Uitnodigingen: 5",
        "Collega's met een profiel: 5",
        "Gini: 0,80",
    ]
