"""A question with its answer stands on the opgave, and leads to nobody."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.conversations import publishing, queries
from app.conversations import service as conversing
from app.conversations.models import Message, PublishedAnswer
from app.conversations.rules import Words
from app.core.actor import Actor, Role
from app.core.errors import Conflict, NotFound
from app.core.faults import FaultyDraft
from app.core.outbox import OutboxMessage
from app.core.work import Work
from app.opgaven import service as opgaven
from app.opgaven.rules import OpgaveStatus
from tests.conftest import DatabaseMaker
from tests.conversations.builders import Talk, a_question, a_talk, say
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_user
from tests.support.work import MONDAY, make_work

LATER = MONDAY + timedelta(hours=1)
WORDS = Words("Waar is het plein?", "Aan de haven.")


@pytest.fixture
def talk(session: Session) -> Talk:
    asked = a_question(session)
    say(session, asked, asked.owner, "Aan de haven.")
    return asked


def publish(
    session: Session,
    talk: Talk,
    words: Words = WORDS,
    writer: User | None = None,
    published_id: UUID | None = None,
) -> UUID:
    published_id = published_id or uuid4()
    work = make_work(session, writer or talk.owner)
    publishing.publish(work, talk.id, published_id, words)
    session.flush()
    return published_id


def stands(session: Session, talk: Talk) -> list[tuple[str, str]]:
    return [(one.question, one.answer) for one in queries.published(session, talk.opgave.id)]


def facts(session: Session) -> list[str]:
    session.flush()
    names = select(OutboxMessage.name).where(OutboxMessage.name.startswith("question."))
    return list(session.scalars(names.order_by(OutboxMessage.id)))


def test_the_first_question_and_the_last_answer_are_what_it_begins_with(
    session: Session, talk: Talk
) -> None:
    say(session, talk, talk.professional, "En wanneer?")
    say(session, talk, talk.owner, "In mei, aan de haven.")

    begin = queries.exchange(session, talk.conversation)

    assert begin == Words("Waar is het plein?", "In mei, aan de haven.")


def test_what_was_written_before_the_question_answers_nothing(
    session: Session,
) -> None:
    talk = a_talk(session)
    say(session, talk, talk.owner, "Doe je mee?")
    say(session, talk, talk.professional, "Waar is het plein?")

    assert queries.exchange(session, talk.conversation) == Words("Waar is het plein?", "")


def test_what_a_beheerder_took_away_is_not_taken_over(session: Session, talk: Talk) -> None:
    say(session, talk, talk.owner, "Iets dat hier niet hoort.")
    (*_, last) = session.scalars(select(Message).order_by(Message.number))
    last.taken_down_at = MONDAY
    session.flush()

    assert queries.exchange(session, talk.conversation).answer == "Aan de haven."


def test_a_conversation_without_words_begins_with_nothing(session: Session) -> None:
    assert queries.exchange(session, a_talk(session).conversation) == Words("", "")


def test_the_same_form_sent_twice_publishes_once(session: Session, talk: Talk) -> None:
    published_id = publish(session, talk)
    publish(session, talk, published_id=published_id)

    assert stands(session, talk) == [("Waar is het plein?", "Aan de haven.")]
    assert facts(session) == ["question.asked", "question.published"]


def test_its_facts_hold_no_words(session: Session, talk: Talk) -> None:
    published_id = publish(session, talk)

    rows = select(OutboxMessage.payload).where(OutboxMessage.name == "question.published")
    assert session.scalars(rows).one() == {
        "published_id": str(published_id),
        "opgave_id": str(talk.opgave.id),
    }


@pytest.mark.parametrize(
    "words",
    [
        Words("", "Ja."),
        Words("Waar?", ""),
        Words("Fatima vroeg waar", "Ja."),
        Words("Waar?", "Dag mevrouw Bouali, hier."),
    ],
)
def test_who_asked_does_not_stand_in_it(session: Session, talk: Talk, words: Words) -> None:
    with pytest.raises(FaultyDraft):
        publish(session, talk, words)
    published_id = publish(session, talk)
    with pytest.raises(FaultyDraft):
        publishing.revise(make_work(session, talk.owner), published_id, words)

    assert stands(session, talk) == [("Waar is het plein?", "Aan de haven.")]


def test_the_address_of_who_asked_does_not_stand_in_it(session: Session, talk: Talk) -> None:
    with pytest.raises(FaultyDraft):
        publish(session, talk, Words("Waar?", f"Mail {talk.professional.email}"))


def test_only_who_looks_after_the_opgave_publishes_changes_and_takes_back(
    session: Session, talk: Talk
) -> None:
    published_id = publish(session, talk)
    without_role = a_user(session, gemeente_code=talk.owner.gemeente_code)

    for stranger in (talk.professional, without_role, a_user(session, Role.OPGAVEHOUDER)):
        work = make_work(session, stranger)
        with pytest.raises(NotFound):
            publishing.publish(work, talk.id, uuid4(), WORDS)
        with pytest.raises(NotFound):
            publishing.revise(work, published_id, Words("Iets", "Anders"))
        with pytest.raises(NotFound):
            publishing.take_back(work, published_id)


def test_it_is_changed_and_taken_back(session: Session, talk: Talk) -> None:
    published_id = publish(session, talk)
    colleague = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=talk.owner.gemeente_code)

    publishing.revise(make_work(session, colleague), published_id, Words("Waar?", "Daar."))
    assert stands(session, talk) == [("Waar?", "Daar.")]
    publishing.revise(make_work(session, colleague), published_id, Words("Waar?", "Daar."))
    publishing.take_back(make_work(session, colleague), published_id)

    session.flush()
    assert stands(session, talk) == []
    assert facts(session)[-2:] == ["question.revised", "question.taken_back"]


def test_nothing_is_added_to_an_opgave_that_is_over(session: Session, talk: Talk) -> None:
    published_id = publish(session, talk)
    talk.opgave.status = OpgaveStatus.WITHDRAWN

    with pytest.raises(Conflict):
        publish(session, talk)
    publishing.take_back(make_work(session, talk.owner), published_id)


def test_who_begins_with_the_opgave_gets_no_questions(session: Session, talk: Talk) -> None:
    publish(session, talk)
    talk.opgave.status = OpgaveStatus.DONE
    other = a_user(session, Role.OPGAVEHOUDER)

    begun = opgaven.begin_with(make_work(session, other), uuid4(), talk.opgave.id)
    session.flush()

    assert queries.published(session, begun.id) == []


def test_the_words_stay_without_a_link_when_who_asked_is_erased(
    session: Session, talk: Talk
) -> None:
    published_id = publish(session, talk)

    session.delete(talk.professional)
    session.flush()
    session.expire_all()

    assert session.get_one(PublishedAnswer, published_id).conversation_id is None
    assert stands(session, talk) == [("Waar is het plein?", "Aan de haven.")]
    # Nobody is known any more, so nothing is held back.
    publishing.revise(make_work(session, talk.owner), published_id, Words("Fatima?", "Nee."))


def last_of(session: Session, talk: Talk, writer: User) -> Message:
    found = select(Message).where(
        Message.conversation_id == talk.id, Message.writer_id == writer.id
    )
    return session.scalars(found.order_by(Message.number.desc())).first()  # type: ignore[return-value]


@pytest.fixture
def beheerder(session: Session) -> User:
    return a_user(session, Role.BEHEERDER)


def at(session: Session, user: User, hours: int) -> Work:
    return make_work(session, user, MONDAY + timedelta(hours=hours))


@pytest.mark.parametrize("who", ["professional", "owner"])
def test_what_repeats_a_message_is_gone_with_it_and_comes_back_with_it(
    session: Session, talk: Talk, beheerder: User, who: str
) -> None:
    publish(session, talk, Words("Waar is dat plein?", "Aan de haven, bij de brug."))
    message = last_of(session, talk, getattr(talk, who))

    conversing.take_down(at(session, beheerder, 1), message.id)
    gone = stands(session, talk), queries.has_silenced(session, talk.id)
    conversing.put_back(at(session, beheerder, 2), message.id)

    assert gone == ([], True)
    assert stands(session, talk) == [("Waar is dat plein?", "Aan de haven, bij de brug.")]
    assert queries.has_silenced(session, talk.id) is False


def test_it_stays_gone_as_long_as_one_of_two_messages_is_down(
    session: Session, talk: Talk, beheerder: User
) -> None:
    publish(session, talk)
    question, answer = (last_of(session, talk, one) for one in (talk.professional, talk.owner))
    conversing.take_down(at(session, beheerder, 1), question.id)
    conversing.take_down(at(session, beheerder, 2), answer.id)

    conversing.put_back(at(session, beheerder, 3), question.id)

    assert stands(session, talk) == []


def test_what_was_published_before_a_message_or_of_another_conversation_stays(
    session: Session, talk: Talk, beheerder: User
) -> None:
    publish(session, talk)
    other = a_question(session)
    say(session, other, other.owner, "Aan de haven.")
    publish(session, other)
    later = uuid4()
    conversing.say(at(session, talk.professional, 1), talk.id, later, "Sukkels.")

    conversing.take_down(at(session, beheerder, 2), later)

    assert stands(session, talk) == stands(session, other) == [(WORDS.question, WORDS.answer)]


def test_words_that_were_changed_since_a_message_may_repeat_it(
    session: Session, talk: Talk, beheerder: User
) -> None:
    published_id, later = publish(session, talk), uuid4()
    conversing.say(at(session, talk.owner, 1), talk.id, later, "Bij die sukkels aan de haven.")
    words = Words(WORDS.question, "Bij die sukkels.")
    publishing.revise(at(session, talk.owner, 2), published_id, words)
    session.flush()

    conversing.take_down(at(session, beheerder, 3), later)

    assert stands(session, talk) == []


def test_what_is_gone_is_not_changed_or_taken_back_meanwhile(
    session: Session, talk: Talk, beheerder: User
) -> None:
    published_id = publish(session, talk)
    conversing.take_down(make_work(session, beheerder), last_of(session, talk, talk.owner).id)
    work = make_work(session, talk.owner)

    with pytest.raises(NotFound):
        publishing.revise(work, published_id, WORDS)
    with pytest.raises(NotFound):
        publishing.take_back(work, published_id)


def test_a_message_that_is_down_is_not_published_anew_and_other_words_are(
    session: Session, talk: Talk, beheerder: User
) -> None:
    conversing.take_down(make_work(session, beheerder), last_of(session, talk, talk.owner).id)

    with pytest.raises(FaultyDraft, match="weggehaald na een melding"):
        publish(session, talk, Words("Waar?", "Aan  de HAVEN. Tot dan!"))
    work = at(session, talk.owner, 1)
    publishing.publish(work, talk.id, uuid4(), Words("Waar?", "Bij het water."))

    assert stands(session, talk) == [("Waar?", "Bij het water.")]


def test_it_stays_gone_when_who_asked_is_erased(
    session: Session, talk: Talk, beheerder: User
) -> None:
    publish(session, talk)
    conversing.take_down(make_work(session, beheerder), last_of(session, talk, talk.owner).id)

    session.delete(talk.conversation)
    session.flush()
    session.expire_all()

    assert stands(session, talk) == []


@dataclass(frozen=True)
class AtOnce:
    """A conversation in a database that others see, and who do something with it."""

    talk_id: UUID
    opgave_id: UUID
    message_id: UUID
    published_id: UUID
    owner: Actor
    beheerder: Actor

    def publish(self, work: Work) -> None:
        theirs = replace(work, actor=self.owner)
        publishing.publish(theirs, self.talk_id, self.published_id, WORDS)

    def revise(self, work: Work) -> None:
        theirs = replace(work, actor=self.owner)
        publishing.revise(theirs, self.published_id, Words("Waar precies?", "Aan de haven."))

    def take_down(self, work: Work) -> None:
        conversing.take_down(replace(work, actor=self.beheerder), self.message_id)


@pytest.fixture
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database()) as opened:
        yield opened


@pytest.fixture
def at_once(shared: SharedDatabase) -> AtOnce:
    with shared.work() as work:
        asked = a_question(work.session)
        say(work.session, asked, asked.owner, "Aan de haven.")
        return AtOnce(
            talk_id=asked.id,
            opgave_id=asked.opgave.id,
            message_id=last_of(work.session, asked, asked.owner).id,
            published_id=uuid4(),
            owner=actor_of(asked.owner),
            beheerder=actor_of(a_user(work.session, Role.BEHEERDER)),
        )


def read(shared: SharedDatabase, at_once: AtOnce) -> list[str]:
    with shared.work() as work:
        return [one.answer for one in queries.published(work.session, at_once.opgave_id)]


def test_what_is_just_being_taken_down_is_not_published(
    shared: SharedDatabase, at_once: AtOnce
) -> None:
    _, refused = shared.overlap(at_once.take_down, at_once.publish, now=LATER)

    assert isinstance(refused, FaultyDraft)
    assert read(shared, at_once) == []


def test_what_is_just_being_published_goes_down_with_its_message(
    shared: SharedDatabase, at_once: AtOnce
) -> None:
    shared.overlap(at_once.publish, at_once.take_down, now=LATER)

    assert read(shared, at_once) == []


@pytest.mark.parametrize("revises_first", [True, False])
def test_what_is_just_being_taken_down_is_not_written_anew(
    shared: SharedDatabase, at_once: AtOnce, *, revises_first: bool
) -> None:
    with shared.work() as work:
        # It stands there before the message that it will repeat: that goes down alone.
        owner = replace(work, actor=at_once.owner)
        words = Words("Waar?", "Bij het water.")
        publishing.publish(owner, at_once.talk_id, at_once.published_id, words)
        message = work.session.scalars(select(Message).where(Message.id == at_once.message_id))
        message.one().said_at = MONDAY + timedelta(minutes=1)
    deeds = (at_once.revise, at_once.take_down)

    shared.overlap(*(deeds if revises_first else deeds[::-1]), now=LATER)

    assert "Aan de haven." not in read(shared, at_once)
