"""Whoever asks first waits for no loop."""

from app.matching.core import kernels, loading
from app.matching.core.engine import Engine
from tests.matching.core.builders import starter_vocabulary
from tests.matching.core.test_engine import Country, labels_of_a_theme


def loaded() -> dict[str, int]:
    """How many kinds of arguments each loop is loaded for."""
    found = vars(kernels).items()
    return {name: len(one.signatures) for name, one in found if hasattr(one, "signatures")}


def test_what_is_loaded_serves_every_question() -> None:
    loading.load_loops()
    before = loaded()

    country = Country(3, starter_vocabulary(), labels_of_a_theme(), people=40, opgaven=20)
    engine: Engine = country.engine()
    engine.everything()
    for number in range(20):
        engine.people_for(number)
        engine.opgaven_for(number)

    assert loaded() == before
