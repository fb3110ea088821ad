import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from app.matching.core.facts import Kind, OpgaveFacts, ProfileFacts, Reason
from app.matching.core.score import score
from app.matching.core.words import (
    COLLEAGUE,
    KINDS,
    LEVELS,
    YOU,
    Group,
    Standing,
    Voice,
    causes,
    details,
    energy_sentence,
    fits_words,
    group_of,
    group_words,
    level_sentence,
    lost_sentence,
    missing_sentence,
    one_line,
    points_words,
    score_sentence,
    sentence,
    short_reasons,
    standing,
    what_if,
)
from app.people.rules import Level
from app.vocabulary.rules import normalise
from tests.matching.core.builders import (
    a_missing,
    a_profile,
    a_reason,
    a_score,
    an_opgave,
    asked,
    offered,
)
from tests.matching.core.test_score import OPGAVEN, PROFILES, WORDS

MISSING = a_missing("omgevingsrecht", max_points=50, would_be=81)
SAME = a_reason(asked="Verkeerskunde", kind=Kind.SAME)


@pytest.mark.parametrize(
    ("reason", "voice", "said"),
    [
        (
            a_reason(),
            YOU,
            "Op je profiel: verkeerskunde (ander woord voor hetzelfde). Gevraagd: verkeerskundige.",
        ),
        (SAME, YOU, "Op je profiel: verkeerskunde."),
        (SAME, COLLEAGUE, "Op het profiel: verkeerskunde."),
        (MISSING, YOU, "Gevraagd: omgevingsrecht. Dat staat niet op je profiel."),
        (MISSING, COLLEAGUE, "Gevraagd: omgevingsrecht. Dat staat niet op het profiel."),
        (
            a_reason(kind=Kind.SAME, asked="verkeerskunde", wants_to_learn=True),
            YOU,
            "Op je profiel: verkeerskunde, om te leren.",
        ),
        (
            a_reason(kind=Kind.BROADER, asked="verkeerslichten", wants_to_learn=True),
            COLLEAGUE,
            "Op het profiel: verkeerskunde (breder dan gevraagd), om te leren. "
            "Gevraagd: verkeerslichten.",
        ),
    ],
)
def test_a_reason_is_a_plain_sentence(reason: Reason, voice: Voice, said: str) -> None:
    assert sentence(reason, voice) == said


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (a_reason(kind=Kind.SAME), Standing.WHOLE),
        (a_reason(kind=Kind.SYNONYM), Standing.WHOLE),
        (a_reason(kind=Kind.NARROWER), Standing.WHOLE),
        (a_reason(kind=Kind.SPELLING), Standing.WHOLE),
        (a_reason(kind=Kind.BROADER), Standing.PART),
        (a_reason(kind=Kind.RELATED), Standing.PART),
        (a_reason(offered_level=4), Standing.WHOLE),
        (a_reason(offered_level=2), Standing.PART),
        (a_reason(wants_to_learn=True, points=15), Standing.PART),
        # Where somebody comes to learn, the level does not count.
        (a_reason(wants_to_learn=True, offered_level=1, points=50), Standing.WHOLE),
        (MISSING, Standing.MISSING),
    ],
)
def test_only_the_full_meaning_at_the_level_asked_is_the_whole(
    reason: Reason, expected: Standing
) -> None:
    assert standing(reason) is expected


@pytest.mark.parametrize(
    ("reasons", "tier", "group"),
    [
        ((SAME, a_missing("tekenen", must=False)), 1, Group.COMPLETE),
        ((SAME, a_reason(kind=Kind.BROADER, must=False)), 1, Group.COMPLETE),
        ((SAME, a_reason(kind=Kind.BROADER)), 1, Group.CLOSE),
        ((SAME, a_reason(offered_level=2)), 1, Group.CLOSE),
        ((SAME, MISSING), 2, Group.PART),
        ((SAME, a_reason(points=4)), 2, Group.PART),
        ((a_reason(must=False, points=100),), 1, Group.COMPLETE),
        ((a_reason(must=False, points=50), a_missing("x", must=False)), 1, Group.CLOSE),
        ((a_reason(must=False, points=49), a_missing("x", must=False)), 1, Group.PART),
    ],
)
def test_a_match_belongs_to_one_of_three_groups(
    reasons: tuple[Reason, ...], tier: int, group: Group
) -> None:
    assert group_of(a_score(*reasons, tier=tier)) is group


