"""The register of processing: what is kept of whom, why and how long, by the dictionary."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.privacy.dictionary import Dictionary, Kind, Term

HEADS = (
    *("Verwerking", "Doel", "Grondslag", "Van wie", "Welke gegevens", "Tabellen en kolommen"),
    *("Wie het ziet", "Hoe lang"),
)


@dataclass(frozen=True)
class Line:
    """One processing; the columns are those in which somebody is known, as `table.column`."""

    kind: Kind
    columns: tuple[str, ...]
    terms: tuple[Term, ...]

    @property
    def cells(self) -> list[str]:
        """In the order of `HEADS`."""
        kind = self.kind
        kept = [f"{one.what}: {one.said}" for one in self.terms]
        return [
            *(kind.title, kind.why, kind.ground, kind.of_whom, kind.what, ", ".join(self.columns)),
            *(kind.seen_by, "; ".join(kept)),
        ]


def register(known: Dictionary) -> Iterator[Line]:
    """Of every kind that is about people, in the order of the dictionary."""
    for kind in known.kinds.values():
        tables = known.tables_of(kind)
        if kind.of_whom:
            columns = (f"{one.name}.{name}" for one in tables for name in sorted(one.columns))
            terms = dict.fromkeys(term for one in tables for term in one.terms)
            yield Line(kind, tuple(columns), tuple(terms))
