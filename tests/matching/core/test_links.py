"""What is looked up in S is what comparing says."""

from itertools import product

import pytest

from app.matching.core.arrays import Similar, similar_of
from app.matching.core.facts import Link
from app.matching.core.links import KnownLinks, StoredLinks
from app.matching.core.similarity import Offered, Words, words_of
from app.matching.core.vocabulary import Vocabulary
from tests.matching.core.builders import starter_vocabulary

NORMALS = (
    "ruimtelijke ordening",
    "ro",
    "planologie",
    "omgevingsplan",
    "omgevingsvergunning",
    "omgevingsverordening",
    "jeugdhulp",
    "pleegzorg",
    "plannologie",
    "wolkenfluisteren",
)
ASKED = (0, 2, 3, 4, 6, 9)


class Nobody:
    """Compares nothing, and tells what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def link(self, asked: str, offered: str) -> Link | None:
        self.asked.append((asked, offered))
        return None


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return starter_vocabulary()


@pytest.fixture(scope="module")
def stored(vocabulary: Vocabulary) -> StoredLinks:
    words: Words = words_of(vocabulary, NORMALS)
    offered = Offered(vocabulary, words)
    rows = [offered.row(NORMALS[number]) for number in ASKED]
    similar: Similar = similar_of(rows, ASKED, len(NORMALS))
    return StoredLinks(words, similar)


def test_stored_words_are_linked_without_comparing_them(
    vocabulary: Vocabulary, stored: StoredLinks
) -> None:
    others = Nobody()
    links = KnownLinks(stored, others)
    asked = [NORMALS[number] for number in ASKED]

    written = ("Omgevingsplan", " planologie")
    for pair in product((*asked, *written), (*NORMALS, *written)):
        assert links.link(*pair) == vocabulary.link(*pair), pair
    assert others.asked == []


@pytest.mark.parametrize(
    "pair",
    [
        ("jeugdzorg", "jeugdhulp"),
        ("jeugdhulp", "jeugdzorg"),
        ("pleegzorg", "jeugdhulp"),
        ("jeugdhulp", "jeugd-hulp"),
        ("", "jeugdhulp"),
        ("jeugdhulp", ""),
    ],
)
def test_a_word_that_is_not_stored_or_was_not_asked_is_compared(
    vocabulary: Vocabulary, stored: StoredLinks, pair: tuple[str, str]
) -> None:
    others = Nobody()

    assert KnownLinks(stored, vocabulary).link(*pair) == vocabulary.link(*pair)
    assert (KnownLinks(stored, others).link(*pair), others.asked) == (None, [pair])
