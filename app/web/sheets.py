"""Tables for a Dutch spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

# A cell that begins with one of these is a formula to a spreadsheet.
FORMULA_SIGNS = tuple("=+-@|%\t\r\n＝＋－＠")
ENCODING = "utf-8-sig"


def sheet(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Semicolons between cells, as spreadsheets expect where Dutch is spoken."""
    written = StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return written.getvalue().encode(ENCODING)


def plain_text(text: str) -> str:
    """What somebody typed, so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_SIGNS) else text
