"""An opgave in words, for its page and for the list of its gemeente."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import url_for

from app.core.dutch import dutch_date
from app.labels import label
from app.matching.core.facts import Score
from app.matching.core.words import LEVELS, YOU
from app.opgaven.models import AskedSkill, Opgave
from app.opgaven.rules import NEXT, OpgaveStatus, is_overdue
from app.web.cards import TONES
from app.web.match_view import MatchView, SaidOf, SaidView, match_view

ENDED = frozenset(status for status, following in NEXT.items() if not following)


@dataclass(frozen=True)
class OwnLine:
    """One of the own gemeente's opgaven, and how it stands."""

    title: str
    href: str
    edit_href: str
    colleagues_href: str
    is_open: bool
    kind_label: str
    closing_on: date | None
    # Who fits besides those who showed interest.
    matches: int
    interested: int


@dataclass(frozen=True)
class OwnGroup:
    label: str
    tone: str
    lines: tuple[OwnLine, ...]


@dataclass(frozen=True)
class AskedLine:
    label: str
    level: int
    level_label: str


def asked(skills: Sequence[AskedSkill], *, must: bool) -> list[AskedLine]:
    return [
        AskedLine(skill.label, skill.level, LEVELS[skill.level])
        for skill in skills
        if skill.must is must
    ]


def groups(
    opgaven: Sequence[Opgave], matches: Mapping[UUID, int], interested: Mapping[UUID, int]
) -> list[OwnGroup]:
    """The opgaven by status; what needs attention comes first."""
    order = (OpgaveStatus.OPEN, OpgaveStatus.CONCEPT, OpgaveStatus.CLOSED, OpgaveStatus.WITHDRAWN)
    found = []
    for status in order:
        lines = [
            _line(one, matches.get(one.id, 0), interested.get(one.id, 0))
            for one in opgaven
            if one.status is status
        ]
        if lines:
            found.append(OwnGroup(label(status), TONES[status], tuple(lines)))
    return found


def own_match(score: Score | None, ended: str, said_of: SaidOf) -> MatchView | None:
    """Why the opgave fits whoever reads it, while they can still react."""
    return match_view(score, YOU, said_of=said_of) if score and not ended else None


def said_of_all(skills: Iterable[AskedSkill], said_of: SaidOf) -> list[SaidView]:
    """All that its reader said of what is asked, once."""
    return list(dict.fromkeys(one for skill in skills for one in said_of(skill.label)))


def ended_sentence(opgave: Opgave, today: date) -> str:
    """How and when the opgave ended, or nothing while it has not."""
    if is_overdue(opgave.status, opgave.closes_on, today):
        return f"Reageren op deze opgave kon tot en met {dutch_date(opgave.closes_on)}."
    if opgave.status in ENDED:
        return f"Deze opgave is {opgave.status.value} op {dutch_date(opgave.ended_at)}."
    return ""


def _line(opgave: Opgave, matches: int, interested: int) -> OwnLine:
    is_open = opgave.status is OpgaveStatus.OPEN
    return OwnLine(
        title=opgave.title,
        href=url_for("opgaven.show", opgave_id=opgave.id),
        edit_href=url_for("opgaven.edit", opgave_id=opgave.id) if NEXT[opgave.status] else "",
        colleagues_href=url_for("matching.of_opgave", opgave_id=opgave.id)
        if is_open or interested
        else "",
        is_open=is_open,
        kind_label=label(opgave.kind),
        closing_on=opgave.closes_on,
        matches=matches,
        interested=interested,
    )
