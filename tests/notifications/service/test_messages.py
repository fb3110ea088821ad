"""A message in a conversation becomes a notice and a mail, and no pile of mails."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import RoleGrant, User
from app.accounts.queries import actor_of
from app.conversations import publishing
from app.conversations import queries as conversations
from app.conversations import service as conversing
from app.conversations.models import Message, PublishedAnswer
from app.conversations.rules import Words
from app.core.actor import Role
from app.core.mail import Answer, Letter, Verdict
from app.core.outbox import OutboxMessage
from app.core.verp import reader_of
from app.notifications import queries, service
from app.notifications.models import Delivery, Notice
from app.notifications.rules import (
    MOST_MESSAGES_A_DAY,
    Channel,
    DeliveryState,
    Family,
    MailKind,
    NoticeKind,
)
from app.post import Post
from app.responses.service import withdraw
from tests.conftest import DatabaseMaker
from tests.conversations.builders import Talk, a_question, a_talk, say
from tests.notifications.builders import a_delivery, interest_in
from tests.support.at_once import PATIENCE, SharedDatabase
from tests.support.builders import a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work

A_DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database()) as opened:
        yield opened


def tell(session: Session, talk: Talk, after: timedelta = timedelta(0)) -> None:
    """As the reaction to the last message does."""
    work = make_work(session, now=MONDAY + after)
    service.tell_message(work, talk.id, talk.conversation.messages)
    session.flush()


def mails(session: Session) -> list[Delivery]:
    found = select(Delivery).where(Delivery.kind == MailKind.MESSAGE).order_by(Delivery.created_at)
    return list(session.scalars(found))


def went(session: Session) -> None:
    for mail in mails(session):
        mail.state = DeliveryState.ACCEPTED
    session.flush()


def letter_of(app: Flask, session: Session, mail: Delivery) -> Letter | None:
    post: Post = app.extensions["post"]
    mail.lease_owner = mail.id
    session.flush()
    claimed = service.Claim(mail.id, mail.kind, mail.id)
    return service.write_letter(make_work(session), post.stationery, claimed)


def for_digest(session: Session, reader: User) -> list[NoticeKind]:
    session.flush()
    since = queries.last_told(session, reader.id)
    news = queries.news(session, actor_of(reader), since, MONDAY + A_DAY, TODAY)
    return [one.notice.kind for one in news]


def send(app: Flask, session: Session, kind: MailKind) -> None:
    """All the way: claimed, written, marked and taken."""
    work, post = make_work(session), app.extensions["post"]
    session.flush()
    [claimed] = service.claim(work, 20, [kind])
    letter = service.write_letter(work, post.stationery, claimed)
    assert letter is not None
    assert service.mark_letter(work, claimed, letter)
    service.record(work, claimed, Answer(Verdict.ACCEPTED, "250"), letter)
    session.expire_all()


def stands(session: Session, reader: User) -> list[NoticeKind]:
    found = queries.inbox(session, actor_of(reader), TODAY)
    return [one.notice.kind for one in found if one.notice.kind is NoticeKind.MESSAGE_WRITTEN]


def test_a_message_of_the_opgavehouder_is_told_to_the_professional(session: Session) -> None:
    talk = a_talk(session)
    say(session, talk, talk.owner, "Wanneer kun je?")

    tell(session, talk)

    assert [mail.user_id for mail in mails(session)] == [talk.professional.id]
    assert stands(session, talk.professional) == [NoticeKind.MESSAGE_WRITTEN]
    assert stands(session, talk.owner) == []


def test_a_message_of_the_professional_is_told_to_both_opgavehouders(session: Session) -> None:
    talk = a_talk(session)
    other = User(
        id=talk.conversation.id,
        email="tweede@testerdam.example",
        name="Tweede",
        gemeente_code=talk.owner.gemeente_code,
        created_at=MONDAY,
    )
    session.add(other)
    session.flush()
    talk.opgave.co_owner_id = other.id
    say(session, talk, talk.professional, "Dinsdag.")

    tell(session, talk)

    assert {mail.user_id for mail in mails(session)} == {talk.owner.id, other.id}


def test_a_run_of_unread_messages_is_one_mail_a_day(session: Session) -> None:
    talk = a_talk(session)
    for text in ("Een", "Twee", "Drie"):
        say(session, talk, talk.owner, text)
        tell(session, talk)
    assert len(mails(session)) == 1
    went(session)

    say(session, talk, talk.owner, "Vier")
    tell(session, talk)
    assert len(mails(session)) == 1

    say(session, talk, talk.owner, "Vijf")
    tell(session, talk, A_DAY)
    assert len(mails(session)) == 2


def test_what_comes_after_the_mail_went_is_for_the_digest(session: Session) -> None:
    talk = a_talk(session)
    say(session, talk, talk.owner, "Een")
    tell(session, talk)
    went(session)

    assert for_digest(session, talk.professional) == []
    say(session, talk, talk.owner, "Twee")
    tell(session, talk, timedelta(hours=1))
    assert for_digest(session, talk.professional) == [NoticeKind.MESSAGE_WRITTEN]


def test_who_read_gets_a_mail_for_what_comes_next(session: Session) -> None:
    talk = a_talk(session)
    say(session, talk, talk.owner, "Een")
    tell(session, talk)
    went(session)
    say(session, talk, talk.professional, "Ja")

    say(session, talk, talk.owner, "Mooi")
    tell(session, talk)

    assert len([mail for mail in mails(session) if mail.user_id == talk.professional.id]) == 2


def test_what_was_read_before_it_was_told_is_not_told(session: Session) -> None:
    talk = a_talk(session)
    say(session, talk, talk.owner, "Een")
    conversing.mark_read(make_work(session, talk.professional), talk.id, 1)

    tell(session, talk)

    assert mails(session) == []
    assert session.scalars(select(Notice)).all() == []


def test_telling_twice_tells_once(session: Session) -> None:
    talk = a_talk(session)
    say(session, talk, talk.owner, "Een")

    tell(session, talk)
    tell(session, talk)

    assert len(mails(session)) == 1


def test_telling_again_after_the_mail_went_tells_nothing(session: Session) -> None:
    talk = a_talk(session)
    say(session, talk, talk.owner, "Een")
    tell(session, talk)
    went(session)

    tell(session, talk, timedelta(seconds=3))

    assert for_digest(session, talk.professional) == []


def test_what_a_mail_that_went_held_is_not_told_again(app: Flask, session: Session) -> None:
    talk = a_talk(session)
    say(session, talk, talk.owner, "Een")
    tell(session, talk)
    say(session, talk, talk.owner, "Twee")
    send(app, session, MailKind.MESSAGE)

    tell(session, talk, timedelta(seconds=3))

    assert for_digest(session, talk.professional) == []


def test_what_a_mail_held_that_did_not_come_is_told(app: Flask, session: Session) -> None:
    talk = a_talk(session)
    say(session, talk, talk.owner, "Een")
    tell(session, talk)
    say(session, talk, talk.owner, "Twee")
    post: Post = app.extensions["post"]
    [claimed] = service.claim(make_work(session), 20, [MailKind.MESSAGE])
    letter = service.write_letter(make_work(session), post.stationery, claimed)
    assert letter is not None
    assert service.mark_letter(make_work(session), claimed, letter)
    tell(session, talk, timedelta(seconds=3))

    service.record(make_work(session), claimed, Answer(Verdict.REFUSED, "550"))

    assert for_digest(session, talk.professional) == [NoticeKind.MESSAGE_WRITTEN]


def test_a_message_that_crosses_the_mark_of_a_mail_is_told(
    app: Flask, shared: SharedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    post: Post = app.extensions["post"]
    with shared.work() as work:
        talk = a_talk(work.session)
        say(work.session, talk, talk.owner, "Een")
        service.tell_message(work, talk.id, 1)
        talk_id, owner_id, reader_id = talk.id, talk.owner.id, talk.professional.id
    with shared.work() as work:
        [claimed] = service.claim(work, 20, [MailKind.MESSAGE])
    with shared.work() as work:
        letter = service.write_letter(work, post.stationery, claimed)
    assert letter is not None
    read = conversations.messages

    def tell_of_it() -> None:
        with shared.work(now=MONDAY + timedelta(seconds=1)) as other:
            service.tell_message(other, talk_id, 2)

    telling = Thread(target=tell_of_it)

    def reading(*asked: Any) -> list[conversations.SeenMessage]:
        """The last look has read; then there is another message, and somebody tells of it."""
        found = read(*asked)
        with shared.work() as other:
            owner = other.fetch(User, owner_id)
            conversing.say(make_work(other.session, owner), talk_id, uuid4(), "Twee")
        telling.start()
        shared.until_it_waits(telling)
        return found

    with monkeypatch.context() as patched, shared.work() as work:
        patched.setattr(conversations, "messages", reading)
        is_marked = service.mark_letter(work, claimed, letter)
    telling.join(PATIENCE)

    assert is_marked
    assert "Twee" not in letter.text
    with shared.work() as work:
        service.record(work, claimed, Answer(Verdict.ACCEPTED, "250"), letter)
    with shared.work() as work:
        reader = work.fetch(User, reader_id)
        assert for_digest(work.session, reader) == [NoticeKind.MESSAGE_WRITTEN]


def test_a_day_has_only_so_many_of_these_mails(session: Session) -> None:
    talk = a_talk(session)
    for number in range(MOST_MESSAGES_A_DAY + 3):
        say(session, talk, talk.owner, f"Bericht {number}")
        tell(session, talk)
        went(session)
        conversing.mark_read(
            make_work(session, talk.professional), talk.id, talk.conversation.messages
        )

    assert len(mails(session)) == MOST_MESSAGES_A_DAY


def test_who_chose_another_road_gets_no_mail(session: Session) -> None:
    talk = a_talk(session)
    roads = {Family.MESSAGES: Channel.INBOX}
    service.choose_roads(make_work(session, talk.professional), roads)
    say(session, talk, talk.owner, "Een")

    tell(session, talk)

    assert mails(session) == []
    assert stands(session, talk.professional) == [NoticeKind.MESSAGE_WRITTEN]


def test_the_mail_holds_the_words_and_who_wrote_them(app: Flask, session: Session) -> None:
    talk = a_talk(session)
    say(session, talk, talk.owner, "Wanneer kun je?\nDinsdag past mij.")
    tell(session, talk)

    letter = letter_of(app, session, mails(session)[0])

    assert letter is not None
    assert letter.subject == "Marloes Hoekzema schreef je over Een veilig plein"
    assert "  Wanneer kun je?\n  Dinsdag past mij.\n" in letter.text
    assert "Antwoord boven deze regel" in letter.text
    assert "Marloes Hoekzema uit Testerdam" in letter.text


def test_the_mail_is_answered_at_an_address_of_its_reader(app: Flask, session: Session) -> None:
    talk = a_talk(session)
    say(session, talk, talk.owner, "Een")
    tell(session, talk)
    paper = app.extensions["post"].stationery

    letter = letter_of(app, session, mails(session)[0])

    assert letter is not None
    address = dict(letter.headers)["Reply-To"]
    own = conversing.reader_id(make_work(session), talk.conversation, talk.professional.id)
    assert reader_of(address, paper.answer_box, paper.secret) == own
    assert len(address.partition("@")[0]) <= 64


def test_a_mail_whose_news_was_read_meanwhile_does_not_go(app: Flask, session: Session) -> None:
    talk = a_talk(session)
    say(session, talk, talk.owner, "Een")
    tell(session, talk)

    conversing.mark_read(make_work(session, talk.professional), talk.id, 1)

    assert letter_of(app, session, mails(session)[0]) is None
    assert mails(session)[0].state is DeliveryState.SUPPRESSED


def test_the_mail_tells_what_came_while_it_waited(app: Flask, session: Session) -> None:
    talk = a_talk(session)
    for text in ("Een", "Twee"):
        say(session, talk, talk.owner, text)
        tell(session, talk)

    letter = letter_of(app, session, mails(session)[0])

    assert letter is not None
    assert ("Een" in letter.text, "Twee" in letter.text) == (True, True)


def test_words_with_interest_come_with_the_mail_about_interest(
    app: Flask, session: Session
) -> None:
    talk = a_talk(session, "Ik ken dit plein.")
    service.tell_interest(make_work(session), talk.opgave.id, talk.professional.id)
    mail = session.scalars(select(Delivery).where(Delivery.kind == MailKind.INTEREST_SHOWN)).one()

    letter = letter_of(app, session, mail)

    assert letter is not None
    assert "Ik ken dit plein." in letter.text
    assert "Reply-To" in dict(letter.headers)


def test_interest_that_is_shown_again_comes_with_its_own_words(
    app: Flask, session: Session
) -> None:
    talk = a_talk(session, "Oude woorden.")
    service.tell_interest(make_work(session), talk.opgave.id, talk.professional.id)
    send(app, session, MailKind.INTEREST_SHOWN)
    later = MONDAY + timedelta(hours=1)
    withdraw(make_work(session, talk.professional, later), talk.opgave.id)
    session.flush()
    again = make_work(session, talk.professional, MONDAY + A_DAY)
    conversing.show_interest(again, talk.opgave.id, "Nieuwe woorden.")
    service.tell_interest(again, talk.opgave.id, talk.professional.id)
    mail = session.scalars(select(Delivery).where(Delivery.state == DeliveryState.PENDING)).one()

    letter = letter_of(app, session, mail)

    assert letter is not None
    assert ("Nieuwe woorden." in letter.text, "Oude woorden." in letter.text) == (True, False)


def test_words_of_who_showed_interest_before_are_a_message(session: Session) -> None:
    talk = a_talk(session)
    later = make_work(session, talk.professional, MONDAY + timedelta(hours=1))

    conversing.show_interest(later, talk.opgave.id, "Nog iets.")

    session.flush()
    fact = session.scalars(select(OutboxMessage).where(OutboxMessage.name == "message.written"))
    assert fact.one().payload["with_interest"] is False


def test_interest_that_a_digest_passed_without_the_role_is_told_after(
    app: Flask, session: Session
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    roads = {Family.RESPONSES: Channel.DIGEST, Family.MESSAGES: Channel.DIGEST}
    service.choose_roads(make_work(session, owner), roads)
    interest_in(session, an_opgave(session, "verkeerskunde", owner=owner))
    # A message to them as a professional, so that a digest goes.
    other = a_user(session, Role.OPGAVEHOUDER)
    conversation = conversing.begin(
        make_work(session), an_opgave(session, "wonen", owner=other).id, owner.id
    )
    for writer in (owner, other):
        session.flush()
        conversing.say(make_work(session, writer), conversation.id, uuid4(), "Dag")
    service.tell_message(make_work(session), conversation.id, 2)

    def has_role(ended_at: object) -> None:
        grants = update(RoleGrant).where(RoleGrant.user_id == owner.id)
        session.execute(grants.values(ended_at=ended_at))
        session.expire_all()

    has_role(MONDAY)
    a_delivery(session, owner, news_until=MONDAY + timedelta(hours=2))
    send(app, session, MailKind.DIGEST)
    has_role(None)

    assert for_digest(session, owner) == [NoticeKind.INTEREST_SHOWN]


@pytest.mark.parametrize("words", ["", "Ik ken dit plein."])
def test_interest_that_is_taken_back_leaves_what_was_written(session: Session, words: str) -> None:
    talk = a_talk(session, words)

    withdraw(make_work(session, talk.professional), talk.opgave.id)

    found = conversations.all_of(session, actor_of(talk.owner))
    assert len(found) == (1 if words else 0)


def test_a_question_of_somebody_without_a_profile_says_that_it_is_one(
    app: Flask, session: Session
) -> None:
    talk = a_question(session, "Waar is het plein?")
    tell(session, talk)

    (mail,) = mails(session)
    letter = letter_of(app, session, mail)

    assert mail.user_id == talk.owner.id
    assert stands(session, talk.owner) == [NoticeKind.MESSAGE_WRITTEN]
    assert letter is not None
    assert letter.subject == "Fatima Bouali heeft een vraag over Een veilig plein"
    assert "Fatima Bouali toonde nog geen belangstelling." in letter.text
    assert "Waar is het plein?" in letter.text


def test_what_an_asker_writes_later_is_a_message_as_any(app: Flask, session: Session) -> None:
    talk = a_question(session)
    say(session, talk, talk.owner, "Aan de haven.")
    later = make_work(session, talk.professional, MONDAY + A_DAY)
    conversing.say(later, talk.id, uuid4(), "Dank je.")
    tell(session, talk, A_DAY)

    mail = next(one for one in mails(session) if one.user_id == talk.owner.id)
    letter = letter_of(app, session, mail)

    assert letter is not None
    assert letter.subject == "Fatima Bouali schreef je over Een veilig plein"
    assert "belangstelling" not in letter.text


def test_who_asked_hears_once_that_it_stands_on_the_opgave(session: Session) -> None:
    talk = a_question(session)
    say(session, talk, talk.owner, "Aan de haven.")

    def publish() -> UUID:
        published_id = uuid4()
        words = Words("Waar?", "Aan de haven.")
        publishing.publish(make_work(session, talk.owner), talk.id, published_id, words)
        session.flush()
        service.tell_question_published(make_work(session), published_id)
        return published_id

    def news() -> list[NoticeKind]:
        return [one.notice.kind for one in queries.inbox(session, actor_of(reader), TODAY)]

    reader = talk.professional
    first = publish()
    assert news() == [NoticeKind.QUESTION_PUBLISHED]
    (notice,) = session.scalars(select(Notice)).all()
    notice.read_at = MONDAY
    publish()
    session.expire_all()
    assert notice.read_at == MONDAY
    assert for_digest(session, reader) == [NoticeKind.QUESTION_PUBLISHED]

    beheerder = make_work(session, a_user(session, Role.BEHEERDER))
    asked = session.scalars(select(Message.id).order_by(Message.number)).first()
    assert asked is not None
    conversing.take_down(beheerder, asked)
    assert news() == []
    conversing.put_back(beheerder, asked)
    assert news() == [NoticeKind.QUESTION_PUBLISHED]

    for one in session.scalars(select(PublishedAnswer)).all():
        publishing.take_back(make_work(session, talk.owner), one.id)
    session.flush()
    assert news() == []
    service.tell_question_published(make_work(session), first)
