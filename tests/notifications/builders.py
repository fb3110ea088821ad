"""A match that is told of, and a mail on its way."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.matching import service as matching
from app.notifications import service
from app.notifications.models import Delivery
from app.notifications.rules import DeliveryState, MailKind
from app.opgaven.models import Opgave
from app.people.models import Profile
from app.responses import service as responses
from tests.support.builders import a_profile, a_user, an_opgave
from tests.support.work import MONDAY, database_now, make_work


@dataclass(frozen=True)
class Told:
    """Both sides of a match, who have both been told."""

    professional: User
    profile: Profile
    owner: User
    opgave: Opgave


def a_told_match(
    session: Session, *, told_at: datetime = MONDAY, owner: User | None = None, **opgave: Any
) -> Told:
    professional = a_user(session)
    owner = owner or a_user(session, Role.OPGAVEHOUDER)
    label = f"vak {uuid4().hex}"
    profile = a_profile(session, label, user=professional)
    asked = an_opgave(session, label, owner=owner, **opgave)
    work = make_work(session, now=told_at)
    matching.match_opgave(work, asked.id)
    service.tell_matches(work, asked.id, [professional.id])
    return Told(professional, profile, owner, asked)


def interest_in(session: Session, opgave: Opgave, *, at: datetime = MONDAY, **person: Any) -> User:
    """A colleague who shows interest; who looks after the opgave is told of it."""
    professional = a_user(session, **person)
    a_profile(session, "verkeerskunde", user=professional)
    interest_of(session, professional, opgave, at)
    return professional


def interest_of(session: Session, professional: User, opgave: Opgave, at: datetime) -> None:
    """Somebody shows interest; who looks after the opgave is told of it."""
    responses.show_interest(make_work(session, professional, at), opgave.id)
    service.tell_interest(make_work(session, now=at), opgave.id, professional.id)


def a_delivery(session: Session, user: User | None = None, **changed: Any) -> Delivery:
    """A digest that is to go now."""
    now = database_now(session)
    fields: dict[str, Any] = {
        "id": uuid4(),
        "kind": MailKind.DIGEST,
        "dedupe_key": uuid4().hex,
        "user_id": user.id if user else None,
        "subject_id": user.id if user else uuid4(),
        "state": DeliveryState.PENDING,
        "attempts": 0,
        "created_at": now,
        "next_attempt_at": now,
        "expires_at": now + timedelta(hours=12),
    }
    delivery = Delivery(**{**fields, **changed})
    session.add(delivery)
    session.flush()
    return delivery