def test_a_group_has_words_for_both_sides() -> None:
    close = a_score(a_reason(offered_level=2))

    assert [group_words(close, voice) for voice in (YOU, COLLEAGUE)] == [
        "Je komt dicht in de buurt",
        "Komt dicht in de buurt",
    ]
    assert [set(voice.groups) for voice in (YOU, COLLEAGUE)] == [set(Group)] * 2


def test_every_kind_and_level_has_a_word() -> None:
    assert set(KINDS) == set(Kind)
    assert set(LEVELS) == set(Level)
    assert [set(voice.energy) for voice in (YOU, COLLEAGUE)] == [{1, 2, 3, 4, 5}] * 2


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
        (5, YOU, "Dat geeft je veel energie."),
        (4, COLLEAGUE, "Dat geeft deze collega energie."),
        (3, YOU, "Dat vind je prima."),
        (2, COLLEAGUE, "Dat kost deze collega energie."),
        (1, YOU, "Dat doe je liever niet."),
        (None, YOU, ""),
    ],
)
def test_energy_is_named(energy: int | None, voice: Voice, said: str) -> None:
    assert energy_sentence(a_reason(energy=energy), voice) == said


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (a_reason(points=50), ""),
        (a_reason(points=49, energy=4), "Dat scheelt 1 punt: energie 4 van de 5."),
        (
            a_reason(kind=Kind.BROADER, offered_level=2, energy=5, points=22),
            "Dat scheelt 28 punten: breder dan gevraagd en lager niveau dan gevraagd.",
        ),
        (
            a_reason(wants_to_learn=True, offered_level=2, points=10),
            "Dat scheelt 40 punten: lager niveau dan gevraagd, energie 3 van de 5 "
            "en nog om te leren.",
        ),
        (
            a_reason(wants_to_learn=True, offered_level=2, points=45),
            "Dat scheelt 5 punten: energie 3 van de 5.",
        ),
        (MISSING, "Dat scheelt 50 punten."),
    ],
)
def test_points_that_are_not_there_have_a_reason(reason: Reason, said: str) -> None:
    assert lost_sentence(reason) == said


@given(PROFILES, OPGAVEN)
def test_no_point_is_lost_without_a_word(profile: ProfileFacts, opgave: OpgaveFacts) -> None:
    found = score(profile, opgave, WORDS)

    for reason in found.reasons if found else ():
        is_lost = reason.points < reason.max_points
        assert bool(causes(reason)) is (is_lost and reason.offered is not None)
        assert all(cause in details(reason, YOU) for cause in causes(reason))
        assert ("Dat scheelt" in details(reason, YOU)) is is_lost


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (MISSING, "Met 'omgevingsrecht' op niveau ervaren en veel energie zou de score 81 zijn."),
        (
            a_reason(kind=Kind.BROADER),
            "Met 'verkeerskundige' op niveau ervaren en veel energie zou de score 77 zijn.",
        ),
        (a_reason(offered_level=2), "Met 'verkeerskunde' op niveau ervaren zou de score 77 zijn."),
        (a_reason(would_be=45), ""),
    ],
)
def test_what_would_change_the_score(reason: Reason, said: str) -> None:
    assert what_if(reason, value=45) == said


def test_a_level_is_not_promised_the_energy_that_is_not_there() -> None:
    opgave, profile = an_opgave(asked("RO", 4)), a_profile(offered("RO", 2, energy=2))

    found = score(profile, opgave, WORDS)

    assert found is not None
    assert what_if(found.reasons[0], found.value) == (
        "Met 'RO' op niveau expert zou de score 80 zijn."
    )


PROMISE = re.compile(
    r"Met '(.*)' op niveau (\w+)( en veel energie)? zou de score (\d+) zijn\.", re.DOTALL
)


@given(PROFILES, OPGAVEN)
def test_what_is_promised_comes_when_it_is_done(profile: ProfileFacts, opgave: OpgaveFacts) -> None:
    found = score(profile, opgave, WORDS)

    for reason in found.reasons if found else ():
        promise = PROMISE.fullmatch(what_if(reason, found.value if found else 0))
        if promise:
            name, level, new, value = promise.groups()
            done = score(having(profile, reason, name, level, is_new=bool(new)), opgave, WORDS)
            assert done is not None
            assert done.value == int(value)


def having(
    profile: ProfileFacts, reason: Reason, name: str, level: str, *, is_new: bool
) -> ProfileFacts:
    """The profile after exactly that was done that the sentence names."""
    number = next(number for number, word in LEVELS.items() if word == level)
    skills = list(profile.skills)
    if is_new:
        assert normalise(name) not in {normalise(skill.label) for skill in skills}
        return replace(profile, skills=(*skills, offered(name, number, energy=5)))
    assert reason.offered_level is not None
    assert reason.energy is not None
    learns = reason.wants_to_learn
    had = offered(name, reason.offered_level, reason.energy, wants_to_learn=learns)
    skills[skills.index(had)] = replace(had, level=number)
    return replace(profile, skills=tuple(skills))


