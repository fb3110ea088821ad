"""How long a search may take, and what of the last one still holds meanwhile."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from app.matching.core.facts import Reason, Score
from app.vocabulary.rules import normalise

SEARCH_TAKES = timedelta(seconds=30)
# Stands for a skill that its owner wrote in a phrase of their own, and that not everybody reads.
NOT_SHOWN = "iets in eigen woorden"


class Labelled(Protocol):
    """A skill, offered or asked."""

    @property
    def label(self) -> str: ...


class Search(StrEnum):
    """How the last search for somebody or something stands."""

    DONE = "done"
    RUNNING = "running"
    SLOW = "slow"


def search_state(waiting_since: datetime | None, now: datetime) -> Search:
    """What waits is being looked for; what waits for long is told to be slow."""
    if waiting_since is None:
        return Search.DONE
    return Search.SLOW if now - waiting_since > SEARCH_TAKES else Search.RUNNING


def still_holds(score: Score, offered: Iterable[Labelled], asked: Iterable[Labelled]) -> bool:
    """Whether everything that the score names is still on the profile and in the opgave.

    Until the next search a score tells of how both were; what is gone must not be named.
    """
    used = {normalise(reason.offered) for reason in score.reasons if reason.offered}
    wanted = {normalise(reason.asked) for reason in score.reasons}
    return used <= _normals(offered) and wanted <= _normals(asked)


def told_with(score: Score, shown: Iterable[Labelled]) -> Score:
    """The score without any word of the profile that is not among these."""
    known = _normals(shown)
    return replace(score, reasons=tuple(_told(reason, known) for reason in score.reasons))


def _told(reason: Reason, known: set[str]) -> Reason:
    if reason.offered is None or normalise(reason.offered) in known:
        return reason
    return replace(reason, offered=NOT_SHOWN)


def _normals(skills: Iterable[Labelled]) -> set[str]:
    return {normalise(skill.label) for skill in skills}
