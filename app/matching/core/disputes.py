"""What somebody says of a reason: it is left out, for them and for every word that means the same.

What stands on a profile in the very word that is asked always counts: whoever no longer wants that
takes it off the profile.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.matching.core.facts import Disputed, Kind, Link, Links, OfferedSkill, Reason
from app.vocabulary.rules import normalise

ONE_MEANING = frozenset({Kind.SAME, Kind.SYNONYM})


def may_dispute(reason: Reason) -> bool:
    """Whether it names two words of which somebody can say that they are not alike."""
    return reason.offered is not None and reason.kind is not Kind.SAME


def with_disputes(
    skills: Iterable[OfferedSkill], disputes: Sequence[Disputed], vocabulary: Links
) -> tuple[OfferedSkill, ...]:
    """The skills, each with the asked words that it does not answer."""
    return tuple(_not_for(skill, not_for(skill.label, disputes, vocabulary)) for skill in skills)


def not_for(offered: str, disputes: Iterable[Disputed], vocabulary: Links) -> tuple[str, ...]:
    """The asked words, in comparable form, that what is offered does not answer."""
    found = {
        normalise(one.asked)
        for one in disputes
        if one.offered is None or mean_one_thing(one.offered, offered, vocabulary)
    }
    return tuple(sorted(found))


def is_disputed(asked: str, link: Link, words: Sequence[str], vocabulary: Links) -> bool:
    """Whether this link to an asked word is left out by a skill that is not for these words."""
    if not words or link.kind is Kind.SAME:
        return False
    return any(mean_one_thing(word, asked, vocabulary) for word in words)


def link_of(asked: str, offered: OfferedSkill, vocabulary: Links) -> Link | None:
    """How the skill answers what is asked, as far as its owner does not dispute that."""
    link = vocabulary.link(asked, offered.label)
    if link is None or is_disputed(asked, link, offered.not_for, vocabulary):
        return None
    return link


def is_not_theirs(asked: str, disputes: Iterable[Disputed], vocabulary: Links) -> bool:
    """Whether somebody says that nothing of theirs answers this."""
    said = (one.asked for one in disputes if one.offered is None)
    return any(mean_one_thing(one, asked, vocabulary) for one in said)


def mean_one_thing(one: str, other: str, vocabulary: Links) -> bool:
    link = vocabulary.link(one, other)
    return link is not None and link.kind in ONE_MEANING


def _not_for(skill: OfferedSkill, words: tuple[str, ...]) -> OfferedSkill:
    return skill if skill.not_for == words else replace(skill, not_for=words)
