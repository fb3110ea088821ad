from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.matching.core.facts import Kind, Score
from app.notifications.digest import (
    ColleagueNews,
    Digest,
    DigestColleague,
    DigestOpgave,
    ForOpgaven,
    ForYou,
    OpgaveNews,
    ResponseNews,
    Told,
    shared_fairly,
)
from tests.matching.core.builders import a_missing, a_reason
from tests.notifications.sections import (
    colleagues_for_opgaven,
    opgaven_for_you,
    responses_to_opgaven,
)
from tests.support.work import MONDAY

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
    return ColleagueNews(
        f"Opgave {opgave}", "Utrecht", CLOSES, f"Collega {number}", "Utrecht", score
    )


def a_response(number: int, opgave: int = 1, **changed: Any) -> ResponseNews:
    fields = {
        "opgave_id": UUID(int=opgave),
        "opgave_title": f"Opgave {opgave}",
        "gemeente_name": "Utrecht",
        "closes_on": CLOSES,
        "name": f"Collega {number}",
        "region": "Urk",
        "email": f"collega{number}@urk.example",
        "told_at": MONDAY + timedelta(minutes=number),
        "score": a_score(number, opgave, 80),
    }
    return ResponseNews(**{**fields, **changed})


def a_digest(*sections: ForYou | ForOpgaven) -> Digest:
    return Digest("Fatima", tuple(Told("een deel", section) for section in sections))


