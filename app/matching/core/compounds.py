"""Splits Dutch compounds into the words they are made of: schuld, hulp and verlening."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

PARTS_FILE = Path(__file__).parent / "data" / "compound-parts.txt"
SHORTEST_PART = 3
LONGEST_PART = 24
SHORTEST_COMPOUND = 7
LONGEST_COMPOUND = 60
# What stands between two parts, and how unlikely it is.
LINKS = (("", 0.0), ("s", 2.0), ("e", 4.0), ("en", 5.0))
# A word that nobody knows costs this much a letter; its parts must be cheaper than that.
LETTER_COST = 1.1
# Short parts are found by chance: every letter under five makes a part less likely.
SHORT_PART_COST = 1.5


@dataclass(frozen=True, slots=True)
class _Parts:
    """How often every part is used in compounds, as a cost: the rarer, the higher."""

    costs: dict[str, float]
    whole: frozenset[str]  # they look like compounds and are none
    unknown: float

    def of_unsplit(self, word: str) -> float:
        used = self.unknown - self.costs[word] if word in self.costs else 0.0
        return self.unknown + LETTER_COST * len(word) - used


@dataclass(frozen=True, slots=True)
class _Step:
    """The cheapest way to read a word up to here, and the part that it ends with."""

    cost: float
    begins_at: int = 0
    part: str = ""


@lru_cache(maxsize=50_000)
def split(word: str) -> tuple[str, ...]:
    """The parts of a folded word from left to right; a word that is no compound is its own part."""
    if not SHORTEST_COMPOUND <= len(word) <= LONGEST_COMPOUND or not word.isalpha():
        return (word,)
    known = _known()
    if word in known.whole:
        return (word,)
    steps = _cheapest(word, known)
    end = steps[len(word)]
    return tuple(_read_back(steps)) if end and end.cost < known.of_unsplit(word) else (word,)


def _cheapest(word: str, known: _Parts) -> list[_Step | None]:
    """For every place in the word the cheapest parts before it, in one walk from left to right."""
    steps: list[_Step | None] = [_Step(0.0), *[None] * len(word)]
    for begin in range(len(word) - SHORTEST_PART + 1):
        before = steps[begin]
        if before is None:
            continue
        for part, end, cost in _parts_at(word, begin, known):
            step, there = _Step(before.cost + cost, begin, part), steps[end]
            if there is None or step.cost < there.cost:
                steps[end] = step
    return steps


def _parts_at(word: str, begin: int, known: _Parts) -> Iterator[tuple[str, int, float]]:
    """Every part that begins here, with each link after it that leaves something to link to."""
    longest = min(len(word), begin + LONGEST_PART)
    for end in range(begin + SHORTEST_PART, longest + 1):
        part = word[begin:end]
        cost = known.costs.get(part)
        if cost is None or part == word:
            continue
        for link, link_cost in LINKS:
            after = end + len(link)
            if not link or (after < len(word) and word.startswith(link, end)):
                yield part, after, cost + link_cost


def _read_back(steps: list[_Step | None]) -> list[str]:
    parts = []
    step = steps[-1]
    while step is not None and step.part:
        parts.append(step.part)
        step = steps[step.begins_at]
    return parts[::-1]


@cache
def _known() -> _Parts:
    lines = PARTS_FILE.read_text(encoding="utf-8").splitlines()
    counts = {part: int(count) for part, count in map(str.split, lines)}
    unknown = math.log(sum(counts.values()))
    costs = {
        part: unknown - math.log(count) + SHORT_PART_COST * max(0, 5 - len(part))
        for part, count in counts.items()
        if count
    }
    return _Parts(costs, frozenset(part for part, count in counts.items() if not count), unknown)
