"""Kin: two labels that share words which tell something, though not one is the other's name."""

import math
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache

from app.matching.core.reading import hollow, roots, words
from app.vocabulary.rules import LABEL_LIMIT
from app.vocabulary.starter import read_concepts

MOST_KIN = 40
LEAST_LIKENESS = 0.65
HOLLOW = 0.5


def kinship(one: str, other: str) -> int:
    """How much two short labels share, from 0 to 40, the same whatever else is stored."""
    ours, theirs = told_by(one), told_by(other)
    shared = sorted(ours.keys() & theirs.keys())
    if all(root in hollow() for root in shared) or _are_siblings(one, other, shared):
        return 0
    likeness = sum(ours[root] * theirs[root] for root in shared)
    return min(round(MOST_KIN * likeness), MOST_KIN) if likeness >= LEAST_LIKENESS else 0


def _are_siblings(one: str, other: str, shared: Sequence[str]) -> bool:
    """A klantreis and a dienstreis are both a reis; what comes before says of which craft."""
    if " " in one or " " in other:
        return False
    ours, theirs = roots(one), roots(other)
    return min(len(ours), len(theirs)) > 1 and shared == [ours[-1]] == [theirs[-1]]


@lru_cache(maxsize=50_000)
def told_by(label: str) -> dict[str, float]:
    """What each root of a label tells; the squares add up to one."""
    found = {root for word in words(label[:LABEL_LIMIT]) for root in roots(word)}
    weights = {root: rarity(root) for root in found}
    length = math.sqrt(math.fsum(weight**2 for weight in weights.values()))
    return {root: weight / length for root, weight in weights.items()}


def rarity(root: str) -> float:
    """The fewer names of our own vocabulary have a root, the more it tells."""
    having = _named()
    rare = math.log((_how_many() + 1) / (having[root] + 1))
    return rare * HOLLOW if root in hollow() else rare


@cache
def _how_many() -> int:
    return _named().total()


@cache
def _named() -> Counter[str]:
    names = (words(name) for concept in read_concepts() for name in concept.names)
    return Counter(root for name in names for root in {r for word in name for r in roots(word)})
