"""Words in use that name no concept, how many use them, and what they may belong to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from rapidfuzz import fuzz
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.finding import counted
from app.matching import queries
from app.matching.core.kin import kinship
from app.matching.core.spelling import spelling_ratio
from app.opgaven.models import AskedSkill, Opgave
from app.opgaven.queries import is_open
from app.people.models import Profile, Skill
from app.people.rules import ProfileState
from app.vocabulary import queries as vocabulary_queries
from app.vocabulary.decided import left_aside
from app.vocabulary.queries import Suggestion
from app.vocabulary.rules import normalise, squeezed

MOST_PROPOSED = 3
# Of so many concepts that begin with, hold or look like a word the surest are proposed.
MOST_LOOKED_AT = 12


@dataclass(frozen=True)
class UsedWord:
    """A word as most people write it, and on how many profiles and in how many opgaven it is."""

    normal: str
    word: str
    profiles: int = 0
    opgaven: int = 0

    @property
    def uses(self) -> int:
        return self.profiles + self.opgaven


class Why(IntEnum):
    """Why a word may belong to a concept, the surest first."""

    SPELLING = 1
    WITHIN = 2
    KIN = 3
    LETTERS = 4


@dataclass(frozen=True)
class Proposal:
    """A concept that a word may belong to, and the name of it that says so."""

    concept_id: int
    label: str
    name: str
    why: Why
    strength: int


def used_words(session: Session, today: date) -> dict[str, UsedWord]:
    """Every word on a published profile or in an open opgave, by its comparable form."""
    found = {
        normal: UsedWord(normal, word, profiles=count) for normal, word, count in _offered(session)
    }
    for normal, word, count in _asked(session, today):
        known = found.get(normal, UsedWord(normal, word))
        found[normal] = UsedWord(normal, known.word, known.profiles, count)
    return found


def unlinked_words(session: Session, today: date, text: str = "") -> list[UsedWord]:
    """Words that name no concept and that nobody left aside, the most used first."""
    vocabulary, aside = queries.vocabulary(session), left_aside(session)
    wanted = squeezed(normalise(counted(text)))
    found = (
        word
        for normal, word in used_words(session, today).items()
        if normal not in aside
        and wanted in squeezed(normal)
        and vocabulary.concept_of(normal) is None
    )
    return sorted(found, key=lambda word: (-word.uses, word.normal))


def used_word(session: Session, today: date, word: str) -> UsedWord:
    """This word with how many use it, also when nobody does."""
    normal = normalise(word)
    return used_words(session, today).get(normal, UsedWord(normal, word))


def proposals_for(session: Session, word: str) -> list[Proposal]:
    """At most three concepts that the word may belong to, the surest first."""
    vocabulary = queries.vocabulary(session)
    near = vocabulary_queries.suggestions(session, word, limit=MOST_LOOKED_AT)
    found = [*_alike(word, near), *_within(session, word)]
    surest: dict[int, Proposal] = {}
    for one in sorted(found, key=lambda one: (one.why, -one.strength)):
        if not vocabulary.are_different(vocabulary.term(word), vocabulary.term(one.label)):
            surest.setdefault(one.concept_id, one)
    return list(surest.values())[:MOST_PROPOSED]


def _alike(word: str, near: Iterable[Suggestion]) -> Iterator[Proposal]:
    wanted = normalise(word)
    for place, one in enumerate(near):
        for name in (one.label, *one.also):
            normal = normalise(name)
            ratio, kin = spelling_ratio(wanted, normal), kinship(wanted, normal)
            if ratio:
                yield Proposal(one.id, one.label, name, Why.SPELLING, ratio)
            elif kin:
                yield Proposal(one.id, one.label, name, Why.KIN, kin)
        # Their order says how sure they are.
        nearest = max((one.label, *one.also), key=lambda name: fuzz.ratio(wanted, normalise(name)))
        yield Proposal(one.id, one.label, nearest, Why.LETTERS, -place)


def _within(session: Session, word: str) -> Iterator[Proposal]:
    """What reading a text finds in it: names that stand in the word."""
    for one in queries.proposals(session, word, ()):
        why = Why.WITHIN if one.is_sure else Why.KIN
        yield Proposal(one.concept_id, one.label, one.words[0], why, one.sureness)


def _offered(session: Session) -> Iterator[tuple[str, str, int]]:
    yield from session.execute(
        select(
            Skill.label_normal,
            func.mode().within_group(Skill.label),
            func.count(Skill.user_id.distinct()),
        )
        .join(Profile, Profile.user_id == Skill.user_id)
        .where(Profile.state == ProfileState.PUBLISHED, Skill.label_normal != "")
        .group_by(Skill.label_normal)
    )


def _asked(session: Session, today: date) -> Iterator[tuple[str, str, int]]:
    yield from session.execute(
        select(
            AskedSkill.label_normal,
            func.mode().within_group(AskedSkill.label),
            func.count(AskedSkill.opgave_id.distinct()),
        )
        .join(Opgave, Opgave.id == AskedSkill.opgave_id)
        .where(is_open(today), AskedSkill.label_normal != "")
        .group_by(AskedSkill.label_normal)
    )
