"""Somebody's own data as one file: to read, for a spreadsheet, and for another programme."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from flask import render_template
from sqlalchemy.orm import Session

from app.core.dutch import dutch_date, moment
from app.gemeenten import queries as gemeenten
from app.labels import LABELS, label
from app.opgaven import queries as opgaven
from app.privacy.export import Part
from app.web.audit.words import words_of
from app.web.sheets import plain_text, sheet

OPGAVE = frozenset({"opgave_id", "with_id"})
GEMEENTE = frozenset({"gemeente_code", "lender_code", "borrower_code"})
DEED = frozenset({"deed"})
GONE = "Een opgave die is weggehaald"


@dataclass(frozen=True)
class Sheet:
    """The rows of a part in words."""

    title: str
    heads: list[str]
    rows: list[list[str]]

    @property
    def file_name(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower())


def archive(session: Session, parts: list[Part], made_at: datetime) -> bytes:
    """A zip with `lees-mij.html`, `gegevens.json` and a table for each part."""
    sheets = [_sheet(part, _names(session, part)) for part in parts]
    page = render_template("privacy/own_data.html", sheets=sheets, made_at=made_at)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as bundle:
        bundle.writestr("lees-mij.html", page)
        bundle.writestr("gegevens.json", _as_json(parts, made_at))
        for one in sheets:
            rows = ([plain_text(cell) for cell in row] for row in one.rows)
            bundle.writestr(f"tabellen/{one.file_name}.csv", sheet(one.heads, rows))
    return packed.getvalue()


def _names(session: Session, part: Part) -> dict[object, str]:
    """What the ids and codes in it are called, as far as everybody may know."""
    ids = {value for value in _values(part, OPGAVE) if isinstance(value, UUID)}
    codes = {value for value in _values(part, GEMEENTE) if isinstance(value, str)}
    heads = opgaven.shared_heads(session, ids)
    named: dict[object, str] = {one: head.title or GONE for one, head in heads.items()}
    named.update(gemeenten.names_of(session, codes).items())
    return named


def _values(part: Part, columns: frozenset[str]) -> Iterable[object]:
    return (row[name] for name in columns & part.table.shown.keys() for row in part.rows)


def _sheet(part: Part, names: Mapping[object, str]) -> Sheet:
    rows = [[_in_words(name, row[name], names) for name in part.table.shown] for row in part.rows]
    heads = [one[:1].upper() + one[1:] for one in part.table.shown.values()]
    return Sheet(part.table.title, heads, rows)


def _in_words(column: str, value: object, names: Mapping[object, str]) -> str:
    if column in DEED:
        return words_of(str(value))
    if column in OPGAVE | GEMEENTE:
        return names.get(value, "")
    return _word(value)


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


def _as_json(parts: list[Part], made_at: datetime) -> str:
    """Moments and days by ISO 8601; words of the house as they are stored."""
    told: dict[str, Any] = {"gemaakt op": made_at}
    for part in parts:
        words = part.table.shown
        told[part.table.title] = [
            {words[name]: value for name, value in row.items()} for row in part.rows
        ]
    return json.dumps(told, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
