"""What the platform takes a typed skill for, so that its writer can correct it."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.extensions import db
from app.matching import queries as matching
from app.vocabulary import queries
from app.vocabulary.rules import LABEL_LIMIT, normalise

MOST_MEANT = 3
# For how many unknown words of one form other words are looked up; each is a question to the
# database, and a form can hold any number of them.
MOST_LOOKED_UP = 10


@dataclass(frozen=True)
class Hint:
    """The concept that a word stands for, or else those that may have been meant."""

    word: str
    concept: str = ""
    meant: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        return bool(self.concept)

    @property
    def is_other_word(self) -> bool:
        return self.is_known and normalise(self.concept) != normalise(self.word)


def hints_for(words: Iterable[str]) -> dict[str, Hint]:
    """A hint for every word that can be a skill at all; the first unknown ones with other words."""
    usable = [word for word in dict.fromkeys(words) if normalise(word) and _fits(word)]
    concepts = _concepts(usable)
    unknown = [word for word in usable if word not in concepts]
    meant = {word: _meant(word) for word in unknown[:MOST_LOOKED_UP]}
    return {word: Hint(word, concepts.get(word, ""), meant.get(word, ())) for word in usable}


def unknown_among(words: Iterable[str]) -> list[str]:
    """The words that only match with somebody who writes the same."""
    usable = list(dict.fromkeys(words))
    concepts = _concepts(usable)
    return [word for word in usable if word not in concepts]


def _fits(word: str) -> bool:
    return len(word) <= LABEL_LIMIT


def _concepts(words: list[str]) -> dict[str, str]:
    """Per word the label of the concept that matching takes it for."""
    vocabulary = matching.vocabulary(db.session())
    found = {word: vocabulary.concept_of(word) for word in words}
    labels = queries.labels_of(db.session(), {id_ for id_ in found.values() if id_ is not None})
    return {word: labels[id_] for word, id_ in found.items() if id_ in labels}


def _meant(word: str) -> tuple[str, ...]:
    near = queries.suggestions(db.session(), word, limit=MOST_MEANT)
    return tuple(suggestion.label for suggestion in near)
