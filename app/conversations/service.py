"""Beginning a conversation, by interest or a question; writing in it, and reading it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.conversations import awaiting, publishing, queries
from app.conversations.events import ConversationBegun, MessageWritten, QuestionAsked
from app.conversations.models import Conversation, ConversationReader, Message
from app.conversations.rules import Side, message_faults, question_faults
from app.core.actor import Actor
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import refuse
from app.core.rights import Right, may
from app.core.work import Work
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.opgaven.rules import takes_answers
from app.responses import ending, invitations, inviting
from app.responses import service as responses
from app.responses.models import Invitation, Response
from app.responses.rules import Answer
from app.responses.service import ENDED, OF_OWN_GEMEENTE


def show_interest(
    work: Work, opgave_id: UUID, words: str = "", message_id: UUID | None = None
) -> Response:
    """Show interest, with or without words; that begins the conversation."""
    if words:
        refuse(message_faults(words))
    response = responses.show_interest(work, opgave_id)
    conversation = _begin_as_asked(work, opgave_id, response.user_id)
    if words:
        _write(
            work,
            conversation,
            Side.PROFESSIONAL,
            message_id or work.new_id(),
            words,
            # Who showed it before is told of no second time: then it is a message as any other.
            with_interest=response.answered_at == work.now,
        )
    elif response.answered_at == work.now:
        awaiting.begin(work, conversation)
    return response


def ask(work: Work, opgave_id: UUID, text: str, message_id: UUID) -> Conversation:
    """Ask something without showing interest; that begins the conversation as a question.

    Who talks about this opgave already, or shows interest, writes a message as any other.
    """
    if work.actor.user_id is None:
        raise NotAllowed("ask a question")
    opgave = opgaven.shown_opgave(work.session, work.actor, opgave_id).opgave
    said = refusal_to_ask(work.actor, opgave, work.today)
    if said:
        raise Conflict(said=said)
    refuse(question_faults(text))
    begun = begin(work, opgave_id, work.actor.user_id)
    conversation = work.fetch_to_change(Conversation, begun.id)
    if not _is_written(work, conversation, message_id):
        _note_asked(work, conversation)
        _write(work, conversation, Side.PROFESSIONAL, message_id, text)
    return conversation


def refusal_to_ask(actor: Actor, opgave: Opgave, today: date) -> str:
    """Why the actor cannot ask about an opgave they may read, or nothing.

    Asking takes no profile: who asks shows no more than a name and a gemeente.
    """
    if opgave.gemeente_code == actor.gemeente_code:
        return OF_OWN_GEMEENTE
    return "" if takes_answers(opgave.status, opgave.closes_on, today) else ENDED


def begin_after_interest(work: Work, opgave_id: UUID, user_id: UUID) -> None:
    """Begin it for interest that was shown along any road, as long as that stands."""
    response = work.session.get(Response, (user_id, opgave_id))
    if response is not None and response.answer is Answer.INTERESTED:
        conversation = _begin_as_asked(work, opgave_id, user_id)
        if conversation.last_side is None and not queries.was_awaited(work.session, conversation):
            awaiting.begin(work, conversation, response.answered_at)


def ask_about_invitation(work: Work, opgave_id: UUID, message_id: UUID, text: str) -> Conversation:
    """A question of who is invited, before they say yes or no; that begins the conversation."""
    refuse(message_faults(text))
    invitation = inviting.note_question(work, opgave_id)
    conversation = _begin_as_asked(work, opgave_id, invitation.user_id)
    _note_asked(work, conversation)
    _write(work, conversation, Side.PROFESSIONAL, message_id, text)
    return conversation


def think_again(
    work: Work, opgave_id: UUID, user_id: UUID, message_id: UUID, text: str = ""
) -> None:
    """Take back a no to somebody's interest; who was told it hears of this by a message."""
    outcome = ending.take_back(work, opgave_id, user_id)
    if text or outcome.told_at is not None:
        refuse(message_faults(text))
        conversation = begin(work, opgave_id, user_id)
        _write(work, conversation, Side.OPGAVE, message_id, text)


