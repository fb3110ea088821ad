"""Reads a folder with the CSV files of ESCO, under their official headings or Dutch ones."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.core.text import clean_line, clean_text
from app.vocabulary.rules import normalise

URI = ("concepturi", "uri")
LABEL = ("preferredlabel", "label")
ALT_LABELS = ("altlabels",)
DESCRIPTION = ("description", "omschrijving")
BROADER = ("broaderconcepturi", "broaderuri", "broader", "breder_uri")
SEPARATOR = re.compile(r"[\n|]")
ADDRESS = re.compile(r"https?://[!-{}~]{1,400}")


@dataclass(frozen=True, slots=True)
class EscoConcept:
    """One concept; `broader` are the URIs of wider ones, the first one first."""

    uri: str
    label: str
    alt_labels: tuple[str, ...] = ()
    description: str = ""
    broader: tuple[str, ...] = ()


@dataclass
class EscoFolder:
    """What the files hold; faults and skipped files are Dutch sentences that begin with a name."""

    concepts: list[EscoConcept] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Columns:
    """At which place a file has what; None where it has no such column."""

    count: int
    uri: int | None
    label: int | None
    alt_labels: int | None
    description: int | None
    broader: int | None

    @property
    def missing(self) -> str:
        """Why there is nothing to read here, in Dutch; empty when there is."""
        if self.uri is None:
            return "er is geen kolom conceptUri of uri"
        if self.label is None and self.broader is None:
            return "er is geen kolom met namen (preferredLabel) of bredere begrippen (broaderUri)"
        return ""


class _BadLine(Exception):
    """This line cannot be taken; the message says why, in Dutch."""


@dataclass
class _Found:
    """Concepts and ties over all files: one concept may be in several of them."""

    concepts: dict[str, EscoConcept] = field(default_factory=dict)
    broader: dict[str, list[str]] = field(default_factory=dict)


def read_folder(folder: Path) -> EscoFolder:
    """Every concept in every CSV file of the folder; a bad line is named, never guessed at."""
    result, found = EscoFolder(), _Found()
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() == ".csv" and path.is_file():
            _read_file(path, result, found)
    result.concepts = [
        replace(concept, broader=tuple(found.broader.get(concept.uri, ())))
        for concept in found.concepts.values()
    ]
    return result


def _read_file(path: Path, result: EscoFolder, found: _Found) -> None:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        result.faults.append(f"{path.name}: het bestand is geen UTF-8 tekst")
        return
    rows = _numbered(text, path.name, result)
    _, heading = next(rows, (1, []))
    columns = _columns(heading)
    if columns.missing:
        result.skipped.append(f"{path.name}: {columns.missing}")
        return
    result.read[path.name] = 0
    for number, cells in rows:
        try:
            _take(cells, columns, found)
            result.read[path.name] += 1
        except _BadLine as fault:
            result.faults.append(f"{path.name}, regel {number}: {fault}")


def _numbered(text: str, name: str, result: EscoFolder) -> Iterator[tuple[int, list[str]]]:
    """Lines that are not empty, each with the number of its first line in the file."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 1
    try:
        for cells in rows:
            if cells:
                yield number, cells
            number = rows.line_num + 1
    except csv.Error as error:
        result.faults.append(
            f"{name}, regel {number}: de aanhalingstekens of komma's kloppen niet ({error}); "
            "de rest van dit bestand is niet gelezen"
        )


def _columns(heading: list[str]) -> _Columns:
    names = [name.strip().lower() for name in heading]

    def place(wanted: tuple[str, ...]) -> int | None:
        return next((names.index(name) for name in wanted if name in names), None)

    return _Columns(
        len(names),
        place(URI),
        place(LABEL),
        place(ALT_LABELS),
        place(DESCRIPTION),
        place(BROADER),
    )


def _take(cells: list[str], columns: _Columns, found: _Found) -> None:
    """Add what one line tells of a concept."""
    if len(cells) != columns.count:
        raise _BadLine(f"er zijn {len(cells)} kolommen in plaats van {columns.count}")
    uri = _address(_cell(cells, columns.uri))
    broader = [_address(one) for one in _parts(_cell(cells, columns.broader))]
    if columns.label is not None:
        _take_concept(uri, cells, columns, found)
    known = found.broader.setdefault(uri, [])
    known += [one for one in broader if one not in known]


def _take_concept(uri: str, cells: list[str], columns: _Columns, found: _Found) -> None:
    label = clean_line(_cell(cells, columns.label))
    if not normalise(label):
        raise _BadLine("de naam (preferredLabel) is leeg of heeft geen letters")
    known = found.concepts.get(uri)
    if known is not None and known.label != label:
        raise _BadLine(f"{uri} heeft elders een andere naam: {known.label}")
    if known is None:
        found.concepts[uri] = EscoConcept(
            uri,
            label,
            tuple(clean_line(part) for part in _parts(_cell(cells, columns.alt_labels))),
            clean_text(_cell(cells, columns.description)),
        )


def _cell(cells: list[str], place: int | None) -> str:
    return "" if place is None else cells[place]


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in SEPARATOR.split(cell) if part.strip()]


def _address(text: str) -> str:
    uri = text.strip()
    if not ADDRESS.fullmatch(uri):
        raise _BadLine(f"{uri[:60]!r} is geen uri" if uri else "de uri ontbreekt")
    return uri
