"""How two names of skills relate: from sure to unsure, the first that applies wins."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

from app.matching.core.facts import Kind, Link
from app.matching.core.kin import kinship
from app.matching.core.naming import Forms, Owners, forms_of
from app.matching.core.spelling import spelling_ratio
from app.vocabulary.rules import ConceptFacts

SAME_STRENGTH = 100
NARROWER_STRENGTHS = (90, 80, 70)
BROADER_STRENGTHS = (60, 45)
RELATED_STRENGTH = 50
# A country has a hundred thousand words and millions of pairs; what is remembered is bounded.
TERMS_KEPT = 100_000
LINKS_KEPT = 200_000


# A form of a word, or a concept.
Key = int | str


@dataclass(frozen=True, slots=True)
class Term:
    """A word in the forms in which it is compared, and the concept that it surely names."""

    normal: str
    joined: str
    stem: str
    concept: int | None

    def keys(self) -> tuple[Key, ...]:
        forms = (self.joined, self.stem)
        return forms if self.concept is None else (self.concept, *forms)


class Vocabulary:
    """Everything matching knows about words; built once, then only asked."""

    def __init__(
        self, concepts: Iterable[ConceptFacts] = (), different: Iterable[tuple[str, str]] = ()
    ) -> None:
        self.concepts = {concept.id: concept for concept in concepts}
        self._below: dict[int, list[int]] = defaultdict(list)
        self._beside: dict[int, set[int]] = defaultdict(set)
        for concept in self.concepts.values():
            if concept.broader is not None:
                self._below[concept.broader].append(concept.id)
            for other in concept.related:
                self._beside[concept.id].add(other)
                self._beside[other].add(concept.id)
        self.owners = Owners(self.concepts.values())
        self.term = lru_cache(TERMS_KEPT)(self._read)
        self.compared = lru_cache(LINKS_KEPT)(self.compare)
        self.apart = {
            (one, other)
            for pair in different
            for one, other in product(*(self.term(word).keys() for word in pair))
            if one != other
        }
        self._apart_from: dict[Key, set[Key]] = defaultdict(set)
        for key, other_key in self.apart:
            self._apart_from[key].add(other_key)
            self._apart_from[other_key].add(key)

    def concept_of(self, label: str) -> int | None:
        """The one concept that certainly goes by this name."""
        return self.term(label).concept

    def retaken(self, term: Term) -> Term:
        """A word that another vocabulary read, as this one takes it."""
        forms = Forms(term.normal, term.joined, term.stem)
        return Term(*forms, self.owners.concept(forms))

    def unlike(self, other: "Vocabulary") -> set[int]:
        """The concepts that have other names or ties than in the other one, or that one lacks."""
        ours, theirs = self.concepts, other.concepts
        return {one for one in ours.keys() | theirs.keys() if ours.get(one) != theirs.get(one)}

    def around(self, concept: int) -> set[int]:
        """The concepts that this one can answer or be answered by, if it is known here."""
        if concept not in self.concepts:
            return set()
        return self.answering(concept) | self.answered_by(concept)

    def answering(self, asked: int) -> set[int]:
        """The concepts that can answer this one, by whatever way; itself among them."""
        return self._around(asked, above=len(BROADER_STRENGTHS), below=len(NARROWER_STRENGTHS))

    def answered_by(self, offered: int) -> set[int]:
        """The concepts that this one can answer: the same ways, walked back."""
        return self._around(offered, above=len(NARROWER_STRENGTHS), below=len(BROADER_STRENGTHS))

    def link(self, asked: str, offered: str) -> Link | None:
        """What somebody who offers the one has of the other."""
        pair = self.term(asked), self.term(offered)
        return self.compared(*pair) if all(term.normal for term in pair) else None

    def compare(self, asked: Term, offered: Term) -> Link | None:
        apart = self.are_different(asked, offered)
        if asked.joined == offered.joined or (asked.stem == offered.stem and not apart):
            return Link(Kind.SAME, SAME_STRENGTH)
        if asked.concept is not None and offered.concept is not None:
            # Two known words are what the vocabulary says; they are no typos of one another.
            return self._curated(asked.concept, offered.concept)
        if apart:
            return None
        ratio = spelling_ratio(asked.normal, offered.normal)
        if ratio:
            return Link(Kind.SPELLING, ratio)
        kin = kinship(asked.normal, offered.normal)
        return Link(Kind.KIN, kin) if kin else None

    def are_different(self, one: Term, other: Term) -> bool:
        """Whether it was said of these two that they only look alike."""
        ours = map(self._apart_from.get, one.keys())
        return any(apart and not apart.isdisjoint(other.keys()) for apart in ours)

    def _read(self, label: str) -> Term:
        forms = forms_of(label)
        return Term(*forms, self.owners.concept(forms))

    def _curated(self, asked: int, offered: int) -> Link | None:
        if asked == offered:
            return Link(Kind.SYNONYM, SAME_STRENGTH)
        for strength, above in zip(NARROWER_STRENGTHS, self._above(offered), strict=False):
            if above == asked:
                return Link(Kind.NARROWER, strength)
        for strength, above in zip(BROADER_STRENGTHS, self._above(asked), strict=False):
            if above == offered:
                return Link(Kind.BROADER, strength)
        if offered in self._beside[asked]:
            return Link(Kind.RELATED, RELATED_STRENGTH)
        return None

    def _around(self, concept: int, *, above: int, below: int) -> set[int]:
        found = {concept, *islice(self._above(concept), above), *self._beside[concept]}
        level = {concept}
        for _ in range(below):
            level = {lower for one in level for lower in self._below[one]}
            found |= level
        return found

    def _above(self, concept: int) -> Iterator[int]:
        """The concepts above this one, nearest first; callers stop after a few steps."""
        above = self.concepts[concept].broader
        while above is not None and above in self.concepts:
            yield above
            above = self.concepts[above].broader
