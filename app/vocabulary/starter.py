"""Reads the starter vocabulary: one file of concepts and one of look-alikes per theme."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.core.text import clean_line
from app.vocabulary.rules import LABEL_LIMIT, Theme, normalise

DATA = Path(__file__).parent / "data"
CONCEPT_HEADER = ["label", "synonyms", "acronyms", "broader", "related"]
DIFFERENT_HEADER = ["one", "other", "why"]


@dataclass(frozen=True, slots=True)
class StarterConcept:
    label: str
    theme: Theme
    synonyms: tuple[str, ...]
    acronyms: tuple[str, ...]
    broader: str | None
    related: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return (self.label, *self.synonyms, *self.acronyms)


@dataclass(frozen=True, slots=True)
class DifferentPair:
    """Two words that look alike and mean something else."""

    one: str
    other: str
    why: str


@dataclass(frozen=True, slots=True)
class _Row:
    cells: list[str]
    theme: Theme
    where: str

    def fail(self, what: str) -> ValueError:
        return ValueError(f"{self.where}: {what}")


def read_concepts(data: Path = DATA) -> tuple[StarterConcept, ...]:
    """Every concept of every theme, checked as one whole; a ValueError says where it went wrong."""
    found = [(row, _concept(row)) for row in _rows(data / "concepts", CONCEPT_HEADER)]
    _check_names(found)
    _check_ties(found)
    return tuple(concept for _, concept in found)


def read_different(data: Path = DATA) -> tuple[DifferentPair, ...]:
    """Every pair that must not match."""
    return tuple(_pair(row) for row in _rows(data / "different", DIFFERENT_HEADER))


def _rows(folder: Path, header: list[str]) -> Iterator[_Row]:
    for path in sorted(folder.glob("*.csv")):
        where = f"{folder.name}/{path.name}"
        if path.stem not in list(Theme):
            raise ValueError(f"{where}: no theme has this name")
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _rows_of(file, header, Theme(path.stem), where)


def _rows_of(file: Iterable[str], header: list[str], theme: Theme, where: str) -> Iterator[_Row]:
    lines = csv.reader(file, strict=True)
    try:
        if next(lines, []) != header:
            raise ValueError(f"{where}, line 1: the header must be {','.join(header)}")
        for cells in lines:
            row = _Row(cells, theme, f"{where}, line {lines.line_num}")
            if len(cells) != len(header):
                raise row.fail(f"{len(cells)} columns instead of {len(header)}")
            yield row
    except (csv.Error, UnicodeDecodeError) as error:
        raise ValueError(f"{where}, after line {lines.line_num}: {error}") from error


def _concept(row: _Row) -> StarterConcept:
    label, synonyms, acronyms, broader, related = row.cells
    return StarterConcept(
        label=_name(label, row),
        theme=row.theme,
        synonyms=_names(synonyms, row),
        acronyms=_names(acronyms, row),
        broader=_name(broader, row) if broader else None,
        related=_names(related, row),
    )


def _pair(row: _Row) -> DifferentPair:
    one, other, why = row.cells
    pair = DifferentPair(_name(one, row), _name(other, row), why.strip())
    if normalise(pair.one) == normalise(pair.other):
        raise row.fail(f"{pair.one} cannot differ from itself")
    if not pair.why:
        raise row.fail("it does not say why these differ")
    return pair


def _names(cell: str, row: _Row) -> tuple[str, ...]:
    return tuple(_name(name, row) for name in cell.split("|")) if cell else ()


def _name(text: str, row: _Row) -> str:
    name = clean_line(text)
    if not normalise(name):
        raise row.fail(f"{text!r} is no name")
    if len(name) > LABEL_LIMIT:
        raise row.fail(f"{name!r} is longer than {LABEL_LIMIT} characters")
    return name


def _check_names(found: Sequence[tuple[_Row, StarterConcept]]) -> None:
    taken: dict[str, str] = {}
    for row, concept in found:
        for name in concept.names:
            normal = normalise(name)
            if normal in taken:
                raise row.fail(f"{name!r} is a name of {taken[normal]!r} already")
            taken[normal] = concept.label


def _check_ties(found: Sequence[tuple[_Row, StarterConcept]]) -> None:
    broader = {concept.label: concept.broader for _, concept in found}
    for row, concept in found:
        for label in (concept.broader, *concept.related):
            if label is not None and label not in broader:
                raise row.fail(f"{label!r} is not the label of a concept")
    for row, concept in found:
        if _is_circular(concept.label, broader):
            raise row.fail(f"{concept.label!r} is broader than itself")


def _is_circular(label: str, broader: dict[str, str | None]) -> bool:
    seen = {label}
    above = broader[label]
    while above is not None and above not in seen:
        seen.add(above)
        above = broader[above]
    return above is not None
