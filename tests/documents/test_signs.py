"""Signs that our fonts lack are replaced, and all others stay."""

import pytest

from app.documents.signs import readable


@pytest.mark.parametrize(
    "text",
    [
        "Gewoon Nederlands: één, naïef, ĳs, € 62,50 – “zo”.",
        "Łódź, Ελληνικά, Кириллица",
        "שלום العربية",
        "😀",
    ],
)
def test_what_our_fonts_have_stays(text: str) -> None:
    assert readable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("漢字", "\ufffd\ufffd"),
        ("🏳️x", "\ufffdx"),
        ("e\u0301", "é"),
        ("a\x00b\x07c", "abc"),
        ("a\tb", "a b"),
        ("a\r\nb\u2028c\n\nd", "a\nb\nc\n\nd"),
        ("", ""),
    ],
)
def test_what_they_lack_is_replaced(text: str, shown: str) -> None:
    assert readable(text) == shown
