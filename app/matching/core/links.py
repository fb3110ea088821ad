"""How words are linked, looked up in S; only words that it lacks are compared."""

from dataclasses import dataclass
from functools import lru_cache

from app.matching.core.arrays import KINDS, Similar
from app.matching.core.facts import Link, Links
from app.matching.core.similarity import Words
from app.vocabulary.rules import normalise

# Scores are made of the words of a few hundred people and opgaven at a time.
ROWS_KEPT = 2_000
NUMBERS_KEPT = 20_000


class StoredLinks:
    """The rows of S that were asked last, by word; the words are those of S by number."""

    def __init__(self, words: Words, similar: Similar) -> None:
        self._words = words
        self._similar = similar
        self.number = lru_cache(NUMBERS_KEPT)(self._number)
        self.row = lru_cache(ROWS_KEPT)(self._row)

    def _number(self, label: str) -> int | None:
        """The number of a word, when S has it."""
        return self._words.number_of(normalise(label))

    def _row(self, label: str) -> dict[int, Link] | None:
        """What answers an asked word, by number; None when it was not asked."""
        number = self.number(label)
        if number is None:
            return None
        columns = (column.tolist() for column in self._similar.row(number))
        row = {term: _link(strength, kind) for term, strength, kind in zip(*columns, strict=True)}
        # Whoever was asked is answered by itself at least.
        return row or None


@dataclass(frozen=True)
class KnownLinks:
    """As `others` links words, but found without comparing them; it must be what S was made by."""

    stored: StoredLinks
    others: Links

    def link(self, asked: str, offered: str) -> Link | None:
        row, number = self.stored.row(asked), self.stored.number(offered)
        if row is None or number is None:
            return self.others.link(asked, offered)
        return row.get(number)


@lru_cache(maxsize=1000)
def _link(strength: int, kind: int) -> Link:
    return Link(KINDS[kind], strength)
