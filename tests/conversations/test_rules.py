"""Who is waited for, and what a message may hold."""

import pytest

from app.conversations.rules import (
    TEXT_LIMIT,
    End,
    Side,
    Words,
    how_it_ended,
    message_faults,
    repeating_faults,
    waited_for,
)
from app.opgaven.rules import OpgaveStatus
from app.responses.rules import Answer, WhyClosed

OPEN, FILLED, DONE = OpgaveStatus.TALKING, OpgaveStatus.FILLED, OpgaveStatus.DONE
Said = tuple[OpgaveStatus, Answer | None, WhyClosed | None, bool]


def test_who_shows_interest_without_a_word_waits_for_the_opgavehouder() -> None:
    assert waited_for(None) is Side.OPGAVE


@pytest.mark.parametrize(
    ("last", "now"), [(Side.PROFESSIONAL, Side.OPGAVE), (Side.OPGAVE, Side.PROFESSIONAL)]
)
def test_who_did_not_speak_last_is_waited_for(last: Side, now: Side) -> None:
    assert waited_for(last) is now


@pytest.mark.parametrize(
    ("said", "end"),
    [
        ((OPEN, Answer.INTERESTED, None, False), None),
        ((OPEN, None, None, True), None),
        ((OPEN, Answer.CLOSED, WhyClosed.HOURS, False), End.SAID_NO),
        ((DONE, Answer.CLOSED, WhyClosed.HOURS, False), End.SAID_NO),
        ((FILLED, Answer.CLOSED, WhyClosed.FILLED, False), End.OPGAVE),
        ((FILLED, None, WhyClosed.FILLED, True), End.OPGAVE),
        ((OPEN, Answer.NO, None, False), End.DECLINED),
        ((OPEN, None, None, False), End.TAKEN_BACK),
        ((OPEN, Answer.LATER, None, False), End.TAKEN_BACK),
        # Whom the opgave kept is in a loan.
        ((FILLED, Answer.INTERESTED, None, False), None),
        ((DONE, Answer.INTERESTED, None, False), End.OPGAVE),
    ],
)
def test_what_ends_a_conversation(said: Said, end: End | None) -> None:
    status, answer, why, is_question = said

    assert how_it_ended(status, answer, why, is_question=is_question) is end


def test_a_message_has_words_and_not_too_many() -> None:
    assert [fault.field for fault in message_faults("")] == ["text"]
    assert message_faults("x" * TEXT_LIMIT) == []
    assert "hoogstens 4.000 tekens" in message_faults("x" * (TEXT_LIMIT + 1))[0].said


@pytest.mark.parametrize("gone", ["ja", ".", "een", "plein", "", "de gemeente", "je dat een"])
def test_what_everybody_writes_or_stands_in_other_words_repeats_nothing(gone: str) -> None:
    words = Words("Kan de gemeente een plein leveren?", "Ja, je dat eenmaal.")

    assert repeating_faults(words, [gone]) == []


@pytest.mark.parametrize("gone", ["Wat  een SUKKELS", "Sukkelsonderelkaartjes"])
def test_words_of_somebody_are_not_repeated(gone: str) -> None:
    words = Words("Waar?", "(Wat een sukkels, sukkelsonderelkaartjes!)")

    assert [fault.field for fault in repeating_faults(words, [gone])] == ["answer"]
