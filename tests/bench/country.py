"""A made-up country of a size of choice: gemeenten that exist, people and opgaven that do not.

Skills are words of our own vocabulary and phrases made from them, used as words are (a few often,
most seldom), in families that people and opgaven share. A quarter is written the way people write:
with a slip of the keyboard, a compound split or joined, other word order, or words around it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import numpy as np

from app.gemeenten.reference import OWN_LIST, read
from app.gemeenten.rules import GemeenteFacts
from app.matching.core.arrays import EVERYBODY, Array, Name, OfferRows, ProfileRows, WindowRows
from app.matching.core.facts import AskedSkill, OpgaveFacts, Position
from app.opgaven.rules import Place
from app.vocabulary.starter import read_concepts

PHRASES, VARIANTS, SHARE_OF_VARIANTS = 15_000, 10, 0.25
SKILLS_OF_A_PROFILE, SKILLS_OF_AN_OPGAVE = 11, 7
IN_THE_FAMILY = 0.7
# The larger, the less the first words stand out.
RARE = 12.0
AROUND = (
    "{}beleid",
    "advies over {}",
    "{} uitvoeren",
    "coördinatie {}",
    "projecten {}",
    "{} toetsen",
    "toezicht op {}",
    "{} in de wijk",
    "subsidies {}",
    "evaluatie van {}",
)
TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Country:
    """Profiles as rows, opgaven as facts; both in the order of their ids."""

    gemeenten: list[GemeenteFacts]
    profiles: ProfileRows
    windows: WindowRows
    offers: OfferRows
    names: list[Name]
    opgaven: list[OpgaveFacts]
    audiences: list[int]

    @property
    def numbers(self) -> dict[str, int]:
        return {gemeente.code: number for number, gemeente in enumerate(self.gemeenten)}

    @property
    def groups(self) -> list[list[int]]:
        """The numbers of the gemeenten of each province."""
        numbered = list(enumerate(gemeente.province for gemeente in self.gemeenten))
        names = sorted({name for _, name in numbered})
        return [[number for number, of in numbered if of == name] for name in names]

    @property
    def positions(self) -> list[Position]:
        return [position_of(gemeente) for gemeente in self.gemeenten]


class Words:
    """The phrases of the country, each with the ways in which it is written."""

    def __init__(self, dice: np.random.Generator) -> None:
        self.dice = dice
        concepts = read_concepts()
        families = sorted({concept.theme for concept in concepts})
        known = [(name, families.index(one.theme)) for one in concepts for name in one.names]
        phrases = dict(known)
        while len(phrases) < PHRASES:
            name, family = known[dice.integers(len(known))]
            phrases.setdefault(AROUND[dice.integers(len(AROUND))].format(name), family)
        self.family = np.array(list(phrases.values()))
        self.labels = [written for phrase in phrases for written in self._ways(phrase)]
        self.by_family = [
            dice.permutation(np.flatnonzero(self.family == number))
            for number in range(len(families))
        ]
        self.all = dice.permutation(len(phrases))

    def pick(self, families: Array) -> Array:
        """A label for each: mostly of its own family, and mostly as it should be written."""
        many = len(families)
        chosen = self.all[self._often(np.full(many, len(self.all)))]
        own = self.dice.random(many) < IN_THE_FAMILY
        for number, phrases in enumerate(self.by_family):
            here = np.flatnonzero(own & (families == number))
            chosen[here] = phrases[self._often(np.full(len(here), len(phrases)))]
        way = self._often(np.full(many, VARIANTS)) + 1
        way[self.dice.random(many) >= SHARE_OF_VARIANTS] = 0
        picked: Array = chosen * (VARIANTS + 1) + way
        return picked

    def _often(self, many: Array) -> Array:
        """Places in lists of so many: the first ones often, the last ones seldom (Zipf)."""
        place = RARE * (many / RARE + 1.0) ** self.dice.random(len(many)) - RARE
        often: Array = np.minimum(place, many - 1).astype(np.int64)
        return often

    def _ways(self, phrase: str) -> list[str]:
        return [phrase, *(self._way(phrase) for _ in range(VARIANTS))]

    def _way(self, phrase: str) -> str:
        kind = self.dice.integers(6)
        if kind == 0:
            return f"ervaring met {phrase}"
        if kind == 1 and " " in phrase:
            return " ".join(self.dice.permutation(phrase.split()))
        if kind == 2 and " " in phrase:
            return phrase.replace(" ", "", 1)
        if kind == 3 and len(phrase) > 12:
            at = int(self.dice.integers(4, len(phrase) - 4))
            return f"{phrase[:at]} {phrase[at:]}"
        return self._slip(phrase)

    def _slip(self, phrase: str) -> str:
        at = int(self.dice.integers(len(phrase)))
        letter = "etaoinrsdl"[self.dice.integers(10)]
        return phrase[:at] + ("", letter, phrase[at] * 2)[self.dice.integers(3)] + phrase[at + 1 :]


def made(profiles: int, opgaven: int, seed: int = 1) -> Country:
    dice = np.random.default_rng(seed)
    gemeenten = read(OWN_LIST).gemeenten
    words = Words(dice)
    size = np.array([gemeente.inhabitants for gemeente in gemeenten], dtype=float)
    homes = dice.choice(len(gemeenten), profiles, p=size / size.sum())
    offers = _offers(dice, words, _families(dice, len(words.by_family), profiles))
    used, label = np.unique(offers.label, return_inverse=True)
    return Country(
        gemeenten=gemeenten,
        profiles=ProfileRows(
            gemeente=homes,
            travel_km=dice.choice([0, 15, 30, 50, 80], profiles, p=[0.1, 0.25, 0.35, 0.2, 0.1]),
            is_remote=dice.random(profiles) < 0.6,
        ),
        windows=_windows(dice, profiles),
        offers=offers._replace(label=label),
        names=[Name(words.labels[number]) for number in used],
        opgaven=_opgaven(dice, words, gemeenten, opgaven),
        audiences=_audiences(dice, opgaven),
    )


def position_of(gemeente: GemeenteFacts) -> Position:
    return Position(gemeente.latitude, gemeente.longitude)


def _families(dice: np.random.Generator, kinds: int, many: int) -> Array:
    """A family for each, some more often than others."""
    weight = 1 / np.arange(1, kinds + 1) ** 0.5
    return dice.choice(kinds, many, p=weight / weight.sum())


def _windows(dice: np.random.Generator, profiles: int) -> WindowRows:
    owner = np.repeat(np.arange(profiles), dice.integers(1, 3, profiles))
    first = TODAY.toordinal() + dice.integers(-120, 120, len(owner))
    lasts = np.where(dice.random(len(owner)) < 0.5, dice.integers(30, 400, len(owner)), 2_000_000)
    return WindowRows(
        owner,
        dice.choice([4, 8, 12, 16, 24, 36], len(owner)),
        first,
        np.minimum(first + lasts, date.max.toordinal()),
    )


def _offers(dice: np.random.Generator, words: Words, families: Array) -> OfferRows:
    many = dice.integers(2, 2 * SKILLS_OF_A_PROFILE, len(families))
    owner = np.repeat(np.arange(len(families)), many)
    return OfferRows(
        profile=owner,
        label=words.pick(families[owner]),
        level=dice.choice([1, 2, 3, 4], len(owner), p=[0.15, 0.35, 0.35, 0.15]),
        energy=dice.choice([1, 2, 3, 4, 5], len(owner), p=[0.05, 0.15, 0.3, 0.3, 0.2]),
        wants_to_learn=(dice.random(len(owner)) < 0.15).astype(np.int64),
    )


def _opgaven(
    dice: np.random.Generator, words: Words, gemeenten: list[GemeenteFacts], many: int
) -> list[OpgaveFacts]:
    families = _families(dice, len(words.by_family), many)
    counts = dice.integers(4, 2 * SKILLS_OF_AN_OPGAVE - 3, many)
    labels = np.split(words.pick(np.repeat(families, counts)), np.cumsum(counts)[:-1])
    return [
        _opgave(dice, number, gemeenten, [words.labels[at] for at in asked])
        for number, asked in enumerate(labels)
    ]


def _opgave(
    dice: np.random.Generator, number: int, gemeenten: list[GemeenteFacts], labels: list[str]
) -> OpgaveFacts:
    gemeente = gemeenten[dice.integers(len(gemeenten))]
    starts_on = TODAY + timedelta(days=int(dice.integers(0, 90)))
    ends_on = starts_on + timedelta(days=int(dice.integers(20, 300)))
    return OpgaveFacts(
        id=UUID(int=number + 1),
        gemeente_code=gemeente.code,
        for_learning=bool(dice.random() < 0.15),
        skills=tuple(
            AskedSkill(label, bool(dice.random() < 0.5), int(dice.integers(1, 5)))
            for label in labels
        ),
        hours_per_week=int(dice.choice([4, 8, 16, 24])),
        starts_on=starts_on,
        ends_on=ends_on,
        place=list(Place)[dice.integers(len(Place))],
        position=position_of(gemeente),
    )


def _audiences(dice: np.random.Generator, many: int) -> list[int]:
    own_province = dice.random(many) < 0.2
    return [int(dice.integers(12)) if own else EVERYBODY for own in own_province]
