"""Conversations, their messages, and how far each reader is."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.conversations.rules import TEXT_LIMIT, Side
from app.core.orm import Base, PrimaryId


class Conversation(Base):
    """Between one professional and who look after one opgave.

    `messages` counts them: the number of the last one. It is locked by who adds one, so that
    numbers have no gap and come in the order in which messages were kept. `asked_at` is when the
    professional asked something without showing interest, the first time.
    """

    __tablename__ = "conversation"
    __table_args__ = (UniqueConstraint("opgave_id", "user_id"),)

    id: Mapped[PrimaryId]
    opgave_id: Mapped[UUID] = mapped_column(ForeignKey("opgave.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    begun_at: Mapped[datetime]
    messages: Mapped[int] = mapped_column(default=0)
    last_side: Mapped[Side | None]
    last_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]


class Message(Base):
    """What somebody wrote; `id` comes from the form or the mail, so that twice is once."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("id"),
        CheckConstraint(f"char_length(text) BETWEEN 1 AND {TEXT_LIMIT}", name="text_in_range"),
    )

    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[UUID]
    side: Mapped[Side]
    # Nobody any more when a colleague of the gemeente was erased.
    writer_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    text: Mapped[str]
    said_at: Mapped[datetime]
    by_mail: Mapped[bool]
    # When a beheerder took it away after a report; then nobody reads it any more.
    taken_down_at: Mapped[datetime | None]


class ConversationReader(Base):
    """Up to which message somebody has read; its id stands, sealed, in the address to answer.

    `told_to` is the last message of which they were told, by a notice or in a mail that went.
    """

    __tablename__ = "conversation_reader"
    __table_args__ = (UniqueConstraint("conversation_id", "user_id"),)

    id: Mapped[PrimaryId]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    read_to: Mapped[int] = mapped_column(default=0)
    told_to: Mapped[int] = mapped_column(default=0)


class AwaitedAnswer(Base):
    """That the professional of a conversation waits for the gemeente; one at a time.

    `answer_before` is the first day that is too late. It ends when the gemeente answers, or when
    nobody waits any more (`settled_at`).
    """

    __tablename__ = "awaited_answer"
    __table_args__ = (
        Index(
            "uq_awaited_answer_open",
            "conversation_id",
            unique=True,
            postgresql_where="settled_at IS NULL",
        ),
        Index("ix_awaited_answer_due", "answer_before", postgresql_where="settled_at IS NULL"),
    )

    id: Mapped[PrimaryId]
    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    since: Mapped[datetime]
    answer_before: Mapped[date]
    reminded_at: Mapped[datetime | None]
    late_told_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


class PublishedAnswer(Base):
    """A question and its answer on the page of an opgave; it names nobody.

    Who asked can be erased: the words stay, and lead to nobody any more. `is_silenced` is kept here
    for that: what nobody reads because its message is down, is not read after that either.
    """

    __tablename__ = "published_answer"
    __table_args__ = (
        CheckConstraint(
            f"char_length(question) BETWEEN 1 AND {TEXT_LIMIT}", name="question_in_range"
        ),
        CheckConstraint(f"char_length(answer) BETWEEN 1 AND {TEXT_LIMIT}", name="answer_in_range"),
    )

    id: Mapped[PrimaryId]
    opgave_id: Mapped[UUID] = mapped_column(ForeignKey("opgave.id", ondelete="CASCADE"), index=True)
    conversation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("conversation.id", ondelete="SET NULL"), index=True
    )
    question: Mapped[str]
    answer: Mapped[str]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    revised_at: Mapped[datetime | None]
    # When a beheerder took it away itself, after a report.
    taken_down_at: Mapped[datetime | None]
    # When who looks after the opgave took it off; kept as long as it is reported.
    taken_back_at: Mapped[datetime | None]
    # A message that it may repeat was taken down.
    is_silenced: Mapped[bool] = mapped_column(default=False)


class ReceivedMail(Base):
    """That a mail was answered with this mail, once; `key` stands for its Message-ID."""

    __tablename__ = "received_mail"
    __table_args__ = (UniqueConstraint("key"),)

    id: Mapped[PrimaryId]
    reader_id: Mapped[UUID] = mapped_column(
        ForeignKey("conversation_reader.id", ondelete="CASCADE"), index=True
    )
    key: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime]
    length: Mapped[int]
    is_message: Mapped[bool]
