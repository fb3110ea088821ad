"""The four wires: settings, time, ids and news each come in at one place."""

import ast
from pathlib import Path

import pytest

from tests.house.tree import called, code, near

CLOCK = {"datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time"}
IDS = {"uuid1", "uuid3", "uuid4", "uuid5", "uuid.uuid1", "uuid.uuid4"}
ENVIRONMENT = {"os.environ", "os.getenv", "environ", "getenv"}


def clock_readers(tree: ast.AST) -> list[str]:
    return [name for name in called(tree) if name in CLOCK]


def id_makers(tree: ast.AST) -> list[str]:
    # `uuid5` makes the same id of the same name each time: that is no chance.
    return [name for name in called(tree) if name in IDS - {"uuid5"}]


def environment_readers(tree: ast.AST) -> list[str]:
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Name)]
    return [ast.unparse(node) for node in names if ast.unparse(node) in ENVIRONMENT]


def commits(tree: ast.AST) -> list[str]:
    return [name for name in called(tree) if name.endswith(".commit")]


ONLY_IN = {
    clock_readers: ["app/core/clock.py"],
    id_makers: ["app/core/ids.py"],
    environment_readers: ["app/settings.py"],
    commits: ["app/core/work.py"],
}
STRAY = """
import os
from uuid import uuid4
def wrong(session):
    row = (datetime.now(), uuid4(), os.environ["HOME"])
    session.commit()
"""


def users_of(wire: object, paths: list[Path]) -> list[str]:
    return [near(path) for path in paths if wire(ast.parse(path.read_text()))]  # type: ignore[operator]


@pytest.mark.parametrize("wire", ONLY_IN, ids=lambda wire: wire.__name__)
def test_each_wire_comes_in_at_one_place(wire: object) -> None:
    assert users_of(wire, code()) == ONLY_IN[wire]  # type: ignore[index]


@pytest.mark.parametrize("wire", ONLY_IN, ids=lambda wire: wire.__name__)
def test_a_stray_wire_is_found(wire: object) -> None:
    assert wire(ast.parse(STRAY)) != []  # type: ignore[operator]


def test_the_house_commits_once() -> None:
    found = [name for path in code() for name in commits(ast.parse(path.read_text()))]

    assert found == ["session.commit"]
