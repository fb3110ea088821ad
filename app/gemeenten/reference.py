"""Reading the reference list of gemeenten; every bad line is named, none is guessed at."""

import csv
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from app.gemeenten.rules import GemeenteFacts

OWN_LIST = Path(__file__).parent / "data" / "gemeenten.csv"
COLUMNS = (
    "code",
    "name",
    "province",
    "inhabitants",
    "inhabitants_on",
    "is_provincial_capital",
    "latitude",
    "longitude",
    "valid_from",
    "valid_until",
    "successor_code",
)


# A whole number with more digits than this is no number of inhabitants.
MOST_DIGITS = 9


@dataclass
class ReferenceList:
    """The good lines, and for the other ones a Dutch sentence with the number of the line."""

    gemeenten: list[GemeenteFacts] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)

    def refuse_unknown_successors(self, known: Collection[str]) -> None:
        """A successor must be in the list itself, or be `known` already.

        A line that is refused may be the successor of another, so we look until all is well.
        """
        while True:
            codes = {facts.code for facts in self.gemeenten}.union(known)
            bad = [
                facts
                for facts in self.gemeenten
                if facts.successor_code is not None and facts.successor_code not in codes
            ]
            if not bad:
                return
            self.faults += [
                f"regel {self.lines[facts.code]}: opvolger {facts.successor_code} is onbekend"
                for facts in bad
            ]
            self.gemeenten = [facts for facts in self.gemeenten if facts not in bad]


# Python reads more forms of a date than people write, 2026-W01-1 among them.
PLAIN_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _BadCell(Exception):
    """This value cannot be taken; the message says why, in Dutch."""


def read(path: Path) -> ReferenceList:
    """Read a CSV file with the columns above; lines that begin with # are remarks."""
    found = ReferenceList()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        found.faults.append("het bestand is geen UTF-8 tekst")
        return found
    rows = _numbered(text, found)
    _, heading = next(rows, (1, []))
    twice = sorted({column for column in heading if heading.count(column) > 1})
    if twice:
        found.faults.append(f"deze kolommen staan er meer dan eens: {', '.join(twice)}")
        return found
    missing = [column for column in COLUMNS if column not in heading]
    if missing and not found.faults:
        found.faults.append(f"deze kolommen ontbreken: {', '.join(missing)}")
    if missing:
        return found
    for number, cells in rows:
        try:
            _add(found, number, _row(heading, cells))
        except _BadCell as fault:
            found.faults.append(f"regel {number}: {fault}")
    return found


def _numbered(text: str, found: ReferenceList) -> Iterator[tuple[int, list[str]]]:
    """Lines that hold something, each with its number in the file."""
    lines = [
        (number, line)
        for number, line in enumerate(text.split("\n"), 1)
        if not line.startswith("#")
    ]
    rows = csv.reader((line for _, line in lines), strict=True)
    begin = 0
    try:
        for cells in rows:
            if cells:
                yield lines[begin][0], cells
            begin = rows.line_num
    except csv.Error as error:
        number = lines[begin][0]
        found.faults.append(
            f"regel {number}: de aanhalingstekens of komma's kloppen niet ({error}); "
            "de rest van het bestand is niet gelezen"
        )


def _row(heading: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(heading):
        raise _BadCell(f"er zijn {len(cells)} kolommen in plaats van {len(heading)}")
    return {name: cell.strip() for name, cell in zip(heading, cells, strict=True)}


def _add(found: ReferenceList, number: int, row: dict[str, str]) -> None:
    facts = _facts(row)
    faults = facts.faults()
    if facts.code in found.lines:
        faults.append(f"code {facts.code} staat al op regel {found.lines[facts.code]}")
    if faults:
        raise _BadCell("; ".join(faults))
    found.lines[facts.code] = number
    found.gemeenten.append(facts)


def _facts(row: dict[str, str]) -> GemeenteFacts:
    return GemeenteFacts(
        code=row["code"],
        name=row["name"],
        province=row["province"],
        inhabitants=_whole_number(row, "inhabitants"),
        inhabitants_on=_day(row, "inhabitants_on"),
        is_provincial_capital=_one_or_zero(row, "is_provincial_capital"),
        latitude=_number(row, "latitude"),
        longitude=_number(row, "longitude"),
        valid_from=_day(row, "valid_from") if row["valid_from"] else None,
        valid_until=_day(row, "valid_until") if row["valid_until"] else None,
        successor_code=row["successor_code"] or None,
    )


def _whole_number(row: dict[str, str], column: str) -> int:
    word = row[column]
    if not (word.isascii() and word.isdecimal() and len(word) <= MOST_DIGITS):
        raise _BadCell(f"{column} {word[:20]!r} is geen heel getal")
    return int(word)


def _number(row: dict[str, str], column: str) -> float:
    try:
        return float(row[column])
    except ValueError:
        raise _BadCell(f"{column} {row[column][:20]!r} is geen getal") from None


def _day(row: dict[str, str], column: str) -> date:
    fault = _BadCell(f"{column} {row[column][:20]!r} is geen datum zoals 2026-01-31")
    if not PLAIN_DAY.fullmatch(row[column]):
        raise fault
    try:
        return date.fromisoformat(row[column])
    except ValueError:
        raise fault from None


def _one_or_zero(row: dict[str, str], column: str) -> bool:
    if row[column] not in ("0", "1"):
        raise _BadCell(f"{column} {row[column][:20]!r} is geen 0 of 1")
    return row[column] == "1"
