"""An answer to an opgave in words, for who gave it."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.dutch import dutch_date
from app.notifications import queries as notifications
from app.notifications.rules import Family
from app.responses.models import Response
from app.responses.rules import Answer

NOT_FOR_READER = "Deze opgave is niet meer voor jouw gemeente"
NEWS_AGAIN = "Past de opgave dan nog bij je? Dan staat die weer bij je Meldingen"
# A digest comes on the days that its reader chose, and tells of open opgaven only.
IN_DIGEST = ", en in je overzicht als er voor de sluiting nog een komt"


def hears_by_digest(session: Session, user_id: UUID) -> bool:
    """Whether the digests of this person tell of opgaven that fit them."""
    return Family.MATCHES in notifications.families_in_digest(session, user_id)


def answer_words(response: Response, *, by_digest: bool) -> str:
    if response.answer is Answer.INTERESTED:
        return "Je hebt belangstelling getoond."
    if response.answer is Answer.NO:
        return "Je zei nee tegen de uitnodiging."
    if response.answer is Answer.CLOSED:
        return "Je toonde belangstelling. Dat is afgerond."
    return f"Je zei: later, tot {dutch_date(response.again_on)}. {_news_again(by_digest=by_digest)}"


def later_words(day: date | None, *, by_digest: bool) -> str:
    """What saying "later" does, and where it is news again."""
    again = _news_again(by_digest=by_digest)
    return f"Dan hoor je niets van deze opgave tot {dutch_date(day)}. {again}"


def _news_again(*, by_digest: bool) -> str:
    return f"{NEWS_AGAIN}{IN_DIGEST if by_digest else ''}."
