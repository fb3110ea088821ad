"""How much two opgaven are one and the same, whoever wrote them and in whichever words.

Most of it is what their words tell: roots as `related` reads them, those that are used for the same
thing counting for a part, each weighed as `kin` weighs it. The rest is where they lie among the
concepts of the vocabulary. Neither depends on which opgaven there are, so what is found once holds
until somebody writes something else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zlib import crc32

import numpy as np
import scipy.sparse as sparse  # type: ignore[import-untyped]

from app.core.dutch import listed
from app.matching.core.arrays import Array
from app.matching.core.kin import rarity
from app.matching.core.meaning import meaning
from app.matching.core.proposals import Names, Proposal, proposals
from app.matching.core.reading import alike, hollow, idle, roots, words
from app.matching.core.related import ALIKE, TITLE_COUNTS
from app.matching.core.terms import Matrix, Numbers, Terms, sparse_rows, tf_idf, unit
from app.matching.core.vocabulary import Vocabulary
from app.matching.core.words import WHOLE

# From here on two opgaven are called the same; chosen on the pairs that are not held back.
SAME = 0.36
# From here on nobody would call them two: of those pairs none is wrong. It is what we count by.
SURE = 0.52
WORDS_COUNT = 0.7
# Roots go by a number of their own, so that what was read apart can be laid together.
COLUMNS = 1 << 20
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote of an opgave, as far as it says what is to be done."""

    title: str = ""
    text: str = ""
    skills: tuple[str, ...] = ()


class Rows(NamedTuple):
    """A sparse matrix as plain arrays: where each row begins, and its columns with their values."""

    rows: Array
    column: Array
    value: Array


class Read(NamedTuple):
    """What was written of a number of opgaven, as they are compared; all rows have length one."""

    words: Rows
    meaning: Rows

    def __len__(self) -> int:
        return len(self.words.rows) - 1


def read(writings: Sequence[Written]) -> Read:
    told = [_words_of(one) for one in writings]
    meant = [[*_telling(one.title), *_telling(one.text)] for one in writings]
    terms = Terms(roots)
    counts = terms.counts(told)
    terms.close()
    weights = np.array([rarity(root) for root in terms.known], np.float64)
    spread = sparse_rows([_spread(root) for root in terms.known], COLUMNS)
    return Read(_rows_of(unit(tf_idf(counts, weights) @ spread)), _rows_of(meaning().of(meant)))


def likeness(one: Read, others: Read) -> Numbers:
    """How much the first of the one is the same as each of the others, from 0 to 1."""
    by_words, by_meaning = _cosines(one.words, others.words), _cosines(one.meaning, others.meaning)
    found: Numbers = WORDS_COUNT * by_words + (1 - WORDS_COUNT) * by_meaning
    return found


def reasons(one: Written, other: Written, vocabulary: Vocabulary, names: Names) -> tuple[str, ...]:
    """Why the two are called the same, in Dutch, the strongest first."""
    skills, labels = _shared_skills(one, other, vocabulary)
    subjects = [label for label in _shared_subjects(one, other, names) if label not in labels]
    found = (
        _sentence("Gaan allebei over", subjects),
        _sentence("Vragen allebei", skills),
    )
    said = tuple(filter(None, found))
    return said or tuple(
        filter(None, [_sentence("Hebben gemeen", _shared_words(one, other, names))])
    )


def _words_of(written: Written) -> list[str]:
    title = _telling(written.title) * TITLE_COUNTS
    return [*title, *_telling(written.text), *_telling(" ".join(written.skills))]


def _telling(text: str) -> list[str]:
    """The words of a text that tell something of the work."""
    return [word for word in words(text) if word not in idle() and not word.isdigit()]


def _spread(root: str) -> dict[int, float]:
    """The column of a root, and for a part those of what is used for the same thing."""
    others = alike().get(root, frozenset())
    weight = ALIKE / max(1.0, len(others) / 4) ** 0.5
    found = {_column(other): weight for other in others}
    found[_column(root)] = 1.0
    return found


def _column(root: str) -> int:
    return crc32(root.encode()) % COLUMNS


def _rows_of(matrix: Matrix) -> Rows:
    return Rows(
        matrix.indptr.astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data.astype(np.float32),
    )


def _cosines(one: Rows, others: Rows) -> Numbers:
    """The first row of the one with every row of the others."""
    end = one.rows[1]
    asked = np.zeros(COLUMNS, np.float32)
    asked[one.column[:end]] = one.value[:end]
    shape = (len(others.rows) - 1, COLUMNS)
    found: Numbers = sparse.csr_array((others.value, others.column, others.rows), shape) @ asked
    return found


def _shared_skills(
    one: Written, other: Written, vocabulary: Vocabulary
) -> tuple[list[str], frozenset[str]]:
    """What both ask, in the words of the one; and all names that this goes by."""
    said, names = [], set()
    for mine in one.skills:
        for theirs in other.skills:
            link = vocabulary.link(mine, theirs)
            if link is not None and link.kind in WHOLE:
                said.append(mine if link.strength == 100 else f"{mine} ({theirs})")
                names |= {mine.lower(), theirs.lower()}
                break
    return said, frozenset(names)


def _shared_subjects(one: Written, other: Written, names: Names) -> list[str]:
    theirs = {found.concept_id for found in _subjects(other, names)}
    return [found.label.lower() for found in _subjects(one, names) if found.concept_id in theirs]


def _subjects(written: Written, names: Names) -> list[Proposal]:
    return [one for one in _proposals(written, names) if not one.denied_by]


def _shared_words(one: Written, other: Written, names: Names) -> list[str]:
    """Words of the one that tell something and that the other has as well, the rarest first."""
    proposed = [*_proposals(one, names), *_proposals(other, names)]
    denied = {word for found in proposed if found.denied_by for word in words(found.label)}
    known = {root for word in _words_of(other) for root in roots(word)}
    known -= hollow() | {root for word in denied for root in roots(word)}
    shared = [word for word in dict.fromkeys(_words_of(one)) if set(roots(word)) & known]
    return sorted(shared, key=lambda word: -max(map(rarity, roots(word)), default=0))


def _proposals(written: Written, names: Names) -> list[Proposal]:
    return proposals(f"{written.title}.\n{written.text}", names)


def _sentence(begin: str, named: Sequence[str]) -> str:
    if not named:
        return ""
    return f"{begin} {listed([f'“{name}”' for name in named[:MOST_NAMED]])}."
