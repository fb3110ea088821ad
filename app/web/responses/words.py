"""An answer to an opgave in words, for who gave it."""

from datetime import date

from app.core.dutch import dutch_date
from app.responses.models import Response
from app.responses.rules import Answer

# A digest comes on the days that its reader chose, and tells of open opgaven only.
NEWS_AGAIN = (
    "Past de opgave dan nog bij je? Dan staat die weer bij je Meldingen, en in je overzicht als er "
    "voor de sluiting nog een komt."
)


def answer_words(response: Response) -> str:
    if response.answer is Answer.INTERESTED:
        return "Je hebt belangstelling getoond."
    return f"Je zei: later, tot {dutch_date(response.again_on)}. {NEWS_AGAIN}"


def later_words(day: date | None) -> str:
    """What saying "later" does, and where it is news again."""
    return f"Dan hoor je niets van deze opgave tot {dutch_date(day)}. {NEWS_AGAIN}"
