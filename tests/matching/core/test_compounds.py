"""Dutch writes compounds as one word; we read them part by part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.matching.core import compounds
from app.matching.core.compounds import LINKS, LONGEST_COMPOUND, PARTS_FILE, split


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("schuldhulpverlening", ("schuld", "hulp", "verlening")),
        ("inwonersbetrokkenheid", ("inwoners", "betrokkenheid")),
        ("leerlingenvervoer", ("leerlingen", "vervoer")),
        ("kinderopvang", ("kinder", "opvang")),
        ("energietransitie", ("energie", "transitie")),
    ],
)
def test_a_compound_falls_apart_in_its_words(word: str, parts: tuple[str, ...]) -> None:
    assert split(word) == parts


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("gezondheidszorg", ("gezondheid", "zorg")),
        ("omgevingsvergunning", ("omgeving", "vergunning")),
        ("bestemmingsplan", ("bestemming", "plan")),
    ],
)
def test_what_links_two_parts_belongs_to_neither(word: str, parts: tuple[str, ...]) -> None:
    assert split(word) == parts


@pytest.mark.parametrize(
    "word",
    [
        "gemeente",
        "overheid",
        "veiligheid",
        "handhaving",
        "belangrijk",
        "overeenkomst",
        "verordening",
    ],
)
def test_a_word_that_is_no_compound_stays_whole(word: str) -> None:
    assert split(word) == (word,)


@pytest.mark.parametrize("word", ["", "ro", "zorg", "nen2580", "c++", "qwrtpsdfgh", "схема"])
def test_what_cannot_be_read_stays_whole(word: str) -> None:
    assert split(word) == (word,)


def test_a_word_without_end_is_not_read() -> None:
    word = "zorg" * (LONGEST_COMPOUND // 4 + 1)

    assert split(word) == (word,)


@given(st.lists(st.sampled_from(["zorg", "hulp", "wet", "water", "s", "en", "x"]), max_size=14))
def test_the_parts_and_their_links_are_the_word(pieces: list[str]) -> None:
    word = "".join(pieces)

    rest = word
    parts = split(word)
    for part in parts:
        rest = next(rest[at:] for at in range(3) if rest.startswith(part, at))
        rest = rest.removeprefix(part)

    assert rest == ""
    assert {len(link) for link, _ in LINKS} == {0, 1, 2}


def test_the_list_is_sorted_and_names_every_word_once() -> None:
    words = [line.split()[0] for line in PARTS_FILE.read_text(encoding="utf-8").splitlines()]

    assert words == sorted(set(words))


def test_the_list_is_read_only_when_a_word_is_split() -> None:
    compounds._known.cache_clear()
    split.cache_clear()

    split("ro")
    assert compounds._known.cache_info().currsize == 0

    split("jeugdzorg")
    assert compounds._known.cache_info().currsize == 1
