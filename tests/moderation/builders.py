"""Something that was reported."""

from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.conversations import publishing
from app.conversations.models import Message, PublishedAnswer
from app.conversations.rules import Words
from app.moderation.models import Report
from app.moderation.queries import COLUMNS
from app.moderation.rules import Ground
from tests.conversations.builders import Talk, a_question, say
from tests.support.builders import a_user, an_opgave
from tests.support.work import MONDAY, make_work


def a_report(session: Session, reporter: User | None = None, **changed: Any) -> Report:
    """Of an opgave, by a colleague of another gemeente, and it waits."""
    if not {column.key for column in COLUMNS.values()} & set(changed):
        changed["opgave_id"] = an_opgave(session, title="Verdien snel geld").id
    fields = {
        "id": uuid4(),
        "reporter_id": (reporter or a_user(session)).id,
        "ground": Ground.ADVERTISING,
        "words": "",
        "reported_at": MONDAY,
        "answer": "",
    }
    made = Report(**{**fields, **changed})
    session.add(made)
    session.flush()
    return made


def a_published_answer(session: Session, answer: str = "Bij die sukkels.") -> PublishedAnswer:
    """A question of a colleague with the answer of the opgavehouder, on the opgave."""
    talk = a_question(session)
    say(session, talk, talk.owner, "Aan de haven.")
    work, published_id = make_work(session, talk.owner), uuid4()
    publishing.publish(work, talk.id, published_id, Words("Waar is het plein?", answer))
    session.flush()
    return session.get_one(PublishedAnswer, published_id)


def last_message(session: Session, talk: Talk) -> Message:
    found = select(Message).where(Message.conversation_id == talk.id)
    return session.scalars(found.order_by(Message.number.desc())).first()  # type: ignore[return-value]
