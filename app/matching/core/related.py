"""How related Dutch texts are when neither letters nor vocabulary settle it."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from app.matching.core.embedding import Embedder
from app.matching.core.meaning import meaning
from app.matching.core.reading import alike, grams, roots, words
from app.matching.core.terms import (
    Matrix,
    Numbers,
    Terms,
    Words,
    bm25,
    rarity,
    sparse_rows,
    standard,
    tf_idf,
)

# A word in the title says as much as this many in the text.
TITLE_COUNTS = 2
MOST_ASKED = 2
ALIKE = 0.4
WEIGHTS = {"roots": 1.0, "title letters": 0.5, "letters": 0.4, "meaning": 0.9}
# Beside a language model letters have less to add.
BESIDE_MODEL = {"roots": 1.0, "title letters": 0.25, "letters": 0.2, "meaning": 0.8}
# Letters are shared by chance too: below this cosine the best of them counts for a part only.
SURE_LETTERS = 0.5

TITLE_NEARNESS = 0.3
NEARNESS = 0.3
STEEPEST = 20


class Index:
    """Documents with a title and a text, read once and then asked how related they are."""

    def __init__(
        self, titles: Sequence[str], texts: Sequence[str], embedder: Embedder | None = None
    ) -> None:
        named = [words(title) for title in titles]
        whole = [[*title, *words(text)] for title, text in zip(named, texts, strict=True)]
        self._views: dict[str, View] = {
            "roots": _Roots(named, whole),
            "title letters": _Letters(named),
            "letters": _Letters(whole),
            "meaning": _Meanings(named),
        }
        self._vectors = _Vectors(embedder, titles, texts) if embedder else None

    def scores(self, query: str) -> Numbers:
        """A number per document, higher when it is more related; comparable within one query."""
        found: Numbers = self.scores_of([query])[0]
        return found

    def scores_of(self, queries: Sequence[str]) -> Numbers:
        """A row of scores per query."""
        asked = [words(query) for query in queries]
        weights = WEIGHTS if self._vectors is None else BESIDE_MODEL
        views = (weights[name] * view.scores(asked) for name, view in self._views.items())
        total: Numbers = sum(views, np.zeros(()))
        return total if self._vectors is None else total + self._vectors.scores(queries)


class View(Protocol):
    def scores(self, asked: Sequence[Words]) -> Numbers: ...


class _Roots:
    """Shared roots, weighed by BM25; a root that is used for the same thing counts for a part."""

    def __init__(self, titles: Sequence[Words], whole: Sequence[Words]) -> None:
        self._terms = Terms(roots, sorted(alike()))
        in_whole = self._terms.counts(whole)
        counts = (TITLE_COUNTS - 1) * self._terms.counts(titles) + in_whole
        self._terms.close()
        self._worth = bm25(counts).T.tocsr()
        self._alike = _alike(self._terms)

    def scores(self, asked: Sequence[Words]) -> Numbers:
        counts = self._terms.counts(asked)
        counts.data = np.minimum(counts.data, MOST_ASKED)
        return standard((counts @ self._alike @ self._worth).toarray())


class _Letters:
    """Shared runs of letters."""

    def __init__(self, texts: Sequence[Words]) -> None:
        self._terms = Terms(grams)
        counts = self._terms.counts(texts)
        self._terms.close()
        self._weights = rarity(counts)
        self._worth = tf_idf(counts, self._weights).T.tocsr()

    def scores(self, asked: Sequence[Words]) -> Numbers:
        cosines = (tf_idf(self._terms.counts(asked), self._weights) @ self._worth).toarray()
        best = cosines.max(axis=1, keepdims=True, initial=0)
        sure: Numbers = np.minimum(best / SURE_LETTERS, 1) * standard(cosines)
        return sure


class _Meanings:
    """Shared concepts of the vocabulary, or neighbours of those."""

    def __init__(self, texts: Sequence[Words]) -> None:
        self._directions = meaning().of(texts).T.tocsr()

    def scores(self, asked: Sequence[Words]) -> Numbers:
        return standard((meaning().of(asked) @ self._directions).toarray())


class _Vectors:
    """Nearness in a language model.

    Its cosines are all high, so they tell only beside those of the other documents; the steep
    curve lets the few nearest stand out as they do in the other views.
    """

    def __init__(self, embedder: Embedder, titles: Sequence[str], texts: Sequence[str]) -> None:
        pairs = zip(titles, texts, strict=True)
        whole = [f"{title}. {text}" if text else title for title, text in pairs]
        found = embedder.found([*titles, *whole])
        self._embedder = embedder
        self._sides = ((TITLE_NEARNESS, found[: len(titles)]), (NEARNESS, found[len(titles) :]))

    def scores(self, queries: Sequence[str]) -> Numbers:
        asked = self._embedder.asked(queries)
        near = (weight * _steep(standard(asked @ found.T)) for weight, found in self._sides)
        total: Numbers = sum(near, np.zeros(()))
        return total


def _steep(near: Numbers) -> Numbers:
    return standard(np.exp(np.minimum(near, STEEPEST)))


def _alike(terms: Terms) -> Matrix:
    """Per root itself, and what is used for the same; the more there is, the less each counts."""
    rows: list[dict[int, float]] = [{at: 1.0} for at in range(len(terms))]
    for one, others in alike().items():
        weight = ALIKE / max(1.0, len(others) / 4) ** 0.5
        rows[terms.number(one)].update((terms.number(other), weight) for other in others)
    return sparse_rows(rows, len(terms))
