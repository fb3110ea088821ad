"""What a report and a decision must hold."""

import pytest

from app.core.faults import Fault
from app.moderation.rules import (
    WORDS_LIMIT,
    Ground,
    Ruling,
    Subject,
    decision_faults,
    may_put_back,
    report_faults,
)

LONG = "x" * (WORDS_LIMIT + 1)


def fields(faults: list[Fault]) -> list[str]:
    return [fault.field for fault in faults]


@pytest.mark.parametrize(
    ("ground", "words", "wrong"),
    [
        (Ground.UNKIND, "", []),
        (Ground.OTHER, "Dit is mijn foto.", []),
        (Ground.OTHER, "", ["words"]),
        (Ground.UNTRUE, LONG, ["words"]),
    ],
)
def test_a_report_says_what_is_the_matter(ground: Ground, words: str, wrong: list[str]) -> None:
    assert fields(report_faults(ground, words)) == wrong


@pytest.mark.parametrize(
    ("ruling", "answer", "wrong"),
    [
        (Ruling.LEFT, "", []),
        (Ruling.TAKEN_DOWN, "Dit is reclame.", []),
        (Ruling.TAKEN_DOWN, "", ["answer"]),
        (Ruling.LEFT, LONG, ["answer"]),
    ],
)
def test_who_takes_something_down_says_why(ruling: Ruling, answer: str, wrong: list[str]) -> None:
    assert fields(decision_faults(ruling, answer)) == wrong


@pytest.mark.parametrize("subject", Subject)
def test_what_is_down_can_be_put_back_but_for_an_opgave(subject: Subject) -> None:
    comes_back = subject is not Subject.OPGAVE
    gone = Ruling.TAKEN_DOWN

    assert may_put_back(subject, gone, is_down=True, is_own=False) is comes_back
    assert not may_put_back(subject, gone, is_down=True, is_own=True)
    assert not may_put_back(subject, gone, is_down=False, is_own=False)
    assert not may_put_back(subject, Ruling.LEFT, is_down=True, is_own=False)
