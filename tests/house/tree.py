"""The files of the house, for tests that read code instead of running it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = ROOT / "templates"


def code() -> list[Path]:
    """Every source file of the app and its workers, without the tests."""
    return sorted([*(ROOT / "app").rglob("*.py"), *(ROOT / "workers").rglob("*.py")])


def templates() -> list[Path]:
    return sorted(path for path in TEMPLATES.rglob("*") if path.is_file())


def near(path: Path) -> str:
    """The path as a person of this house would say it."""
    return str(path.relative_to(ROOT))


def called(tree: ast.AST) -> Iterator[str]:
    """What is called in there, as written: `db.session.commit`, `uuid4`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield ast.unparse(node.func)