def begin(work: Work, opgave_id: UUID, user_id: UUID) -> Conversation:
    """The conversation of these two; begun when there was none."""
    fresh = (
        insert(Conversation)
        .values(
            id=work.new_id(),
            opgave_id=opgave_id,
            user_id=user_id,
            begun_at=work.now,
            last_at=work.now,
            messages=0,
        )
        .on_conflict_do_nothing()
        .returning(Conversation.id)
    )
    begun_id = work.session.scalar(fresh)
    if begun_id is not None:
        work.emit(ConversationBegun(conversation_id=begun_id, opgave_id=opgave_id, user_id=user_id))
    found = queries.about(work.session, opgave_id, user_id)
    if found is None:
        raise NotFound(f"conversation about {opgave_id}")
    return found


def say(
    work: Work, conversation_id: UUID, message_id: UUID, text: str, *, by_mail: bool = False
) -> None:
    """Write in a conversation of the actor; the same message twice is written once."""
    if work.actor.user_id is None:
        raise NotAllowed("write a message")
    seen = queries.of_viewer(work.session, work.actor, conversation_id)
    refuse(message_faults(text))
    _write(work, seen.conversation, seen.side, message_id, text, by_mail=by_mail)


def mark_read(work: Work, conversation_id: UUID, number: int) -> None:
    """The actor has read up to this message; never less than before."""
    conversation = queries.of_viewer(work.session, work.actor, conversation_id).conversation
    if work.actor.user_id is not None:
        _read(work, conversation, work.actor.user_id, min(number, conversation.messages))


def mark_all_read(work: Work, opgave_id: UUID) -> None:
    """The actor has read what was written about this opgave."""
    for seen in queries.all_of(work.session, work.actor, opgave_id):
        mark_read(work, seen.conversation.id, seen.conversation.messages)


def reader_id(work: Work, conversation: Conversation, user_id: UUID) -> UUID:
    """What stands for this conversation and this reader together."""
    _read(work, conversation, user_id, 0)
    found = work.session.scalar(
        select(ConversationReader.id).where(
            ConversationReader.conversation_id == conversation.id,
            ConversationReader.user_id == user_id,
        )
    )
    if found is None:
        raise NotFound(f"reader of {conversation.id}")
    return found


def begin_telling(work: Work, conversation: Conversation, user_id: UUID, number: int) -> bool:
    """Note that this reader is told up to this message; whether they were not told that yet."""
    return _note_told(work, reader_id(work, conversation, user_id), number)


def note_mailed(work: Work, in_it: UUID, number: int) -> None:
    """A mail to this reader goes, which holds what was written up to this message."""
    _note_told(work, in_it, number)


def take_down(work: Work, message_id: UUID) -> None:
    """Take one message out of sight after a report, and its text wherever else it stands."""
    _set_down(work, message_id, work.now)


def put_back(work: Work, message_id: UUID) -> None:
    _set_down(work, message_id, None)


def take_down_invitation(work: Work, invitation_id: UUID) -> None:
    """Take its words out of sight after a report, also as the message that they became."""
    _set_invitation_down(work, invitation_id, work.now)


def put_back_invitation(work: Work, invitation_id: UUID) -> None:
    _set_invitation_down(work, invitation_id, None)


def _set_invitation_down(work: Work, invitation_id: UUID, moment: datetime | None) -> None:
    inviting.set_down(work, invitation_id, moment)
    if work.session.scalar(select(Message.id).where(Message.id == invitation_id)) is not None:
        _set_down(work, invitation_id, moment)


def _set_down(work: Work, message_id: UUID, moment: datetime | None) -> None:
    if not may(work.actor, Right.MODERATE):
        raise NotAllowed("moderate a message")
    message = work.session.scalar(select(Message).where(Message.id == message_id))
    if message is None:
        raise NotFound(f"message {message_id}")
    # First its person and then the conversation, as who answers an invitation locks them.
    if work.session.get(Invitation, message_id) is not None:
        inviting.set_down(work, message_id, moment)
    work.fetch_to_change(Conversation, message.conversation_id)
    work.session.refresh(message)
    message.taken_down_at = moment
    work.session.flush()
    publishing.silence(work, message.conversation_id)


