"""Something that was reported."""

from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.conversations.models import Message
from app.moderation.models import Report
from app.moderation.rules import Ground
from tests.conversations.builders import Talk
from tests.support.builders import a_user, an_opgave
from tests.support.work import MONDAY


def a_report(session: Session, reporter: User | None = None, **changed: Any) -> Report:
    """Of an opgave, by a colleague of another gemeente, and it waits."""
    if not {"opgave_id", "profile_id", "message_id"} & set(changed):
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


def last_message(session: Session, talk: Talk) -> Message:
    found = select(Message).where(Message.conversation_id == talk.id)
    return session.scalars(found.order_by(Message.number.desc())).first()  # type: ignore[return-value]
