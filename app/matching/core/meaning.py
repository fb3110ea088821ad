"""Where a text lies among the concepts of our own vocabulary."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import scipy.sparse as sparse  # type: ignore[import-untyped]

from app.matching.core.reading import roots, words
from app.matching.core.terms import (
    Matrix,
    Terms,
    Words,
    rarity,
    sparse_rows,
    tf_idf,
    unit,
)
from app.vocabulary.rules import Theme
from app.vocabulary.starter import StarterConcept, read_concepts

MOST_CONCEPTS = 20
BROADER = 0.5
NARROWER = 0.15
RELATED = 0.4
THEME = 0.3
AT_ONCE = 1_000


class Meaning:
    """Every text as a direction: the concepts it names, what is near those, and their themes."""

    def __init__(self, concepts: Sequence[StarterConcept]) -> None:
        named = [(at, words(name)) for at, concept in enumerate(concepts) for name in concept.names]
        self._first = np.searchsorted([at for at, _ in named], np.arange(len(concepts)))
        names = [name for _, name in named]
        self._terms = Terms(roots)
        counts = self._terms.counts(names)
        self._terms.close()
        self._weights = rarity(counts)
        self._names = tf_idf(counts, self._weights).T.tocsr()
        self._near = _near(concepts)

    def of(self, texts: Sequence[Words]) -> Matrix:
        pieces = [texts[at : at + AT_ONCE] for at in range(0, max(len(texts), 1), AT_ONCE)]
        return unit(sparse.vstack([self._touched(piece) for piece in pieces], "csr") @ self._near)

    def _touched(self, texts: Sequence[Words]) -> Matrix:
        """Per text the concepts whose names are most like it, the best name counting for each."""
        asked = tf_idf(self._terms.counts(texts), self._weights)
        likeness = (asked @ self._names).toarray()
        best = np.maximum.reduceat(likeness, self._first, axis=1)
        enough = np.partition(best, -MOST_CONCEPTS, axis=1)[:, -MOST_CONCEPTS, None]
        return sparse.csr_array(np.where(best >= enough, best, 0) ** 2)


@cache
def meaning() -> Meaning:
    """That of the vocabulary in the repository, whatever is stored."""
    return Meaning(read_concepts())


def _near(concepts: Sequence[StarterConcept]) -> Matrix:
    """Per concept itself, what it is tied to, and its theme, which has a column of its own."""
    at = {concept.label: number for number, concept in enumerate(concepts)}
    themes = {theme: len(at) + number for number, theme in enumerate(Theme)}
    rows: list[dict[int, float]] = [{number: 1.0} for number in at.values()]
    for number, concept in enumerate(concepts):
        rows[number][themes[concept.theme]] = THEME
        if concept.broader:
            rows[number][at[concept.broader]] = BROADER
            rows[at[concept.broader]][number] = NARROWER
        for other in concept.related:
            rows[number][at[other]] = rows[at[other]][number] = RELATED
    return sparse_rows(rows, len(at) + len(themes))
