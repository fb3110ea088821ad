"""What every column tells and of whom, and how long, as `data/dictionary.toml` has it."""

import tomllib
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from app.core.clock import dutch_time
from app.core.dutch import plural

# Months.
YEAR = 12
OWN_FILE = Path(__file__).parent / "data" / "dictionary.toml"


class Deed(StrEnum):
    """What is done with a row when its time is over."""

    REMOVED = "weg"
    NAMELESS = "zonder naam"
    HIDDEN = "verborgen"
    TOLD = "gewaarschuwd"


@dataclass(frozen=True)
class Term:
    """How long something is kept, counted from `after`; in one of three units."""

    name: str
    what: str
    after: str
    deed: Deed
    months: int = 0
    weeks: int = 0
    days: int = 0
    # Months before it is over in which people are told.
    warned: int = 0
    # What stays longer, and why.
    but: str = ""

    def over_before(self, now: datetime) -> datetime:
        """Of what began to count before this moment the time is over."""
        here = dutch_time(now)
        then = datetime.combine(months_on(here.date(), -self.months), here.timetz())
        return then.astimezone(UTC) - timedelta(weeks=self.weeks, days=self.days)

    def warned_before(self, now: datetime) -> datetime:
        """Of what began to count before this moment people are told that it will be over."""
        return replace(self, months=self.months - self.warned).over_before(now)

    @property
    def said(self) -> str:
        """What is done, how long after what, and whether people are told: a sentence or two."""
        warned = f" We mailen je {plural(self.warned, 'maand', 'maanden')} van tevoren."
        done = f"{self.deed.value.capitalize()}: {self.words} na {self.after}."
        return done + (warned if self.warned else "")

    @property
    def words(self) -> str:
        """How long, in Dutch."""
        if self.months and self.months % YEAR == 0:
            return f"{self.months // YEAR} jaar"
        if self.months:
            return plural(self.months, "maand", "maanden")
        if self.weeks:
            return plural(self.weeks, "week", "weken")
        return plural(self.days, "dag", "dagen")


@dataclass(frozen=True)
class Kind:
    """A line of the register of processing, and the term of its tables, but those with their own;
    without one it is not about people, or never over.
    """

    title: str
    what: str
    why: str
    # Nobody when it is not about people.
    of_whom: str = ""
    seen_by: str = ""
    ground: str = ""
    term: Term | None = None


@dataclass(frozen=True)
class Table:
    """One table: whose its rows are, which columns they get under which word, and which not."""

    name: str
    # What its people read above it.
    title: str
    kind: Kind
    terms: tuple[Term, ...]
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
    terms: Mapping[str, Term]
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
    """KeyError for an unknown kind or term, TypeError for a word that is not of this file."""
    read = tomllib.loads(text)
    terms = {name: _term(name, **facts) for name, facts in read.get("terms", {}).items()}
    kinds = {name: _kind(terms, **facts) for name, facts in read["kinds"].items()}
    tables = {name: _table(name, kinds, terms, **facts) for name, facts in read["tables"].items()}
    views = _views(kinds, terms, read.get("views", {}))
    return Dictionary(terms, kinds, tables, views)


@cache
def dictionary() -> Dictionary:
    """That of the house."""
    return parse(OWN_FILE.read_text())


def _views(
    kinds: Mapping[str, Kind], terms: Mapping[str, Term], read: Mapping[str, Any]
) -> dict[str, Table]:
    facts = {name: dict(view) for name, view in read.items()}
    return {
        name: _table(view.pop("table"), kinds, terms, kept=[], **view)
        for name, view in facts.items()
    }


def months_on(day: date, months: int) -> date:
    """The same day so many months on, or back, or the last one that month has."""
    year, month = divmod(day.year * YEAR + day.month - 1 + months, YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _term(name: str, *, deed: str, **facts: Any) -> Term:
    term = Term(name, deed=Deed(deed), **facts)
    if sum(map(bool, (term.months, term.weeks, term.days))) != 1:
        raise TypeError(f"a term in one unit: {name}")
    return term


def _kind(terms: Mapping[str, Term], *, term: str | None = None, **facts: str) -> Kind:
    return Kind(**facts, term=terms[term] if term else None)


def _table(
    name: str,
    kinds: Mapping[str, Kind],
    known: Mapping[str, Term],
    *,
    title: str = "",
    kind: str,
    terms: list[str] | None = None,
    whose: list[str],
    kept: list[str],
    shown: dict[str, Any] | None = None,
    words: list[str] | None = None,
    writer: str | None = None,
) -> Table:
    of_kind = kinds[kind].term
    own = tuple(known[one] for one in terms) if terms else (of_kind,) if of_kind else ()
    return Table(
        name,
        title,
        kinds[kind],
        own,
        tuple(whose),
        shown or {},
        frozenset(words or ()),
        writer,
        frozenset(kept),
    )
