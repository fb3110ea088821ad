"""A conversation begins with interest, holds what both sides write, and nothing twice."""

from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversations import queries, service
from app.conversations.models import Conversation, Message
from app.conversations.rules import TEXT_LIMIT, Side
from app.core.actor import Role
from app.core.errors import NotAllowed, NotFound
from app.core.faults import FaultyDraft
from app.core.outbox import OutboxMessage
from app.opgaven.models import Opgave
from app.responses import service as responses
from tests.conftest import DatabaseMaker
from tests.conversations.builders import Talk, a_talk, say
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_profile, a_user, an_opgave
from tests.support.work import make_work


def written(session: Session, talk: Talk) -> list[tuple[int, Side, str]]:
    rows = session.scalars(
        select(Message).where(Message.conversation_id == talk.id).order_by(Message.number)
    )
    return [(row.number, row.side, row.text) for row in rows]


def facts(session: Session, name: str) -> list[OutboxMessage]:
    session.flush()
    return list(session.scalars(select(OutboxMessage).where(OutboxMessage.name == name)))


def test_interest_without_words_begins_a_conversation(session: Session) -> None:
    talk = a_talk(session)

    assert (talk.conversation.user_id, talk.conversation.opgave_id) == (
        talk.professional.id,
        talk.opgave.id,
    )
    assert written(session, talk) == []
    assert len(facts(session, "conversation.begun")) == 1


def test_interest_with_words_puts_them_in_the_conversation(session: Session) -> None:
    talk = a_talk(session, "Ik ken dit plein.")

    assert written(session, talk) == [(1, Side.PROFESSIONAL, "Ik ken dit plein.")]
    (fact,) = facts(session, "message.written")
    assert fact.payload["with_interest"] is True


def test_words_that_are_too_long_keep_the_interest_back(session: Session) -> None:
    professional = a_user(session)
    a_profile(session, user=professional)
    opgave = an_opgave(session)
    work = make_work(session, professional)

    with pytest.raises(FaultyDraft):
        service.show_interest(work, opgave.id, "x" * (TEXT_LIMIT + 1))

    assert session.scalars(select(Conversation)).all() == []


def test_interest_along_another_road_begins_it_too_and_once(session: Session) -> None:
    professional = a_user(session)
    a_profile(session, user=professional)
    opgave = an_opgave(session)
    responses.show_interest(make_work(session, professional), opgave.id)
    session.flush()

    for _ in range(2):
        service.begin_after_interest(make_work(session), opgave.id, professional.id)

    assert len(session.scalars(select(Conversation)).all()) == 1


def test_interest_that_was_taken_back_begins_nothing(session: Session) -> None:
    professional = a_user(session)
    opgave = an_opgave(session)

    service.begin_after_interest(make_work(session), opgave.id, professional.id)

    assert session.scalars(select(Conversation)).all() == []


def test_both_sides_write_in_turn(session: Session) -> None:
    talk = a_talk(session)

    say(session, talk, talk.owner, "Wanneer kun je?")
    say(session, talk, talk.professional, "Dinsdag.")

    assert written(session, talk) == [
        (1, Side.OPGAVE, "Wanneer kun je?"),
        (2, Side.PROFESSIONAL, "Dinsdag."),
    ]


def test_a_fact_of_a_message_does_not_hold_what_was_written(session: Session) -> None:
    talk = a_talk(session)

    say(session, talk, talk.owner, "Iets dat niemand anders hoeft te lezen.")

    (fact,) = facts(session, "message.written")
    assert fact.payload == {
        "conversation_id": str(talk.id),
        "number": 1,
        "side": "opgave",
        "by_mail": False,
        "with_interest": False,
    }


def test_the_same_form_sent_twice_is_one_message(session: Session) -> None:
    talk, message_id = a_talk(session), uuid4()

    for _ in range(2):
        service.say(make_work(session, talk.owner), talk.id, message_id, "Eén keer.")

    assert written(session, talk) == [(1, Side.OPGAVE, "Eén keer.")]
    assert len(facts(session, "message.written")) == 1


def test_the_id_of_a_message_of_another_is_no_way_to_find_it(session: Session) -> None:
    talk, message_id = a_talk(session), uuid4()
    service.say(make_work(session, talk.owner), talk.id, message_id, "Van mij.")

    with pytest.raises(NotFound):
        service.say(make_work(session, talk.professional), talk.id, message_id, "Van mij.")


def test_an_empty_or_too_long_message_is_refused(session: Session) -> None:
    talk = a_talk(session)

    for text in ("", "x" * (TEXT_LIMIT + 1)):
        with pytest.raises(FaultyDraft):
            say(session, talk, talk.owner, text)

    assert written(session, talk) == []


def test_whoever_is_neither_side_cannot_write_or_read(session: Session) -> None:
    talk = a_talk(session)
    home = talk.owner.gemeente_code
    colleague_without_role = a_user(session, gemeente_code=home)
    opgavehouder_elsewhere = a_user(session, Role.OPGAVEHOUDER)

    for stranger in (colleague_without_role, opgavehouder_elsewhere):
        with pytest.raises(NotFound):
            say(session, talk, stranger, "Hallo")
        with pytest.raises(NotFound):
            service.mark_read(make_work(session, stranger), talk.id, 1)
    with pytest.raises(NotAllowed):
        service.say(make_work(session), talk.id, uuid4(), "Hallo")


def test_reading_goes_forward_only(session: Session) -> None:
    talk = a_talk(session)
    for text in ("Een", "Twee"):
        say(session, talk, talk.owner, text)
    work = make_work(session, talk.professional)

    service.mark_read(work, talk.id, 2)
    service.mark_read(work, talk.id, 1)
    assert queries.read_to(session, talk.id, talk.professional.id) == 2

    service.mark_read(work, talk.id, 900)
    assert queries.read_to(session, talk.id, talk.professional.id) == 2


def test_who_answers_has_read(session: Session) -> None:
    talk = a_talk(session)
    say(session, talk, talk.owner, "Een")

    say(session, talk, talk.professional, "Twee")

    assert queries.read_to(session, talk.id, talk.professional.id) == 2


def test_everything_about_an_opgave_can_be_read_at_once(session: Session) -> None:
    talk = a_talk(session, "Een")

    service.mark_all_read(make_work(session, talk.owner), talk.opgave.id)

    assert queries.read_to(session, talk.id, talk.owner.id) == 1


def test_a_reader_of_a_conversation_keeps_the_same_mark(session: Session) -> None:
    talk = a_talk(session)
    work = make_work(session)

    own = service.reader_id(work, talk.conversation, talk.professional.id)

    assert service.reader_id(work, talk.conversation, talk.professional.id) == own
    assert service.reader_id(work, talk.conversation, talk.owner.id) != own


def test_two_who_write_at_once_each_get_a_number(new_database: DatabaseMaker) -> None:
    with SharedDatabase(new_database()) as database:
        with database.work() as work:
            talk = a_talk(work.session)
            talk_id, opgave_id = talk.id, talk.opgave.id
            actor = make_work(work.session, talk.owner).actor

        database.overlap(
            lambda work: service.say(work, talk_id, uuid4(), "Een"),
            lambda work: service.say(work, talk_id, uuid4(), "Twee"),
            actor,
        )

        with database.work() as work:
            assert work.session.get(Opgave, opgave_id) is not None
            assert [one.text for one in queries.messages(work.session, talk_id)] == ["Een", "Twee"]
