"""An answer to an opgave in words, for who gave it."""

from app.core.dutch import dutch_date
from app.responses.models import Response
from app.responses.rules import Answer


def answer_words(response: Response) -> str:
    if response.answer is Answer.INTERESTED:
        return "Je hebt belangstelling getoond."
    return f"Je zei: later. Je hoort er weer van op {dutch_date(response.again_on)}."
