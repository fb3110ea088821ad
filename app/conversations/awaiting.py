"""That a professional waits for a gemeente: since when, until when, and that it is over."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.conversations.events import AnswerDue, AnswerLate
from app.conversations.models import AwaitedAnswer, Conversation
from app.conversations.queries import is_going_on, is_known, is_unanswered
from app.conversations.rules import answer_before
from app.core.clock import dutch_day
from app.core.work import Work
from app.core.workdays import next_workday
from app.opgaven.models import Opgave
from app.opgaven.rules import TAKES_ANSWERS
from app.responses.models import Response
from app.responses.rules import Answer


def begin(work: Work, conversation: Conversation, since: datetime | None = None) -> None:
    """Somebody who is known waits from now on, while colleagues can react; who waits already, waits
    no longer for it. Whose reaction ended waits for nothing, whatever they write after it.
    """
    opgave = work.fetch(Opgave, conversation.opgave_id)
    # One that ends just now is waited for, so that its end finds who waits.
    work.session.refresh(opgave, with_for_update={"read": True})
    if opgave.status not in TAKES_ANSWERS:
        return
    own = select(Conversation.id).where(Conversation.id == conversation.id)
    if work.session.scalar(own.where(is_known(), is_going_on())) is None:
        return
    since = since or work.now
    fresh = insert(AwaitedAnswer).values(
        id=work.new_id(),
        conversation_id=conversation.id,
        since=since,
        answer_before=answer_before(dutch_day(since)),
    )
    work.session.execute(fresh.on_conflict_do_nothing())


def settle(work: Work, conversation_id: UUID) -> None:
    """The gemeente answered."""
    work.session.execute(
        update(AwaitedAnswer)
        .where(AwaitedAnswer.conversation_id == conversation_id, AwaitedAnswer.settled_at.is_(None))
        .values(settled_at=work.now)
    )


def note_answer(work: Work, opgave_id: UUID, user_id: UUID) -> None:
    """The gemeente answered this professional along another road than a message."""
    for conversation_id in work.session.scalars(_conversations(opgave_id, user_id)).all():
        # Who begins to wait just now is waited for, and answered.
        work.fetch_to_change(Conversation, conversation_id)
        settle(work, conversation_id)


def stop_after_withdrawal(work: Work, opgave_id: UUID, user_id: UUID) -> None:
    """Who took their interest back waits for nothing, unless they showed it again."""
    response = work.session.get(Response, (user_id, opgave_id))
    if response is None or response.answer is not Answer.INTERESTED:
        _stop(work, _conversations(opgave_id, user_id))


def stop_at_end(work: Work, opgave_id: UUID) -> None:
    """Nobody waits for an opgave on which nobody can react any more."""
    if work.fetch(Opgave, opgave_id).status not in TAKES_ANSWERS:
        _stop(work, _conversations(opgave_id))


def stop_unseen(work: Work, user_id: UUID) -> None:
    """Nobody is waited for whom nobody of the gemeente can read of: who showed interest without a
    word, and hides since. Only of what was told to be late it is known that it was so by then.
    """
    unseen = select(Conversation.id).where(Conversation.user_id == user_id, ~is_known())
    open_ones = (AwaitedAnswer.conversation_id.in_(unseen), AwaitedAnswer.settled_at.is_(None))
    work.session.execute(
        delete(AwaitedAnswer)
        .where(*open_ones, AwaitedAnswer.late_told_at.is_(None))
        .execution_options(synchronize_session="fetch")
    )
    work.session.execute(
        update(AwaitedAnswer)
        .where(*open_ones)
        .values(settled_at=work.now)
        .execution_options(synchronize_session="fetch")
    )


def begin_anew(work: Work, user_id: UUID, answered: Select[UUID]) -> None:
    """Whose interest can be read again, and was not answered, waits from now on.

    `answered` finds the opgaven of which they heard along another road than a message.
    """
    _begin_all(work, Conversation.user_id == user_id, Conversation.opgave_id.not_in(answered))


def begin_again(work: Work, opgave_id: UUID, answered: Select[UUID]) -> None:
    """Who was not answered before an opgave ended waits from now on, as it is open again.

    How late an answer was by that end stays as it is. `answered` finds the people who heard
    along another road than a message.
    """
    _begin_all(work, Conversation.opgave_id == opgave_id, Conversation.user_id.not_in(answered))


def without_deadline(session: Session) -> set[UUID]:
    """Who was never answered about an opgave that takes answers, and waits with no day for it.

    Conversations from before there were such days are so.
    """
    found = (
        select(Conversation.user_id)
        .join(Opgave, Opgave.id == Conversation.opgave_id)
        .outerjoin(AwaitedAnswer, AwaitedAnswer.conversation_id == Conversation.id)
        .where(Opgave.status.in_(TAKES_ANSWERS), AwaitedAnswer.id.is_(None), is_unanswered())
    )
    return set(session.scalars(found))


def tell_what_is_due(work: Work) -> None:
    """On the last workday that is in time, once, whoever looks at the same moment."""
    soon = AwaitedAnswer.answer_before <= next_workday(work.today)
    in_time = AwaitedAnswer.answer_before > work.today
    for row in _to_tell(work, soon, in_time, AwaitedAnswer.reminded_at.is_(None)):
        row.reminded_at = work.now
        work.emit(AnswerDue(conversation_id=row.conversation_id))


def tell_what_is_late(work: Work) -> None:
    """From the first day that is too late, once."""
    late = AwaitedAnswer.answer_before <= work.today
    for row in _to_tell(work, late, AwaitedAnswer.late_told_at.is_(None)):
        row.late_told_at = work.now
        work.emit(AnswerLate(conversation_id=row.conversation_id))


def _begin_all(work: Work, *such: ColumnElement[bool]) -> None:
    """An answer that is just being written is waited for, and is one."""
    found = select(Conversation.id).where(*such, is_unanswered()).order_by(Conversation.id)
    for conversation_id in work.session.scalars(found).all():
        conversation = work.fetch_to_change(Conversation, conversation_id)
        still = select(Conversation.id).where(
            Conversation.id == conversation_id, *such, is_unanswered()
        )
        if work.session.scalar(still) is not None:
            begin(work, conversation)


def _to_tell(work: Work, *conditions: ColumnElement[bool]) -> Iterable[AwaitedAnswer]:
    """Locked, and without those that somebody else tells of or answers just now, or whose opgave
    or reaction ended.
    """
    known = (
        select(Conversation.id)
        .join(Opgave, Opgave.id == Conversation.opgave_id)
        .where(Opgave.status.in_(TAKES_ANSWERS), is_known(), is_going_on())
    )
    found = select(AwaitedAnswer).where(
        AwaitedAnswer.settled_at.is_(None), AwaitedAnswer.conversation_id.in_(known), *conditions
    )
    locked = found.order_by(AwaitedAnswer.id).with_for_update(skip_locked=True)
    return work.session.scalars(locked).all()


def _stop(work: Work, conversations: Select[UUID]) -> None:
    """Who stops in time was not kept waiting, and does not count; who waited too long does."""
    own = (AwaitedAnswer.conversation_id.in_(conversations), AwaitedAnswer.settled_at.is_(None))
    in_time = AwaitedAnswer.answer_before > work.today
    work.session.execute(delete(AwaitedAnswer).where(*own, in_time))
    work.session.execute(update(AwaitedAnswer).where(*own).values(settled_at=work.now))


def _conversations(opgave_id: UUID, user_id: UUID | None = None) -> Select[UUID]:
    found = select(Conversation.id).where(Conversation.opgave_id == opgave_id)
    return found if user_id is None else found.where(Conversation.user_id == user_id)
