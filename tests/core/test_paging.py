"""A page is a piece of a list; a number that cannot be gives the nearest page that can."""

import pytest
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.core.paging import Page, page, part_of
from app.gemeenten.models import Gemeente
from tests.support.builders import a_gemeente


def listed(session: Session, size: int) -> Select[Gemeente]:
    for number in range(size):
        a_gemeente(session, name=f"Plaats {number}", province="Zeeland")
    return select(Gemeente).where(Gemeente.province == "Zeeland").order_by(Gemeente.name)


@pytest.mark.parametrize(
    ("asked", "number", "names"),
    [
        (1, 1, ["Plaats 0", "Plaats 1"]),
        (2, 2, ["Plaats 2", "Plaats 3"]),
        (3, 3, ["Plaats 4"]),
        (4, 3, ["Plaats 4"]),
        (10**30, 3, ["Plaats 4"]),
        (0, 1, ["Plaats 0", "Plaats 1"]),
        (-7, 1, ["Plaats 0", "Plaats 1"]),
    ],
)
def test_a_page_holds_its_piece_of_the_list(
    session: Session, asked: int, number: int, names: list[str]
) -> None:
    found = page(session, listed(session, 5), asked, size=2)

    assert ([row.name for row in found.items], found.number, found.total, found.pages) == (
        names,
        number,
        5,
        3,
    )


def test_an_empty_list_has_one_empty_page(session: Session) -> None:
    found = page(session, listed(session, 0), 1)

    assert (list(found.items), found.pages, found.previous, found.next) == ([], 1, None, None)


@pytest.mark.parametrize(
    ("number", "previous", "following"), [(1, None, 2), (2, 1, 3), (3, 2, None)]
)
def test_a_page_knows_its_neighbours(
    number: int, previous: int | None, following: int | None
) -> None:
    found = Page(["rij"], number, total=5, size=2)

    assert (found.previous, found.next) == (previous, following)


def test_other_items_stand_in_the_same_place() -> None:
    found = Page([1, 2], 2, total=5, size=2).of(["een", "twee"])

    assert found == Page(["een", "twee"], 2, total=5, size=2)


def test_a_row_of_several_columns_stays_whole(session: Session) -> None:
    listed(session, 1)
    wanted = select(Gemeente.name, Gemeente.province).where(Gemeente.province == "Zeeland")

    assert page(session, wanted, 1).items == [("Plaats 0", "Zeeland")]


@pytest.mark.parametrize(
    ("asked", "number", "items"),
    [(1, 1, "ab"), (2, 2, "cd"), (3, 3, "e"), (4, 3, "e"), (0, 1, "ab"), (10**9, 3, "e")],
)
def test_a_list_at_hand_has_pages_too(asked: int, number: int, items: str) -> None:
    assert part_of("abcde", asked, size=2) == Page(items, number, total=5, size=2)


def test_of_nothing_there_is_one_page() -> None:
    assert part_of("", 1) == Page("", number=1, total=0)
