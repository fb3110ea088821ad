"""What can be reported and on which ground, and what may be decided about it."""

from enum import StrEnum

from app.core.faults import Fault, length_fault

WORDS_LIMIT = 1_000
# More than anybody meets on a day, and too few to keep a queue filled.
MOST_A_DAY = 10
# How long after the decision it is known who reported what; longer while that is still down.


class Subject(StrEnum):
    """What a report is about."""

    OPGAVE = "opgave"
    PROFILE = "profile"
    MESSAGE = "message"
    # A question with its answer, on the page of an opgave.
    PUBLISHED = "published"
    # The words of it.
    INVITATION = "invitation"


class Ground(StrEnum):
    UNTRUE = "untrue"
    PERSONAL = "personal"
    UNKIND = "unkind"
    ADVERTISING = "advertising"
    OTHER = "other"


GROUNDS = {
    Ground.UNTRUE: "Het klopt niet, of het is niet echt",
    Ground.PERSONAL: "Er staan gegevens in van iemand anders",
    Ground.UNKIND: "Het is kwetsend of discriminerend",
    Ground.ADVERTISING: "Het is reclame of werving",
    Ground.OTHER: "Iets anders",
}


class Ruling(StrEnum):
    LEFT = "left"
    TAKEN_DOWN = "taken_down"


# An opgave is withdrawn: all who counted on it were told so.
COMES_BACK = frozenset(Subject) - {Subject.OPGAVE}


def may_put_back(subject: Subject, ruling: Ruling | None, *, is_down: bool, is_own: bool) -> bool:
    """Whether a beheerder can undo it: nobody decides about what they wrote themselves."""
    can_come_back = ruling is Ruling.TAKEN_DOWN and subject in COMES_BACK
    return can_come_back and is_down and not is_own


def report_faults(ground: Ground, words: str) -> list[Fault]:
    """What is missing or too long in a report."""
    needed = "Vertel in een paar woorden wat er aan de hand is." if ground is Ground.OTHER else ""
    return length_fault("words", words, WORDS_LIMIT, needed)


def decision_faults(ruling: Ruling, answer: str) -> list[Fault]:
    """What is missing or too long in a decision; who wrote what is taken down hears why."""
    is_down = ruling is Ruling.TAKEN_DOWN
    needed = "Leg uit waarom je het weghaalt. De schrijver leest dit." if is_down else ""
    return length_fault("answer", answer, WORDS_LIMIT, needed)
