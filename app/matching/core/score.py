"""How well one profile fits one opgave, in whole points that add up."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from app.matching.core.disputes import is_not_theirs, link_of, not_for
from app.matching.core.facts import (
    AskedSkill,
    Kind,
    Link,
    Links,
    OfferedSkill,
    OpgaveFacts,
    ProfileFacts,
    Reason,
    Score,
)
from app.matching.core.fits import fits

FULL = 100
MUST_WEIGHT = 3
NICE_WEIGHT = 1
# By how many levels short; the last one is for every distance from there on.
LEVELS_SHORT = (100, 75, 50, 30)
ENERGY = {1: 70, 2: 80, 3: 90, 4: 96, 5: 100}
MOST_ENERGY = max(ENERGY)
LEARNER_IN_WORK = 30
MUST_QUALITY = 50
# What is offered is what is asked; of every other kind it is another skill.
NAMED = frozenset({Kind.SAME, Kind.SYNONYM, Kind.SPELLING})


@dataclass(frozen=True, slots=True)
class _Answer:
    """The best that a profile has for one asked skill."""

    asked: AskedSkill
    max_points: int
    offered: OfferedSkill | None
    link: Link | None
    quality: int

    @property
    def points(self) -> int:
        return self.max_points * self.quality // FULL


def score(profile: ProfileFacts, opgave: OpgaveFacts, vocabulary: Links) -> Score | None:
    """The explained score, or None when these two have nothing to tell each other."""
    if not fits(profile, opgave):
        return None
    answers = tuple(_answers(profile, opgave, vocabulary))
    value = sum(answer.points for answer in answers)
    if value == 0:
        return None
    musts = (answer for answer in answers if answer.asked.must)
    tier = 1 if all(answer.quality >= MUST_QUALITY for answer in musts) else 2
    reasons = tuple(
        _reason(answer, _would_be(answer, answers, profile, opgave, vocabulary))
        for answer in answers
    )
    return Score(profile.id, opgave.id, value, tier, reasons)


def quality(link: Link, asked: AskedSkill, offered: OfferedSkill, *, for_learning: bool) -> int:
    """How much of one asked skill one offered skill covers, in whole percents."""
    learns = offered.wants_to_learn
    level = FULL if learns and for_learning else _for_level(asked.level - offered.level)
    direction = LEARNER_IN_WORK if learns and not for_learning else FULL
    return link.strength * level * ENERGY[offered.energy] * direction // FULL**3


def shares(asked: Sequence[AskedSkill]) -> tuple[int, ...]:
    """A hundred points over the asked skills by weight; largest remainders take what is left."""
    weights = [MUST_WEIGHT if skill.must else NICE_WEIGHT for skill in asked]
    total = sum(weights)
    points = [FULL * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda at: -(FULL * weights[at] % total))
    for at in by_remainder[: FULL - sum(points)]:
        points[at] += 1
    return tuple(points)


def in_order(asked: Iterable[AskedSkill]) -> list[AskedSkill]:
    """In an order of their own, so that the same two always get the same points."""
    return sorted(asked, key=lambda skill: (not skill.must, skill.label, skill.level))


def by_preference(offered: OfferedSkill) -> tuple[str, int, int, bool]:
    """Of offers that are worth the same the first in this order is named."""
    return (offered.label, -offered.level, -offered.energy, offered.wants_to_learn)


def _for_level(levels_short: int) -> int:
    return LEVELS_SHORT[min(max(levels_short, 0), len(LEVELS_SHORT) - 1)]


def _answers(profile: ProfileFacts, opgave: OpgaveFacts, vocabulary: Links) -> Iterator[_Answer]:
    if not opgave.skills:
        return
    asked = in_order(opgave.skills)
    for skill, max_points in zip(asked, shares(asked), strict=True):
        offers = (
            (quality(link, skill, offered, for_learning=opgave.for_learning), offered, link)
            for offered in profile.skills
            if (link := link_of(skill.label, offered, vocabulary))
        )
        best, offered, link = min(offers, key=_best_first, default=(0, None, None))
        yield _Answer(skill, max_points, offered, link, best)


def _best_first(
    offer: tuple[int, OfferedSkill, Link],
) -> tuple[int, tuple[str, int, int, bool]]:
    percent, offered, _ = offer
    return (-percent, by_preference(offered))


def _would_be(
    answer: _Answer,
    answers: Sequence[_Answer],
    profile: ProfileFacts,
    opgave: OpgaveFacts,
    vocabulary: Links,
) -> int:
    """The value once the profile has what `words.what_if` names, for every question it serves."""
    better = _better(answer, profile, vocabulary)
    value = 0
    for each in answers:
        link = link_of(each.asked.label, better, vocabulary) if better else None
        percent = each.quality
        if link and better:
            learning = opgave.for_learning
            percent = max(percent, quality(link, each.asked, better, for_learning=learning))
        value += each.max_points * percent // FULL
    return value


def _better(answer: _Answer, profile: ProfileFacts, vocabulary: Links) -> OfferedSkill | None:
    """The offer at the level asked, or what is asked itself when another skill answers."""
    asked, offered, link = answer.asked, answer.offered, answer.link
    if offered and link and link.kind in NAMED:
        return replace(offered, level=max(offered.level, asked.level))
    if is_not_theirs(asked.label, profile.disputes, vocabulary):
        return None
    # A profile names a skill once.
    if any(_is_same(vocabulary.link(asked.label, one.label)) for one in profile.skills):
        return None
    disputed = not_for(asked.label, profile.disputes, vocabulary)
    return OfferedSkill(asked.label, asked.level, MOST_ENERGY, not_for=disputed)


def _is_same(link: Link | None) -> bool:
    return link is not None and link.kind is Kind.SAME


def _reason(answer: _Answer, would_be: int) -> Reason:
    asked, offered = answer.asked, answer.offered
    return Reason(
        asked=asked.label,
        must=asked.must,
        asked_level=asked.level,
        offered=offered.label if offered else None,
        offered_level=offered.level if offered else None,
        energy=offered.energy if offered else None,
        wants_to_learn=offered.wants_to_learn if offered else False,
        kind=answer.link.kind if answer.link else None,
        points=answer.points,
        max_points=answer.max_points,
        would_be=would_be,
    )
