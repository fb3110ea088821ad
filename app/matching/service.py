"""Keeping the matches in line with profiles, opgaven and words."""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import dutch_time
from app.core.locks import BUILD_LOCK, MATCHING_LOCK
from app.core.progress import Progress, no_progress
from app.core.work import Work
from app.matching import queries
from app.matching.core.facts import Score
from app.matching.events import MatchingUnfinished
from app.matching.models import Build, Change, Match, NightlyRun
from app.matching.saving import MOST_OF_OPGAVE, MOST_OF_PERSON, displaced_from, remove, save
from app.matching.shelf import NO_SHELF, Shelf
from app.matching.standing import standing
from app.vocabulary import queries as vocabulary

if TYPE_CHECKING:
    from app.matching.country import Country
    from app.matching.snapshot import Manifest

NIGHT_HOUR = 2
# What changed since the snapshot is counted anew at every question, so it is kept to a little.
MOST_CHANGES = 100
LONGEST_CHANGE = timedelta(minutes=5)


def match_opgave(work: Work, opgave_id: UUID, shelf: Shelf = NO_SHELF) -> None:
    """Find who fits one opgave."""
    _take_turns(work)
    work.session.add(Change(opgave_id=opgave_id, changed_at=work.now))
    known = set(work.session.scalars(select(Match.profile_id).where(Match.opgave_id == opgave_id)))
    found: list[Score] = []
    for opgave in queries.opgave_facts(work.session, work.today, [opgave_id]):
        found = standing(work.session, work.today, shelf).people_for(opgave, known)
    kept = [
        one for place, one in enumerate(found) if place < MOST_OF_OPGAVE or one.profile_id in known
    ]
    save(work, kept)
    gone = known - {one.profile_id for one in kept}
    remove(work, [(profile_id, opgave_id) for profile_id in gone])


def match_profile(work: Work, user_id: UUID, shelf: Shelf = NO_SHELF) -> None:
    """Find what fits one profile."""
    _take_turns(work)
    work.session.add(Change(profile_id=user_id, changed_at=work.now))
    known = set(work.session.scalars(select(Match.opgave_id).where(Match.profile_id == user_id)))
    found: list[Score] = []
    for profile in queries.profile_facts(work.session, [user_id]):
        found = standing(work.session, work.today, shelf).opgaven_for(profile, known)
    displaced = displaced_from(work, found)
    kept = [
        one
        for place, one in enumerate(found)
        if place < MOST_OF_PERSON or one.opgave_id in known or one.opgave_id not in displaced
    ]
    save(work, kept)
    gone = known - {one.opgave_id for one in kept}
    remove(work, [(user_id, opgave_id) for opgave_id in gone])


def match_everything(work: Work, shelf: Shelf = NO_SHELF, progress: Progress = no_progress) -> bool:
    """Compare everybody with everything; whether that is done, or `go_on` is to follow.

    Makes a snapshot first, so that nothing that changed is passed over, and forgets the words that
    nobody uses any more.
    """
    # The compiled loops weigh more than all else together; most processes never need them.
    from app.matching import building, similarity  # noqa: PLC0415

    _take_turns(work)
    work.session.execute(select(func.pg_advisory_xact_lock(BUILD_LOCK)))
    similarity.forget_unused(work.session)
    return _rematch(work, building.build(work, shelf.folder, progress), progress)


def go_on(work: Work, shelf: Shelf = NO_SHELF, progress: Progress = no_progress) -> bool:
    """Compare what the last run left, with its snapshot as long as nothing changed."""
    _take_turns(work)
    country = shelf.newest()
    if country is None or work.session.scalar(select(func.count(Change.number))):
        return match_everything(work, shelf, progress)
    return _rematch(work, country, progress)


def match_nightly(work: Work, shelf: Shelf = NO_SHELF) -> None:
    """Compare everything once a night, at the first call after two o'clock in Amsterdam.

    Time itself changes what fits: a window ends, an opgave comes nearer.
    """
    if dutch_time(work.now).hour < NIGHT_HOUR:
        return
    begun = work.session.execute(
        insert(NightlyRun)
        .values(night=work.today, began_at=work.now)
        .on_conflict_do_nothing()
        .returning(NightlyRun.night)
    ).first()
    if begun is not None:
        match_everything(work, shelf)
        work.fetch(NightlyRun, work.today).matches = queries.count(work.session)


def keep_fresh(work: Work, shelf: Shelf) -> bool:
    """Make a new snapshot when much, or something for long, is other than in the newest one."""
    if not work.session.scalar(select(func.pg_try_advisory_xact_lock(BUILD_LOCK))):
        # Somebody makes one at this moment.
        return False
    country = shelf.newest()
    if country is not None and not _is_stale(work, country.manifest):
        return False
    from app.matching import building  # noqa: PLC0415

    building.build(work, shelf.folder)
    return True


def _is_stale(work: Work, manifest: "Manifest") -> bool:
    """Whether it was made from other words or another database, or too much changed since."""
    many, oldest, words, is_of_here = work.session.execute(
        select(
            func.count(Change.number),
            func.min(Change.changed_at),
            vocabulary.VERSION.scalar_subquery(),
            exists().where(Build.version == UUID(manifest.version)),
        )
    ).one()
    return (
        manifest.words != str(words)
        or not is_of_here
        or many >= MOST_CHANGES
        or (oldest is not None and work.now - oldest >= LONGEST_CHANGE)
    )


def _rematch(work: Work, country: "Country", progress: Progress) -> bool:
    from app.matching import night  # noqa: PLC0415

    is_done = night.rematch(work, country, progress)
    if not is_done:
        work.emit(MatchingUnfinished())
    return is_done


def _take_turns(work: Work) -> None:
    work.session.execute(select(func.pg_advisory_xact_lock(MATCHING_LOCK)))
