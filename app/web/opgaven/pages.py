"""An opgave in words, for its page and for the list of its gemeente."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from app.accounts.rules import may_grant
from app.core.actor import Actor, Role
from app.core.dutch import dutch_date, listed
from app.labels import label
from app.matching.core.facts import Score
from app.matching.core.words import LEVELS, YOU
from app.opgaven import queries
from app.opgaven.events import OpgaveEnded
from app.opgaven.models import AskedSkill, Opgave
from app.opgaven.queries import Step
from app.opgaven.rules import (
    ENDED,
    NEXT,
    TAKES_ANSWERS,
    WRITABLE,
    OpgaveStatus,
    is_overdue,
)
from app.web.cards import TONES
from app.web.match_view import MatchView, SaidOf, SaidView, match_view

LOOKING_TAKES = timedelta(weeks=2)
# What needs attention comes first.
ORDER = (
    OpgaveStatus.REVIEW,
    OpgaveStatus.TALKING,
    OpgaveStatus.OPEN,
    OpgaveStatus.CONCEPT,
    OpgaveStatus.FILLED,
    OpgaveStatus.RUNNING,
    OpgaveStatus.DONE,
    OpgaveStatus.EXPIRED,
    OpgaveStatus.WITHDRAWN,
)
# What its own people read above an opgave, and others when nobody can react any more.
HOW_IT_STANDS = {
    OpgaveStatus.CONCEPT: "Dit concept ziet alleen jouw gemeente",
    OpgaveStatus.REVIEW: "Deze opgave wacht op een collega die meekijkt",
    OpgaveStatus.OPEN: "Deze opgave staat open",
    OpgaveStatus.TALKING: "Jullie zijn in gesprek",
    OpgaveStatus.FILLED: "Deze opgave is bezet",
    OpgaveStatus.RUNNING: "Aan deze opgave wordt gewerkt",
    OpgaveStatus.DONE: "Deze opgave is afgerond",
    OpgaveStatus.WITHDRAWN: "Deze opgave is voorbij",
    OpgaveStatus.EXPIRED: "Deze opgave is voorbij",
}
STEP_WORDS = {
    "opgave.drafted": "Het concept is begonnen",
    "opgave.submitted": "Een collega is gevraagd mee te kijken",
    "opgave.sent_back": "De opgave is teruggestuurd",
    "opgave.allowed": "De opgave is goedgekeurd",
    "opgave.published": "De opgave ging open",
    "opgave.changed": "De opgave is gewijzigd",
    "opgave.talking": "Het gesprek met een collega begon",
    "opgave.filled": "De opgave is bezet",
    "opgave.reopened": "De opgave ging weer open",
    "opgave.started": "Het werk begon",
    "opgave.ended": "De opgave is {status}",
    "opgave.handed_over": "De opgave is overgedragen",
    "co_owner.named": "Er is een tweede opgavehouder gekozen",
    "seat.taken": "Een plek is bezet",
    "seat.freed": "Een plek kwam vrij",
}
NO_MORE = {
    OpgaveStatus.FILLED: "Voor deze opgave is gevonden wie er nodig was.",
    OpgaveStatus.RUNNING: "Aan deze opgave wordt gewerkt. Reageren kan niet meer.",
}


class Deed(StrEnum):
    """What its own people can do with an opgave, each a button or a link on its page."""

    PUBLISH = "publish"
    EDIT = "edit"
    TALK = "talk"
    FILL = "fill"
    REOPEN = "reopen"
    START = "start"
    FINISH = "finish"
    WITHDRAW = "withdraw"
    HAND_OVER = "hand_over"


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
    """The opgaven by status."""
    found = []
    for status in ORDER:
        lines = [
            _line(one, matches.get(one.id, 0), interested.get(one.id, 0))
            for one in opgaven
            if one.status is status
        ]
        if lines:
            found.append(OwnGroup(label(status), TONES[status], tuple(lines)))
    return found


def deeds_of(status: OpgaveStatus) -> frozenset[Deed]:
    """What can be done with an opgave that stands so."""
    moves = NEXT[status]
    can = {
        Deed.PUBLISH: status is OpgaveStatus.CONCEPT,
        Deed.EDIT: status in WRITABLE,
        Deed.TALK: status is OpgaveStatus.OPEN,
        Deed.FILL: OpgaveStatus.FILLED in moves,
        Deed.REOPEN: status is OpgaveStatus.FILLED,
        Deed.START: OpgaveStatus.RUNNING in moves,
        Deed.FINISH: OpgaveStatus.DONE in moves,
        Deed.WITHDRAW: OpgaveStatus.WITHDRAWN in moves,
        Deed.HAND_OVER: status not in ENDED,
    }
    return frozenset(deed for deed, may in can.items() if may)


@dataclass(frozen=True)
class ReviewBlock:
    """What its own people read and do about a colleague who looks at it before it opens."""

    # Publishing asks somebody first.
    is_asked: bool
    waits_since: datetime | None
    may_judge: bool
    # Who may; nobody, when the gemeente has nobody but who wrote it.
    names: str
    # Whoever reads it may name an opgavehouder, who could then judge.
    may_name: bool
    sent_back_words: str


def review_block(session: Session, viewer: Actor, opgave: Opgave, *, is_asked: bool) -> ReviewBlock:
    waits = opgave.status is OpgaveStatus.REVIEW
    reviewers = queries.reviewers(session, opgave) if waits else []
    return ReviewBlock(
        is_asked=is_asked,
        waits_since=opgave.submitted_at if waits else None,
        may_judge=viewer.user_id in {user.id for user in reviewers},
        names=listed([user.name for user in reviewers]),
        may_name=may_grant(viewer, Role.OPGAVEHOUDER, opgave.gemeente_code),
        sent_back_words=opgave.sent_back_words,
    )


@dataclass(frozen=True)
class StepLine:
    at: datetime
    text: str


def step_lines(found: Iterable[Step]) -> list[StepLine]:
    """What happened, the last first."""
    return [StepLine(step.at, _step_words(step)) for step in reversed(list(found))]


def _step_words(step: Step) -> str:
    said = STEP_WORDS[step.name]
    if step.name == OpgaveEnded.name:
        said = said.format(status=OpgaveStatus(step.payload["status"]).value)
    return f"{said}, door {step.by}." if step.by else f"{said}."


def more_of(opgave: Opgave, today: date) -> dict[str, object]:
    """What the form to look for somebody more begins with: one more, for two weeks."""
    later = today + LOOKING_TAKES
    return {
        "people_needed": max(opgave.people_needed, opgave.people_taken + 1),
        "closes_on": min(later, opgave.ends_on) if opgave.ends_on else later,
    }


def own_match(score: Score | None, ended: str, said_of: SaidOf) -> MatchView | None:
    """Why the opgave fits whoever reads it, while they can still react."""
    return match_view(score, YOU, said_of=said_of) if score and not ended else None


def said_of_all(skills: Iterable[AskedSkill], said_of: SaidOf) -> list[SaidView]:
    """All that its reader said of what is asked, once."""
    return list(dict.fromkeys(one for skill in skills for one in said_of(skill.label)))


def ended_sentence(opgave: Opgave, today: date) -> str:
    """Why nobody can react any more, or nothing while they can or cannot yet."""
    expired = opgave.status is OpgaveStatus.EXPIRED
    if expired or is_overdue(opgave.status, opgave.closes_on, today):
        return f"Reageren op deze opgave kon tot en met {dutch_date(opgave.closes_on)}."
    if opgave.status in ENDED:
        return f"Deze opgave is {opgave.status.value} op {dutch_date(opgave.ended_at)}."
    return NO_MORE.get(opgave.status, "")


def _line(opgave: Opgave, matches: int, interested: int) -> OwnLine:
    is_open = opgave.status in TAKES_ANSWERS
    return OwnLine(
        title=opgave.title,
        href=url_for("opgaven.show", opgave_id=opgave.id),
        edit_href=url_for("opgaven.edit", opgave_id=opgave.id) if opgave.status in WRITABLE else "",
        colleagues_href=url_for("matching.of_opgave", opgave_id=opgave.id)
        if is_open or interested
        else "",
        is_open=is_open,
        kind_label=label(opgave.kind),
        closing_on=opgave.closes_on,
        matches=matches,
        interested=interested,
    )
