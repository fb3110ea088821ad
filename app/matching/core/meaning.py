"""Where a text lies among the concepts of our own vocabulary."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import scipy.sparse as sparse  # type: ignore[import-untyped]
from numpy.typing import NDArray

from app.matching.core.reading import roots, words
from app.matching.core.terms import (
    Matrix,
    Numbers,
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
        self._concept_of = np.array([at for at, _ in named])
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
        likeness = (asked @ self._names).tocsr()
        likeness.sort_indices()
        text = np.repeat(np.arange(len(texts)), np.diff(likeness.indptr))
        concept = self._concept_of[likeness.indices]
        # The names of one concept stand side by side, so each run is one text with one concept.
        runs = np.flatnonzero(np.diff(text * self._near.shape[0] + concept, prepend=-1))
        best, text, concept = np.maximum.reduceat(likeness.data, runs), text[runs], concept[runs]
        most = best >= _least_of_most(best, text, len(texts))[text]
        shape = (len(texts), self._near.shape[0])
        return sparse.csr_array((best[most] ** 2, (text[most], concept[most])), shape)


def _least_of_most(values: Numbers, rows: NDArray[np.intp], how_many: int) -> Numbers:
    """Per row the last value that still counts among the most; nothing where there are fewer."""
    ends = np.cumsum(np.bincount(rows, minlength=how_many))
    begins = np.concatenate(([0], ends[:-1]))
    ordered = values[np.lexsort((-values, rows))]
    last = begins + MOST_CONCEPTS - 1
    least = np.zeros(how_many)
    least[last < ends] = ordered[last[last < ends]]
    return least


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
