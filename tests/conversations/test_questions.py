"""Somebody asks first, and shows no interest by it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.conversations import queries, service
from app.conversations.models import Conversation, Message
from app.conversations.rules import NOTHING_ASKED, TEXT_LIMIT, Side
from app.core.actor import Role
from app.core.errors import Conflict, NotFound
from app.core.faults import FaultyDraft
from app.core.outbox import OutboxMessage
from app.opgaven.models import Opgave
from app.opgaven.rules import Audience, OpgaveStatus
from app.people.rules import ProfileState, Visibility
from app.responses import service as answering
from app.responses.models import Response
from app.responses.rules import Answer
from app.responses.service import ENDED, OF_OWN_GEMEENTE
from tests.conversations.builders import Talk, a_question, a_talk, say
from tests.support.builders import a_gemeente, a_profile, a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work

LATER = MONDAY + timedelta(hours=1)


def facts(session: Session) -> list[str]:
    session.flush()
    return list(session.scalars(select(OutboxMessage.name).order_by(OutboxMessage.id)))


def ask(session: Session, asker: User, opgave: Opgave, text: str = "Waar?") -> Conversation:
    return service.ask(make_work(session, asker), opgave.id, text, uuid4())


def seen(session: Session, talk: Talk, viewer: User) -> queries.SeenConversation:
    session.flush()
    return queries.of_viewer(session, make_work(session, viewer).actor, talk.id)


def askers(session: Session, talk: Talk) -> list[queries.Asker]:
    session.flush()
    actor = make_work(session, talk.owner).actor
    return queries.askers(session, actor, talk.opgave.id)


def test_who_has_no_profile_asks_and_shows_no_interest(session: Session) -> None:
    talk = a_question(session)

    (message,) = session.scalars(select(Message))
    assert (message.text, message.side) == ("Waar is het plein?", Side.PROFESSIONAL)
    assert session.scalars(select(Response)).all() == []
    assert facts(session) == ["conversation.begun", "question.asked", "message.written"]
    assert [seen(session, talk, one).is_question for one in (talk.professional, talk.owner)] == [
        True,
        True,
    ]


def test_the_fact_of_a_question_holds_no_words(session: Session) -> None:
    talk = a_question(session, "Iets dat niemand hoeft te weten")

    rows = session.scalars(select(OutboxMessage).where(OutboxMessage.name == "question.asked"))
    (fact,) = rows
    assert fact.payload == {
        "conversation_id": str(talk.id),
        "opgave_id": str(talk.opgave.id),
        "user_id": str(talk.professional.id),
    }


def test_the_same_form_sent_twice_asks_once(session: Session) -> None:
    asker, opgave, message_id = a_user(session), an_opgave(session), uuid4()

    for _ in range(2):
        service.ask(make_work(session, asker), opgave.id, "Waar?", message_id)

    assert len(session.scalars(select(Message)).all()) == 1
    assert facts(session).count("question.asked") == 1


def test_a_second_question_goes_on_in_the_same_conversation(session: Session) -> None:
    asker, opgave = a_user(session), an_opgave(session)

    assert ask(session, asker, opgave).id == ask(session, asker, opgave, "En wanneer?").id
    assert facts(session).count("question.asked") == 1


def test_interest_later_goes_on_in_the_same_conversation(session: Session) -> None:
    talk = a_question(session)
    a_profile(session, "Verkeerskunde", user=talk.professional)

    service.show_interest(make_work(session, talk.professional, LATER), talk.opgave.id, "Ik kom.")

    assert len(session.scalars(select(Conversation)).all()) == 1
    assert not seen(session, talk, talk.owner).is_question
    assert askers(session, talk) == []


def test_who_shows_interest_asks_nothing_apart(session: Session) -> None:
    talk = a_talk(session)

    ask(session, talk.professional, talk.opgave)

    assert "question.asked" not in facts(session)
    assert not seen(session, talk, talk.owner).is_question


def test_who_took_their_interest_back_can_ask(session: Session) -> None:
    talk = a_talk(session)
    answering.withdraw(make_work(session, talk.professional), talk.opgave.id)

    ask(session, talk.professional, talk.opgave)

    assert seen(session, talk, talk.owner).is_question


@pytest.mark.parametrize("text", ["", "x" * (TEXT_LIMIT + 1)])
def test_an_empty_or_too_long_question_begins_nothing(session: Session, text: str) -> None:
    with pytest.raises(FaultyDraft) as faulty:
        ask(session, a_user(session), an_opgave(session), text)

    assert text or faulty.value.said == NOTHING_ASKED
    assert session.scalars(select(Conversation)).all() == []


def test_what_cannot_be_answered_cannot_be_asked_about(session: Session) -> None:
    filled = an_opgave(session, status=OpgaveStatus.FILLED)
    past = an_opgave(session, closes_on=TODAY - timedelta(days=1))
    own = an_opgave(session)

    for opgave in (filled, past):
        with pytest.raises(Conflict, match=ENDED):
            ask(session, a_user(session), opgave)
    with pytest.raises(Conflict, match=OF_OWN_GEMEENTE):
        ask(session, a_user(session, gemeente_code=own.gemeente_code), own)


def test_nobody_asks_about_what_they_may_not_read(session: Session) -> None:
    far_away = a_user(session, gemeente_code=a_gemeente(session, province="Limburg").code)
    hidden = [
        an_opgave(session, audience=Audience.PROVINCE),
        an_opgave(session, status=OpgaveStatus.CONCEPT, published_at=None),
    ]

    for opgave in hidden:
        with pytest.raises(NotFound):
            ask(session, far_away, opgave)


def test_owners_see_a_name_and_gemeente_of_who_asks_whatever_their_profile(
    session: Session,
) -> None:
    profiles: list[dict[str, Any]] = [
        {},
        {"state": ProfileState.PAUSED},
        {"state": ProfileState.CONCEPT, "published_at": None},
        {"visibility": Visibility.COLLEAGUES},
    ]
    for profile in profiles:
        (found,) = askers(session, a_question(session, **profile))
        assert (found.name, found.gemeente_name[:10]) == ("Fatima Bouali", "Testerdam ")


def test_only_who_looks_after_the_opgave_reads_who_asked(session: Session) -> None:
    talk = a_question(session)
    colleague = a_user(session, gemeente_code=talk.owner.gemeente_code)

    for viewer in (talk.professional, colleague, a_user(session, Role.OPGAVEHOUDER)):
        with pytest.raises(NotFound):
            queries.askers(session, make_work(session, viewer).actor, talk.opgave.id)


def test_own_questions_are_those_without_interest(session: Session) -> None:
    talk = a_question(session, visibility=Visibility.COLLEAGUES)
    actor = make_work(session, talk.professional).actor

    assert [one.conversation.id for one in queries.own_questions(session, actor)] == [talk.id]
    assert queries.count_askers(session, talk.opgave.id) == 1
    answering.show_interest(make_work(session, talk.professional, LATER), talk.opgave.id)
    session.flush()
    assert queries.own_questions(session, actor) == []
    assert queries.count_askers(session, talk.opgave.id) == 0


def test_a_question_is_answered_as_any_message(session: Session) -> None:
    talk = a_question(session)

    say(session, talk, talk.owner, "Aan de haven. Op welke dag kun je?")

    assert seen(session, talk, talk.professional).is_waiting_for_viewer


def test_an_answer_that_asks_nothing_lets_nobody_wait(session: Session) -> None:
    talk = a_question(session)

    say(session, talk, talk.owner, "Aan de haven.")

    turns = [seen(session, talk, one).turn for one in (talk.professional, talk.owner)]
    assert turns == [None, None]


def test_a_question_that_was_taken_down_is_waited_for_by_nobody(session: Session) -> None:
    talk = a_question(session)
    say(session, talk, talk.owner, "Ben je gek?")
    [answer] = queries.messages(session, talk.id, after=1)

    service.take_down(make_work(session, a_user(session, Role.BEHEERDER)), answer.message_id)

    assert seen(session, talk, talk.professional).turn is None


@pytest.mark.parametrize("answer", Answer)
def test_who_said_more_than_later_asks_no_more(session: Session, answer: Answer) -> None:
    talk = a_question(session)
    again_on = TODAY if answer is Answer.LATER else None
    said = {"user_id": talk.professional.id, "opgave_id": talk.opgave.id, "answered_at": MONDAY}
    session.add(Response(**said, answer=answer, again_on=again_on))

    assert seen(session, talk, talk.owner).is_question is (answer is Answer.LATER)
    assert bool(askers(session, talk)) is (answer is Answer.LATER)
