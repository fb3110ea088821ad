"""One page of a long list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

Item = TypeVar("Item")
Other = TypeVar("Other")

PAGE_SIZE = 20
LAST_PAGE = 1_000


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Items of page `number` (from 1) out of `total` items in the whole list."""

    items: Sequence[Item]
    number: int
    total: int
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None

    def of(self, items: Sequence[Other]) -> "Page[Other]":
        """The same place in the list with other items."""
        return Page(items, self.number, self.total, self.size)


def part_of(items: Sequence[Item], number: int, size: int = PAGE_SIZE) -> Page[Item]:
    """That page of a list that is at hand; a number beyond the last page gives the last one."""
    number = _within(number, len(items), size)
    return Page(items[(number - 1) * size : number * size], number, len(items), size)


def page(
    session: Session, ordered: Select[*tuple[Any, ...]], number: int, size: int = PAGE_SIZE
) -> Page[Any]:
    """The rows on that page; a number beyond the last page gives the last one."""
    total = session.scalar(select(func.count()).select_from(ordered.order_by(None).subquery())) or 0
    number = _within(number, total, size)
    rows = session.execute(ordered.limit(size).offset((number - 1) * size)).all()
    return Page([row[0] if len(row) == 1 else row for row in rows], number, total, size)


def _within(number: int, total: int, size: int) -> int:
    last = max(1, -(-total // size))
    return max(1, min(number, last, LAST_PAGE))
