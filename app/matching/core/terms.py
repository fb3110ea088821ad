"""Counts what texts are made of: sparse matrices with a row per text and a column per term."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sparse  # type: ignore[import-untyped]
from numpy.typing import NDArray

# What scipy calls a csr_array; it brings no types of its own.
Matrix = Any
Numbers = NDArray[np.float64]
Words = Sequence[str]

SATURATION = 1.2
LENGTH_MATTERS = 0.6


class Terms:
    """Numbers the terms that words are made of; once closed it counts only what it knows."""

    def __init__(self, of: Callable[[str], Iterable[str]], first: Iterable[str] = ()) -> None:
        self._of = of
        self._numbers = {term: at for at, term in enumerate(dict.fromkeys(first))}
        self._closed = False

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def known(self) -> list[str]:
        """In the order of their numbers."""
        return list(self._numbers)

    def number(self, term: str) -> int:
        return self._numbers[term]

    def close(self) -> None:
        self._closed = True

    def counts(self, texts: Sequence[Words]) -> Matrix:
        """How often every text has every term; each distinct word is looked at once."""
        words: dict[str, int] = {}
        per_text = [Counter(words.setdefault(word, len(words)) for word in text) for text in texts]
        per_word = [Counter(self._known(word)) for word in words]
        return sparse_rows(per_text, len(words)) @ sparse_rows(per_word, len(self))

    def _known(self, word: str) -> list[int]:
        if self._closed:
            return [self._numbers[term] for term in self._of(word) if term in self._numbers]
        return [self._numbers.setdefault(term, len(self._numbers)) for term in self._of(word)]


def sparse_rows(rows: Sequence[dict[int, int] | dict[int, float]], columns: int) -> Matrix:
    values = [value for row in rows for value in row.values()]
    at = [column for row in rows for column in row]
    ends = np.cumsum([0, *map(len, rows)], dtype=np.int32)
    return sparse.csr_array(
        (np.array(values, np.float32), np.array(at, np.int32), ends), (len(rows), columns)
    )


def rarity(counts: Matrix) -> Numbers:
    """How much each term tells: the fewer texts have it, the more."""
    texts, terms = counts.shape
    having = np.bincount(counts.indices, minlength=terms)
    weights: Numbers = np.log(1 + (texts - having + 0.5) / (having + 0.5))
    return weights


def bm25(counts: Matrix) -> Matrix:
    """What each term of each text is worth to whoever asks for it (Robertson's BM25)."""
    lengths = counts.sum(axis=1)
    relative = lengths / max(lengths.mean(), 1) if counts.shape[0] else lengths
    damping = SATURATION * (1 - LENGTH_MATTERS + LENGTH_MATTERS * relative)
    worth = counts.copy()
    worth.data *= (SATURATION + 1) / (worth.data + _per_value(counts, damping))
    worth.data *= rarity(counts)[worth.indices]
    return worth


def tf_idf(counts: Matrix, weights: Numbers) -> Matrix:
    """Rows of length one, so that the product of two rows is their cosine."""
    worth = counts.copy()
    worth.data = (1 + np.log(worth.data)) * weights[worth.indices]
    return unit(worth)


def unit(rows: Matrix) -> Matrix:
    lengths = np.sqrt(rows.multiply(rows).sum(axis=1))
    scaled = rows.copy()
    scaled.data /= _per_value(rows, np.where(lengths > 0, lengths, 1))
    return scaled


def standard(given: NDArray[np.floating[Any]]) -> Numbers:
    """Per row how far each score is from what is usual in that row; all equal is all zero."""
    scores = given.astype(np.float64)
    if not scores.size:
        return scores
    spread = scores.std(axis=1, keepdims=True)
    spread[spread < 1e-12] = 1
    centred: Numbers = (scores - scores.mean(axis=1, keepdims=True)) / spread
    return centred


def _per_value(rows: Matrix, per_row: Numbers) -> Numbers:
    return np.repeat(per_row, np.diff(rows.indptr))
