"""Which matches would be other ones, if the words were as somebody is about to make them."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from uuid import UUID

from sqlalchemy import Uuid, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.gemeenten.models import Gemeente
from app.matching import queries
from app.matching.core.altered import Difference
from app.matching.core.disputes import with_disputes
from app.matching.core.facts import OpgaveFacts, ProfileFacts, Reason, Score
from app.matching.core.rank import worth_telling
from app.matching.core.score import score
from app.matching.core.vocabulary import Vocabulary
from app.matching.touched import Pair, asked_words, offered_words, touched_pairs
from app.opgaven.models import Opgave
from app.opgaven.queries import meant_for
from app.people.models import Profile
from app.people.rules import Visibility
from app.vocabulary.lexicon import Lexicon

MOST_SCORED = 2_000
MOST_EXAMPLES = 5


@dataclass(frozen=True)
class AlteredMatch:
    """A match that comes, goes or gets another score.

    The reason that makes most of the change is told as it will be, or `reason_ends` as it was.
    """

    profile_id: UUID
    opgave_id: UUID
    before: int | None
    after: int | None
    reason: Reason
    reason_ends: bool

    @property
    def change(self) -> int:
        return (self.after or 0) - (self.before or 0)


@dataclass(frozen=True)
class Example:
    """An altered match; of the colleague nothing is told but the province.

    Who wants to be seen by nobody is no example at all.
    """

    title: str
    province: str
    match: AlteredMatch


@dataclass(frozen=True)
class Preview:
    """How many matches come, go and change, and some of each; `is_whole` says if that is all."""

    come: int = 0
    go: int = 0
    change: int = 0
    coming: tuple[Example, ...] = ()
    going: tuple[Example, ...] = ()
    changing: tuple[Example, ...] = ()
    is_whole: bool = True

    @property
    def has_any(self) -> bool:
        return bool(self.come or self.go or self.change)


def preview(session: Session, today: date, words: Lexicon) -> Preview:
    """What these words would alter, of at most so many matches as can be shown in a moment."""
    found, is_whole = altered_matches(session, today, words)
    come = [one for one in found if one.before is None]
    go = [one for one in found if one.after is None]
    change = [one for one in found if one.before is not None and one.after is not None]
    told = _Telling(session, [*come, *go, *change])
    return Preview(
        come=len(come),
        go=len(go),
        change=len(change),
        coming=told.examples(come),
        going=told.examples(go),
        changing=told.examples(change),
        is_whole=is_whole,
    )


def altered_matches(
    session: Session, today: date, words: Lexicon, most: int = MOST_SCORED
) -> tuple[list[AlteredMatch], bool]:
    """The matches that would be other ones, and whether these are all of them."""
    before, after = queries.vocabulary(session), Vocabulary(words.facts(), words.different)
    asked, offered = asked_words(session, today), offered_words(session)
    difference = Difference(before, after, asked, offered)
    links, is_whole = difference.altered()
    pairs = touched_pairs(session, today, difference, links)
    chosen = list(islice(pairs, most))
    is_whole = is_whole and next(pairs, None) is None
    return list(_compared(session, today, chosen, before, after)), is_whole


def _compared(
    session: Session, today: date, pairs: Collection[Pair], before: Vocabulary, after: Vocabulary
) -> Iterator[AlteredMatch]:
    people = {user_id for user_id, _ in pairs}
    profiles = {one.id: one for one in queries.profile_facts(session, people)}
    opgave_ids = {opgave_id for _, opgave_id in pairs}
    opgaven = {one.id: one for one in queries.opgave_facts(session, today, opgave_ids)}
    meant = meant_for(session, opgave_ids)
    for user_id, opgave_id in pairs:
        # Somebody may have paused, or an opgave ended, while we looked.
        profile, opgave = profiles.get(user_id), opgaven.get(opgave_id)
        if profile is None or opgave is None:
            continue
        codes = meant[opgave_id]
        found = _altered(profile, opgave, before, after)
        if found is not None and (codes is None or profile.gemeente_code in codes):
            yield found


def _altered(
    profile: ProfileFacts, opgave: OpgaveFacts, before: Vocabulary, after: Vocabulary
) -> AlteredMatch | None:
    was = score(profile, opgave, before)
    # What somebody disputes counts for every word that means the same, in other words another one.
    skills = with_disputes(profile.skills, profile.disputes, after)
    becomes = score(replace(profile, skills=skills), opgave, after)
    values = _told(was), _told(becomes)
    if values[0] == values[1]:
        return None
    return AlteredMatch(profile.id, opgave.id, *values, *_decisive(was, becomes))


def _told(found: Score | None) -> int | None:
    return found.value if found is not None and worth_telling(found) else None


def _decisive(was: Score | None, becomes: Score | None) -> tuple[Reason, bool]:
    """The reason that changes most, where it is worth most; and whether that is how it was."""
    old = {_key(reason): reason for reason in (was.reasons if was else ())}
    new = {_key(reason): reason for reason in (becomes.reasons if becomes else ())}
    gains = {
        key: (new[key].points if key in new else 0) - (old[key].points if key in old else 0)
        for key in {**old, **new}
    }
    most = min(gains, key=lambda key: (-abs(gains[key]), key))
    ends = most not in new or (gains[most] < 0 and most in old)
    return (old if ends else new)[most], ends


def _key(reason: Reason) -> tuple[str, bool, int]:
    return reason.asked, reason.must, reason.asked_level


class _Telling:
    """Titles and provinces for examples."""

    def __init__(self, session: Session, found: Collection[AlteredMatch]) -> None:
        opgaven = select(Opgave.id, Opgave.title)
        ids = any_(literal(list({one.opgave_id for one in found}), ARRAY(Uuid)))
        self._titles = dict(session.execute(opgaven.where(Opgave.id == ids)).all())
        people = any_(literal(list({one.profile_id for one in found}), ARRAY(Uuid)))
        provinces = (
            select(Profile.user_id, Gemeente.province)
            .join(User, User.id == Profile.user_id)
            .join(Gemeente, Gemeente.code == User.gemeente_code)
            .where(Profile.user_id == people, Profile.visibility != Visibility.HIDDEN)
        )
        self._provinces = dict(session.execute(provinces).all())

    def examples(self, found: Iterable[AlteredMatch]) -> tuple[Example, ...]:
        """Those that change most, of people who want to be seen by somebody."""
        seen = (one for one in found if one.profile_id in self._provinces)
        ordered = sorted(seen, key=lambda one: (-abs(one.change), one.opgave_id, one.profile_id))
        return tuple(
            Example(self._titles[one.opgave_id], self._provinces[one.profile_id], one)
            for one in ordered[:MOST_EXAMPLES]
        )
