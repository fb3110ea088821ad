"""Loads the compiled loops, which happens at their first use, before somebody waits for it."""

from datetime import date
from uuid import UUID

from app.matching.core.arrays import (
    TermNumbers,
    opgaven_of,
    people_of,
    places_of,
    rows_of,
    similar_of,
    terms_of,
)
from app.matching.core.engine import Engine, State, profile_question_of, question_of, state_of
from app.matching.core.facts import AskedSkill, OfferedSkill, OpgaveFacts, Position, ProfileFacts
from app.matching.core.similarity import Asked, Offered, words_of
from app.matching.core.vocabulary import Vocabulary
from app.opgaven.rules import Place

GEMEENTEN = {"here": 0, "there": 1}
POSITION = Position(52, 5)
SOMEBODY = ProfileFacts(
    id=UUID(int=1),
    gemeente_code="here",
    skills=(OfferedSkill("word", level=1, energy=1),),
    windows=(),
    travel_km=0,
    remote=True,
    position=POSITION,
)
SOMETHING = OpgaveFacts(
    id=UUID(int=1),
    gemeente_code="there",
    for_learning=False,
    skills=(AskedSkill("word", must=True, level=1),),
    hours_per_week=1,
    starts_on=date(2026, 1, 1),
    ends_on=date(2026, 2, 1),
    place=Place.REMOTE,
    position=POSITION,
)


def load_loops() -> None:
    """Ask a country of nobody for everything, and for what is new to it."""
    vocabulary, state = Vocabulary(), _of_nobody()
    engine, words = Engine(state), words_of(vocabulary, ())
    engine.everything()
    offered, asked = Offered(vocabulary, words), Asked(vocabulary, words)
    engine.people_for_new(question_of(SOMETHING, None, GEMEENTEN, offered, state))
    engine.opgaven_for_new(profile_question_of(SOMEBODY, GEMEENTEN, asked, state))


def _of_nobody() -> State:
    terms = TermNumbers()
    profiles, windows, offers, names = rows_of([], GEMEENTEN)
    term, private = terms_of(names, terms)
    return state_of(
        places_of([POSITION] * len(GEMEENTEN), []),
        people_of(profiles, windows, offers, names, term),
        opgaven_of([], [], GEMEENTEN, terms),
        similar_of([], [], 0),
        private,
    )
