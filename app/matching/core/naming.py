"""The forms in which names are looked up, from sure to unsure, and which concept goes by each."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from app.matching.core.compounds import split
from app.vocabulary.rules import ConceptFacts, normalise, squeezed, stemmed

# Beheer van groen is groenbeheer; recht op zorg is something else than zorgrecht.
_TURNED = re.compile(r"^(\w+) (?:van|voor|bij)(?: (?:de|het|een))? (\w+)$")


class Forms(NamedTuple):
    """A name as it is written, as one word, and part by part without inflection."""

    normal: str
    joined: str
    stem: str


def forms_of(label: str) -> Forms:
    normal = normalise(label)
    return Forms(normal, squeezed(normal), stem_of(normal))


def stem_of(normal: str) -> str:
    """Without inflection and without what links parts: gladheidsbestrijding, beheer van groen."""
    words = _TURNED.sub(r"\2\1", normal).split() if " " in normal else [normal]
    return squeezed(stemmed(" ".join("".join(split(word)) for word in words)))


class Owners:
    """Per form of a name the concept it belongs to, when only one can be meant."""

    def __init__(self, concepts: Iterable[ConceptFacts]) -> None:
        named = [(forms_of(name), one) for one in concepts for name in one.names]
        self.normal, self.joined, self.stem = (
            _owners((forms[at], concept) for forms, concept in named) for at in range(3)
        )

    def concept(self, forms: Forms) -> int | None:
        """The one concept that certainly goes by this name, in the surest of its forms."""
        found = map(dict.get, (self.normal, self.joined, self.stem), forms)
        return next((concept for concept in found if concept is not None), None)


def _owners(named: Iterable[tuple[str, ConceptFacts]]) -> dict[str, int]:
    owners: dict[str, dict[int, bool]] = defaultdict(dict)
    for name, concept in named:
        owners[name][concept.id] = concept.own
    found = {name: _only(owning) for name, owning in owners.items()}
    return {name: concept for name, concept in found.items() if name and concept is not None}


def _only(owning: dict[int, bool]) -> int | None:
    """The single concept, or else the single one that is our own."""
    own = [concept for concept, is_own in owning.items() if is_own]
    choice = own if len(owning) > 1 else list(owning)
    return choice[0] if len(choice) == 1 else None
