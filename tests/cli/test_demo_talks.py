"""People of the demo wrote to each other, so that who comes to look finds a conversation."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import User
from app.cli.demo.talks import TALKS, let_people_talk
from app.conversations import queries
from app.conversations.models import Conversation
from tests.cli.test_demo_loans import put_in
from tests.loans.builders import a_loan_asked
from tests.support.builders import an_opgave
from tests.support.work import MONDAY, make_work


def talk(session: Session) -> int:
    put_in(session)
    return let_people_talk(make_work(session))


def test_what_was_written_stands_there_in_turn(session: Session) -> None:
    assert talk(session) == sum(len(one.messages) for one in TALKS)

    written = {
        one.user_id: tuple(message.text for message in queries.messages(session, one.id))
        for one in session.scalars(select(Conversation))
    }
    names = {user.name: user.id for user in accounts.demo_people(session)}
    assert {names[one.professional]: one.messages for one in TALKS}.items() <= written.items()


def test_what_was_read_is_no_news(session: Session) -> None:
    talk(session)

    unread = {
        user.name: queries.count_unread(session, accounts.actor_of(user))
        for user in session.scalars(select(User).where(User.name.in_(NAMES)))
    }
    assert unread == {"Jorrit Feenstra": 0, "Hiske Rozema": 0, "Marloes Hoekzema": 1}


def test_a_second_time_nothing_is_written(session: Session) -> None:
    talk(session)

    assert talk(session) == 0


def test_what_was_asked_of_another_since_is_left_alone(session: Session) -> None:
    talk(session)
    people = {user.name: user for user in accounts.demo_people(session)}
    visitor, elsewhere = people["Hiske Rozema"], an_opgave(session, "inkoop")
    loan = a_loan_asked(session, visitor, elsewhere, "baas@elders.example")
    loan.asked_at = MONDAY + timedelta(days=1)
    session.flush()

    assert talk(session) == 0
    about = select(Conversation).where(Conversation.opgave_id == elsewhere.id)
    assert session.scalars(about).all() == []


def test_people_who_are_not_there_write_nothing(session: Session) -> None:
    assert let_people_talk(make_work(session)) == 0


NAMES = {name for one in TALKS for name in (one.professional, one.owner)}