def test_points_are_named_with_what_was_possible() -> None:
    assert points_words(a_reason()) == "45 van de 50 punten"


@pytest.mark.parametrize(
    ("reasons", "tier", "said"),
    [
        (
            (SAME, a_missing("tekenen", must=False)),
            1,
            "Je hebt alles wat nodig is. "
            "Van wat nodig is, staat 1 van de 1 helemaal op je profiel.",
        ),
        (
            (SAME, MISSING, a_reason(offered_level=1)),
            2,
            "Je hebt een deel. "
            "Van wat nodig is, staat 1 van de 3 helemaal op je profiel, en 1 deels.",
        ),
        (
            (a_reason(must=False, points=60), a_missing("tekenen", must=False)),
            1,
            "Je komt dicht in de buurt. "
            "Van wat mooi meegenomen is, staat 1 van de 2 helemaal op je profiel.",
        ),
    ],
)
def test_a_score_says_how_much_of_what_is_needed_is_there(
    reasons: tuple[Reason, ...], tier: int, said: str
) -> None:
    assert score_sentence(a_score(*reasons, tier=tier), YOU) == said


def named(label: str, points: int = 10, **facts: Any) -> Reason:
    return a_reason(asked=label, offered=label, kind=Kind.SAME, points=points, **facts)


@pytest.mark.parametrize(
    ("reasons", "said"),
    [
        ((named("water"),), "Je profiel noemt water."),
        ((named("bodem", 10), named("water", 20)), "Je profiel noemt water en bodem."),
        ((named("a"), named("b"), named("c")), "Je profiel noemt a, b en c."),
        (
            (named("a"), named("b"), named("c"), named("d"), named("e")),
            "Je profiel noemt a, b, c en nog 2.",
        ),
        (
            (a_reason(kind=Kind.BROADER), MISSING),
            "Je profiel noemt verkeerskunde (breder dan gevraagd: verkeerskundige). "
            "Ontbreekt: omgevingsrecht.",
        ),
        (
            (named("water"), named("bodem", wants_to_learn=True)),
            "Je profiel noemt water. Je wilt leren: bodem.",
        ),
        ((named("bodem", wants_to_learn=True),), "Je wilt leren: bodem."),
        (
            (named("water"), a_missing("tekenen", must=False)),
            "Je profiel noemt water. Ontbreekt: tekenen (mooi meegenomen).",
        ),
    ],
)
def test_one_line_tells_the_whole_score(reasons: tuple[Reason, ...], said: str) -> None:
    assert one_line(a_score(*reasons), YOU) == said


def test_one_line_names_a_skill_once_whatever_it_serves() -> None:
    same = a_reason(asked="Wmo", offered="Wmo", kind=Kind.SAME, points=60)
    broader = a_reason(asked="keukentafelgesprek", offered="Wmo", kind=Kind.BROADER, points=20)
    third = a_reason(asked="intake", offered="gesprek voeren", kind=Kind.RELATED, points=10)

    said = one_line(a_score(same, broader, third), YOU)

    assert said == (
        "Je profiel noemt Wmo (ook breder dan gevraagd: keukentafelgesprek) "
        "en gesprek voeren (verwant: intake)."
    )


def test_one_line_about_a_colleague() -> None:
    learns = named("bodem", wants_to_learn=True)

    assert one_line(a_score(named("water"), learns), COLLEAGUE) == (
        "Het profiel noemt water. Deze collega wil leren: bodem."
    )


def test_one_sentence_says_whether_a_match_fits_in_full() -> None:
    close = a_score(a_reason(offered_level=2))

    assert [fits_words(one) for one in (a_score(SAME), close, a_score(SAME, tier=2))] == [
        "past",
        "past bijna",
        "past deels",
    ]


def test_the_strongest_reasons_are_told_first_and_three_at_most() -> None:
    reasons = (named("a", 5), MISSING, named("b", 30), named("c", 20), named("d", 10))

    assert [reason.asked for reason in short_reasons(a_score(*reasons))] == ["b", "c", "d"]


def test_what_is_needed_is_missed_first() -> None:
    wish = a_missing("tekenen", must=False)

    assert missing_sentence(a_score(wish, MISSING)) == (
        "Ontbreekt: omgevingsrecht en tekenen (mooi meegenomen)."
    )
    assert missing_sentence(a_score(SAME)) == ""
