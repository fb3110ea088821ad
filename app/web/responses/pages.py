"""What the opgave page and the list of own answers show of what somebody said."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.opgaven.queries import SeenOpgave
from app.opgaven.rules import takes_answers
from app.people import queries as people
from app.people.models import Profile
from app.people.rules import ProfileState
from app.responses import queries
from app.responses.models import Response
from app.responses.queries import OwnAnswer
from app.responses.rules import Answer, again_on
from app.responses.service import NO_PROFILE, refusal
from app.web.responses.words import answer_words, later_words

NOT_FOR_READER = "Deze opgave is niet meer voor jouw gemeente"


@dataclass(frozen=True)
class AnswerBlock:
    """What the reader said to an opgave, and what they can say now."""

    opgave_id: UUID
    gemeente_name: str
    said: str
    is_interested: bool
    can_show_interest: bool
    # A profile stands between the reader and showing interest: none yet, or one to publish.
    lacks_profile: bool
    has_profile: bool
    # What saying later would do; nothing when it is too late for that, or said.
    later: str


@dataclass(frozen=True)
class AnswerLine:
    """One of the reader's own answers; without a link the opgave is not there for them any more."""

    title: str
    href: str | None
    gemeente_name: str
    said: str
    answered_at: datetime
    closing_on: date | None
    is_over: bool
    answer: AnswerBlock


@dataclass(frozen=True)
class AnswersPage:
    lines: list[AnswerLine]
    # Nobody sees the reader's interest while the profile is not published.
    is_unseen: bool


def answer_block(
    session: Session, viewer: Actor, seen: SeenOpgave, today: date
) -> AnswerBlock | None:
    """None for visitors, the own gemeente, and what is over and was not answered."""
    if viewer.user_id is None:
        return None
    profile = people.own_profile(session, viewer.user_id)
    response = queries.own(session, viewer, [seen.opgave.id]).get(seen.opgave.id)
    block = _block(viewer, profile, seen, response, today)
    return block if block.said or block.can_show_interest or block.lacks_profile else None


def answers_page(session: Session, viewer: Actor, today: date) -> AnswersPage:
    profile = people.own_profile(session, viewer.user_id) if viewer.user_id else None
    is_published = profile is not None and profile.state is ProfileState.PUBLISHED
    lines = [_line(viewer, profile, one, today) for one in queries.all_own(session, viewer)]
    interested = any(line.answer.is_interested for line in lines)
    return AnswersPage(lines, is_unseen=interested and not is_published)


def _block(
    viewer: Actor,
    profile: Profile | None,
    seen: SeenOpgave,
    response: Response | None,
    today: date,
) -> AnswerBlock:
    opgave = seen.opgave
    against = {one: refusal(viewer, profile, opgave, one, today) for one in Answer}
    said = response.answer if response else None
    waits = bool(response and response.again_on and response.again_on > today)
    may_say_later = not against[Answer.LATER] and said is not Answer.INTERESTED and not waits
    return AnswerBlock(
        opgave_id=opgave.id,
        gemeente_name=seen.gemeente.name,
        said=answer_words(response) if response else "",
        is_interested=said is Answer.INTERESTED,
        can_show_interest=not against[Answer.INTERESTED] and said is not Answer.INTERESTED,
        lacks_profile=against[Answer.INTERESTED] == NO_PROFILE,
        has_profile=profile is not None,
        later=later_words(again_on(today, opgave.closes_on)) if may_say_later else "",
    )


def _line(viewer: Actor, profile: Profile | None, one: OwnAnswer, today: date) -> AnswerLine:
    if one.seen is None:
        return _line_of_hidden(one.response)
    opgave = one.seen.opgave
    block = _block(viewer, profile, one.seen, one.response, today)
    return AnswerLine(
        title=opgave.title,
        href=url_for("opgaven.show", opgave_id=opgave.id),
        gemeente_name=one.seen.gemeente.name,
        said=block.said,
        answered_at=one.response.answered_at,
        closing_on=opgave.closes_on,
        is_over=not takes_answers(opgave.status, opgave.closes_on, today),
        answer=block,
    )


def _line_of_hidden(response: Response) -> AnswerLine:
    """What can be said of an opgave that the reader may not read: that they can take it back."""
    said = answer_words(response)
    return AnswerLine(
        title=NOT_FOR_READER,
        href=None,
        gemeente_name="",
        said=said,
        answered_at=response.answered_at,
        closing_on=None,
        is_over=False,
        answer=AnswerBlock(
            opgave_id=response.opgave_id,
            gemeente_name="",
            said=said,
            is_interested=response.answer is Answer.INTERESTED,
            can_show_interest=False,
            lacks_profile=False,
            has_profile=False,
            later="",
        ),
    )
