"""A score as the macros of templates/components/explanation.html and list.html show it."""

from dataclasses import dataclass

from app.matching.core import words
from app.matching.core.facts import Reason, Score
from app.matching.core.words import Voice

TIERS = {1: "Alles wat nodig is", 2: "Een deel"}


@dataclass(frozen=True)
class ReasonView:
    """One asked skill: what is there for it, in words, and what it adds."""

    asked: str
    must: bool
    points: int
    max_points: int
    points_label: str
    sentence: str
    # Level and energy, as far as they are worth a word.
    details: str
    what_if: str


@dataclass(frozen=True)
class MatchView:
    score: int
    # Everything that is needed is there.
    is_complete: bool
    tier_label: str
    sentence: str
    # The page of what was found: the opgave, or the colleague.
    href: str
    reasons: tuple[ReasonView, ...]
    # What is needed and not there at all.
    missing: tuple[str, ...]
    # What would help most.
    what_if: str


def match_view(score: Score, voice: Voice, href: str = "") -> MatchView:
    """The score as somebody is told of it: about themselves (`YOU`) or about a colleague."""
    return MatchView(
        score=score.value,
        is_complete=score.tier == 1,
        tier_label=TIERS[score.tier],
        sentence=words.score_sentence(score, voice),
        href=href,
        reasons=tuple(_reason_view(reason, voice) for reason in score.reasons),
        missing=tuple(r.asked for r in score.reasons if r.must and r.offered is None),
        what_if=_best_what_if(score),
    )


def _reason_view(reason: Reason, voice: Voice) -> ReasonView:
    details = (words.level_sentence(reason), words.energy_sentence(reason, voice))
    return ReasonView(
        asked=reason.asked,
        must=reason.must,
        points=reason.points,
        max_points=reason.max_points,
        points_label=words.points_words(reason),
        sentence=words.sentence(reason, voice),
        details=" ".join(filter(None, details)),
        what_if=words.what_if(reason),
    )


def _best_what_if(score: Score) -> str:
    helps = [reason for reason in score.reasons if words.what_if(reason)]
    if not helps:
        return ""
    return words.what_if(max(helps, key=lambda reason: reason.would_be))
