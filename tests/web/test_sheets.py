"""A table that a spreadsheet opens as it was written."""

import pytest

from app.web.sheets import plain_text, sheet


def test_a_table_has_semicolons_and_says_how_it_is_written() -> None:
    written = sheet(["Wat", "Uren"], [["Één; twee", "7,50"]])

    assert written.decode("utf-8-sig") == 'Wat;Uren\r\n"Één; twee";7,50\r\n'
    assert written.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    "text", ["=A1", "+1", "-1", "@x", "|calc", "%1", "\tx", "\r=x", "  =A1", "＝A1", "＠x"]
)
def test_what_a_spreadsheet_would_count_with_is_text(text: str) -> None:
    assert plain_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Opgave = nu", "’s-Gravenhage", "A-B", "2 + 2"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert plain_text(text) == text
