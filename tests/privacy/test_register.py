"""The register tells of everybody and of every column in which somebody is known."""

from app.privacy.dictionary import dictionary
from app.privacy.register import HEADS, register

LINES = list(register(dictionary()))


def test_every_table_with_data_of_people_is_in_a_line() -> None:
    told = {column.partition(".")[0] for line in LINES for column in line.columns}

    assert {name for name, table in dictionary().tables.items() if table.whose} - told == set()


def test_a_line_says_all_that_the_law_asks_of_it() -> None:
    for line in LINES:
        assert len(line.cells) == len(HEADS)
        assert all(line.cells), line.kind.title


def test_what_goes_by_a_term_says_which() -> None:
    told = {term.name for line in LINES for term in line.terms}

    assert told == dictionary().terms.keys()
