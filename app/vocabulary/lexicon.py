"""All words at once, as they are stored or as they would be after a change; knows no database."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from app.vocabulary.rules import ConceptFacts

Pair = tuple[str, str]
Other = TypeVar("Other")


@dataclass(frozen=True)
class Lexicon:
    """Concepts by id with their wider one, and what is said about them; each change is a copy.

    `own` win over imported ones, and the names of `decided` ones belong to nothing else. A linked
    word is a concept of its own, which counts as the one that `links` has for it.
    """

    broader: Mapping[int, int | None] = field(default_factory=dict)
    own: frozenset[int] = frozenset()
    decided: frozenset[int] = frozenset()
    names: tuple[tuple[int, str], ...] = ()
    related: tuple[tuple[int, int], ...] = ()
    merges: Mapping[int, int] = field(default_factory=dict)
    links: Mapping[int, int] = field(default_factory=dict)
    different: tuple[Pair, ...] = ()

    @property
    def into(self) -> dict[int, int]:
        """Per concept that does not stand alone the one that it counts as."""
        linked = {word: self.merges.get(into, into) for word, into in self.links.items()}
        return {**self.merges, **linked}

    def facts(self) -> list[ConceptFacts]:
        """Every concept that stands on its own, with all its names and ties."""
        into = self.into
        own = {into.get(concept_id, concept_id) for concept_id in self.own}
        names, related = self._names(into), ties_among(self.related, into)
        return [
            ConceptFacts(
                concept_id,
                tuple(names.get(concept_id, ())),
                above(concept_id, broader_id, into),
                tuple(sorted(related.get(concept_id, ()))),
                own=concept_id in own,
            )
            for concept_id, broader_id in sorted(self.broader.items())
            if concept_id not in into
        ]

    def merging(self, concept_id: int, into_id: int) -> "Lexicon":
        return replace(self, merges={**self.merges, concept_id: into_id})

    def parting(self, concept_id: int) -> "Lexicon":
        return replace(self, merges=_without(self.merges, concept_id))

    def linking(self, normal: str, into_id: int) -> "Lexicon":
        made = self._next_id()
        added = self._with(made, [normal], None)
        return replace(added, links={**self.links, made: into_id})

    def adding(self, normals: Iterable[str], broader_id: int | None) -> "Lexicon":
        made = self._next_id()
        return replace(self._with(made, normals, broader_id), own=self.own | {made})

    def removing(self, concept_id: int) -> "Lexicon":
        """Without a concept that a beheerder made; what stood under it moves up."""
        wider = self.broader[concept_id]
        left = _without(self.broader, concept_id)
        return replace(
            self,
            broader={one: wider if up == concept_id else up for one, up in left.items()},
            own=self.own - {concept_id},
            decided=self.decided - {concept_id},
            names=tuple(name for name in self.names if name[0] != concept_id),
            links=_without(self.links, concept_id),
        )

    def telling_apart(self, one: str, other: str) -> "Lexicon":
        return replace(self, different=(*self.different, (one, other)))

    def no_longer_apart(self, one: str, other: str) -> "Lexicon":
        """Once less: a pair of our lists stays when a beheerder takes back the same one."""
        pairs = list(self.different)
        pairs.remove((one, other))
        return replace(self, different=tuple(pairs))

    def _names(self, into: Mapping[int, int]) -> dict[int, list[str]]:
        taken = {normal for concept_id, normal in self.names if concept_id in self.decided}
        found: dict[int, list[str]] = defaultdict(list)
        for concept_id, normal in self.names:
            if concept_id in self.decided or normal not in taken:
                found[into.get(concept_id, concept_id)].append(normal)
        return found

    def _next_id(self) -> int:
        return max(self.broader, default=0) + 1

    def _with(self, made: int, normals: Iterable[str], broader_id: int | None) -> "Lexicon":
        return replace(
            self,
            broader={**self.broader, made: broader_id},
            decided=self.decided | {made},
            names=(*self.names, *((made, normal) for normal in normals)),
        )


def above(concept_id: int, broader_id: int | None, into: Mapping[int, int]) -> int | None:
    """The wider concept, unless both became one."""
    wider = None if broader_id is None else into.get(broader_id, broader_id)
    return None if wider == concept_id else wider


def ties_among(related: Iterable[tuple[int, int]], into: Mapping[int, int]) -> dict[int, set[int]]:
    """Per concept those that touch it, both ways."""
    found: dict[int, set[int]] = defaultdict(set)
    for pair in related:
        one, other = (into.get(concept_id, concept_id) for concept_id in pair)
        if one != other:
            found[one].add(other)
            found[other].add(one)
    return found


def _without(kept: Mapping[int, Other], concept_id: int) -> dict[int, Other]:
    return {one: other for one, other in kept.items() if one != concept_id}
