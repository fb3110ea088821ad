"""Tables for a Dutch spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, TextIOWrapper
from typing import IO

# A cell that begins with one of these is a formula to a spreadsheet.
FORMULA_SIGNS = tuple("=+-@|%\t\r\n＝＋－＠")
ENCODING = "utf-8-sig"


def sheet(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    written = BytesIO()
    write_sheet(written, heads, rows)
    return written.getvalue()


def write_sheet(file: IO[bytes], heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Semicolons between cells, as spreadsheets expect where Dutch is spoken."""
    text = TextIOWrapper(file, ENCODING, newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows(rows)
    # Whose file it is closes it.
    text.detach()


def plain_text(text: str) -> str:
    """What somebody typed, so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_SIGNS) else text
