"""Answers by mail: each becomes a message once, of whom its address was made for."""

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.accounts import queries as accounts
from app.accounts.models import User
from app.conversations import service
from app.conversations.events import AnswerReturned
from app.conversations.models import ConversationReader, ReceivedMail
from app.conversations.rules import message_faults
from app.core.answers import MailedAnswer, read_answer
from app.core.errors import NotFound
from app.core.verp import is_at, reader_of
from app.core.work import Work


class Taken(StrEnum):
    """What a mail to the address for answers was."""

    MESSAGE = "message"
    KNOWN = "known"
    # Out of office and the like; never a message.
    AUTOMATIC = "automatic"
    # Empty or too long: who wrote it is told so.
    RETURNED = "returned"
    # A made up address, another sender, or somebody who is in that conversation no more.
    REFUSED = "refused"
    # Not to this address at all.
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class AnswerBox:
    """Where answers arrive, and with what the marks in that address are sealed."""

    address: str
    secret: str


def take_in(work: Work, box: AnswerBox, content: bytes, recipient: str = "") -> Taken:
    """Read one mail; `recipient` is to whom the server at the door says it was addressed."""
    mail = read_answer(content)
    addresses = (recipient, *(mail.addresses if mail else ()))
    ours = [one for one in addresses if is_at(one, box.address)]
    if not ours:
        return Taken.ELSEWHERE
    if mail is None:
        return Taken.REFUSED
    if mail.is_automatic:
        return Taken.AUTOMATIC
    opened = (reader_of(one, box.address, box.secret) for one in ours)
    reader = _reader(work, next((one for one in opened if one is not None), None))
    if reader is None:
        return Taken.REFUSED
    writer = work.fetch(User, reader.user_id)
    if mail.sender != writer.email or writer.shut_out_at is not None:
        return Taken.REFUSED
    return _take(work, reader, writer, mail)


def _take(work: Work, reader: ConversationReader, writer: User, mail: MailedAnswer) -> Taken:
    received_id = work.new_id()
    faults = message_faults(mail.text)
    first = (
        insert(ReceivedMail)
        .values(
            id=received_id,
            reader_id=reader.id,
            key=mail.key,
            received_at=work.now,
            length=len(mail.text),
            is_message=not faults,
        )
        .on_conflict_do_nothing()
        .returning(ReceivedMail.id)
    )
    if work.session.scalar(first) is None:
        return Taken.KNOWN
    if faults:
        work.emit(AnswerReturned(received_id=received_id))
        return Taken.RETURNED
    theirs = replace(work, actor=accounts.actor_of(writer))
    try:
        service.say(theirs, reader.conversation_id, received_id, mail.text, by_mail=True)
    except NotFound:
        return Taken.REFUSED
    return Taken.MESSAGE


def _reader(work: Work, reader_id: UUID | None) -> ConversationReader | None:
    return work.session.get(ConversationReader, reader_id) if reader_id else None
