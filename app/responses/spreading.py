"""Who is asked first of those who fit alike, and how evenly invitations are spread; pure."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from uuid import UUID

from app.matching.core.facts import Score
from app.matching.core.words import group_of

# Points within which two fit alike: less than one wish that is there or not makes, as a rule, so
# that nobody passes somebody who has what is asked for.
ALIKE = 5
# Older invitations no longer count for whose turn it is.
LOOKS_BACK = timedelta(weeks=12)
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Invited:
    """How often somebody was invited in that time, and when last."""

    times: int = 0
    last_at: datetime = NEVER


@dataclass(frozen=True)
class Turn:
    """`asked_less` says that this one passed somebody with as many points or more."""

    score: Score
    asked_less: bool


def in_turn(ranked: Sequence[Score], invited: Mapping[UUID, Invited]) -> list[Turn]:
    """Best first; of those who fit alike, who was invited least and longest ago comes first.

    Never over tiers or over the groups that a page shows.
    """
    turns: list[Turn] = []
    for _, together in groupby(ranked, key=_kind):
        for alike in _bands(list(together)):
            turns += _turns(alike, invited)
    return turns


def gini(counts: Sequence[int]) -> float | None:
    """0 when everybody has as many, near 1 when one has all; None without anything to share."""
    total, size = sum(counts), len(counts)
    if not total:
        return None
    weighed = sum(place * count for place, count in enumerate(sorted(counts), start=1))
    return 2 * weighed / (size * total) - (size + 1) / size


def _kind(score: Score) -> Hashable:
    return score.tier, group_of(score)


def _bands(ranked: list[Score]) -> Iterator[list[Score]]:
    """Those within so many points of the best of their band; a band begins where one ends."""
    while ranked:
        best = ranked[0].value
        alike = [score for score in ranked if best - score.value < ALIKE]
        yield alike
        ranked = ranked[len(alike) :]


def _turns(alike: list[Score], invited: Mapping[UUID, Invited]) -> Iterator[Turn]:
    def asked(score: Score) -> tuple[int, datetime]:
        found = invited.get(score.profile_id, Invited())
        return found.times, found.last_at

    # Sorting keeps the order of those who were invited alike: best first.
    ordered = sorted(alike, key=asked)
    for place, score in enumerate(ordered):
        passed = (
            other.value >= score.value and asked(other) > asked(score)
            for other in ordered[place + 1 :]
        )
        yield Turn(score, asked_less=any(passed))
