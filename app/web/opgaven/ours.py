"""What its own people read above their opgave, and what they do with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from app.accounts.rules import may_grant
from app.conversations import queries as conversations
from app.core.actor import Actor, Role
from app.core.dutch import listed
from app.loans import queries as loans
from app.moderation import queries as moderation
from app.moderation.rules import Subject
from app.opgaven import absence, queries
from app.opgaven.events import OpgaveEnded
from app.opgaven.models import Opgave
from app.opgaven.queries import SeenOpgave, Step
from app.opgaven.rules import (
    ENDED,
    NEXT,
    WRITABLE,
    OpgaveStatus,
    leaves_time_to_hire,
    may_hire,
    takes_answers,
)
from app.responses import queries as responses
from app.together import queries as together
from app.together.queries import Step as TogetherStep

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
# What others did, and what this opgave did itself; `who` begins no sentence.
TOGETHER_WORDS = {
    "opgave.joined": ("Met deze opgave doet {who} mee", "Deze opgave doet mee met {who}"),
    "joining.ended": ("Het meedoen van {who} is gestopt", "Het meedoen met {who} is gestopt"),
    "joint.asked": (
        "De vraag om het samen op te pakken kwam van {who}",
        "De vraag om het samen op te pakken ging naar {who}",
    ),
    "joint.agreed": ("Deze opgave wordt samen opgepakt met {who}",) * 2,
    "joint.left": ("Het samen oppakken met {who} is gestopt",) * 2,
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


@dataclass(frozen=True)
class StepLine:
    at: datetime
    text: str


@dataclass(frozen=True)
class OursBlock:
    """How it stands, who is waited for, and every deed that can be done now."""

    heading: str
    # Whether somebody can react today.
    takes_answers: bool
    # What a beheerder said who took it away.
    why_down: str
    review: ReviewBlock
    deeds: frozenset[Deed]
    # Nobody who looks after it is there.
    is_left: bool
    # How many wait for signatures, work on it or did.
    lent: int
    # How many others show interest, wait for an answer, and asked something first.
    interested: int
    awaited: int
    askers: int
    # How many began an opgave of their own with it, and with what it began itself.
    begun_with: int
    source: SeenOpgave | None
    # Colleagues have their time, and there is some left after it.
    leads_to_hiring: bool
    # Colleagues had their time.
    may_hire: bool
    steps: tuple[StepLine, ...]


def ours_block(
    session: Session, viewer: Actor, opgave: Opgave, today: date, *, reviews: bool
) -> OursBlock:
    """With `reviews`, the gemeente has a colleague look at its opgaven before they open."""
    is_down = opgave.taken_down_at is not None
    is_open = takes_answers(opgave.status, opgave.closes_on, today)
    lent = loans.lent_to(session, [opgave.id])
    known = responses.known_interest(session, viewer, [opgave.id], today)
    return OursBlock(
        heading=HOW_IT_STANDS[opgave.status],
        takes_answers=is_open,
        why_down=moderation.why_down(session, Subject.OPGAVE, opgave.id) if is_down else "",
        review=_review_block(session, viewer, opgave, is_asked=reviews),
        deeds=deeds_of(opgave.status),
        is_left=absence.is_left(session, opgave.id),
        lent=len(lent),
        interested=len(known - lent),
        awaited=conversations.count_awaited(session, opgave.id),
        askers=conversations.count_askers(session, opgave.id),
        begun_with=queries.begun_with(session, opgave.id),
        source=_source(session, viewer, opgave),
        leads_to_hiring=is_open and leaves_time_to_hire(opgave.closes_on, opgave.colleagues_until),
        may_hire=may_hire(opgave.status, opgave.closes_on, opgave.colleagues_until, today),
        steps=_step_lines(
            queries.steps(session, viewer, opgave.id), together.steps(session, viewer, opgave.id)
        ),
    )


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


def _review_block(
    session: Session, viewer: Actor, opgave: Opgave, *, is_asked: bool
) -> ReviewBlock:
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


def _source(session: Session, viewer: Actor, opgave: Opgave) -> SeenOpgave | None:
    """What the opgave began with, as far as who looks may read it."""
    if opgave.copied_from is None:
        return None
    found = queries.seen_opgaven(session, viewer, [opgave.copied_from])
    return found.get(opgave.copied_from)


def _step_lines(found: Iterable[Step], with_others: Iterable[TogetherStep]) -> tuple[StepLine, ...]:
    """What happened, the last first."""
    lines = [StepLine(step.at, _step_words(step)) for step in found]
    lines += [StepLine(step.at, _together_words(step)) for step in with_others]
    return tuple(sorted(lines, key=lambda line: line.at)[::-1])


def _together_words(step: TogetherStep) -> str:
    by_others, by_itself = TOGETHER_WORDS[step.name]
    who = listed([f"gemeente {name}" for name in step.gemeente_names]) or "een andere gemeente"
    said = (by_itself if step.is_own else by_others).format(who=who)
    return f"{said}, door {step.by}." if step.by else f"{said}."


def _step_words(step: Step) -> str:
    said = STEP_WORDS[step.name]
    if step.name == OpgaveEnded.name:
        said = said.format(status=OpgaveStatus(step.payload["status"]).value)
    return f"{said}, door {step.by}." if step.by else f"{said}."
