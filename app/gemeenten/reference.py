"""Reading the reference list of gemeenten; every bad line is named, none is guessed at."""

import csv
from collections.abc import Iterable, Iterator
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


@dataclass
class ReferenceList:
    gemeenten: list[GemeenteFacts] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read(path: Path) -> ReferenceList:
    """Read a CSV file with the columns above; lines that begin with # are remarks.

    Faults are Dutch sentences that begin with the number of the line in the file.
    """
    found = ReferenceList()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        found.faults.append("het bestand is geen UTF-8 tekst")
        return found
    rows = csv.DictReader(_without_remarks(lines))
    missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
    if missing:
        found.faults.append(f"deze kolommen ontbreken: {', '.join(missing)}")
        return found
    for row in _numbered(rows, lines):
        _add(found, *row)
    _look_at_whole(found)
    return found


def _without_remarks(lines: Iterable[str]) -> Iterator[str]:
    return (line for line in lines if not line.startswith("#"))


def _numbered(rows: "csv.DictReader[str]", lines: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    remarks = sum(1 for line in lines if line.startswith("#"))
    for row in rows:
        yield rows.line_num + remarks, row


def _add(found: ReferenceList, number: int, row: dict[str, str]) -> None:
    try:
        facts = _facts(row)
    except (ValueError, TypeError, AttributeError) as error:
        found.faults.append(f"regel {number}: {_in_dutch(error)}")
        return
    faults = facts.faults()
    if faults:
        found.faults.append(f"regel {number}: {'; '.join(faults)}")
    else:
        found.gemeenten.append(facts)


def _facts(row: dict[str, str]) -> GemeenteFacts:
    return GemeenteFacts(
        code=row["code"].strip(),
        name=row["name"].strip(),
        province=row["province"].strip(),
        inhabitants=int(row["inhabitants"]),
        inhabitants_on=date.fromisoformat(row["inhabitants_on"]),
        is_provincial_capital=row["is_provincial_capital"].strip() == "1",
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        valid_from=_day(row["valid_from"]),
        valid_until=_day(row["valid_until"]),
        successor_code=row["successor_code"].strip() or None,
    )


def _day(word: str) -> date | None:
    return date.fromisoformat(word) if word.strip() else None


def _in_dutch(error: Exception) -> str:
    if isinstance(error, ValueError):
        return f"een getal of datum klopt niet ({error})"
    return "het aantal kolommen klopt niet"


def _look_at_whole(found: ReferenceList) -> None:
    seen: set[str] = set()
    for gemeente in found.gemeenten:
        if gemeente.code in seen:
            found.faults.append(f"code {gemeente.code} staat er meer dan eens in")
        seen.add(gemeente.code)
