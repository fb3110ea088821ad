from typing import Any

import pytest

from app.matching.core.facts import Kind, Reason
from app.matching.core.words import (
    COLLEAGUE,
    KINDS,
    LEVELS,
    YOU,
    Voice,
    about,
    energy_sentence,
    level_sentence,
    one_line,
    points_words,
    score_sentence,
    sentence,
    what_if,
)
from app.people.rules import Level
from tests.matching.core.builders import a_missing, a_reason, a_score

FATIMA = about("Fatima")
MISSING = a_missing("omgevingsrecht", max_points=50, would_be=81)
SAME = a_reason(asked="Verkeerskunde", kind=Kind.SAME)


@pytest.mark.parametrize(
    ("reason", "voice", "said"),
    [
        (a_reason(), YOU, "Je hebt verkeerskunde; gevraagd is verkeerskundige (synoniem)."),
        (SAME, YOU, "Je hebt verkeerskunde."),
        (SAME, COLLEAGUE, "Deze collega heeft verkeerskunde."),
        (SAME, FATIMA, "Fatima heeft verkeerskunde."),
        (MISSING, YOU, "Gevraagd is omgevingsrecht; dat heb je nog niet."),
        (MISSING, FATIMA, "Gevraagd is omgevingsrecht; dat heeft Fatima nog niet."),
        (
            a_reason(kind=Kind.SAME, asked="verkeerskunde", wants_to_learn=True),
            YOU,
            "Je wilt verkeerskunde leren.",
        ),
        (
            a_reason(kind=Kind.BROADER, asked="verkeerslichten", wants_to_learn=True),
            COLLEAGUE,
            "Deze collega wil verkeerskunde leren; "
            "gevraagd is verkeerslichten (breder dan gevraagd).",
        ),
    ],
)
def test_a_reason_is_a_plain_sentence(reason: Reason, voice: Voice, said: str) -> None:
    assert sentence(reason, voice) == said


def test_every_kind_and_level_has_a_word() -> None:
    assert set(KINDS) == set(Kind)
    assert set(LEVELS) == set(Level)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (a_reason(offered_level=3), "Niveau: ervaren."),
        (a_reason(offered_level=4), "Niveau: expert."),
        (a_reason(offered_level=1), "Niveau: basis. Gevraagd is ervaren."),
        (a_reason(wants_to_learn=True), ""),
        (MISSING, ""),
    ],
)
def test_the_level_is_named_next_to_the_level_asked(reason: Reason, said: str) -> None:
    assert level_sentence(reason) == said


@pytest.mark.parametrize(
    ("energy", "voice", "said"),
    [
        (5, YOU, "Daar krijg je veel energie van."),
        (4, FATIMA, "Daar krijgt Fatima veel energie van."),
        (3, YOU, ""),
        (2, COLLEAGUE, "Daar krijgt deze collega weinig energie van."),
        (None, YOU, ""),
    ],
)
def test_energy_is_named_where_it_stands_out(energy: int | None, voice: Voice, said: str) -> None:
    assert energy_sentence(a_reason(energy=energy), voice) == said


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (MISSING, "Met 'omgevingsrecht' zou dit 81 zijn."),
        (a_reason(kind=Kind.BROADER), "Met 'verkeerskundige' zou dit 77 zijn."),
        (a_reason(offered_level=2), "Met 'verkeerskundige' op niveau ervaren zou dit 77 zijn."),
        (a_reason(), ""),
        (a_reason(points=50), ""),
    ],
)
def test_what_would_change_the_score(reason: Reason, said: str) -> None:
    assert what_if(reason) == said


def test_points_are_named_with_what_was_possible() -> None:
    assert points_words(a_reason()) == "45 van de 50 punten"


@pytest.mark.parametrize(
    ("reasons", "tier", "said"),
    [
        ((SAME, a_missing("tekenen", must=False)), 1, "Je hebt alles wat nodig is."),
        ((SAME, MISSING), 2, "Je hebt 1 van de 2 dingen die nodig zijn."),
        (
            (SAME, a_reason(points=4)),
            2,
            "Je hebt van alles wat nodig is iets, maar nog niet genoeg.",
        ),
        ((a_reason(must=False), a_missing("tekenen", must=False)), 1, "Je hebt 1 van de 2 wensen."),
    ],
)
def test_a_score_says_whether_everything_needed_is_there(
    reasons: tuple[Reason, ...], tier: int, said: str
) -> None:
    assert score_sentence(a_score(*reasons, tier=tier), YOU) == said


def named(label: str, points: int = 10, **facts: Any) -> Reason:
    return a_reason(asked=label, offered=label, kind=Kind.SAME, points=points, **facts)


@pytest.mark.parametrize(
    ("reasons", "said"),
    [
        ((named("water"),), "Je hebt water."),
        ((named("bodem", 10), named("water", 20)), "Je hebt water en bodem."),
        ((named("a"), named("b"), named("c")), "Je hebt a, b en c."),
        ((named("a"), named("b"), named("c"), named("d"), named("e")), "Je hebt a, b, c en nog 2."),
        (
            (a_reason(), MISSING),
            "Je hebt verkeerskunde (gevraagd: verkeerskundige). Nog niet: omgevingsrecht.",
        ),
        (
            (named("water"), named("bodem", wants_to_learn=True)),
            "Je hebt water en wilt bodem leren.",
        ),
        ((named("bodem", wants_to_learn=True),), "Je wilt bodem leren."),
        ((named("water"), a_missing("tekenen", must=False)), "Je hebt water."),
    ],
)
def test_one_line_tells_the_whole_score(reasons: tuple[Reason, ...], said: str) -> None:
    assert one_line(a_score(*reasons), YOU) == said


def test_one_line_names_a_skill_once_whatever_it_serves() -> None:
    same = a_reason(asked="Wmo", offered="Wmo", kind=Kind.SAME, points=60)
    broader = a_reason(asked="keukentafelgesprek", offered="Wmo", kind=Kind.BROADER, points=20)
    third = a_reason(asked="intake", offered="gesprek voeren", kind=Kind.RELATED, points=10)

    said = one_line(a_score(same, broader, third), YOU)

    assert said == "Je hebt Wmo (ook voor keukentafelgesprek) en gesprek voeren (gevraagd: intake)."


def test_one_line_about_a_colleague() -> None:
    assert one_line(a_score(named("water")), FATIMA) == "Fatima heeft water."
