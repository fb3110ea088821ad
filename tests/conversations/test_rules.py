"""Who is waited for, and what a message may hold."""

import pytest

from app.conversations.rules import (
    TEXT_LIMIT,
    Side,
    Words,
    message_faults,
    repeating_faults,
    waited_for,
)


def test_who_shows_interest_without_a_word_waits_for_the_opgavehouder() -> None:
    assert waited_for(None) is Side.OPGAVE


@pytest.mark.parametrize(
    ("last", "now"), [(Side.PROFESSIONAL, Side.OPGAVE), (Side.OPGAVE, Side.PROFESSIONAL)]
)
def test_who_did_not_speak_last_is_waited_for(last: Side, now: Side) -> None:
    assert waited_for(last) is now


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
