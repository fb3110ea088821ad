"""Which words in use are linked otherwise by one vocabulary than by another, and whose they are.

Only words that the difference can touch are compared: what stands for another concept, what stands
near a concept that differs, and what was told apart.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from app.matching.core.facts import Disputed
from app.matching.core.vocabulary import Key, Term, Vocabulary

MOST_COMPARED = 200_000

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Word:
    """A word in use as both vocabularies take it."""

    normal: str
    before: Term
    after: Term

    @property
    def concepts(self) -> set[int]:
        return {term.concept for term in (self.before, self.after) if term.concept is not None}

    @property
    def keys(self) -> set[Key]:
        return {*self.before.keys(), *self.after.keys()}

    @property
    def gets_known(self) -> bool:
        """Known to one of the two only; then letters count for the other one."""
        return (self.before.concept is None) != (self.after.concept is None)


class Difference:
    """What lies between two vocabularies, for the words that are asked and offered."""

    def __init__(
        self,
        before: Vocabulary,
        after: Vocabulary,
        asked: Iterable[str],
        offered: Iterable[str],
    ) -> None:
        self._before, self._after = before, after
        self._unlike = before.unlike(after)
        self._near = {
            near for one in self._unlike for near in before.around(one) | after.around(one)
        }
        self._apart = _both_ways(before.apart | after.apart)
        self._newly_apart = {key for pair in before.apart ^ after.apart for key in pair}
        self._asked = Side([self.word(normal) for normal in asked])
        self._offered = Side([self.word(normal) for normal in offered])

    def word(self, label: str) -> Word:
        term = self._before.term(label)
        return Word(term.normal, term, self._after.retaken(term))

    def altered(self, most: int = MOST_COMPARED) -> tuple[set[Pair], bool]:
        """Pairs of an asked and an offered word with another link; and whether these are all."""
        pairs = self._pairs()
        found = {
            (asked.normal, offered.normal)
            for asked, offered in islice(pairs, most)
            if self._is_altered(asked, offered)
        }
        return found, next(pairs, None) is None

    def disputed(self, said: Iterable[Disputed]) -> set[str]:
        """The asked words for which what somebody disputes may count otherwise."""
        found: set[str] = set()
        for one in said:
            asked = self.word(one.asked)
            words = [asked, self.word(one.offered)] if one.offered else [asked]
            if any(self._means_otherwise(word) for word in words):
                found.update(word.normal for word in self._asked.having(asked.keys))
        return found

    def _is_altered(self, asked: Word, offered: Word) -> bool:
        before = self._before.compare(asked.before, offered.before)
        return before != self._after.compare(asked.after, offered.after)

    def _means_otherwise(self, word: Word) -> bool:
        is_moved = word.before.concept != word.after.concept
        return is_moved or bool(word.concepts & self._unlike or word.keys & self._newly_apart)

    def _is_touched(self, word: Word) -> bool:
        return self._means_otherwise(word) or bool(word.concepts & self._near)

    def _pairs(self) -> Iterator[tuple[Word, Word]]:
        """Every pair that may have another link, once."""
        seen: set[Pair] = set()
        for asked, offered in chain(self._pairs_of_asked(), self._pairs_of_offered()):
            pair = asked.normal, offered.normal
            if pair not in seen:
                seen.add(pair)
                yield asked, offered

    def _pairs_of_asked(self) -> Iterator[tuple[Word, Word]]:
        for word in filter(self._is_touched, self._asked.words):
            for other in self._near_to(word, Vocabulary.answering, self._offered):
                yield word, other

    def _pairs_of_offered(self) -> Iterator[tuple[Word, Word]]:
        for word in filter(self._is_touched, self._offered.words):
            for other in self._near_to(word, Vocabulary.answered_by, self._asked):
                yield other, word

    def _near_to(
        self, word: Word, ways: Callable[[Vocabulary, int], set[int]], others: "Side"
    ) -> Iterator[Word]:
        keys: set[Key] = set()
        for vocabulary, term in ((self._before, word.before), (self._after, word.after)):
            if term.concept is not None:
                keys |= ways(vocabulary, term.concept)
        for key in word.keys:
            keys |= self._apart[key]
        found = others.having(keys)
        return chain(found, others.known) if word.gets_known else found


class Side:
    """The words that are asked, or those that are offered, by what they can be found by."""

    def __init__(self, words: Iterable[Word]) -> None:
        self.words = list(words)
        self.known = [word for word in self.words if word.concepts]
        self._having: dict[Key, list[Word]] = defaultdict(list)
        for word in self.words:
            for key in word.keys:
                self._having[key].append(word)

    def having(self, keys: Iterable[Key]) -> Iterator[Word]:
        return chain.from_iterable(self._having.get(key, ()) for key in keys)


def _both_ways(pairs: Iterable[tuple[Key, Key]]) -> defaultdict[Key, set[Key]]:
    found: defaultdict[Key, set[Key]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
        found[other].add(one)
    return found
