"""Somebody's own data as one file: to read, for a spreadsheet, and for another programme."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum
from io import TextIOWrapper
from tempfile import SpooledTemporaryFile
from typing import IO, Any, TextIO, cast
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from flask import stream_template
from sqlalchemy.orm import Session

from app.core.dutch import dutch_date, moment
from app.gemeenten import queries as gemeenten
from app.labels import LABELS, label
from app.matching.core.facts import Reason
from app.matching.core.score import MOST_ENERGY
from app.matching.core.words import YOU, points_words, sentence
from app.opgaven import queries as opgaven
from app.people.rules import CONSENTS, Level, Movement
from app.privacy.dictionary import Table
from app.privacy.export import Part, Row
from app.vocabulary.rules import Theme
from app.web.audit.words import words_of
from app.web.sheets import plain_text, write_sheet

OPGAVE = frozenset({"opgave_id", "with_id"})
GEMEENTE = frozenset({"gemeente_code", "lender_code", "borrower_code"})
DEED = frozenset({"deed"})
AGREED = frozenset({"text_version"})
# What is stored by a code or a number, in the words that its owner reads on the site.
WORDS: Mapping[str, Callable[[Any], str]] = {
    "level": lambda level: label(Level(level)),
    "energy": lambda energy: f"{energy} van {MOST_ENERGY}",
    "themes": lambda themes: ", ".join(_called(Theme, one) for one in themes),
    "movement": lambda roles: ", ".join(_called(Movement, one) for one in roles),
    "tier": lambda tier: "alles wat nodig is" if tier == 1 else "een deel van wat nodig is",
    "reasons": lambda reasons: " ".join(_reason(Reason.of_plain(one)) for one in reasons),
}
# Bytes; more of a file than this lies on disk.
IN_MEMORY = 1 << 20
GONE = "Een opgave die is weggehaald"


@dataclass(frozen=True)
class Sheet:
    """The rows of a part in words, which lie on disk: there may be many."""

    title: str
    heads: list[str]
    lines: IO[bytes]
    begins: int
    count: int

    @property
    def file_name(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower())

    @property
    def rows(self) -> Iterator[list[str]]:
        self.lines.seek(self.begins)
        for _ in range(self.count):
            yield json.loads(self.lines.readline())


def archive(session: Session, parts: Iterable[Part], made_at: datetime) -> IO[bytes]:
    """A zip with `lees-mij.html`, `gegevens.json` and a table for each part.

    A file without a name, that is gone when it is closed. However many rows there are, a page of
    them is in memory.
    """
    packed = _spool()
    with _spool() as lines, ZipFile(packed, "w", ZIP_DEFLATED) as bundle:
        with _text_in(bundle, "gegevens.json") as told:
            sheets = list(_tell(session, parts, made_at, told, lines))
        for one in sheets:
            with bundle.open(f"tabellen/{one.file_name}.csv", "w") as written:
                rows = ([plain_text(cell) for cell in row] for row in one.rows)
                write_sheet(written, one.heads, rows)
        page = stream_template("privacy/own_data.html", sheets=sheets, made_at=made_at)
        with _text_in(bundle, "lees-mij.html") as read_me:
            read_me.writelines(page)
    return packed


def _text_in(bundle: ZipFile, name: str) -> TextIO:
    return TextIOWrapper(bundle.open(name, "w"), "utf-8")


def _spool() -> IO[bytes]:
    return cast(IO[bytes], SpooledTemporaryFile(max_size=IN_MEMORY))


def _tell(
    session: Session,
    parts: Iterable[Part],
    made_at: datetime,
    told: TextIO,
    lines: IO[bytes],
) -> Iterator[Sheet]:
    """Write each row twice: as JSON for a programme, and in words as a line for its sheet.

    In JSON moments and days go by ISO 8601, and words of the house as they are stored.
    """
    told.write(f'{{"gemaakt op": {_as_json(made_at)}')
    for part in parts:
        begins, count = lines.tell(), 0
        told.write(f",\n{_as_json(part.table.title)}: [")
        for page in part.pages:
            names = names_of(session, part.table, page)
            for row in page:
                told.write(f"{',' if count else ''}\n{_named(part.table, row)}")
                lines.write(f"{_as_json(in_words(part.table, row, names))}\n".encode())
                count += 1
        told.write("\n]")
        yield Sheet(part.table.title, _heads(part.table), lines, begins, count)
    told.write("\n}\n")


def _heads(table: Table) -> list[str]:
    return [one[:1].upper() + one[1:] for one in table.shown.values()]


def _named(table: Table, row: Row) -> str:
    return _as_json({table.shown[name]: value for name, value in row.items()})


def in_words(table: Table, row: Row, names: Mapping[object, str]) -> list[str]:
    """Its cells; `names` of what they lead to."""
    return [_cell(name, row[name], names) for name in table.shown]


def names_of(session: Session, table: Table, page: list[Row]) -> dict[object, str]:
    """What the ids and codes in it are called, as far as everybody may know."""
    ids = {value for value in _values(table, page, OPGAVE) if isinstance(value, UUID)}
    codes = {value for value in _values(table, page, GEMEENTE) if isinstance(value, str)}
    heads = opgaven.shared_heads(session, ids)
    named: dict[object, str] = {one: head.title or GONE for one, head in heads.items()}
    named.update(gemeenten.names_of(session, codes).items())
    return named


def _values(table: Table, page: list[Row], columns: frozenset[str]) -> Iterable[object]:
    return (row[name] for name in columns & table.shown.keys() for row in page)


def _cell(column: str, value: object, names: Mapping[object, str]) -> str:
    if column in DEED:
        return words_of(str(value))
    if column in AGREED:
        return f"{value}: {CONSENTS.get(str(value), '')}"
    if column in OPGAVE | GEMEENTE:
        return names.get(value, "")
    if column in WORDS and value is not None:
        return WORDS[column](value)
    return _word(value)


def _called(kind: type[StrEnum], code: str) -> str:
    """As the site calls it; a code that the site no longer has stands as it is."""
    return label(kind(code)) if code in list(kind) else code


def _reason(reason: Reason) -> str:
    return f"{sentence(reason, YOU)} {points_words(reason).capitalize()}."


def _word(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nee"
        case Enum():
            return label(value) if type(value) in LABELS else str(value.value)
        case datetime():
            return moment(value)
        case date():
            return dutch_date(value)
        case dict():
            return json.dumps(value, ensure_ascii=False)
        case list():
            return ", ".join(_word(one) for one in value)
        case _:
            return str(value)


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
