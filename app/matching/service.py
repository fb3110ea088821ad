"""Keeping the matches in line with profiles, opgaven and words."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import dutch_time
from app.core.locks import MATCHING_LOCK
from app.core.work import Work
from app.matching import queries
from app.matching.core.facts import OpgaveFacts, ProfileFacts, Score
from app.matching.core.rank import worth_telling
from app.matching.core.score import score
from app.matching.events import MatchesFound
from app.matching.models import Match, NightlyRun

ROWS_A_STATEMENT = 500
NIGHT_HOUR = 2


def match_opgave(work: Work, opgave_id: UUID) -> None:
    """Compare one opgave with every published profile."""
    _take_turns(work)
    opgaven = queries.opgave_facts(work.session, work.today, [opgave_id])
    scores = _scores(work, queries.profile_facts(work.session), opgaven)
    known = set(work.session.scalars(select(Match.profile_id).where(Match.opgave_id == opgave_id)))
    gone = known - {score.profile_id for score in scores}
    _save(work, scores, [(profile_id, opgave_id) for profile_id in gone])


def match_profile(work: Work, user_id: UUID) -> None:
    """Compare one profile with every open opgave."""
    _take_turns(work)
    profiles = queries.profile_facts(work.session, [user_id])
    scores = _scores(work, profiles, queries.opgave_facts(work.session, work.today))
    known = set(work.session.scalars(select(Match.opgave_id).where(Match.profile_id == user_id)))
    gone = known - {score.opgave_id for score in scores}
    _save(work, scores, [(user_id, opgave_id) for opgave_id in gone])


def match_everything(work: Work) -> int:
    """Compare every profile with every open opgave; how many matches there are."""
    _take_turns(work)
    profiles = queries.profile_facts(work.session)
    scores = _scores(work, profiles, queries.opgave_facts(work.session, work.today))
    known = set(work.session.execute(select(Match.profile_id, Match.opgave_id)))
    gone = known - {(score.profile_id, score.opgave_id) for score in scores}
    _save(work, scores, sorted(gone))
    return len(scores)


def match_nightly(work: Work) -> None:
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
        work.fetch(NightlyRun, work.today).matches = match_everything(work)


def _take_turns(work: Work) -> None:
    work.session.execute(select(func.pg_advisory_xact_lock(MATCHING_LOCK)))


def _scores(
    work: Work, profiles: Sequence[ProfileFacts], opgaven: Sequence[OpgaveFacts]
) -> list[Score]:
    words = queries.vocabulary(work.session)
    meant_for = queries.meant_for(work.session, [opgave.id for opgave in opgaven])
    found = []
    for opgave in opgaven:
        codes = meant_for[opgave.id]
        for profile in profiles:
            if codes is None or profile.gemeente_code in codes:
                found.append(score(profile, opgave, words))
    return [one for one in found if one is not None and worth_telling(one)]


def _save(work: Work, scores: Sequence[Score], gone: Sequence[tuple[UUID, UUID]]) -> None:
    """Write what is new or another than before, and remove what no longer fits."""
    new: dict[UUID, list[UUID]] = {}
    for part in _parts(scores):
        for profile_id, opgave_id in _upsert(work, part):
            new.setdefault(opgave_id, []).append(profile_id)
    if gone:
        pair = tuple_(Match.profile_id, Match.opgave_id)
        work.session.execute(delete(Match).where(pair.in_(gone)))
    for opgave_id, profile_ids in new.items():
        work.emit(MatchesFound(opgave_id=opgave_id, profile_ids=tuple(profile_ids)))


def _upsert(work: Work, scores: Sequence[Score]) -> list[tuple[UUID, UUID]]:
    """Write these scores; the pairs that were not there before."""
    rows = [
        {
            "profile_id": one.profile_id,
            "opgave_id": one.opgave_id,
            "value": one.value,
            "tier": one.tier,
            "reasons": [reason.as_plain() for reason in one.reasons],
            "found_at": work.now,
            "changed_at": work.now,
        }
        for one in scores
    ]
    fresh = insert(Match).values(rows)
    written = work.session.execute(
        fresh.on_conflict_do_update(
            index_elements=[Match.profile_id, Match.opgave_id],
            set_={
                name: fresh.excluded[name] for name in ("value", "tier", "reasons", "changed_at")
            },
            where=(Match.reasons.is_distinct_from(fresh.excluded.reasons))
            | (Match.tier.is_distinct_from(fresh.excluded.tier)),
        ).returning(Match.profile_id, Match.opgave_id, Match.found_at == Match.changed_at)
    )
    return [(profile_id, opgave_id) for profile_id, opgave_id, is_new in written if is_new]


def _parts(scores: Sequence[Score]) -> Iterable[Sequence[Score]]:
    for start in range(0, len(scores), ROWS_A_STATEMENT):
        yield scores[start : start + ROWS_A_STATEMENT]
