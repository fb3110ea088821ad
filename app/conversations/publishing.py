"""A question with its answer on the page of an opgave, without who asked it."""

from uuid import UUID

from sqlalchemy import Select, delete, exists, func, update
from sqlalchemy.orm import Session

from app.conversations import queries
from app.conversations.events import QuestionPublished, QuestionRevised, QuestionTakenBack
from app.conversations.models import Conversation, Message, PublishedAnswer
from app.conversations.revealing import DOUBTFUL, doubtful_names, revealing_faults
from app.conversations.rules import Side, Words, repeating_faults, words_faults
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import Fault, refuse
from app.core.outbox import facts_of
from app.core.rights import Right, may
from app.core.work import Work
from app.opgaven import queries as opgaven
from app.opgaven.rules import ENDED, NO_SUCH_MOVE

WAS_TAKEN_BACK = (
    "Deze vraag is intussen van de opgave gehaald. Wil je die er weer op? Begin dan in het gesprek."
)


def publish(
    work: Work,
    conversation_id: UUID,
    published_id: UUID,
    words: Words,
    *,
    names_nobody: bool = False,
) -> None:
    """Put it on the opgave of this conversation; the same form sent twice is once.

    `names_nobody` says that somebody looked at what may be a name, and that it is none.
    """
    seen = queries.of_viewer(work.session, work.actor, conversation_id)
    if seen.side is not Side.OPGAVE:
        raise NotFound(f"conversation {conversation_id}")
    if seen.opgave.status in ENDED:
        raise Conflict(said=NO_SUCH_MOVE[seen.opgave.status])
    # One that is just being taken down is waited for.
    work.fetch_to_change(Conversation, conversation_id)
    refuse(faults(work.session, words, conversation_id))
    if not names_nobody:
        refuse(doubts(work.session, words, conversation_id))
    known = work.session.get(PublishedAnswer, published_id)
    if known is not None:
        opgaven.opgave_to_edit(work.session, work.actor, known.opgave_id)
        if known.taken_back_at is not None:
            raise Conflict(said=WAS_TAKEN_BACK)
        return
    work.session.add(
        PublishedAnswer(
            id=published_id,
            opgave_id=seen.opgave.id,
            conversation_id=conversation_id,
            question=words.question,
            answer=words.answer,
            published_at=work.now,
            published_by=work.actor.user_id,
        )
    )
    work.session.flush()
    work.emit(QuestionPublished(published_id=published_id, opgave_id=seen.opgave.id))


def revise(work: Work, published_id: UUID, words: Words, *, names_nobody: bool = False) -> None:
    published = queries.published_to_edit(work.session, work.actor, published_id)
    if published.conversation_id is not None:
        work.fetch_to_change(Conversation, published.conversation_id)
        work.session.refresh(published)
    refuse(faults(work.session, words, published.conversation_id))
    if not names_nobody:
        refuse(doubts(work.session, words, published.conversation_id))
    if (published.question, published.answer) != (words.question, words.answer):
        published.question, published.answer = words.question, words.answer
        published.revised_at = work.now
        work.emit(QuestionRevised(published_id=published_id, opgave_id=published.opgave_id))


def take_back(work: Work, published_id: UUID) -> UUID:
    """Off its opgave, whose id this gives; twice is once."""
    there = work.session.get(
        PublishedAnswer, published_id, with_for_update=True, populate_existing=True
    )
    if there is None:
        return _was_on(work, published_id)
    opgave_id = opgaven.opgave_to_edit(work.session, work.actor, there.opgave_id).id
    if there.taken_back_at is None:
        published = queries.published_to_edit(work.session, work.actor, published_id)
        published.taken_back_at = work.now
        work.emit(QuestionTakenBack(published_id=published_id, opgave_id=opgave_id))
    return opgave_id


def forget_taken_back(work: Work, reported: Select[UUID | None]) -> None:
    """Remove what was taken back, but what somebody reported: that is judged by its row."""
    gone = PublishedAnswer.taken_back_at.is_not(None)
    work.session.execute(delete(PublishedAnswer).where(gone, PublishedAnswer.id.not_in(reported)))


def _was_on(work: Work, published_id: UUID) -> UUID:
    """The opgave on which it stood until it was taken back, for who looks after that."""
    told = facts_of(work.session, [QuestionTakenBack.name], published_id=published_id)
    if not told:
        raise NotFound(f"published answer {published_id}")
    opgave_id = UUID(told[-1].payload["opgave_id"])
    return opgaven.opgave_to_edit(work.session, work.actor, opgave_id).id


def take_down(work: Work, published_id: UUID) -> None:
    """Take it off its opgave after a report."""
    _to_moderate(work, published_id).taken_down_at = work.now


def put_back(work: Work, published_id: UUID) -> None:
    _to_moderate(work, published_id).taken_down_at = None


def _to_moderate(work: Work, published_id: UUID) -> PublishedAnswer:
    if not may(work.actor, Right.MODERATE):
        raise NotAllowed("moderate a published answer")
    return work.fetch_to_change(PublishedAnswer, published_id)


def silence(work: Work, conversation_id: UUID) -> None:
    """Take off the opgave what may repeat a message that is down; the rest stands there.

    Words are written anew when they are published, so nobody knows which message they repeat:
    it is any that was there by then.
    """
    repeats = (
        exists()
        .where(
            Message.conversation_id == PublishedAnswer.conversation_id,
            func.coalesce(PublishedAnswer.revised_at, PublishedAnswer.published_at).between(
                Message.said_at, Message.taken_down_at
            ),
        )
        .correlate(PublishedAnswer)
    )
    work.session.execute(
        update(PublishedAnswer)
        .where(
            PublishedAnswer.conversation_id == conversation_id,
            PublishedAnswer.is_silenced != repeats,
        )
        .values(is_silenced=repeats)
    )


def faults(session: Session, words: Words, conversation_id: UUID | None) -> list[Fault]:
    """Everything that keeps it from being published; who was erased is known no more."""
    found = words_faults(words)
    found += repeating_faults(words, queries.texts_down(session, conversation_id))
    asker = queries.unnamed(session, conversation_id)
    if asker is not None:
        found += revealing_faults("question", words.question, asker)
        found += revealing_faults("answer", words.answer, asker)
    return found


def doubts(session: Session, words: Words, conversation_id: UUID | None) -> list[Fault]:
    """What is perhaps a name: somebody has to say that it is none."""
    asker = queries.unnamed(session, conversation_id)
    found = doubtful_names((words.question, words.answer), asker) if asker else []
    return [Fault("names_nobody", DOUBTFUL.format(word=word)) for word in found]
