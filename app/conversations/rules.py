"""Who speaks in a conversation, what a message may hold, and who is waited for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256

from app.core.faults import Fault, length_fault
from app.core.workdays import after_workdays
from app.opgaven.rules import ENDED, TAKES_ANSWERS, OpgaveStatus
from app.responses.rules import CHOSEN, Answer, WhyClosed

TEXT_LIMIT = 4_000
# Stands in the place of a message that a beheerder took away.
TAKEN_DOWN = "Dit bericht is weggehaald na een melding."
REPEATS = "Dit stond in een bericht dat is weggehaald na een melding. Schrijf het anders."
# Workdays that a gemeente has to react.
DAYS_TO_ANSWER = 5
# From here on words are somebody's own, and not what everybody writes.
SIGNS_OF_OWN = 20
WORDS_OF_OWN = 3
NOTHING_WRITTEN = "Schrijf eerst je bericht."
NOTHING_ASKED = "Schrijf eerst je vraag."
NOTHING_ANSWERED = "Schrijf er een antwoord bij."


class Side(StrEnum):
    """The professional, or whoever of the gemeente looks after the opgave."""

    PROFESSIONAL = "professional"
    OPGAVE = "opgave"

    @property
    def other(self) -> "Side":
        return Side.OPGAVE if self is Side.PROFESSIONAL else Side.PROFESSIONAL


class End(StrEnum):
    """Why nobody is waited for in a conversation any more."""

    SAID_NO = "said_no"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"
    OPGAVE = "opgave"


def how_it_ended(
    status: OpgaveStatus, said: Answer | None, why: WhyClosed | None, *, is_question: bool
) -> End | None:
    """What ended a conversation about an opgave that stands so, or None while it goes on.

    `said` is what the professional says to the opgave now, `why` why their interest was closed.
    Whose interest stands when nobody can react any more is in a loan, and talks on.
    """
    if said is Answer.NO:
        return End.DECLINED
    if said is Answer.CLOSED:
        return End.SAID_NO if why in CHOSEN else End.OPGAVE
    is_interested = said is Answer.INTERESTED
    if status in ENDED or not (is_interested or status in TAKES_ANSWERS):
        return End.OPGAVE
    return None if is_interested or is_question else End.TAKEN_BACK


def message_faults(text: str) -> list[Fault]:
    return length_fault("text", text, TEXT_LIMIT, NOTHING_WRITTEN)


def question_faults(text: str) -> list[Fault]:
    return length_fault("text", text, TEXT_LIMIT, NOTHING_ASKED)


@dataclass(frozen=True)
class Words:
    """A question and its answer, as they are to stand on the page of the opgave."""

    question: str
    answer: str

    @property
    def version(self) -> str:
        """Another word for other words: so that what is published is what was looked at."""
        return sha256(f"{self.question}\0{self.answer}".encode()).hexdigest()[:16]


def words_faults(words: Words) -> list[Fault]:
    found = length_fault("question", words.question, TEXT_LIMIT, NOTHING_ASKED)
    return found + length_fault("answer", words.answer, TEXT_LIMIT, NOTHING_ANSWERED)


def repeating_faults(words: Words, gone: Iterable[str]) -> list[Fault]:
    """Where the words hold a message that was taken away, however it is spaced."""
    told = [one for one in map(_plain, gone) if _is_of_somebody(one)]
    repeats = [re.compile(rf"(?<!\w){re.escape(one)}(?!\w)") for one in told]
    written = {"question": _plain(words.question), "answer": _plain(words.answer)}
    return [
        Fault(field, REPEATS)
        for field, text in written.items()
        if any(one.search(text) for one in repeats)
    ]


def _is_of_somebody(text: str) -> bool:
    """What is shorter, as "ja" or "een", everybody writes."""
    return len(text) >= SIGNS_OF_OWN or len(text.split()) >= WORDS_OF_OWN


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def answer_before(since: date) -> date:
    """The first day on which an answer is too late, for who waits since that day."""
    return after_workdays(since, DAYS_TO_ANSWER)


def waited_for(last: Side | None) -> Side:
    """Whose turn it is; who shows interest without a word waits for the opgavehouder."""
    return last.other if last is not None else Side.OPGAVE