def test_what_is_told_is_what_the_page_says() -> None:
    broader = a_reason(kind=Kind.BROADER, points=60)
    score = Score(READER, UUID(int=1), 60, 2, (broader, a_missing("omgevingsrecht", would_be=81)))

    section = opgaven_for_you([an_opgave(1, score=score)])

    assert section.opgaven == (
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
    section = colleagues_for_opgaven([a_colleague(3, 70)])

    assert section.groups[0].colleagues == (
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

    section = opgaven_for_you(news)

    assert [one.score_value for one in section.opgaven] == [68, 67, 66, 65, 64]
    assert (section.more, section.headline) == (3, "8 opgaven voor jou")


def test_everything_that_is_needed_goes_before_a_higher_score() -> None:
    news = [an_opgave(1, score=a_score(7, 1, 90, tier=2)), an_opgave(2, value=40)]

    assert [one.title for one in opgaven_for_you(news).opgaven] == ["Opgave 2", "Opgave 1"]


def test_what_is_there_in_full_goes_before_what_comes_close() -> None:
    broader = a_reason(kind=Kind.BROADER, points=90, max_points=100)
    close = Score(READER, UUID(int=1), 90, 1, (broader,))
    news = [an_opgave(1, score=close), an_opgave(2, value=40)]

    assert [one.group for one in opgaven_for_you(news).opgaven] == [
        "Je hebt alles wat nodig is",
        "Je komt dicht in de buurt",
    ]


def test_a_match_that_was_told_twice_is_in_it_once() -> None:
    later = an_opgave(1, closes_on=CLOSES + timedelta(days=1))

    section = opgaven_for_you([an_opgave(1), later])

    assert [one.closes_on for one in section.opgaven] == [later.closes_on]


def test_five_colleagues_are_shared_fairly_over_the_opgaven() -> None:
    news = [a_colleague(number, 50 + number, opgave=1) for number in range(1, 8)]
    news.append(a_colleague(1, 99, opgave=2))

    section = colleagues_for_opgaven(news)

    assert [
        (group.opgave_title, [one.score_value for one in group.colleagues], group.more)
        for group in section.groups
    ] == [
        ("Opgave 2", [99], 0),
        ("Opgave 1", [57, 56, 55, 54], 3),
    ]
    assert (section.count, section.more) == (8, 0)


def test_each_opgave_has_its_best_and_those_past_the_fifth_are_counted() -> None:
    news = [
        a_colleague(number, 90 - opgave - number, opgave=opgave)
        for opgave in range(1, 8)
        for number in range(1, 3)
    ]

    section = colleagues_for_opgaven(news)

    assert [(group.opgave_title, group.more) for group in section.groups] == [
        (f"Opgave {number}", 1) for number in range(1, 6)
    ]
    assert (section.count, section.more, section.more_opgaven) == (14, 4, 2)


@given(st.lists(st.integers(1, 40), max_size=60), st.integers(0, 20))
def test_what_is_shared_is_as_even_as_it_can_be(sizes: list[int], most: int) -> None:
    shares = shared_fairly(sizes, most)

    assert sum(shares) == min(sum(sizes), most)
    assert all(share <= size for share, size in zip(shares, sizes, strict=True))
    for share, size in zip(shares, sizes, strict=True):
        assert share == size or share >= max(shares) - 1


def test_responses_stand_under_their_opgave_the_longest_waiting_first() -> None:
    news = [a_response(number, opgave=1 + number % 2) for number in range(5, 0, -1)]
    news.append(a_response(9, opgave=2, score=None))

    section = responses_to_opgaven(news)

    assert [
        (group.opgave_title, [one.name for one in group.responses], group.more)
        for group in section.groups
    ] == [
        ("Opgave 2", ["Collega 1", "Collega 3", "Collega 5"], 1),
        ("Opgave 1", ["Collega 2", "Collega 4"], 0),
    ]
    assert section.headline == "6 reacties op je opgaven"
    assert section.first_line == "Collega 1 uit Urk heeft belangstelling voor Opgave 2."


def test_a_response_says_why_it_fits_when_it_does() -> None:
    found = responses_to_opgaven([a_response(1), a_response(2, score=None)]).groups[0].responses

    assert [one.why for one in found] == ["Het profiel noemt verkeerskunde.", ""]


def test_a_headline_counts_what_there_is() -> None:
    near, far = a_colleague(1, opgave=8), a_colleague(2, opgave=9)
    for_you = opgaven_for_you([an_opgave(1)])
    both = colleagues_for_opgaven([near, far])

    assert [
        a_digest(*sections).headline
        for sections in (
            [for_you],
            [opgaven_for_you([an_opgave(1), an_opgave(2)])],
            [colleagues_for_opgaven([near])],
            [both],
            [for_you, both],
            [for_you, both, both],
        )
    ] == [
        "1 opgave voor jou",
        "2 opgaven voor jou",
        "1 collega voor je opgave",
        "2 collega's voor je opgaven",
        "1 opgave voor jou en 2 collega's voor je opgaven",
        "1 opgave voor jou, 2 collega's voor je opgaven en 2 collega's voor je opgaven",
    ]


def test_the_first_line_says_where_and_until_when() -> None:
    sections = opgaven_for_you([an_opgave(1)]), colleagues_for_opgaven([a_colleague(3)])

    assert (
        a_digest(*sections).first_line
        == "Utrecht, reageer tot en met 12 dec: Opgave 1. Je profiel noemt verkeerskunde."
    )


def test_without_opgaven_the_first_line_names_the_best_colleague() -> None:
    line = colleagues_for_opgaven([a_colleague(3, 40), a_colleague(4, 50)]).first_line

    assert line == "Collega 4 past bij Opgave 1. Het profiel noemt verkeerskunde."


def test_a_first_line_has_one_sign_after_a_title_that_asks_something() -> None:
    asks = an_opgave(1, title="Wat gebruiken wij eigenlijk?")
    near = replace(a_colleague(3), opgave_title="Wie helpt mee!")

    sections = opgaven_for_you([asks]), colleagues_for_opgaven([near])

    assert [section.first_line for section in sections] == [
        "Utrecht, reageer tot en met 12 dec: Wat gebruiken wij eigenlijk? "
        "Je profiel noemt verkeerskunde.",
        "Collega 3 past bij Wie helpt mee! Het profiel noemt verkeerskunde.",
    ]


def test_the_first_line_says_of_a_colleague_who_fits_in_part_that_it_is_so() -> None:
    part = replace(a_colleague(3), score=a_score(3, 1, 36, tier=2))

    assert colleagues_for_opgaven([part]).first_line.startswith(
        "Collega 3 past deels bij Opgave 1."
    )
