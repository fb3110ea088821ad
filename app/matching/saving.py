"""Writing matches: what is new, what is another than before, and what no longer fits."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Uuid,
    case,
    column,
    delete,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from app.core.work import Work
from app.matching.core.facts import Score
from app.matching.core.rank import BEST_KEPT
from app.matching.events import MatchesFound
from app.matching.models import Match

ROWS_A_STATEMENT = 5_000
# The columns of a score; the moment is that of the work.
GIVEN = ("profile_id", "opgave_id", "value", "tier", "reasons", "mark")
# A match is stored when it is among the best of either side.
MOST_OF_OPGAVE, MOST_OF_PERSON = BEST_KEPT, 5

Pair = tuple[UUID, UUID]
Part = TypeVar("Part")


def save(work: Work, scores: Sequence[Score], marks: Mapping[Pair, int] | None = None) -> None:
    """Write what is new or another than before, and tell of what is new.

    `marks` say per profile and opgave what a score was made from; without one it is made anew
    tonight.
    """
    new: dict[UUID, list[UUID]] = {}
    for part in _parts(scores, ROWS_A_STATEMENT):
        for profile_id, opgave_id in _upsert(work, part, marks or {}):
            new.setdefault(opgave_id, []).append(profile_id)
    for opgave_id, profile_ids in new.items():
        work.emit(MatchesFound(opgave_id=opgave_id, profile_ids=tuple(profile_ids)))


def remove(work: Work, pairs: Collection[Pair]) -> None:
    """Of profiles and opgaven that no longer fit."""
    for part in _parts(sorted(pairs), 2 * ROWS_A_STATEMENT):
        profile_ids, opgave_ids = zip(*part, strict=True)
        gone = (
            func.unnest(literal(profile_ids, ARRAY(Uuid)), literal(opgave_ids, ARRAY(Uuid)))
            .table_valued(column("profile_id", Uuid), column("opgave_id", Uuid))
            .render_derived()
        )
        work.session.execute(
            delete(Match)
            .where(Match.profile_id == gone.c.profile_id, Match.opgave_id == gone.c.opgave_id)
            .execution_options(synchronize_session=False)
        )


def displaced_from(work: Work, scores: Sequence[Score]) -> set[UUID]:
    """The opgaven of these scores that have fifty better matches already."""
    place = func.row_number().over(
        partition_by=Match.opgave_id, order_by=(Match.tier, Match.value.desc(), Match.profile_id)
    )
    ranked = (
        select(Match.opgave_id, Match.profile_id, Match.tier, Match.value, place.label("place"))
        .where(Match.opgave_id.in_([one.opgave_id for one in scores]))
        .subquery()
    )
    last = {
        row.opgave_id: (row.tier, -row.value, row.profile_id)
        for row in work.session.execute(select(ranked).where(ranked.c.place == MOST_OF_OPGAVE))
    }
    return {
        one.opgave_id
        for one in scores
        if one.opgave_id in last and last[one.opgave_id] < (one.tier, -one.value, one.profile_id)
    }


def _upsert(work: Work, scores: Sequence[Score], marks: Mapping[Pair, int]) -> list[Pair]:
    """Write these scores; the pairs that were not there before."""
    rows = [
        {
            "profile_id": str(one.profile_id),
            "opgave_id": str(one.opgave_id),
            "value": one.value,
            "tier": one.tier,
            "reasons": [reason.as_plain() for reason in one.reasons],
            "mark": marks.get((one.profile_id, one.opgave_id)),
        }
        for one in scores
    ]
    # All rows are one value, so the statement is the same however many there are.
    columns = [column(name, Match.__table__.c[name].type) for name in GIVEN]
    given = func.jsonb_to_recordset(literal(rows, JSONB)).table_valued(*columns)
    now = literal(work.now, Match.__table__.c.found_at.type)
    fresh = insert(Match).from_select(
        [*GIVEN, "found_at", "changed_at"],
        select(given.render_derived(with_types=True), now, now),
    )
    is_other = Match.reasons.is_distinct_from(fresh.excluded.reasons) | (
        Match.tier.is_distinct_from(fresh.excluded.tier)
    )
    written = work.session.execute(
        fresh.on_conflict_do_update(
            index_elements=[Match.profile_id, Match.opgave_id],
            set_={
                **{name: fresh.excluded[name] for name in ("value", "tier", "reasons", "mark")},
                "changed_at": case((is_other, fresh.excluded.changed_at), else_=Match.changed_at),
            },
            where=is_other | Match.mark.is_distinct_from(fresh.excluded.mark),
        ).returning(Match.profile_id, Match.opgave_id, literal_column("xmax = 0", Boolean))
    )
    return [(profile_id, opgave_id) for profile_id, opgave_id, is_new in written if is_new]


def _parts(things: Sequence[Part], size: int) -> Iterator[Sequence[Part]]:
    for start in range(0, len(things), size):
        yield things[start : start + size]
