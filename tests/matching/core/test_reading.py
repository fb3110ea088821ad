import pytest

from app.matching.core import reading
from app.matching.core.reading import (
    TEXT_LIMIT,
    TOKEN_LIMIT,
    WORD_LIMIT,
    alike,
    grams,
    idle,
    root,
    roots,
    words,
)


def test_words_are_folded_and_those_that_say_nothing_are_left_out() -> None:
    assert words("De Coördinatie van het groen & C#") == ["coordinatie", "groen", "c#"]


def test_a_text_without_end_is_read_to_its_limit() -> None:
    assert len(words("zorg " * TEXT_LIMIT)) == TEXT_LIMIT // len("zorg ")


def test_a_word_without_end_is_read_to_its_limit() -> None:
    assert max(map(len, words("x" * TEXT_LIMIT))) == WORD_LIMIT


@pytest.mark.parametrize(
    "family",
    [
        ("beheer", "beheren", "beheerder"),
        ("ontwikkelen", "ontwikkeling", "ontwikkelaar"),
        ("verzorger", "verzorgster"),
        ("vergunning", "vergunningen"),
    ],
)
def test_one_root_for_the_doing_and_whoever_does_it(family: tuple[str, ...]) -> None:
    assert len({root(word) for word in family}) == 1


def test_a_compound_has_the_roots_of_its_parts() -> None:
    assert roots("schuldhulpverlening") == (root("schuld"), root("hulp"), root("verlening"))


def test_letters_know_where_a_word_begins_and_ends() -> None:
    assert grams("wet") == (" we", "wet", "et ", " wet", "wet ", " wet ")


def test_what_people_use_for_the_same_goes_both_ways() -> None:
    found = alike()

    assert root("transport") in found[root("vervoer")]
    assert all(one in found[other] for one, others in found.items() for other in others)
    assert not any(one in others for one, others in found.items())


def test_what_tells_nothing_of_the_work_is_written_as_words_are_read() -> None:
    assert all(words(one) == [one] for one in idle())
    assert set(words("klankbord meelopen ruil mee vier werkt doen")) <= idle()
    assert not {"dorp", "wijk", "wonen", "begroting", "leren"} & idle()


def test_what_is_remembered_of_a_text_is_small() -> None:
    reading._folded.cache_clear()

    words("zorg-" * TEXT_LIMIT)
    words("zorg-" * TOKEN_LIMIT)

    assert reading._folded.cache_info().currsize == 1
