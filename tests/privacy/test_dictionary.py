"""Every column of the database is in the dictionary, and nothing else is."""

import re

import pytest
from sqlalchemy import Table

from app.privacy.dictionary import Deed, Term, dictionary, parse
from app.tables import METADATA
from tests.house.tree import ROOT

OWN = dictionary()
# Columns that lead to somebody whose data the row is not: who decided, booked or granted.
ABOUT_OTHERS = {
    *("role_grant.granted_by", "role_grant.confirmed_by"),
    *("role_grant.prolonged_by", "role_grant.prolonging_confirmed_by"),
    *("role_proposal.proposed_by", "role_proposal.decided_by"),
    *("takeover.proposed_by", "takeover.decided_by"),
    *("access_request.decided_by", "opgave.submitted_by"),
    *("hour_account.changed_by", "hour_settling.settled_by", "hour_settling.undone_by"),
    *("notice.profile_id", "report.decided_by", "report.profile_id", "spare_code.user_id"),
}


def undescribed(tables: dict[str, Table]) -> set[str]:
    """Columns that one of both knows and the other does not."""
    stored = {f"{name}.{column.name}" for name, table in tables.items() for column in table.c}
    described = {
        f"{name}.{column}" for name, table in OWN.tables.items() for column in table.columns
    }
    return stored ^ described


def leads(table: Table, way: str) -> str:
    """Where a way ends: a column of a table."""
    name, _, further = way.partition(".")
    if not further:
        return f"{table.name}.{name}"
    (key,) = table.c[name].foreign_keys
    return leads(key.column.table, further)


def to_people(table: Table) -> set[str]:
    """The columns of a table that hold a person."""
    return {
        f"{table.name}.{column.name}"
        for column in table.c
        for key in column.foreign_keys
        if (key.column.table.name, key.column.name)
        in {("user", "id"), ("profile", "user_id"), ("second_factor", "user_id")}
    }


def test_every_column_is_described_and_nothing_else() -> None:
    assert undescribed(dict(METADATA.tables)) == set()


def test_a_column_that_is_not_described_is_found() -> None:
    less = {name: table for name, table in METADATA.tables.items() if name != "evidence"}

    assert "evidence.opgave_title" in undescribed(less)


def held_by_the_page(page: str) -> dict[str, tuple[list[str], list[str]]]:
    """Of each kind in a table of SECURITY.md: its tables, and its terms with what is done."""
    lines = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| **")]
    return {
        (kind := line[0].split("**")[1]): (
            re.findall(r"`(\w+)`", line[0].removeprefix(f"**{kind}**")),
            line[-1].split(", "),
        )
        for line in lines
    }


def in_english(term: Term) -> str:
    units = ((term.months, "month"), (term.weeks, "week"), (term.days, "day"))
    many, unit = next((count, unit) for count, unit in units if count)
    done = {Deed.REMOVED: "removed", Deed.NAMELESS: "without a name", Deed.HIDDEN: "out of sight"}
    return f"`{term.name}` {many} {unit}{'s' if many > 1 else ''}: {done[term.deed]}"


def test_the_page_on_security_tells_what_is_kept_and_how_long() -> None:
    expected = {}
    for name, kind in OWN.kinds.items():
        if kind.of_whom:
            tables = OWN.tables_of(kind)
            terms = dict.fromkeys(term for table in tables for term in table.terms)
            expected[name] = ([one.name for one in tables], [in_english(one) for one in terms])

    assert held_by_the_page((ROOT / "SECURITY.md").read_text()) == expected


def test_what_the_page_on_security_names_is_there() -> None:
    protects = (ROOT / "SECURITY.md").read_text().split("## What protects it")[1]
    named = [one for one in re.findall(r"`([\w./]+)`", protects) if "/" in one]

    assert named
    assert [one for one in named if not (ROOT / one).exists()] == []


def test_no_column_is_both_shown_and_kept() -> None:
    twice = {name: set(table.shown) & table.kept for name, table in OWN.tables.items()}

    assert {name: both for name, both in twice.items() if both} == {}


def test_words_and_writers_are_columns() -> None:
    for table in OWN.tables.values():
        assert table.words <= table.columns
        if table.writer:
            assert {table.writer, "taken_down_at"} <= table.columns


def test_what_can_be_taken_down_has_a_writer() -> None:
    closed = {name for name, table in METADATA.tables.items() if "taken_down_at" in table.c}

    assert {name for name, table in OWN.tables.items() if table.writer} == closed


@pytest.mark.parametrize("name", METADATA.tables)
def test_rows_of_people_lead_to_them(name: str) -> None:
    """Whoever stands in a row gets it, or it is said here that it is not theirs."""
    table = METADATA.tables[name]
    ways = OWN.tables[name].whose

    ends = {leads(table, way) for way in ways}
    assert to_people(table) - ABOUT_OTHERS <= {f"{name}.{way}" for way in ways}
    assert all(end.partition(".")[2] in {"email", "id"} or "_" in end for end in ends)


def test_a_view_is_of_columns_and_leads_to_people() -> None:
    for view in OWN.views.values():
        table = METADATA.tables[view.name]
        ends = {leads(table, way).partition(".")[2] for way in view.whose}
        assert all(leads(table, way) for way in view.shown)
        assert view.words <= view.columns
        assert view.title not in {one.title for one in OWN.tables.values()}
        assert all(end.endswith(("_id", "_by")) for end in ends)


def test_whoever_gets_rows_gets_them_under_a_title() -> None:
    for table in OWN.tables.values():
        assert bool(table.whose) == bool(table.shown) == bool(table.title), table.name


def test_a_table_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        parse('[kinds]\n[tables.user]\nkind = "accont"\nwhose = []\nkept = []')


def test_a_word_that_the_file_does_not_know_is_refused() -> None:
    with pytest.raises(TypeError):
        parse('[kinds]\n[tables.user]\nkind = "account"\nwhose = []\nkept = []\nhiden = []')
