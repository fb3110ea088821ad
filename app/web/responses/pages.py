"""What the opgave page and the list of own answers show of what somebody said."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from app.conversations import queries as conversations
from app.conversations.rules import TEXT_LIMIT
from app.conversations.service import refusal_to_ask
from app.core.actor import Actor
from app.core.ids import new_id
from app.opgaven.queries import SeenOpgave
from app.opgaven.rules import takes_answers
from app.people import queries as people
from app.people.models import Profile
from app.people.rules import ProfileState
from app.responses import invitations, queries
from app.responses.invitations import Got
from app.responses.models import Outcome, Response
from app.responses.queries import OwnAnswer
from app.responses.rules import UNASKED, Answer, again_on, may_be_kept
from app.responses.service import NO_PROFILE, refusal
from app.web.conversations.pages import ConversationLine, conversation_lines, own_turns
from app.web.loans.of_reaction import LoanNote, own_notes
from app.web.responses.words import (
    NOT_FOR_READER,
    answer_words,
    hears_by_digest,
    later_words,
)
from app.web.waiting import WAITS_FOR_YOU, WaitingLine, marked_first


@dataclass(frozen=True)
class AnswerBlock:
    """What the reader said to an opgave, and what they can say now."""

    words_limit: ClassVar[int] = TEXT_LIMIT
    opgave_id: UUID
    gemeente_name: str
    said: str
    is_interested: bool
    # An answer that is not the reader's to take back: no to an invitation, or what was closed.
    is_final: bool
    is_closed: bool
    can_show_interest: bool
    # A profile stands between the reader and showing interest: none yet, or one to publish.
    lacks_profile: bool
    has_profile: bool
    # What was or can be written about it; None when there is no conversation.
    conversation_id: UUID | None
    # Of the words with which interest is shown: the same form sent twice is one message.
    message_id: UUID
    # Whether an invitation waits for an answer.
    is_invited: bool
    # What saying later would do; nothing when it is too late for that, or said.
    later: str
    # Something can be asked first, without showing interest.
    can_ask: bool = False
    # What came of it; None when no hours were asked for.
    loan: LoanNote | None = None

    @property
    def is_in_loan(self) -> bool:
        """What ends it is a step of the loan."""
        return self.loan is not None and self.loan.is_under_way

    @property
    def may_take_back(self) -> bool:
        """Not what came to a loan: that ends by its own steps, or has ended."""
        is_with_loan = self.loan is not None and (self.loan.is_under_way or self.loan.is_over)
        return bool(self.said) and not self.is_final and not is_with_loan


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
    # How the loan that came of it and the conversation about it stand; what waits for the reader
    # first.
    waiting: tuple[WaitingLine, ...]
    # Whether the reader keeps it for longer; None while it goes on, or is kept with a loan.
    is_kept: bool | None = None


@dataclass(frozen=True)
class InvitedLine:
    """An opgave for which the reader is invited, and until when that can be answered."""

    title: str
    href: str
    gemeente_name: str
    answer_by: date


@dataclass(frozen=True)
class AnswersPage:
    invited: list[InvitedLine]
    lines: list[AnswerLine]
    # What they asked without showing interest.
    questions: list[ConversationLine]
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
    by_digest = hears_by_digest(session, viewer.user_id)
    talk = conversations.about(session, seen.opgave.id, viewer.user_id)
    invitation = invitations.waiting(session, seen.opgave.id, viewer.user_id)
    block = _block(
        viewer,
        profile,
        seen,
        response,
        today,
        by_digest=by_digest,
        talk=talk.id if talk else None,
        outcome=queries.outcomes_of(session, viewer, [seen.opgave.id]).get(seen.opgave.id),
        is_invited=invitation is not None
        and invitations.can_be_answered(invitation, seen.opgave, today),
        loan=own_notes(session, viewer.user_id, [seen.opgave.id]).get(seen.opgave.id),
    )
    says = block.said or block.loan or block.conversation_id
    shows = says or block.can_show_interest or block.lacks_profile
    return block if shows else None


def answers_page(session: Session, viewer: Actor, today: date) -> AnswersPage:
    profile = people.own_profile(session, viewer.user_id) if viewer.user_id else None
    is_published = profile is not None and profile.state is ProfileState.PUBLISHED
    by_digest = viewer.user_id is not None and hears_by_digest(session, viewer.user_id)
    talks = conversations.ids_by_opgave(session, viewer.user_id) if viewer.user_id else {}
    own = queries.all_own(session, viewer)
    answered = [one.response.opgave_id for one in own]
    turns = own_turns(session, viewer, talks.values(), today)
    ended = queries.outcomes_of(session, viewer, answered)
    notes, kept = own_notes(session, viewer.user_id, answered), queries.kept_by(session, viewer)
    lines = [
        replace(
            _line(
                viewer,
                profile,
                one,
                today,
                by_digest=by_digest,
                talk=talks.get(one.response.opgave_id),
                turns=turns,
                outcome=ended.get(one.response.opgave_id),
                loan=notes.get(one.response.opgave_id),
            ),
            is_kept=_is_kept(one, kept) if one.response.opgave_id not in notes else None,
        )
        for one in own
    ]
    interested = any(line.answer.is_interested for line in lines)
    asked = conversations.own_questions(session, viewer)
    questions = conversation_lines(session, asked, today)
    invited = [_invited(one) for one in invitations.got(session, viewer, today)]
    return AnswersPage(invited, lines, questions, is_unseen=interested and not is_published)


def _is_kept(one: OwnAnswer, kept: Collection[UUID]) -> bool | None:
    status = one.seen.opgave.status if one.seen else None
    if not may_be_kept(one.response.answer, status):
        return None
    return one.response.opgave_id in kept


def _invited(one: Got) -> InvitedLine:
    return InvitedLine(
        title=one.seen.opgave.title,
        href=url_for("invitations.show", opgave_id=one.seen.opgave.id),
        gemeente_name=one.seen.gemeente.name,
        answer_by=one.invitation.answer_by,
    )


def _block(
    viewer: Actor,
    profile: Profile | None,
    seen: SeenOpgave,
    response: Response | None,
    today: date,
    *,
    by_digest: bool,
    talk: UUID | None,
    outcome: Outcome | None,
    loan: LoanNote | None,
    is_invited: bool = False,
) -> AnswerBlock:
    opgave = seen.opgave
    said = response.answer if response else None
    against = {
        one: refusal(viewer, profile, opgave, one, today, said=said, outcome=outcome)
        for one in UNASKED
    }
    waits = bool(response and response.again_on and response.again_on > today)
    is_busy = said is Answer.INTERESTED or said is Answer.CLOSED
    is_in_loan = loan is not None and loan.is_under_way
    may_say_later = not (against[Answer.LATER] or is_busy or waits or is_in_loan)
    return AnswerBlock(
        opgave_id=opgave.id,
        gemeente_name=seen.gemeente.name,
        said=answer_words(response, by_digest=by_digest) if response else "",
        is_interested=said is Answer.INTERESTED,
        is_final=said in {Answer.NO, Answer.CLOSED},
        is_closed=said is Answer.CLOSED,
        can_show_interest=not against[Answer.INTERESTED] and said is not Answer.INTERESTED,
        lacks_profile=against[Answer.INTERESTED] == NO_PROFILE,
        has_profile=profile is not None,
        conversation_id=talk,
        message_id=new_id(),
        is_invited=is_invited,
        later=later_words(again_on(today, opgave.closes_on), by_digest=by_digest)
        if may_say_later
        else "",
        can_ask=not talk and not refusal_to_ask(viewer, opgave, today),
        loan=loan,
    )


def _line(
    viewer: Actor,
    profile: Profile | None,
    one: OwnAnswer,
    today: date,
    *,
    by_digest: bool,
    talk: UUID | None,
    turns: Mapping[UUID, ConversationLine],
    outcome: Outcome | None,
    loan: LoanNote | None,
) -> AnswerLine:
    waiting = _waiting(turns.get(talk) if talk else None, loan)
    if one.seen is None:
        return _line_of_hidden(
            viewer, one, by_digest=by_digest, talk=talk, waiting=waiting, loan=loan
        )
    opgave = one.seen.opgave
    block = _block(
        viewer,
        profile,
        one.seen,
        one.response,
        today,
        by_digest=by_digest,
        talk=talk,
        outcome=outcome,
        loan=loan,
    )
    return AnswerLine(
        title=opgave.title,
        href=url_for("opgaven.show", opgave_id=opgave.id),
        gemeente_name=one.seen.gemeente.name,
        said=block.said,
        answered_at=one.response.answered_at,
        closing_on=opgave.closes_on,
        is_over=not takes_answers(opgave.status, opgave.closes_on, today),
        answer=block,
        waiting=waiting,
    )


def _waiting(talk: ConversationLine | None, loan: LoanNote | None) -> tuple[WaitingLine, ...]:
    lines = []
    if loan is not None:
        href = url_for("loans.show", loan_id=loan.loan_id)
        mark = WAITS_FOR_YOU if loan.waits_for_reader else ""
        lines.append(WaitingLine(href, "Naar je inzet", loan.said, mark))
    if talk is not None:
        href = url_for("conversations.show", conversation_id=talk.conversation_id)
        mark = WAITS_FOR_YOU if talk.is_waiting_for_you else ""
        lines.append(WaitingLine(href, "Naar het gesprek", talk.turn, mark))
    return tuple(marked_first(lines))


def _line_of_hidden(
    viewer: Actor,
    one: OwnAnswer,
    *,
    by_digest: bool,
    talk: UUID | None,
    waiting: tuple[WaitingLine, ...],
    loan: LoanNote | None,
) -> AnswerLine:
    """What can be said of an opgave that the reader may not read: that they can take it back."""
    response, gone = one.response, one.gone
    said = answer_words(response, by_digest=by_digest)
    return AnswerLine(
        title=gone.title_for(viewer) if gone else NOT_FOR_READER,
        href=None,
        gemeente_name=gone.gemeente.name if gone else "",
        said=said,
        answered_at=response.answered_at,
        closing_on=None,
        is_over=gone is not None,
        answer=AnswerBlock(
            opgave_id=response.opgave_id,
            gemeente_name="",
            said=said,
            is_interested=response.answer is Answer.INTERESTED,
            is_final=response.answer in {Answer.NO, Answer.CLOSED},
            is_closed=response.answer is Answer.CLOSED,
            can_show_interest=False,
            lacks_profile=False,
            has_profile=False,
            conversation_id=talk,
            message_id=new_id(),
            is_invited=False,
            later="",
            loan=loan,
        ),
        waiting=waiting,
    )
