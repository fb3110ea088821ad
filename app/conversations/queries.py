"""Reading conversations, for the two sides of each and nobody else."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import User
from app.conversations.events import ConversationBegun
from app.conversations.models import (
    AwaitedAnswer,
    Conversation,
    ConversationReader,
    Message,
    PublishedAnswer,
)
from app.conversations.revealing import Unnamed
from app.conversations.rules import TAKEN_DOWN, End, Side, Words, how_it_ended, waited_for
from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.outbox import facts_of
from app.core.reach import within
from app.core.rights import Right, may_in
from app.gemeenten import queries as gemeenten
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.opgaven.rules import TAKES_ANSWERS, may_edit
from app.people.models import Profile
from app.people.rules import ProfileState
from app.responses.models import Outcome, Response
from app.responses.rules import Answer, WhyClosed


@dataclass(frozen=True)
class SeenConversation:
    """A conversation as one of its two sides sees it."""

    conversation: Conversation
    side: Side
    opgave: Opgave
    # As the viewer may read it.
    title: str
    # Whether the viewer may read the opgave now.
    is_readable: bool
    opgave_gemeente: str
    professional_name: str
    professional_gemeente: str
    # Of the other side, after what the viewer has read.
    unread: int
    # The professional asked something, and shows no interest.
    is_question: bool
    # The last message of a question asks something in its turn.
    asks_back: bool
    # The last time that the professional waited for the gemeente.
    awaited: AwaitedAnswer | None
    # What ended it; None while it goes on.
    end: End | None
    # Why the interest of the professional was closed.
    why: WhyClosed | None
    # The professional shows interest with a profile that nobody sees now.
    is_hidden: bool

    @property
    def turn(self) -> Side | None:
        """Who is waited for; nobody when it ended, or when the gemeente answered otherwise.

        Nobody either when a question was answered, and nothing was asked back.
        """
        if self.end is not None:
            return None
        turn = waited_for(self.conversation.last_side)
        if turn is Side.PROFESSIONAL:
            return None if self.is_question and not self.asks_back else turn
        # Who is in a loan talks on after its opgave closed; no day is kept for that.
        is_kept = self.opgave.status in TAKES_ANSWERS
        is_over = not self._waits if is_kept else self._is_answered
        return None if is_over else turn

    @property
    def is_waiting_for_viewer(self) -> bool:
        return self.turn is self.side

    @property
    def answer_before(self) -> date | None:
        """The first day on which an answer of the gemeente is too late, as long as one waits."""
        waits = self._waits and self.end is None
        return self.awaited.answer_before if self.awaited and waits else None

    @property
    def waits_since(self) -> datetime:
        return self.awaited.since if self.awaited else self.conversation.last_at

    def was_told(self, *, is_late: bool) -> bool:
        """Whether the gemeente was told that somebody waits still: that it is due, or late."""
        if self.awaited is None or not self._waits or self.end is not None:
            return False
        return (self.awaited.late_told_at if is_late else self.awaited.reminded_at) is not None

    @property
    def _waits(self) -> bool:
        return self.awaited is not None and self.awaited.settled_at is None

    @property
    def _is_answered(self) -> bool:
        settled_at = self.awaited.settled_at if self.awaited else None
        return settled_at is not None and settled_at >= self.conversation.last_at


@dataclass(frozen=True)
class Asker:
    """Who asked about an opgave without showing interest, as who looks after it sees them."""

    conversation_id: UUID
    name: str
    gemeente_name: str
    asked_at: datetime


@dataclass(frozen=True)
class SeenMessage:
    message_id: UUID
    number: int
    side: Side
    writer_id: UUID | None
    # Empty for a colleague who was erased.
    writer_name: str
    text: str
    said_at: datetime
    by_mail: bool
    # Taken away after a report: its words are not there for anybody.
    is_down: bool


def of_viewer(session: Session, viewer: Actor, conversation_id: UUID) -> SeenConversation:
    """The conversation; `NotFound` for whoever is neither side of it."""
    found = _seen(session, viewer, _of(viewer).where(Conversation.id == conversation_id))
    if not found:
        raise NotFound(f"conversation {conversation_id}")
    return found[0]


def asker_left(session: Session, viewer: Actor, **about: UUID) -> bool:
    """Whether there was such a conversation, which left with the account of who asked.

    For who looks after its opgave; of the conversation only the fact is left that it began.
    """
    begun = facts_of(session, (ConversationBegun.name,), **about)
    askers = {UUID(one.payload["user_id"]) for one in begun}
    gone = askers - accounts.names_of(session, askers).keys()
    left = {UUID(one.payload["opgave_id"]) for one in begun if UUID(one.payload["user_id"]) in gone}
    found = session.scalars(select(Opgave).where(Opgave.id.in_(left)))
    return any(may_edit(viewer, one.gemeente_code) for one in found)


def of_message(
    session: Session, viewer: Actor, message_id: UUID
) -> tuple[Message, SeenConversation]:
    """A message and where it stands; `NotFound` for whoever is neither side of that."""
    message = session.scalar(select(Message).where(Message.id == message_id))
    if message is None:
        raise NotFound(f"message {message_id}")
    return message, of_viewer(session, viewer, message.conversation_id)


def all_of(
    session: Session, viewer: Actor, opgave_id: UUID | None = None
) -> list[SeenConversation]:
    """Every conversation of the viewer, or those about one opgave; the last first."""
    wanted = _of(viewer).order_by(Conversation.last_at.desc(), Conversation.id)
    if opgave_id is not None:
        wanted = wanted.where(Conversation.opgave_id == opgave_id)
    return _seen(session, viewer, wanted)


def seen_among(
    session: Session, viewer: Actor, conversation_ids: Collection[UUID]
) -> list[SeenConversation]:
    """Of these conversations those of which the viewer is a side."""
    if not conversation_ids:
        return []
    return _seen(session, viewer, _of(viewer).where(Conversation.id.in_(conversation_ids)))


def of_opgaven(
    session: Session, viewer: Actor, opgave_ids: Collection[UUID]
) -> list[SeenConversation]:
    """Those about these opgaven that go on; the last first."""
    wanted = _of(viewer).where(Conversation.opgave_id.in_(opgave_ids), is_going_on())
    return _seen(session, viewer, wanted.order_by(Conversation.last_at.desc(), Conversation.id))


def own_questions(session: Session, viewer: Actor) -> list[SeenConversation]:
    """In which the viewer asked something, and shows no interest; the last first."""
    asked = select(Conversation).where(Conversation.user_id == viewer.user_id, _is_question())
    return _seen(session, viewer, asked.order_by(Conversation.asked_at.desc(), Conversation.id))


def askers(session: Session, viewer: Actor, opgave_id: UUID) -> list[Asker]:
    """Who asked something and shows no interest, the last first; others get `NotFound`.

    They see a name and a gemeente: what is asked is answered in the conversation.
    """
    opgave = opgaven.opgave_to_edit(session, viewer, opgave_id)
    asked = select(Conversation).where(Conversation.opgave_id == opgave.id, _is_question())
    newest = asked.order_by(Conversation.asked_at.desc(), Conversation.id)
    return [
        Asker(
            conversation_id=one.conversation.id,
            name=one.professional_name,
            gemeente_name=one.professional_gemeente,
            asked_at=one.conversation.asked_at,
        )
        for one in _seen(session, viewer, newest)
        if one.conversation.asked_at is not None
    ]


def count_askers(session: Session, opgave_id: UUID) -> int:
    """How many asked something about the opgave, and show no interest."""
    asked = select(func.count()).where(Conversation.opgave_id == opgave_id, _is_question())
    return session.scalar(asked) or 0


def count_unread(session: Session, viewer: Actor) -> int:
    """How many conversations hold something new for the viewer.

    Of those of colleagues of the gemeente only when the viewer looks after the opgave.
    """
    own = _count_new(session, viewer, Side.PROFESSIONAL, Conversation.user_id == viewer.user_id)
    home = viewer.gemeente_code or ""
    if not may_edit(viewer, home):
        return own
    # Two questions, so that each finds its rows by an index.
    looks_after = or_(Opgave.owner_id == viewer.user_id, Opgave.co_owner_id == viewer.user_id)
    of_home = and_(Opgave.gemeente_code == home, looks_after)
    return own + _count_new(session, viewer, Side.OPGAVE, of_home)


def ids_by_opgave(session: Session, user_id: UUID) -> dict[UUID, UUID]:
    """By opgave the conversation of this professional."""
    rows = select(Conversation.opgave_id, Conversation.id).where(Conversation.user_id == user_id)
    return dict(session.execute(rows).all())


def ids_by_professional(session: Session, opgave_id: UUID) -> dict[UUID, UUID]:
    """By professional the conversation about this opgave, for who looks after it."""
    rows = select(Conversation.user_id, Conversation.id).where(Conversation.opgave_id == opgave_id)
    return dict(session.execute(rows).all())


def about(session: Session, opgave_id: UUID, user_id: UUID) -> Conversation | None:
    return session.scalar(
        select(Conversation).where(
            Conversation.opgave_id == opgave_id, Conversation.user_id == user_id
        )
    )


def messages(session: Session, conversation_id: UUID, after: int = 0) -> list[SeenMessage]:
    """What was written after that number, the newest last."""
    rows = session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.number > after)
        .order_by(Message.number)
    ).all()
    names = accounts.names_of(session, {row.writer_id for row in rows if row.writer_id})
    return [
        SeenMessage(
            message_id=row.id,
            number=row.number,
            side=row.side,
            writer_id=row.writer_id,
            writer_name=names.get(row.writer_id, "") if row.writer_id else "",
            text=TAKEN_DOWN if row.taken_down_at else row.text,
            said_at=row.said_at,
            by_mail=row.by_mail,
            is_down=row.taken_down_at is not None,
        )
        for row in rows
    ]


def words_with_interest(session: Session, conversation: Conversation) -> str:
    """What the professional wrote when they showed the interest that stands now, or nothing."""
    written = (
        select(Message.text)
        .join(Response, Response.answered_at == Message.said_at)
        .where(
            Response.user_id == conversation.user_id,
            Response.opgave_id == conversation.opgave_id,
            Message.conversation_id == conversation.id,
            Message.side == Side.PROFESSIONAL,
            Message.taken_down_at.is_(None),
        )
    )
    return session.scalar(written.order_by(Message.number).limit(1)) or ""


def asking_number(session: Session, conversation: Conversation) -> int | None:
    """The number of the message with which the professional asked without showing interest."""
    asked = select(func.min(Message.number)).where(
        Message.conversation_id == conversation.id,
        Message.side == Side.PROFESSIONAL,
        Message.said_at == conversation.asked_at,
    )
    return session.scalar(asked)


def published(session: Session, opgave_id: UUID) -> list[PublishedAnswer]:
    """What everybody who reads the opgave may read, the first first."""
    return _standing(session, PublishedAnswer.opgave_id == opgave_id)


def published_of(session: Session, conversation_id: UUID) -> list[PublishedAnswer]:
    """What of this conversation stands on its opgave."""
    return _standing(session, PublishedAnswer.conversation_id == conversation_id)


def _standing(session: Session, which: ColumnElement[bool]) -> list[PublishedAnswer]:
    found = select(PublishedAnswer).where(which, is_standing())
    return list(
        session.scalars(found.order_by(PublishedAnswer.published_at, PublishedAnswer.id)).all()
    )


def is_standing() -> ColumnElement[bool]:
    """Whether a published answer can be read on its opgave."""
    return and_(
        PublishedAnswer.is_silenced.is_(False),
        PublishedAnswer.taken_down_at.is_(None),
        PublishedAnswer.taken_back_at.is_(None),
    )


def has_silenced(session: Session, conversation_id: UUID) -> bool:
    """Whether something of this conversation is off its opgave because a message is down."""
    of_it = PublishedAnswer.conversation_id == conversation_id
    there = and_(PublishedAnswer.is_silenced, PublishedAnswer.taken_back_at.is_(None))
    return bool(session.scalar(select(exists().where(of_it, there))))


def texts_down(session: Session, conversation_id: UUID | None) -> list[str]:
    """What a beheerder took out of this conversation."""
    gone = select(Message.text).where(
        Message.conversation_id == conversation_id, Message.taken_down_at.is_not(None)
    )
    return list(session.scalars(gone.order_by(Message.number)))


def published_to_read(session: Session, reader: Actor, published_id: UUID) -> PublishedAnswer:
    """As long as it stands on an opgave that the reader may read; otherwise `NotFound`."""
    found = _published(session, published_id)
    opgaven.seen_opgave(session, reader, found.opgave_id)
    return found


def published_to_edit(session: Session, editor: Actor, published_id: UUID) -> PublishedAnswer:
    """For who looks after its opgave, as long as it stands there; others get `NotFound`."""
    found = _published(session, published_id)
    opgaven.opgave_to_edit(session, editor, found.opgave_id)
    return found


def _published(session: Session, published_id: UUID) -> PublishedAnswer:
    found = session.scalar(
        select(PublishedAnswer).where(PublishedAnswer.id == published_id, is_standing())
    )
    if found is None:
        raise NotFound(f"published answer {published_id}")
    return found


def unnamed(session: Session, conversation_id: UUID | None) -> Unnamed | None:
    """Who must not be found in what is published of this conversation."""
    conversation = session.get(Conversation, conversation_id) if conversation_id else None
    if conversation is None:
        return None
    user = session.get_one(User, conversation.user_id)
    gemeente = gemeenten.by_code(session, user.gemeente_code)
    return Unnamed(user.name, user.email, gemeente.name)


def exchange(session: Session, conversation: Conversation) -> Words:
    """The question of a conversation and the last answer, to begin publishing with."""
    written = [one for one in messages(session, conversation.id) if not one.is_down]
    asked = asking_number(session, conversation)
    of_professional = [one for one in written if one.side is Side.PROFESSIONAL]
    question = next((one for one in of_professional if asked in (None, one.number)), None)
    if question is None:
        return Words("", "")
    # What stands before it invited them, and answers nothing.
    after = [one for one in written if one.number > question.number]
    answers = [one.text for one in after if one.side is Side.OPGAVE]
    return Words(question.text, answers[-1] if answers else "")


def was_awaited(session: Session, conversation: Conversation) -> bool:
    """Whether the professional waits for the gemeente, or did before."""
    awaited = exists().where(AwaitedAnswer.conversation_id == conversation.id)
    return bool(session.scalar(select(awaited)))


def awaited_now(session: Session, conversation_id: UUID) -> AwaitedAnswer | None:
    """That its professional waits for the gemeente, if they do."""
    waits = select(AwaitedAnswer).where(
        AwaitedAnswer.conversation_id == conversation_id, AwaitedAnswer.settled_at.is_(None)
    )
    return session.scalar(waits.execution_options(populate_existing=True))


def count_awaited(session: Session, opgave_id: UUID) -> int:
    """In how many conversations about this opgave the professional waits for an answer."""
    waiting = (
        select(func.count(AwaitedAnswer.id))
        .join(Conversation, Conversation.id == AwaitedAnswer.conversation_id)
        .where(Conversation.opgave_id == opgave_id, AwaitedAnswer.settled_at.is_(None))
        .where(is_known(), is_going_on())
    )
    return session.scalar(waiting) or 0


def asking(session: Session, opgave_id: UUID) -> dict[UUID, datetime]:
    """Who asked about an opgave and has the last word, and when that was said.

    Of who showed interest or said no since, that counts.
    """
    rows = session.execute(
        select(Conversation.user_id, Conversation.last_at).where(
            Conversation.opgave_id == opgave_id,
            Conversation.last_side == Side.PROFESSIONAL,
            _is_question(),
        )
    )
    return dict(rows.all())


def read_to(session: Session, conversation_id: UUID, user_id: UUID) -> int:
    """The number of the last message that this person has read."""
    found = select(ConversationReader.read_to).where(
        ConversationReader.conversation_id == conversation_id,
        ConversationReader.user_id == user_id,
    )
    return session.scalar(found) or 0


def first_unread(
    session: Session, conversation_id: UUID, user_id: UUID, written_by: Side
) -> int | None:
    """The number of the first message of that side that this person has not read."""
    return session.scalar(
        select(func.min(Message.number)).where(
            Message.conversation_id == conversation_id,
            Message.side == written_by,
            Message.number > read_to(session, conversation_id, user_id),
        )
    )


def side_of(viewer: Actor, conversation: Conversation, opgave: Opgave) -> Side | None:
    """On which side somebody speaks, or None."""
    if viewer.user_id is not None and conversation.user_id == viewer.user_id:
        return Side.PROFESSIONAL
    return Side.OPGAVE if may_in(viewer, Right.TALK, opgave.gemeente_code) else None


def _of(viewer: Actor) -> Select[Conversation]:
    """Those of which the viewer is one side."""
    own: ColumnElement[bool] = Conversation.user_id == viewer.user_id
    of_home = and_(within(viewer, Right.TALK, Opgave.gemeente_code), is_known())
    found = select(Conversation).join(Opgave, Opgave.id == Conversation.opgave_id)
    return found.where(or_(own, of_home))


def is_known() -> ColumnElement[bool]:
    """Whether the professional made themselves known: by a word, or by interest, closed or not."""
    wrote = exists().where(
        Message.conversation_id == Conversation.id, Message.side == Side.PROFESSIONAL
    )
    interested = (
        select(Response.user_id)
        .join(Profile, Profile.user_id == Response.user_id)
        .where(
            Response.user_id == Conversation.user_id,
            Response.opgave_id == Conversation.opgave_id,
            Response.answer.in_((Answer.INTERESTED, Answer.CLOSED)),
            Profile.state == ProfileState.PUBLISHED,
        )
        .correlate(Conversation)
    )
    return or_(wrote.correlate(Conversation), interested.exists())


def is_going_on() -> ColumnElement[bool]:
    """Whether the professional shows interest, or asks something: otherwise nobody waits."""
    interested = exists().where(
        Response.user_id == Conversation.user_id,
        Response.opgave_id == Conversation.opgave_id,
        Response.answer == Answer.INTERESTED,
    )
    return or_(interested.correlate(Conversation), _is_question())


def is_unanswered() -> ColumnElement[bool]:
    """Whether a professional who is known wants to hear something, and has the last word."""
    said = (
        select(Response.answer)
        .where(
            Response.user_id == Conversation.user_id,
            Response.opgave_id == Conversation.opgave_id,
        )
        .correlate(Conversation)
        .scalar_subquery()
    )
    asks = and_(Conversation.asked_at.is_not(None), said.is_(None))
    return and_(
        is_known(),
        or_(said == Answer.INTERESTED, asks),
        Conversation.last_side.is_distinct_from(Side.OPGAVE),
    )


def _is_question() -> ColumnElement[bool]:
    """Whether the professional asked something, and neither showed interest nor said no since."""
    said_more = exists().where(
        Response.user_id == Conversation.user_id,
        Response.opgave_id == Conversation.opgave_id,
        Response.answer != Answer.LATER,
    )
    return and_(Conversation.asked_at.is_not(None), ~said_more.correlate(Conversation))


def _seen(session: Session, viewer: Actor, wanted: Select[Conversation]) -> list[SeenConversation]:
    """With everything a page shows of them, in a fixed number of questions."""
    found = session.scalars(wanted).all()
    opgave_ids = [one.opgave_id for one in found]
    about_all = opgaven.by_ids(session, opgave_ids)
    readable = opgaven.seen_opgaven(session, viewer, opgave_ids)
    users = {user.id: user for user in _users(session, {one.user_id for one in found})}
    places = gemeenten.names_of(session, {user.gemeente_code for user in users.values()})
    unread = _unread(session, viewer, found)
    questions = _questions(session, found)
    awaited = _last_awaited(session, found)
    said = _said(session, found)
    return [
        SeenConversation(
            conversation=one,
            side=side,
            opgave=about_all[one.opgave_id].opgave,
            title=about_all[one.opgave_id].title_for(viewer),
            is_readable=one.opgave_id in readable,
            opgave_gemeente=about_all[one.opgave_id].gemeente.name,
            professional_name=users[one.user_id].name,
            professional_gemeente=places[users[one.user_id].gemeente_code],
            unread=unread.get((one.id, side), 0),
            is_question=one.id in questions,
            asks_back=questions.get(one.id, False),
            awaited=awaited.get(one.id),
            end=how_it_ended(
                about_all[one.opgave_id].opgave.status,
                said[one.id].answer,
                said[one.id].why,
                is_question=one.id in questions,
            ),
            why=said[one.id].why,
            is_hidden=said[one.id].is_hidden,
        )
        for one in found
        if (side := side_of(viewer, one, about_all[one.opgave_id].opgave)) is not None
    ]


@dataclass(frozen=True)
class _Said:
    """What a professional says to the opgave of a conversation now."""

    answer: Answer | None
    why: WhyClosed | None
    is_hidden: bool


def _said(session: Session, found: Iterable[Conversation]) -> dict[UUID, _Said]:
    about = and_(
        Response.user_id == Conversation.user_id, Response.opgave_id == Conversation.opgave_id
    )
    ended = and_(
        Outcome.user_id == Conversation.user_id, Outcome.opgave_id == Conversation.opgave_id
    )
    rows = session.execute(
        select(Conversation.id, Response.answer, Outcome.reason, Profile.state)
        .outerjoin(Response, about)
        .outerjoin(Outcome, ended)
        .outerjoin(Profile, Profile.user_id == Conversation.user_id)
        .where(Conversation.id.in_([one.id for one in found]))
    )
    return {
        conversation_id: _Said(
            answer,
            why,
            is_hidden=answer is Answer.INTERESTED and state is not ProfileState.PUBLISHED,
        )
        for conversation_id, answer, why, state in rows
    }


def _questions(session: Session, found: Iterable[Conversation]) -> dict[UUID, bool]:
    """Those of these that are a question, and whether their last message asks something back."""
    ids = [one.id for one in found if one.asked_at is not None]
    if not ids:
        return {}
    asks_back = exists().where(
        Message.conversation_id == Conversation.id,
        Message.number == Conversation.messages,
        Message.taken_down_at.is_(None),
        Message.text.contains("?"),
    )
    rows = select(Conversation.id, asks_back.correlate(Conversation)).where(
        Conversation.id.in_(ids), _is_question()
    )
    return dict(session.execute(rows).all())


def _last_awaited(session: Session, found: Iterable[Conversation]) -> dict[UUID, AwaitedAnswer]:
    """By conversation the last time that its professional waited for the gemeente."""
    rows = session.scalars(
        select(AwaitedAnswer)
        .where(AwaitedAnswer.conversation_id.in_([one.id for one in found]))
        .order_by(AwaitedAnswer.since)
    )
    return {row.conversation_id: row for row in rows}


def _users(session: Session, user_ids: Iterable[UUID]) -> Iterable[User]:
    return session.scalars(select(User).where(User.id.in_(list(user_ids))))


def _unread(
    session: Session, viewer: Actor, found: Iterable[Conversation]
) -> dict[tuple[UUID, Side], int]:
    """How many messages of the other side the viewer has not read, by conversation and side."""
    rows = session.execute(
        select(Message.conversation_id, Message.side, func.count())
        .outerjoin(ConversationReader, _is_reader(viewer))
        .where(Message.conversation_id.in_([one.id for one in found]), _is_unread())
        .group_by(Message.conversation_id, Message.side)
    )
    return {(conversation_id, side.other): count for conversation_id, side, count in rows}


def _count_new(session: Session, viewer: Actor, side: Side, whose: ColumnElement[bool]) -> int:
    """How many of these hold something that the viewer, who is on that side, has not read."""
    unread = (
        select(func.count(Conversation.id.distinct()))
        .join(Opgave, Opgave.id == Conversation.opgave_id)
        .join(Message, Message.conversation_id == Conversation.id)
        .outerjoin(ConversationReader, _is_reader(viewer))
        .where(whose, Message.side == side.other, _is_unread())
    )
    return session.scalar(unread) or 0


def _is_reader(viewer: Actor) -> ColumnElement[bool]:
    return and_(
        ConversationReader.conversation_id == Message.conversation_id,
        ConversationReader.user_id == viewer.user_id,
    )


def _is_unread() -> ColumnElement[bool]:
    return Message.number > func.coalesce(ConversationReader.read_to, 0)
