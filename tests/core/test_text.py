"""Text keeps its words and loses what cannot be seen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.text import clean_line, clean_text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Jan   Jansen ", "Jan Jansen"),
        ("Jan\tJansen\r\nBcc: x@y.nl", "Jan Jansen Bcc: x@y.nl"),
        ("nul\x00hier", "nulhier"),
        ("recht\u202etsknil", "rechttsknil"),
        ("nul\u200bbreed", "nulbreed"),
        ("half\ud800", "half"),
        ("cafe\u0301", "café"),
        ("vast\u00a0wit", "vast wit"),
        ("kli\u00admaat", "klimaat"),
        ("water\u2028beheer", "water beheer"),
        ("👍 mooi", "👍 mooi"),
        ("\u200b \t", ""),
    ],
)
def test_a_line_loses_what_cannot_be_seen(typed: str, kept: str) -> None:
    assert clean_line(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("een\r\ntwee", "een\ntwee"),
        ("een\n\n\n\ntwee", "een\n\ntwee"),
        ("\n\n een \n\n", "een"),
        ("een  \n  twee\x00", "een\ntwee"),
        (" \n\u200b\n", ""),
    ],
)
def test_a_text_keeps_its_lines_and_one_empty_one_between(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


@given(st.text())
def test_cleaning_twice_changes_nothing(typed: str) -> None:
    assert clean_text(clean_text(typed)) == clean_text(typed)
    assert clean_line(clean_line(typed)) == clean_line(typed)


@given(st.text())
def test_nothing_unseen_is_left_in_a_line(typed: str) -> None:
    left = {unicodedata.category(sign) for sign in clean_line(typed)}

    assert left.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})


@given(st.text())
def test_a_line_is_composed(typed: str) -> None:
    assert unicodedata.is_normalized("NFC", clean_line(typed))
