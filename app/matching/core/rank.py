"""Which scores come first, and which are worth a word."""

from collections.abc import Iterable

from app.matching.core.facts import Score

MIN_VALUE = 30
# So many of the best are found, stored and shown.
BEST_KEPT = 50


def rank(scores: Iterable[Score], limit: int | None = None) -> list[Score]:
    """Whoever has every must-have first, then the highest value; the ids settle a tie."""
    return sorted(scores, key=_order)[:limit]


def worth_telling(score: Score) -> bool:
    """Whether somebody would want to hear of it unasked."""
    musts = [reason for reason in score.reasons if reason.must]
    has_a_must = any(reason.points for reason in musts) or not musts
    return score.value >= MIN_VALUE and has_a_must


def _order(score: Score) -> tuple[int, int, bytes, bytes]:
    return (score.tier, -score.value, score.profile_id.bytes, score.opgave_id.bytes)
