"""What a professional can say to an opgave, until when that holds, and how one is invited."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from app.core.faults import Fault, length_fault
from app.core.workdays import next_workday
from app.opgaven.rules import ENDED, OpgaveStatus

LATER_TAKES = timedelta(weeks=2)
# Who hears of it again needs a few days to answer.
TIME_TO_ANSWER = timedelta(days=3)
WEEK = timedelta(weeks=1)
# How long an invitation waits for its answer.
DAYS_OF_INVITATION = 10
# To one person in any seven days, of all gemeenten together: who gets more stops reading them.
MOST_A_WEEK = 3
INVITING_LIMIT = 600
WHY_NOT_LIMIT = 500
NOTHING_WRITTEN = "Schrijf in een paar zinnen waarom je aan deze collega denkt."
# Stands in the place of the words of an invitation that a beheerder took away.
TAKEN_DOWN = "Deze woorden zijn weggehaald na een melding."
# What somebody is told of beside an outcome.
MOST_NEXT = 3
NO_REASON = "Kies waarom het niet past."


class Answer(StrEnum):
    INTERESTED = "interested"
    LATER = "later"
    # To an invitation.
    NO = "no"
    # They were interested, and it came to nothing: the outcome says why.
    CLOSED = "closed"


# What was answered, by one of the two.
ANSWERED = frozenset({Answer.NO, Answer.CLOSED})
# What somebody says unasked.
UNASKED = (Answer.INTERESTED, Answer.LATER)


class InvitationState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    # Nobody answered in time.
    EXPIRED = "expired"
    # By who looks after the opgave.
    TAKEN_BACK = "taken_back"
    # The opgave takes no answers any more.
    OVER = "over"


class WhyNot(StrEnum):
    """Why somebody says no to an invitation."""

    NO_TIME = "geen_tijd"
    NOT_MY_SKILL = "niet_mijn_vak"
    NOT_ALLOWED = "mag_niet"
    TOO_FAR = "te_ver"
    OTHER = "anders"


class WhyClosed(StrEnum):
    """Why interest came to nothing."""

    SOMEBODY_ELSE = "iemand_anders"
    HOURS = "uren"
    EXPERIENCE = "ervaring"
    CHANGED = "veranderd"
    OTHER = "anders"
    # Said by the house, as the opgave ends.
    FILLED = "bezet"
    DONE = "afgerond"
    WITHDRAWN = "ingetrokken"
    EXPIRED = "verlopen"


# For everybody who is still waiting when an opgave comes to stand so.
OF_OPGAVE = {
    OpgaveStatus.FILLED: WhyClosed.FILLED,
    OpgaveStatus.RUNNING: WhyClosed.FILLED,
    OpgaveStatus.DONE: WhyClosed.DONE,
    OpgaveStatus.WITHDRAWN: WhyClosed.WITHDRAWN,
    OpgaveStatus.EXPIRED: WhyClosed.EXPIRED,
}
# What who looks after an opgave can choose.
CHOSEN = tuple(reason for reason in WhyClosed if reason not in OF_OPGAVE.values())


def closing_faults(reason: WhyClosed | None, words: str) -> list[Fault]:
    missing = [] if reason in CHOSEN else [Fault("reason", NO_REASON)]
    return missing + length_fault("words", words, WHY_NOT_LIMIT)


def may_react_again(reason: WhyClosed, closed_at: datetime, changed_at: datetime) -> bool:
    """Whether an opgave that takes answers is another one by now than that which was closed."""
    return reason not in CHOSEN or changed_at > closed_at


def invitation_faults(words: str) -> list[Fault]:
    return length_fault("words", words, INVITING_LIMIT, NOTHING_WRITTEN)


def why_not_faults(reason: WhyNot | None, words: str) -> list[Fault]:
    missing = [] if reason else [Fault("reason", NO_REASON)]
    return missing + length_fault("no_words", words, WHY_NOT_LIMIT)


def may_be_kept(answer: Answer, status: OpgaveStatus | None) -> bool:
    """Whether a reaction goes by itself unless its owner keeps it: it is over, or the opgave is."""
    return answer in ANSWERED or status in ENDED


def answer_by(today: date, closes_on: date | None) -> date:
    """The last day on which an invitation of today can be answered."""
    day = today
    for _ in range(DAYS_OF_INVITATION):
        day = next_workday(day)
    return min(day, closes_on) if closes_on is not None else day


def has_time_to_answer(today: date, closes_on: date | None) -> bool:
    """Whether who is invited today has a few days before the opgave closes."""
    return closes_on is None or closes_on - today >= TIME_TO_ANSWER


def again_on(today: date, closes_on: date | None) -> date | None:
    """The day on which who says "later" hears of it again; None when that is too late to answer."""
    day = today + LATER_TAKES
    if closes_on is not None:
        day = min(day, closes_on - TIME_TO_ANSWER)
    return day if day > today else None
