"""All that the house keeps of one person, for that person."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, and_, case, or_, select
from sqlalchemy.orm import Session

from app.core.audit import AuditEntry, Wanted, search
from app.core.orm import METADATA
from app.loans.rules import Party
from app.moderation.rules import Ruling
from app.privacy import dictionary
from app.privacy.dictionary import dictionary as own_dictionary

# What is in memory of them at once.
ROWS_A_PAGE = 500

Row = Mapping[str, object]


@dataclass(frozen=True)
class Person:
    user_id: UUID
    email: str
    # Under which the log knows what they did by the link of a mail to that address.
    address_id: UUID | None = None


@dataclass(frozen=True)
class Part:
    """The rows of one table: of each the columns that its people get, in the order of `shown`.

    They are read while they are asked for, so there is one way through them.
    """

    table: dictionary.Table
    pages: Iterator[list[Row]]


def parts_of(session: Session, person: Person) -> Iterator[Part]:
    """Table by table; one in which nothing is theirs is left out."""
    for table in own_dictionary().of_people():
        pages = _pages(session, table, person)
        if first := next(pages, None):
            yield Part(table, chain([first], pages))


def _pages(session: Session, table: dictionary.Table, person: Person) -> Iterator[list[Row]]:
    if table.name == AuditEntry.__tablename__:
        return _deeds(session, table, person)
    return _rows(session, table, person)


def _rows(session: Session, table: dictionary.Table, person: Person) -> Iterator[list[Row]]:
    stored = METADATA.tables[table.name]
    theirs = or_(*(_leads_to(stored, way, person) for way in table.whose))
    asked = select(*_columns(stored, table, person)).where(theirs, *_is_told(stored, table))
    in_pages = asked.order_by(*_in_order(stored)).execution_options(yield_per=ROWS_A_PAGE)
    for page in session.execute(in_pages).mappings().partitions():
        yield [dict(row) for row in page]


def _deeds(session: Session, table: dictionary.Table, person: Person) -> Iterator[list[Row]]:
    """By the one way on which the application may read the log: the newest first."""
    before: int | None = None
    ids = (person.user_id, person.address_id)
    own = Wanted(people=tuple(one for one in ids if one is not None))
    while page := search(session, own, before=before):
        yield [{name: getattr(one, name) for name in table.shown} for one in page]
        before = page[-1].place


def _leads_to(table: Table, way: str, person: Person) -> ColumnElement[bool]:
    name, _, further = way.partition(".")
    column = table.c[name]
    if not further:
        return column == (person.email if name == "email" else person.user_id)
    (key,) = column.foreign_keys
    there = key.column
    return column.in_(select(there).where(_leads_to(there.table, further, person)))


def _columns(
    stored: Table, table: dictionary.Table, person: Person
) -> Iterator[ColumnElement[object]]:
    for name in table.shown:
        column = _column(stored, name)
        if name == "answer" and _is_reported_by_others(table):
            # Of what was left as it was, only who reported it is answered.
            is_down = stored.c.ruling == Ruling.TAKEN_DOWN
            yield case((is_down, column), else_="").label(name)
        elif name in table.words and table.writer:
            is_closed = and_(
                stored.c["taken_down_at"].is_not(None),
                stored.c[table.writer].is_distinct_from(person.user_id),
            )
            yield case((is_closed, ""), else_=column).label(name)
        else:
            yield column.label(name)


def _column(table: Table, way: str) -> ColumnElement[Any]:
    """A column of the row, or of the row that it leads to."""
    name, _, further = way.partition(".")
    column = table.c[name]
    if not further:
        return column
    (key,) = column.foreign_keys
    there = key.column.table
    found = select(_column(there, further)).where(key.column == column)
    return found.correlate(table).scalar_subquery()


def _is_told(stored: Table, table: dictionary.Table) -> Iterator[ColumnElement[bool]]:
    """What the other side of a loan said of it is read once both did, or when it is time; of what
    others reported is told what was decided.
    """
    if stored.name == "feedback":
        yield or_(stored.c.shown_on.is_not(None), stored.c.party == Party.PROFESSIONAL)
    if stored.name == "shown_skill":
        said = METADATA.tables["feedback"].c
        shown = select(said.loan_id).where(said.shown_on.is_not(None))
        yield stored.c.loan_id.in_(shown)
    if _is_reported_by_others(table):
        yield stored.c.decided_at.is_not(None)


def _is_reported_by_others(table: dictionary.Table) -> bool:
    return table.name == "report" and "reporter_id" not in table.whose


def _in_order(stored: Table) -> list[Column[object]]:
    """The oldest first where rows know their moment; the key makes it one order."""
    moments = [column for column in stored.c if column.name.endswith(("_at", "_on"))]
    return [*moments[:1], *stored.primary_key.columns]
