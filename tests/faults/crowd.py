"""People with news, as things are today; and many, as copies of one who was made with care."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.core.clock import utc_now
from app.matching import service as matching
from app.notifications import service
from app.notifications.models import Delivery
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.responses import service as responses
from tests.notifications.builders import a_delivery
from tests.support.alive import a_living_opgave, a_living_profile, work_now
from tests.support.builders import a_user
from workers.crowd import FRESH, OWN, PEOPLE, address, copy_person

DELIVERIES = {
    "delivery": (
        "user_id",
        f"'id', {FRESH}, 'user_id', {OWN}, 'subject_id', {OWN}, 'dedupe_key', {FRESH}",
    ),
}


def a_crowd(session: Session, count: int) -> Delivery:
    """So many people, who all have the same news; the mail of the first of them."""
    person, owner = a_user(session, email=address(1)), a_user(session, Role.OPGAVEHOUDER)
    news_for(session, person, owner, "verkeerskunde")
    first = a_delivery(session, person, news_until=work_now(session).now)
    copy_person(session, person.id, count, PEOPLE | DELIVERIES)
    session.commit()
    return first


def a_crowd_with_news(session: Session, count: int) -> None:
    """One of them looks after the opgave that fits the others."""
    person, owner = a_user(session, email=address(1)), a_user(session, Role.OPGAVEHOUDER)
    news_for(session, person, owner, "verkeerskunde")
    copy_person(session, person.id, count - 1)
    session.commit()


def digests_on_their_way(session: Session, count: int) -> list[User]:
    """So many people, each with news of their own and a digest that is to go now."""
    readers = [a_user(session) for _ in range(count)]
    for reader in readers:
        news_for(session, reader, a_user(session, Role.OPGAVEHOUDER))
        a_delivery(session, reader, news_until=work_now(session).now)
    session.commit()
    return readers


def news_for(session: Session, person: User, owner: User, craft: str = "", **opgave: Any) -> None:
    """An opgave that fits a person: they are told of it, and its owner of them."""
    craft = craft or f"Ambacht {uuid4().hex}"
    a_living_profile(session, craft, user=person)
    asked = an_open_opgave(session, owner, craft, **opgave)
    matching.match_opgave(work_now(session), asked.id)
    service.tell_matches(work_now(session), asked.id, [person.id])


def interest_for(session: Session, owner: User) -> tuple[UUID, UUID]:
    """An opgave, and who shows interest in it; nobody has been told yet."""
    opgave, professional = an_open_opgave(session, owner), a_user(session)
    a_living_profile(session, user=professional)
    responses.show_interest(work_now(session, professional), opgave.id)
    return opgave.id, professional.id


def an_open_opgave(session: Session, owner: User, *skills: str, **changed: Any) -> Opgave:
    fields = {"status": OpgaveStatus.OPEN, "published_at": utc_now(), **changed}
    return a_living_opgave(session, *skills, owner=owner, **fields)