def _write(
    work: Work,
    conversation: Conversation,
    side: Side,
    message_id: UUID,
    text: str,
    *,
    by_mail: bool = False,
    with_interest: bool = False,
) -> None:
    # One at a time, so that numbers have no gap.
    work.fetch_to_change(Conversation, conversation.id)
    if _is_written(work, conversation, message_id):
        return
    conversation.messages += 1
    conversation.last_side, conversation.last_at = side, work.now
    message = Message(
        conversation_id=conversation.id,
        number=conversation.messages,
        id=message_id,
        side=side,
        writer_id=work.actor.user_id,
        text=text,
        said_at=work.now,
        by_mail=by_mail,
    )
    work.session.add(message)
    work.session.flush()
    if side is Side.PROFESSIONAL:
        awaiting.begin(work, conversation)
    else:
        awaiting.settle(work, conversation.id)
    if work.actor.user_id is not None:
        _read(work, conversation, work.actor.user_id, conversation.messages)
    work.emit(
        MessageWritten(
            conversation_id=conversation.id,
            number=message.number,
            side=side.value,
            by_mail=by_mail,
            with_interest=with_interest,
        )
    )


def _begin_as_asked(work: Work, opgave_id: UUID, user_id: UUID) -> Conversation:
    """Begin it with the words of the invitation that is answered, if that is so.

    Who is invited has read them, and who wrote them knows them: so nobody is told. The message has
    the id of the invitation, and is written once.
    """
    conversation = begin(work, opgave_id, user_id)
    invitation = invitations.answered(work.session, user_id, opgave_id)
    if invitation is None:
        return conversation
    # One at a time, so that numbers have no gap.
    work.fetch_to_change(Conversation, conversation.id)
    if work.session.scalar(select(Message.id).where(Message.id == invitation.id)) is None:
        conversation.messages += 1
        work.session.add(
            Message(
                conversation_id=conversation.id,
                number=conversation.messages,
                id=invitation.id,
                side=Side.OPGAVE,
                writer_id=invitation.by_id,
                text=invitation.words,
                said_at=invitation.invited_at,
                by_mail=False,
                taken_down_at=invitation.taken_down_at,
            )
        )
        work.session.flush()
        _read(work, conversation, user_id, conversation.messages)
    return conversation


def _note_asked(work: Work, conversation: Conversation) -> None:
    """Once, and not when the professional shows interest."""
    response = work.session.get(Response, (conversation.user_id, conversation.opgave_id))
    is_interested = response is not None and response.answer is Answer.INTERESTED
    if is_interested or conversation.asked_at is not None:
        return
    conversation.asked_at = work.now
    work.emit(
        QuestionAsked(
            conversation_id=conversation.id,
            opgave_id=conversation.opgave_id,
            user_id=conversation.user_id,
        )
    )


def _note_told(work: Work, in_it: UUID, number: int) -> bool:
    further = (
        update(ConversationReader)
        .where(ConversationReader.id == in_it, ConversationReader.told_to < number)
        .values(told_to=number)
        .returning(ConversationReader.id)
        .execution_options(synchronize_session=False)
    )
    return work.session.scalar(further) is not None


def _is_written(work: Work, conversation: Conversation, message_id: UUID) -> bool:
    known = work.session.scalar(select(Message).where(Message.id == message_id))
    if known is None:
        return False
    if (known.conversation_id, known.writer_id) != (conversation.id, work.actor.user_id):
        raise NotFound(f"message {message_id}")
    return True


def _read(work: Work, conversation: Conversation, user_id: UUID, number: int) -> None:
    first = insert(ConversationReader).values(
        id=work.new_id(), conversation_id=conversation.id, user_id=user_id, read_to=number
    )
    further = first.on_conflict_do_update(
        index_elements=[ConversationReader.conversation_id, ConversationReader.user_id],
        set_={"read_to": number},
        where=ConversationReader.read_to < number,
    )
    work.session.execute(further)
