"""The mail about the urenbank, to who looks after it."""

from app.core.work import Work
from app.notifications.models import Delivery
from app.notifications.parts import URENBANK
from app.notifications.rules import NoticeKind
from app.notifications.service.writing.addressed import Addressed, of_news, still_news


def urenbank(work: Work, delivery: Delivery) -> Addressed:
    """A limit that holds up a signature, or a year that was settled."""
    reader, _, told = still_news(work, delivery, gone="another limit, or undone")
    news = URENBANK.news_of(told.whole)
    facts = {
        "name": reader.name,
        "user_id": reader.id,
        "sentence": news.sentence,
        "year": news.year,
        "is_limit": news.kind is NoticeKind.LIMIT_REACHED,
    }
    return of_news(delivery, reader, facts)
