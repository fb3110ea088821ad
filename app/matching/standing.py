"""Who fits what as things stand now: what a snapshot finds, and what changed since it was made.

The snapshot says who may be among the best; every score that leaves here is counted anew from what
the database says now. So a fresh snapshot and an old one give the same answer. Without one workers
compare everybody, as long as that is few, and pages show what workers found before.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.matching import queries
from app.matching.core.facts import Links, OpgaveFacts, ProfileFacts, Score
from app.matching.core.rank import BEST_KEPT, rank, worth_telling
from app.matching.core.score import score
from app.matching.core.vocabulary import Vocabulary
from app.matching.models import Build, Change
from app.matching.shelf import NO_SHELF, Shelf
from app.opgaven import queries as opgaven
from app.people import queries as people
from app.vocabulary import queries as vocabulary

if TYPE_CHECKING:
    from app.matching.country import Country


# Without a snapshot everybody is compared with everything, one by one; so many take seconds.
MOST_ONE_BY_ONE = 5_000


class NoSnapshotYet(Exception):
    """There is too much to compare one by one; a builder is at work, and this is tried again."""


@dataclass(frozen=True)
class Standing:
    """The newest snapshot, and who and what is otherwise by now. Without one, that is everybody."""

    session: Session
    today: date
    country: "Country | None"
    profiles: frozenset[UUID] = frozenset()
    opgaven: frozenset[UUID] = frozenset()

    @cached_property
    def words(self) -> Vocabulary:
        return queries.vocabulary(self.session)

    @cached_property
    def links(self) -> Links:
        """How words are linked now; looked up in the snapshot when it was made with these words."""
        is_of_words = self.country is not None and (
            self.country.manifest.words == str(vocabulary.version(self.session))
        )
        return self.country.links(self.words) if self.country and is_of_words else self.words

    def people_for(self, opgave: OpgaveFacts, also: Collection[UUID] = ()) -> list[Score]:
        """Who fits, best first: the best fifty for certain, and these when they fit."""
        if self.country is None:
            _refuse_too_many(people.count_published(self.session))
            profiles = queries.profile_facts(self.session)
            return scores(self.session, self.links, profiles, [opgave])
        gone = self.profiles
        meant_for = opgaven.meant_for(self.session, [opgave.id])[opgave.id]
        while True:
            found = self.country.people_for(opgave, self.words, gone, meant_for=meant_for)
            profiles = queries.profile_facts(self.session, {*found, *self.profiles, *also})
            missing = set(found) - {one.id for one in profiles}
            if not missing:
                return scores(self.session, self.links, profiles, [opgave])
            gone |= missing

    def opgaven_for(self, profile: ProfileFacts, also: Collection[UUID] = ()) -> list[Score]:
        """What fits, best first: the best fifty for certain, and these when they fit."""
        if self.country is None:
            _refuse_too_many(opgaven.count_open(self.session, self.today))
            asking = queries.opgave_facts(self.session, self.today)
            return scores(self.session, self.links, [profile], asking)
        gone = self.opgaven
        while True:
            is_new = profile.id in self.profiles
            found = self.country.opgaven_for(profile, self.words, gone, is_new=is_new)
            ids = {*found, *self.opgaven, *also}
            asking = queries.opgave_facts(self.session, self.today, ids)
            # Closed as the day ended, or deleted, without a word to us.
            missing = set(found) - {one.id for one in asking}
            if not missing:
                return scores(self.session, self.links, [profile], asking)
            gone |= missing


def _refuse_too_many(many: int) -> None:
    if many > MOST_ONE_BY_ONE:
        raise NoSnapshotYet


def standing(session: Session, today: date, shelf: Shelf = NO_SHELF) -> Standing:
    """How things stand; with a snapshot that was put there while we looked, we look again."""
    while True:
        country = shelf.newest()
        if country is None:
            return Standing(session, today, None)
        # Of a snapshot that this database did not make the numbers mean nothing: a backup was put
        # back. Then, and until its maker is saved, every change counts.
        is_ours = session.get(Build, UUID(country.manifest.version)) is not None
        seen = country.manifest.seen if is_ours else 0
        rows = session.execute(
            select(Change.profile_id, Change.opgave_id).where(Change.number > seen)
        ).all()
        # What is in a newer snapshot is a change no more, and was perhaps among these no more.
        if shelf.newest() is country:
            profiles = frozenset(row.profile_id for row in rows if row.profile_id)
            opgaven = frozenset(row.opgave_id for row in rows if row.opgave_id)
            return Standing(session, today, country, profiles, opgaven)


def matches_of_person(
    session: Session, viewer: Actor, today: date, shelf: Shelf, limit: int = BEST_KEPT
) -> list[Score]:
    """How the viewer fits open opgaven, best first.

    Counted from the snapshot as things are now; without one, what workers found and still holds.
    """
    now = standing(session, today, shelf)
    if viewer.user_id is None or now.country is None:
        stored = queries.stored_matches_of_person(session, viewer, today, limit)
        return [one.score for one in stored]
    found: list[Score] = []
    for profile in queries.profile_facts(session, [viewer.user_id]):
        found = now.opgaven_for(profile)[:limit]
    return found


def match_of_person(session: Session, user_id: UUID, opgave_id: UUID, today: date) -> Score | None:
    """How these two fit as they are now, when that is worth telling."""
    return matches_of_people(session, [user_id], opgave_id, today).get(user_id)


def matches_of_people(
    session: Session, user_ids: Collection[UUID], opgave_id: UUID, today: date
) -> dict[UUID, Score]:
    """How each of these fits the opgave as they are now, of those where that is worth telling."""
    profiles = queries.profile_facts(session, user_ids)
    asked = queries.opgave_facts(session, today, [opgave_id])
    found = scores(session, queries.vocabulary(session), profiles, asked)
    return {one.profile_id: one for one in found}


def scores(
    session: Session,
    words: Links,
    profiles: Iterable[ProfileFacts],
    opgaven: Sequence[OpgaveFacts],
) -> list[Score]:
    """Everybody of these with each of these: what is worth telling, best first."""
    return scores_of(session, words, list(product(profiles, opgaven)))


def scores_of(
    session: Session, words: Links, pairs: Sequence[tuple[ProfileFacts, OpgaveFacts]]
) -> list[Score]:
    """What is worth telling of these pairs, best first."""
    meant_for = opgaven.meant_for(session, {opgave.id for _, opgave in pairs})
    found = (
        score(profile, opgave, words)
        for profile, opgave in pairs
        if (codes := meant_for[opgave.id]) is None or profile.gemeente_code in codes
    )
    return rank(one for one in found if one is not None and worth_telling(one))
