"""A professional who shows interest in an opgave, and who looks after it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.conversations import service
from app.conversations.models import Conversation, ReceivedMail
from app.core.actor import Role
from app.opgaven.models import Opgave
from tests.support.builders import a_profile, a_user, an_opgave
from tests.support.work import make_work


@dataclass(frozen=True)
class Talk:
    conversation: Conversation
    professional: User
    owner: User
    opgave: Opgave

    @property
    def id(self) -> UUID:
        return self.conversation.id


def a_talk(session: Session, words: str = "") -> Talk:
    """Begun by interest that stands."""
    professional = a_user(session, name="Fatima Bouali")
    a_profile(session, "Verkeerskunde", user=professional)
    owner = a_user(session, Role.OPGAVEHOUDER, name="Marloes Hoekzema")
    opgave = an_opgave(session, "Verkeerskunde", owner=owner, title="Een veilig plein")
    work = make_work(session, professional)
    service.show_interest(work, opgave.id, words)
    conversation = service.begin(work, opgave.id, professional.id)
    session.flush()
    return Talk(conversation, professional, owner, opgave)


def a_question(session: Session, text: str = "Waar is het plein?", **profile: Any) -> Talk:
    """Asked by somebody without a profile, unless something is said of it."""
    professional = a_user(session, name="Fatima Bouali")
    if profile:
        a_profile(session, "Verkeerskunde", user=professional, **profile)
    owner = a_user(session, Role.OPGAVEHOUDER, name="Marloes Hoekzema")
    opgave = an_opgave(session, "Verkeerskunde", owner=owner, title="Een veilig plein")
    conversation = service.ask(make_work(session, professional), opgave.id, text, uuid4())
    session.flush()
    return Talk(conversation, professional, owner, opgave)


def say(session: Session, talk: Talk, writer: User, text: str) -> None:
    service.say(make_work(session, writer), talk.id, uuid4(), text)
    session.flush()


def a_returned_answer(session: Session) -> ReceivedMail:
    """Of a professional, and too long."""
    talk = a_talk(session)
    work = make_work(session, talk.professional)
    received = ReceivedMail(
        id=uuid4(),
        reader_id=service.reader_id(work, talk.conversation, talk.professional.id),
        key="f" * 64,
        received_at=work.now,
        length=5_000,
        is_message=False,
    )
    session.add(received)
    session.flush()
    return received
