"""Each row of the threat model says which tests hold it, why it cannot happen, or what is left."""

import csv
import re

import pytest

from devtools.paths import ROOT

ATTACKS = (ROOT / "security" / "attacks.csv").read_text()
ROWS = list(csv.DictReader(ATTACKS.splitlines(), delimiter=";"))
NAMES = [row["row"] for row in ROWS]
A_ROW_IN_A_NAME = re.compile(r"def test_(s\d+)_")


def written_in(path: str) -> list[str]:
    return re.findall(r"def (test_\w+)", (ROOT / path).read_text())


def test_every_row_is_there_once() -> None:
    assert [f"S{number}" for number in range(1, 100)] == NAMES


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_a_row_is_held_or_says_why_not(row: dict[str, str]) -> None:
    assert row["tests"] or row["reason"] or row["left"]


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_what_holds_a_row_is_there(row: dict[str, str]) -> None:
    for test in row["tests"].split():
        path, name = test.split("::")
        assert name in written_in(path)


def test_a_test_that_names_its_row_stands_with_it() -> None:
    held = {(row["row"].lower(), test) for row in ROWS for test in row["tests"].split()}
    named = {
        (found[1], f"{path.relative_to(ROOT)}::{name}")
        for path in (ROOT / "tests" / "attacks").glob("test_*.py")
        for name in written_in(str(path.relative_to(ROOT)))
        if (found := A_ROW_IN_A_NAME.match(f"def {name}"))
    }

    assert named <= held
