"""Many people with a digest that is to go, as copies of one who was made with care."""

from sqlalchemy.orm import Session

from app.core.actor import Role
from app.core.clock import utc_now
from app.matching import service as matching
from app.notifications import service
from app.notifications.models import Delivery
from app.opgaven.rules import OpgaveStatus
from tests.notifications.builders import a_delivery
from tests.support.alive import a_living_opgave, a_living_profile, work_now
from tests.support.builders import a_user
from workers.crowd import DELIVERIES, PEOPLE, address, copy_person


def a_crowd(session: Session, count: int) -> Delivery:
    """So many people, who all have the same news; the mail of the first of them."""
    person, owner = a_user(session, email=address(1)), a_user(session, Role.OPGAVEHOUDER)
    a_living_profile(session, "verkeerskunde", user=person)
    opgave = a_living_opgave(
        session,
        "verkeerskunde",
        owner=owner,
        status=OpgaveStatus.OPEN,
        published_at=utc_now(),
    )
    matching.match_opgave(work_now(session), opgave.id)
    service.tell_matches(work_now(session), opgave.id, [person.id])
    first = a_delivery(session, person, news_until=work_now(session).now)
    copy_person(session, person.id, count, PEOPLE | DELIVERIES)
    session.commit()
    return first
