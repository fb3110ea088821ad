"""Reads a Dutch text as the words it is made of, and each word as its roots and letters."""

import re
from collections import defaultdict
from functools import cache, lru_cache
from pathlib import Path

from app.matching.core.compounds import split
from app.vocabulary.rules import normalise, stemmed

DATA = Path(__file__).parent / "data"
TEXT_LIMIT = 6_000
# What is remembered must stay small, whatever people paste.
TOKEN_LIMIT = 128
WORD_LIMIT = 60
GRAMS = (3, 4, 5)
# They hold sentences together and say nothing of what a text is about.
EMPTY = frozenset((DATA / "empty-words.txt").read_text(encoding="utf-8").split())
_FEMALE = re.compile(r"(?<=\w{4})sters?$")
# Verkeer is no verker, and who parks a car makes no park.
_DOING = re.compile(r"(?<=\w{4})(?:ing|isch|(?<!verk)(?<!park)er)$")


def words(text: str) -> list[str]:
    """The words that say something, folded, in their order."""
    tokens = (token[:TOKEN_LIMIT] for token in text[:TEXT_LIMIT].split())
    return [word for token in tokens for word in _folded(token) if word not in EMPTY]


@lru_cache(maxsize=50_000)
def roots(word: str) -> tuple[str, ...]:
    """What a word is built from, part by part and without inflection."""
    return tuple(root(part) for part in split(word) if part not in EMPTY)


@lru_cache(maxsize=50_000)
def root(part: str) -> str:
    """Without inflection, and one for who does something and the doing: beheerster, beheren."""
    stem = stemmed(_FEMALE.sub("er", part)) or part
    return _DOING.sub("", stem)


def grams(word: str) -> tuple[str, ...]:
    """Its runs of three to five letters, with a space where the word begins and ends."""
    padded = f" {word} "
    return tuple(padded[at : at + size] for size in GRAMS for at in range(len(padded) - size + 1))


@cache
def alike() -> dict[str, frozenset[str]]:
    """Per root the roots that people use for the same thing when they speak of work."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in (DATA / "alike.txt").read_text(encoding="utf-8").splitlines():
        group = {read[0] for word in words(line) if len(read := roots(word)) == 1}
        for one in group:
            found[one] |= group - {one}
    return {one: frozenset(others) for one, others in found.items()}


@cache
def hollow() -> frozenset[str]:
    """The roots that say what kind of work it is, and not what it is about."""
    names = (DATA / "hollow-words.txt").read_text(encoding="utf-8")
    return frozenset(root for word in words(names) for root in roots(word))


@cache
def idle() -> frozenset[str]:
    """The words that tell nothing of the work: how many, how often, what anybody does."""
    return frozenset((DATA / "idle-words.txt").read_text(encoding="utf-8").split())


@lru_cache(maxsize=50_000)
def _folded(token: str) -> tuple[str, ...]:
    return tuple(word[:WORD_LIMIT] for word in normalise(token).split())
