"""Each side sees its conversations, with who is waited for; nobody else sees any."""

from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.conversations import queries, service
from app.conversations.models import Message
from app.conversations.rules import Side
from app.core.actor import Role
from app.core.errors import NotFound
from app.people.models import Profile
from app.people.rules import ProfileState
from app.responses import service as responses
from tests.conversations.builders import Talk, a_question, a_talk, say
from tests.support.builders import a_user
from tests.support.work import make_work


def sees(session: Session, talk: Talk, viewer: User) -> bool:
    session.flush()
    try:
        queries.of_viewer(session, make_work(session, viewer).actor, talk.id)
    except NotFound:
        return False
    return True


def line(session: Session, viewer: User) -> queries.SeenConversation:
    (found,) = queries.all_of(session, make_work(session, viewer).actor)
    return found


def test_both_sides_see_it_and_a_colleague_who_looks_after_opgaven(session: Session) -> None:
    talk = a_talk(session)
    home = talk.owner.gemeente_code
    colleague = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=home)

    assert [sees(session, talk, one) for one in (talk.professional, talk.owner, colleague)] == [
        True,
        True,
        True,
    ]


def test_nobody_else_sees_it(session: Session) -> None:
    talk = a_talk(session)
    same_gemeente = a_user(session, gemeente_code=talk.owner.gemeente_code)
    of_professional = a_user(
        session, Role.GEMEENTEBEHEERDER, gemeente_code=talk.professional.gemeente_code
    )
    beheerder = a_user(session, Role.BEHEERDER)

    strangers = (same_gemeente, of_professional, beheerder)
    assert [sees(session, talk, one) for one in strangers] == [False, False, False]


def test_interest_that_was_taken_back_without_a_word_is_gone_for_the_gemeente(
    session: Session,
) -> None:
    talk = a_talk(session)

    responses.withdraw(make_work(session, talk.professional), talk.opgave.id)

    assert sees(session, talk, talk.professional)
    assert not sees(session, talk, talk.owner)


def test_who_wrote_stays_known(session: Session) -> None:
    talk = a_talk(session, "Ik ken dit plein.")

    responses.withdraw(make_work(session, talk.professional), talk.opgave.id)

    assert sees(session, talk, talk.owner)


def test_who_went_out_of_sight_before_a_word_is_not_known(session: Session) -> None:
    talk = a_talk(session)
    session.get_one(Profile, talk.professional.id).state = ProfileState.PAUSED

    assert not sees(session, talk, talk.owner)


def test_a_line_says_who_is_waited_for_and_how_much_is_new(session: Session) -> None:
    talk = a_talk(session)
    assert line(session, talk.owner).is_waiting_for_viewer
    assert not line(session, talk.professional).is_waiting_for_viewer

    say(session, talk, talk.owner, "Wanneer kun je?")

    assert (line(session, talk.owner).unread, line(session, talk.professional).unread) == (0, 1)
    assert line(session, talk.professional).is_waiting_for_viewer


def test_new_is_counted_by_conversation_for_who_looks_after_the_opgave(session: Session) -> None:
    talk = a_talk(session, "Een")
    home = talk.owner.gemeente_code
    colleague = a_user(session, Role.OPGAVEHOUDER, gemeente_code=home)

    def count(viewer: User) -> int:
        return queries.count_unread(session, make_work(session, viewer).actor)

    assert [count(one) for one in (talk.owner, talk.professional, colleague)] == [1, 0, 0]
    service.mark_read(make_work(session, talk.owner), talk.id, 1)
    assert count(talk.owner) == 0


def test_the_first_that_is_new_is_of_the_other_side(session: Session) -> None:
    talk = a_talk(session, "Een")
    say(session, talk, talk.owner, "Twee")
    say(session, talk, talk.owner, "Drie")

    first = queries.first_unread(session, talk.id, talk.professional.id, Side.OPGAVE)
    assert first == 2


def test_messages_name_their_writers(session: Session) -> None:
    talk = a_talk(session, "Een")

    (found,) = queries.messages(session, talk.id)
    assert (found.writer_name, found.text, found.by_mail) == ("Fatima Bouali", "Een", False)


@pytest.mark.parametrize("side", Side)
def test_ids_are_found_from_both_sides(session: Session, side: Side) -> None:
    talk = a_talk(session)

    if side is Side.PROFESSIONAL:
        assert queries.ids_by_opgave(session, talk.professional.id) == {talk.opgave.id: talk.id}
    else:
        assert queries.ids_by_professional(session, talk.opgave.id) == {
            talk.professional.id: talk.id
        }


def test_a_message_is_for_who_sees_its_conversation(session: Session) -> None:
    talk = a_question(session)
    message_id = session.scalars(select(Message.id)).one()
    viewer, stranger = (make_work(session, one).actor for one in (talk.owner, a_user(session)))

    message, seen = queries.of_message(session, viewer, message_id)

    assert (message.text, seen.conversation.id) == ("Waar is het plein?", talk.id)
    for reader, wanted in ((stranger, message_id), (viewer, uuid4())):
        with pytest.raises(NotFound):
            queries.of_message(session, reader, wanted)
