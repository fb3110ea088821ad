"""S: which offered words answer an asked word, found without comparing it with all of them.

A row is what `Vocabulary.compare` says of the asked word and every offered one; whatever cannot be
answered is passed over by what it would need: an equal form, a neighbouring concept, or nearly the
same letters.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.matching.core.facts import Link
from app.matching.core.kernels import near_in_letters
from app.matching.core.spelling import MIN_LETTERS, MIN_RATIO
from app.matching.core.vocabulary import Term, Vocabulary

Array = NDArray[Any]

# Letters, digits, the space, and everything else: enough to tell most words apart by counting.
SORTS = 32
_DIGIT, _SPACE, _OTHER = 26, 27, 28


class Offered:
    """The words that are offered, by number, kept so that an asked word finds its answers."""

    def __init__(self, vocabulary: Vocabulary, normals: Sequence[str]) -> None:
        self._vocabulary = vocabulary
        self._terms = [vocabulary.term(normal) for normal in normals]
        self._by_form: dict[str, list[int]] = defaultdict(list)
        self._by_concept: dict[int, list[int]] = defaultdict(list)
        for number, term in enumerate(self._terms):
            for form in {term.joined, term.stem}:
                self._by_form[form].append(number)
            if term.concept is not None:
                self._by_concept[term.concept].append(number)
        words = [(number, term) for number, term in enumerate(self._terms) if term.normal]
        self._every_word = Letters(words)
        self._unknown_words = Letters((at, term) for at, term in words if term.concept is None)

    def row(self, asked: str) -> dict[int, Link]:
        """Per number of an offered word how it answers this asked one, when it does."""
        term = self._vocabulary.term(asked)
        if not term.normal:
            return {}
        links = (
            (number, self._vocabulary.compare(term, self._terms[number]))
            for number in self._perhaps(term)
        )
        return {number: link for number, link in links if link is not None}

    def _perhaps(self, term: Term) -> set[int]:
        found = {*self._by_form.get(term.joined, ()), *self._by_form.get(term.stem, ())}
        if term.concept is None:
            found.update(self._every_word.near(term.normal))
        else:
            for concept in self._vocabulary.answering(term.concept):
                found.update(self._by_concept.get(concept, ()))
            found.update(self._unknown_words.near(term.normal))
        return found


class Letters:
    """Words by length, with how often each letter is in them."""

    def __init__(self, words: Iterable[tuple[int, Term]]) -> None:
        ordered = sorted((len(term.normal), number, term.normal) for number, term in words)
        self._numbers = np.array([number for _, number, _ in ordered], dtype=np.int32)
        self._lengths = np.array([length for length, *_ in ordered], dtype=np.int32)
        self._counts = counts_of([normal for *_, normal in ordered])

    def near(self, normal: str) -> Iterator[int]:
        """All words that may be a slip of the keyboard away, and few others."""
        length = len(normal)
        if length < MIN_LETTERS:
            return iter(())
        # A difference in length alone is already that many letters of both together.
        most = 200 - MIN_RATIO
        first = int(np.searchsorted(self._lengths, length * MIN_RATIO / most, side="left"))
        last = int(np.searchsorted(self._lengths, length * most / MIN_RATIO, side="right"))
        counts = counts_of([normal])[0]
        found = near_in_letters(counts, length, self._counts, self._lengths, first, last)
        return map(int, self._numbers[found])


def counts_of(normals: Sequence[str]) -> Array:
    """Per word how many letters of each sort it has; in bytes, for a word is at most 128 long."""
    counts = np.zeros((len(normals), SORTS), dtype=np.uint8)
    for at, normal in enumerate(normals):
        for letter in normal:
            counts[at, _sort(letter)] += 1
    return counts


def _sort(letter: str) -> int:
    if "a" <= letter <= "z":
        return ord(letter) - ord("a")
    if letter == " ":
        return _SPACE
    return _DIGIT if letter.isdecimal() else _OTHER
