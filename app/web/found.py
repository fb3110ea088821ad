"""Why a search gave a result, in the words of matching."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.matching.core.facts import Kind, Link
from app.matching.core.words import KINDS
from app.matching.searching import Sought
from app.opgaven.models import AskedSkill
from app.people.rules import Direction
from app.people.visibility import SeenSkill
from app.vocabulary.rules import normalise

NOTHING_SOUGHT = Sought()


@dataclass(frozen=True)
class FoundBy:
    """A skill that gave a result, and in which way when it is not the very word."""

    label: str
    how: str
    strength: int


def found_by_offered(skills: Iterable[SeenSkill], sought: Sought) -> tuple[FoundBy, ...]:
    """The skills of a colleague that answer what was typed, the best first."""
    return _best_first(
        FoundBy(skill.label, _how_offered(link, skill), link.strength)
        for skill in skills
        if (link := sought.words.get(normalise(skill.label)))
    )


def found_by_asked(skills: Iterable[AskedSkill], sought: Sought) -> tuple[FoundBy, ...]:
    """The skills that an opgave asks and that are answered by what was typed, the best first."""
    return _best_first(
        FoundBy(skill.label, _how_asked(link), link.strength)
        for skill in skills
        if (link := sought.words.get(skill.label_normal))
    )


def found_in_text(found_by: tuple[FoundBy, ...], sought: Sought) -> str:
    """What was typed, when it is only in the text that a result was found."""
    return "" if found_by else sought.text


def _best_first(found: Iterable[FoundBy]) -> tuple[FoundBy, ...]:
    return tuple(sorted(found, key=lambda one: (-one.strength, bool(one.how))))


def _how_offered(link: Link, skill: SeenSkill) -> str:
    learns = "om te leren" if skill.direction is Direction.WANTS else ""
    return ", ".join(filter(None, (_how(link), learns)))


def _how_asked(link: Link) -> str:
    """It is the typed word, and not the skill, of which matching says that it is narrower."""
    has_sides = link.kind in {Kind.NARROWER, Kind.BROADER}
    return f"je zoekwoord is {_how(link)}" if has_sides else _how(link)


def _how(link: Link) -> str:
    return "" if link.kind is Kind.SAME else KINDS[link.kind]
