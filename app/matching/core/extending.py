"""More words beside those that were read before: the arrays that all of them have together."""

from collections.abc import Sequence

import numpy as np

from app.matching.core.arrays import Array, ends
from app.matching.core.similarity import (
    NO_CONCEPT,
    Letters,
    Roots,
    Texts,
    Words,
    texts_of,
    words_of,
)
from app.matching.core.vocabulary import Vocabulary


def extended(before: Words, vocabulary: Vocabulary, normals: Sequence[str]) -> Words:
    """As `words_of` these has them; when they begin with the words before, only others are read.

    These must have been read by the same vocabulary.
    """
    many = len(before.concept)
    if not _are(before.normal, normals[:many]):
        return words_of(vocabulary, normals)
    return _united(before, words_of(vocabulary, normals[many:]))


def _are(texts: Texts, normals: Sequence[str]) -> bool:
    return all(map(np.array_equal, texts, texts_of(normals)))


def _united(one: Words, other: Words) -> Words:
    """Of two that stand in some order the first goes first where they are equal."""
    many = len(one.concept)
    concept = np.concatenate([one.concept, other.concept])
    form, form_number = _merged((one.form, one.form_number), (other.form, other.form_number + many))
    known, known_number = _merged(
        (one.known, one.known_number), (other.known, other.known_number + many)
    )
    every = _all_letters(one.every, other.every, many)
    return Words(
        normal=_all_texts(one.normal, other.normal),
        stem=_all_texts(one.stem, other.stem),
        concept=concept,
        form=form,
        form_number=form_number,
        known=known,
        known_number=known_number,
        every=every,
        unknown=Letters(*(column[concept[every.number] == NO_CONCEPT] for column in every)),
        roots=_all_roots(one.roots, other.roots, many),
    )


def _merged(one: Sequence[Array], other: Sequence[Array]) -> tuple[Array, ...]:
    """The columns of both in the order of their first one."""
    columns = [np.concatenate(pair) for pair in zip(one, other, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    return tuple(column[order] for column in columns)


def _all_texts(one: Texts, other: Texts) -> Texts:
    rows = np.concatenate([one.rows, other.rows[1:] + one.rows[-1]])
    return Texts(rows, np.concatenate([one.letters, other.letters]))


def _all_letters(one: Letters, other: Letters, many: int) -> Letters:
    later = other._replace(number=other.number + many)
    length, *others = _merged(_length_first(one), _length_first(later))
    return Letters(others[0], length, *others[1:])


def _length_first(letters: Letters) -> tuple[Array, ...]:
    return letters.length, letters.number, letters.sign, letters.other_sign


def _all_roots(one: Roots, other: Roots, many: int) -> Roots:
    later = other._replace(number=other.number + many)
    each, number, tells = _merged(_per_word(one), _per_word(later))
    root, count = np.unique(each, return_counts=True)
    return Roots(root, ends(count), number, tells)


def _per_word(roots: Roots) -> tuple[Array, ...]:
    return np.repeat(roots.root, np.diff(roots.rows)), roots.number, roots.tells
