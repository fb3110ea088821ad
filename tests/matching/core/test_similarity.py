"""What is passed over has no link: the short ways find all that comparing everything finds."""

from collections import Counter
from collections.abc import Iterable
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from app.matching.core.arrays import TermNumbers
from app.matching.core.facts import Link
from app.matching.core.kin import kinship
from app.matching.core.similarity import (
    Asked,
    Offered,
    Words,
    kin_of,
    letters_of,
    near,
    signs_of,
    words_of,
)
from app.matching.core.spelling import MIN_RATIO, spelling_ratio
from app.matching.core.vocabulary import Vocabulary
from app.vocabulary.rules import NORMAL_LIMIT
from app.vocabulary.starter import read_concepts
from tests.matching.core.builders import starter_vocabulary

MANY, ASKED = 1500, 60
NORMALS = st.text(
    st.sampled_from("eeeeennnaatirodslgvhkmubpwjczfxyq 0123489+#éøß"), max_size=NORMAL_LIMIT
)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return starter_vocabulary()


@pytest.fixture(scope="module")
def normals() -> list[str]:
    """Names of our vocabulary, some with a slip, some with a word around them."""
    dice = Random(5)
    names = [name for concept in read_concepts() for name in concept.names]
    labels = [_written(dice, name) for name in dice.sample(names, MANY)]
    return TermNumbers(labels).normals


@pytest.fixture(scope="module")
def words(vocabulary: Vocabulary, normals: list[str]) -> Words:
    return words_of(vocabulary, normals)


@pytest.fixture(scope="module")
def asked(normals: list[str]) -> list[str]:
    dice = Random(6)
    return [_written(dice, normal) for normal in dice.sample(normals, ASKED)]


def _written(dice: Random, name: str) -> str:
    at = dice.randrange(len(name))
    ways = [name, f"{name[:at]}e{name[at:]}", f"{name[:at]} {name[at:]}", f"beleid voor {name}"]
    return dice.choice(ways)


def test_a_row_is_what_comparing_with_every_word_says(
    vocabulary: Vocabulary, normals: list[str], words: Words, asked: list[str]
) -> None:
    offered = Offered(vocabulary, words)

    for label in asked:
        assert offered.row(label) == _links(vocabulary.link(label, one) for one in normals)


def test_a_column_is_what_comparing_every_word_with_it_says(
    vocabulary: Vocabulary, normals: list[str], words: Words, asked: list[str]
) -> None:
    asking = Asked(vocabulary, words)

    for label in asked:
        assert asking.column(label) == _links(vocabulary.link(one, label) for one in normals)


def _links(found: Iterable[Link | None]) -> dict[int, Link]:
    return {number: link for number, link in enumerate(found) if link is not None}


def test_nothing_that_is_a_slip_away_is_passed_over(normals: list[str], asked: list[str]) -> None:
    letters = letters_of(normals)

    for one in normals[::10] + asked:
        alike = {at for at, other in enumerate(normals) if spelling_ratio(one, other)}
        found = near(letters, one)
        assert alike <= set(found)
        assert len(found) < len(normals) / 20


@pytest.mark.parametrize("length", [6, 9, 17, 18, 27, 40, 45, 80, 99])
def test_as_many_letters_more_as_a_slip_may_be_are_not_passed_over(length: int) -> None:
    shorter, longer = "a" * length, "a" * length + ("en" * 11)[: 2 * length // 9]

    assert fuzz.ratio(shorter, longer) >= MIN_RATIO
    assert near(letters_of([longer]), shorter) == near(letters_of([shorter]), longer) == [0]


def test_no_kin_is_passed_over(words: Words, normals: list[str], asked: list[str]) -> None:
    for one in normals[::10] + asked:
        kin = {at for at, other in enumerate(normals) if kinship(one, other)}
        assert kin <= set(kin_of(words.roots, one, len(normals)).tolist())


@given(one=NORMALS, other=NORMALS)
def test_signs_differ_in_no_more_bits_than_words_in_letters(one: str, other: str) -> None:
    ours, theirs = Counter(one), Counter(other)
    letters = ((ours - theirs) + (theirs - ours)).total()

    bits = sum(int(np.bitwise_count(half[0] ^ half[1])) for half in signs_of([one, other]))

    assert bits <= letters


@given(word=NORMALS)
def test_a_word_is_near_itself_at_any_length(word: str) -> None:
    assert near(letters_of([word, "iets anders"]), word)[:1] == [0] * (len(word) >= 6)


def test_a_word_knows_its_number(words: Words, normals: list[str]) -> None:
    assert [words.number_of(normal) for normal in normals] == list(range(len(normals)))


def test_another_form_of_a_word_is_another_word(vocabulary: Vocabulary) -> None:
    words = words_of(vocabulary, ["klimaatadaptatie", "beleid", "be leid"])

    assert words.number_of("be leid") == 2
    assert words.number_of("klimaatadaptaties") is None
    assert words.number_of("klimaat adaptatie") is None
    assert words.number_of("") is None
