from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.matching.core.facts import Kind, Score
from app.notifications.digest import (
    ColleagueNews,
    DigestColleague,
    DigestOpgave,
    News,
    OpgaveNews,
    compose,
)
from tests.matching.core.builders import a_missing, a_reason

CLOSES = date(2026, 12, 12)
READER = UUID(int=7)


def a_score(profile: int, opgave: int, value: int, tier: int = 1) -> Score:
    reason = a_reason(
        kind=Kind.SAME, asked="verkeerskunde", points=value, max_points=100, would_be=value
    )
    return Score(UUID(int=profile), UUID(int=opgave), value, tier, (reason,))


def an_opgave(number: int, value: int = 80, **changed: Any) -> OpgaveNews:
    fields = {"title": f"Opgave {number}", "gemeente_name": "Utrecht", "closes_on": CLOSES}
    return OpgaveNews(**{**fields, "score": a_score(7, number, value), **changed})


def a_colleague(number: int, value: int = 80, opgave: int = 1) -> ColleagueNews:
    score = a_score(number, opgave, value)
    return ColleagueNews(f"Opgave {opgave}", f"Collega {number}", "Utrecht", score)


def test_what_is_told_is_what_the_page_says() -> None:
    broader = a_reason(kind=Kind.BROADER, points=60)
    score = Score(READER, UUID(int=1), 60, 2, (broader, a_missing("omgevingsrecht", would_be=81)))

    digest = compose("Fatima", [an_opgave(1, score=score)])

    assert digest.for_you == (
        DigestOpgave(
            opgave_id=UUID(int=1),
            title="Opgave 1",
            gemeente_name="Utrecht",
            closes_on=CLOSES,
            score_value=60,
            group="Je hebt een deel",
            reasons=(
                "Past deels: Op je profiel: verkeerskunde (breder dan gevraagd). "
                "Gevraagd: verkeerskundige.",
                "Ontbreekt: omgevingsrecht.",
                "Met 'omgevingsrecht' op niveau ervaren en veel energie zou de score 81 zijn.",
            ),
            why="Je profiel noemt verkeerskunde (breder dan gevraagd: verkeerskundige). "
            "Ontbreekt: omgevingsrecht.",
        ),
    )


def test_a_colleague_is_told_of_in_the_third_person() -> None:
    digest = compose("Fatima", [a_colleague(3, 70)])

    assert digest.for_opgaven[0].colleagues == (
        DigestColleague(
            display_name="Collega 3",
            region="Utrecht",
            score_value=70,
            group="Heeft alles wat nodig is",
            fits="past",
            reasons=("Op het profiel: verkeerskunde.",),
            why="Het profiel noemt verkeerskunde.",
        ),
    )


def test_the_best_five_are_told_and_the_rest_is_counted() -> None:
    news = [an_opgave(number, value=60 + number) for number in range(1, 9)]

    digest = compose("Fatima", news)

    assert [one.score_value for one in digest.for_you] == [68, 67, 66, 65, 64]
    assert (digest.more_for_you, digest.count_for_you) == (3, 8)


def test_everything_that_is_needed_goes_before_a_higher_score() -> None:
    news = [an_opgave(1, score=a_score(7, 1, 90, tier=2)), an_opgave(2, value=40)]

    assert [one.title for one in compose("Fatima", news).for_you] == ["Opgave 2", "Opgave 1"]


def test_what_is_there_in_full_goes_before_what_comes_close() -> None:
    broader = a_reason(kind=Kind.BROADER, points=90, max_points=100)
    close = Score(READER, UUID(int=1), 90, 1, (broader,))
    news = [an_opgave(1, score=close), an_opgave(2, value=40)]

    assert [one.group for one in compose("Fatima", news).for_you] == [
        "Je hebt alles wat nodig is",
        "Je komt dicht in de buurt",
    ]


def test_a_match_that_was_told_twice_is_in_it_once() -> None:
    later = an_opgave(1, closes_on=CLOSES + timedelta(days=1))

    digest = compose("Fatima", [an_opgave(1), later])

    assert [one.closes_on for one in digest.for_you] == [later.closes_on]


def test_colleagues_stand_under_their_opgave_five_at_most() -> None:
    news: list[News] = [a_colleague(number, 50 + number, opgave=1) for number in range(1, 8)]
    news.append(a_colleague(1, 99, opgave=2))

    digest = compose("Fatima", news)

    assert [
        (group.opgave_title, len(group.colleagues), group.more) for group in digest.for_opgaven
    ] == [
        ("Opgave 2", 1, 0),
        ("Opgave 1", 5, 2),
    ]


def test_no_news_is_an_empty_digest() -> None:
    digest = compose("Fatima", [])

    assert (digest.is_empty, digest.first_line) == (True, "")


def test_the_headline_counts_what_there_is() -> None:
    one, other = an_opgave(1), an_opgave(2)
    near, far = a_colleague(1, opgave=8), a_colleague(2, opgave=9)

    every: list[list[News]] = [[one], [one, other], [near], [near, far], [one, near, far]]

    assert [compose("Fatima", news).headline for news in every] == [
        "1 opgave voor jou",
        "2 opgaven voor jou",
        "1 collega voor je opgave",
        "2 collega's voor je opgaven",
        "1 opgave voor jou en 2 collega's voor je opgaven",
    ]


def test_the_first_line_says_where_and_until_when() -> None:
    line = compose("Fatima", [an_opgave(1), a_colleague(3)]).first_line

    assert line == "Utrecht, reageer tot en met 12 dec: Opgave 1. Je profiel noemt verkeerskunde."


def test_without_opgaven_the_first_line_names_the_best_colleague() -> None:
    line = compose("Fatima", [a_colleague(3, 40), a_colleague(4, 50)]).first_line

    assert line == "Collega 4 past bij Opgave 1. Het profiel noemt verkeerskunde."


def test_a_first_line_has_one_sign_after_a_title_that_asks_something() -> None:
    asks = an_opgave(1, title="Wat gebruiken wij eigenlijk?")
    near = replace(a_colleague(3), opgave_title="Wie helpt mee!")

    assert [compose("Fatima", [news]).first_line for news in (asks, near)] == [
        "Utrecht, reageer tot en met 12 dec: Wat gebruiken wij eigenlijk? "
        "Je profiel noemt verkeerskunde.",
        "Collega 3 past bij Wie helpt mee! Het profiel noemt verkeerskunde.",
    ]


def test_the_first_line_says_of_a_colleague_who_fits_in_part_that_it_is_so() -> None:
    part = replace(a_colleague(3), score=a_score(3, 1, 36, tier=2))

    assert compose("Fatima", [part]).first_line.startswith("Collega 3 past deels bij Opgave 1.")
