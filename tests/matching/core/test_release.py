"""Whoever changes an answer says so: all that was compared and counted is then made anew."""

import ast
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from app.matching.core.release import RULES
from tests.house.tree import ROOT

# What decides an answer begins here; what they use is found by reading.
BEGINS = ("app.matching.core.score", "app.matching.core.rank", "app.matching.core.vocabulary")
ROOMS = ("app.matching.core", "app.vocabulary.rules")
# Our own concepts decide too, but these are imported, and then all is made anew as well.
DATA = ROOT / "app" / "matching" / "core" / "data"
# Of each number of `RULES` what it stands for. Another answer needs the next number.
# pragma: allowlist nextline secret
MEANS = {1: "e1bdfb888a26e577f50e557d2bd26fbefeb32b1c2bb6a955ad76380c54ac8632"}


def test_other_rules_have_another_number() -> None:
    assert MEANS[RULES] == meaning(), (
        "An answer may be another now. Make RULES one more in app/matching/core/release.py when "
        "this has been in use, and write here what the number stands for."
    )


def meaning() -> str:
    """A number for everything that decides an answer; comments and docstrings are no part."""
    found = sha256()
    for path in sorted(modules()):
        found.update(ast.dump(_without_docstrings(ast.parse(path.read_text()))).encode())
    for path in sorted(DATA.iterdir()):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


def modules() -> set[Path]:
    """The files that the score uses, and what they use."""
    found: set[Path] = set()
    waiting = [_path(name) for name in BEGINS]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += [_path(name) for name in _imported(path)]
    return found


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(ROOMS):
            yield node.module or ""


def _path(module: str) -> Path:
    return ROOT / f"{module.replace('.', '/')}.py"


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and _is_text(body[0]):
            body[0] = ast.Pass()
    return tree


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def test_what_decides_is_found() -> None:
    names = {path.name for path in modules()}

    assert {"score.py", "fits.py", "kin.py", "spelling.py", "reading.py", "vocabulary.py"} <= names
