"""A score as the macros of templates/components/explanation.html and list.html show it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from app.matching.core import words
from app.matching.core.disputes import may_dispute
from app.matching.core.facts import Reason, Score
from app.matching.core.words import YOU, Group, Standing, Voice


@dataclass(frozen=True)
class SaidView:
    """Why a reason is not there, or is another: its reader said so, and can take it back."""

    dispute_id: UUID
    said: str


# What the reader said of this asked skill.
SaidOf = Callable[[str], tuple[SaidView, ...]]


@dataclass(frozen=True)
class ReasonView:
    """One asked skill: what is there for it, in words, and what it adds."""

    asked: str
    must: bool
    standing: Standing
    points: int
    max_points: int
    points_label: str
    sentence: str
    # Level and energy, and why points are not there.
    details: str
    what_if: str
    # Whether its reader can say that it is wrong.
    may_dispute: bool
    said: tuple[SaidView, ...] = ()


@dataclass(frozen=True)
class MatchView:
    opgave_id: UUID
    score: int
    group: Group
    group_label: str
    sentence: str
    # The page of what was found: the opgave, or the colleague.
    href: str
    reasons: tuple[ReasonView, ...]
    # The strongest ones, for a card.
    short_reasons: tuple[ReasonView, ...]
    # What is asked and not there at all, as a sentence.
    missing: str
    # What would help most.
    what_if: str


def nothing_said(_asked: str) -> tuple[SaidView, ...]:
    return ()


def match_view(
    score: Score, voice: Voice, href: str = "", said_of: SaidOf = nothing_said
) -> MatchView:
    """The score as somebody is told of it: about themselves (`YOU`) or about a colleague.

    What somebody said of a reason is for nobody else.
    """
    return MatchView(
        opgave_id=score.opgave_id,
        score=score.value,
        group=words.group_of(score),
        group_label=words.group_words(score, voice),
        sentence=words.score_sentence(score, voice),
        href=href,
        reasons=_reason_views(score.reasons, score, voice, said_of),
        short_reasons=_reason_views(words.short_reasons(score), score, voice, said_of),
        missing=words.missing_sentence(score),
        what_if=words.best_what_if(score),
    )


def _reason_views(
    reasons: Iterable[Reason], score: Score, voice: Voice, said_of: SaidOf
) -> tuple[ReasonView, ...]:
    return tuple(_reason_view(reason, score, voice, said_of) for reason in reasons)


def _reason_view(reason: Reason, score: Score, voice: Voice, said_of: SaidOf) -> ReasonView:
    return ReasonView(
        asked=reason.asked,
        must=reason.must,
        standing=words.standing(reason),
        points=reason.points,
        max_points=reason.max_points,
        points_label=words.points_words(reason),
        sentence=words.sentence(reason, voice),
        details=words.details(reason, voice),
        what_if=words.what_if(reason, score.value),
        may_dispute=voice is YOU and may_dispute(reason),
        said=said_of(reason.asked),
    )
