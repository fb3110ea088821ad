"""What the room of conversations tells; never what was written."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.core.outbox import Event


@dataclass(frozen=True)
class ConversationBegun(Event):
    name: ClassVar[str] = "conversation.begun"
    conversation_id: UUID
    opgave_id: UUID
    user_id: UUID


@dataclass(frozen=True)
class QuestionAsked(Event):
    """By somebody who shows no interest; its words are told as a message."""

    name: ClassVar[str] = "question.asked"
    conversation_id: UUID
    opgave_id: UUID
    user_id: UUID


@dataclass(frozen=True)
class QuestionPublished(Event):
    """With its answer, on the page of the opgave."""

    name: ClassVar[str] = "question.published"
    published_id: UUID
    opgave_id: UUID


@dataclass(frozen=True)
class QuestionRevised(Event):
    name: ClassVar[str] = "question.revised"
    published_id: UUID
    opgave_id: UUID


@dataclass(frozen=True)
class QuestionTakenBack(Event):
    name: ClassVar[str] = "question.taken_back"
    published_id: UUID
    opgave_id: UUID


@dataclass(frozen=True)
class AnswerDue(Event):
    """The last workday on which the gemeente is in time to answer."""

    name: ClassVar[str] = "answer.due"
    conversation_id: UUID


@dataclass(frozen=True)
class AnswerLate(Event):
    """The gemeente did not answer in time."""

    name: ClassVar[str] = "answer.late"
    conversation_id: UUID


@dataclass(frozen=True)
class MessageWritten(Event):
    """`with_interest` are the words with which somebody shows interest: told together with it."""

    name: ClassVar[str] = "message.written"
    conversation_id: UUID
    number: int
    side: str
    by_mail: bool
    with_interest: bool


@dataclass(frozen=True)
class AnswerReturned(Event):
    """An answer by mail was empty or too long; who wrote it hears that."""

    name: ClassVar[str] = "answer.returned"
    received_id: UUID
