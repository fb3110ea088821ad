"""What every column tells and of whom, as `data/dictionary.toml` has it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

OWN_FILE = Path(__file__).parent / "data" / "dictionary.toml"


@dataclass(frozen=True)
class Kind:
    """A line of the register of processing; `months` to keep it, counted from `after`."""

    title: str
    what: str
    why: str
    months: int | None = None
    after: str = ""

    @property
    def is_of_people(self) -> bool:
        return self.months is not None


@dataclass(frozen=True)
class Table:
    """One table: whose its rows are, which columns they get under which word, and which not."""

    name: str
    # What its people read above it.
    title: str
    kind: Kind
    # Ways from a row to a person: a column, or columns with dots between.
    whose: tuple[str, ...]
    shown: Mapping[str, str] = field(default_factory=dict)
    # In which somebody writes what they like.
    words: frozenset[str] = frozenset()
    # The column of who wrote them; of what was taken down only they still get them.
    writer: str | None = None
    kept: frozenset[str] = frozenset()

    @property
    def columns(self) -> set[str]:
        return {*self.shown, *self.kept}


@dataclass(frozen=True)
class Dictionary:
    kinds: Mapping[str, Kind]
    tables: Mapping[str, Table]
    # What others than those of the table itself get of its rows.
    views: Mapping[str, Table] = field(default_factory=dict)

    def of_people(self) -> list[Table]:
        """All that somebody gets rows of."""
        return [*(table for table in self.tables.values() if table.whose), *self.views.values()]

    def tables_of(self, kind: Kind) -> list[Table]:
        return [table for table in self.tables.values() if table.kind is kind]


def parse(text: str) -> Dictionary:
    """KeyError for a table of an unknown kind, TypeError for a word that is not of this file."""
    read = tomllib.loads(text)
    kinds = {name: Kind(**facts) for name, facts in read["kinds"].items()}
    tables = {name: _table(name, kinds, **facts) for name, facts in read["tables"].items()}
    return Dictionary(kinds, tables, _views(kinds, read.get("views", {})))


@cache
def dictionary() -> Dictionary:
    """That of the house."""
    return parse(OWN_FILE.read_text())


def _views(kinds: Mapping[str, Kind], read: Mapping[str, Any]) -> dict[str, Table]:
    facts = {name: dict(view) for name, view in read.items()}
    return {name: _table(view.pop("table"), kinds, kept=[], **view) for name, view in facts.items()}


def _table(
    name: str,
    kinds: Mapping[str, Kind],
    *,
    title: str = "",
    kind: str,
    whose: list[str],
    kept: list[str],
    shown: dict[str, Any] | None = None,
    words: list[str] | None = None,
    writer: str | None = None,
) -> Table:
    return Table(
        name,
        title,
        kinds[kind],
        tuple(whose),
        shown or {},
        frozenset(words or ()),
        writer,
        frozenset(kept),
    )
