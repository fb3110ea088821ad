"""Mails with messages, and with an answer that could not be taken."""

from dataclasses import dataclass

from app.accounts import queries as accounts
from app.accounts.models import User
from app.conversations import queries as conversations
from app.conversations import service as conversing
from app.conversations.models import ConversationReader, ReceivedMail
from app.conversations.rules import TEXT_LIMIT, Side
from app.core.errors import NotFound
from app.core.work import Work
from app.notifications.models import Delivery
from app.notifications.rules import MOST_MESSAGES_IN_MAIL
from app.notifications.service.writing.addressed import (
    SOMEBODY,
    Addressed,
    NothingToTell,
    lines,
    of_news,
    still_news,
)


@dataclass(frozen=True)
class MailedMessage:
    """A message as it stands in a mail: each line apart, for none may begin one of ours."""

    writer: str
    lines: tuple[str, ...]


def message(work: Work, delivery: Delivery) -> Addressed:
    """What the reader has not read of a conversation, as long as there is something."""
    reader, viewer, told = still_news(work, delivery, gone="read")
    opgave_id, user_id = told.seen.opgave.id, told.notice.profile_id or reader.id
    conversation = conversing.begin(work, opgave_id, user_id)
    seen = conversations.of_viewer(work.session, viewer, conversation.id)
    after = conversations.read_to(work.session, conversation.id, reader.id)
    unread = [
        one
        for one in conversations.messages(work.session, conversation.id, after)
        if one.side is not seen.side
    ]
    shown = unread[-MOST_MESSAGES_IN_MAIL:]
    asking = conversations.asking_number(work.session, conversation) if seen.is_question else None
    facts = {
        "name": reader.name,
        "user_id": reader.id,
        "conversation_id": conversation.id,
        "opgave_title": seen.title,
        "sender_name": shown[-1].writer_name or SOMEBODY,
        "sender_gemeente": seen.professional_gemeente
        if seen.side is Side.OPGAVE
        else seen.opgave_gemeente,
        "messages": tuple(
            MailedMessage(one.writer_name or SOMEBODY, lines(one.text)) for one in shown
        ),
        "earlier": len(unread) - len(shown),
        # The question itself is among what they have not read.
        "asks": seen.side is Side.OPGAVE and asking in {one.number for one in unread},
    }
    answers_as = conversing.reader_id(work, conversation, reader.id)
    return of_news(delivery, reader, facts, answers_as, tells_to=shown[-1].number)


def answer_returned(work: Work, delivery: Delivery) -> Addressed:
    received = work.fetch(ReceivedMail, delivery.subject_id)
    reader = work.fetch(User, delivery.user_id)
    in_it = work.fetch(ConversationReader, received.reader_id)
    try:
        seen = conversations.of_viewer(
            work.session, accounts.actor_of(reader), in_it.conversation_id
        )
    except NotFound:
        raise NothingToTell("no longer in it") from None
    facts = {
        "name": reader.name,
        "conversation_id": in_it.conversation_id,
        "opgave_title": seen.title,
        "length": received.length,
        "limit": TEXT_LIMIT,
    }
    return Addressed(reader.email, reader.name, facts)
