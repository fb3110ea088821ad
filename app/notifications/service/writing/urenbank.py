"""The mail about the urenbank, to who looks after it."""

from app.core.actor import Actor
from app.core.work import Work
from app.hours import queries as hours
from app.hours.contacts import Contacts, contacts_for
from app.loans.room import held_up
from app.loans.words import held_up_by_limit
from app.notifications.models import Delivery
from app.notifications.parts import URENBANK
from app.notifications.rules import NoticeKind
from app.notifications.service.writing.addressed import Addressed, of_news, still_news


def urenbank(work: Work, delivery: Delivery) -> Addressed:
    """A limit that holds up a signature, or a year that was settled."""
    reader, viewer, told = still_news(work, delivery, gone="another limit, or undone")
    news = URENBANK.news_of(told.whole)
    held = held_up(work.session, reader.gemeente_code, work.today)
    facts = {
        "name": reader.name,
        "user_id": reader.id,
        "sentence": news.sentence,
        "year": news.year,
        "is_limit": news.kind is NoticeKind.LIMIT_REACHED,
        "contacts": _contacts(work, viewer, news.year),
        "held_up": [(one.seen.loan.id, held_up_by_limit(one)) for one in held],
    }
    return of_news(delivery, reader, facts)


def _contacts(work: Work, viewer: Actor, year: int | None) -> list[Contacts]:
    """Whom the reader speaks to about what was settled."""
    settling = hours.settling_of(work.session, year) if year else None
    found = hours.settled(work.session, settling) if settling else None
    return contacts_for(work.session, viewer, found) if found else []
