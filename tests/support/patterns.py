"""Every pattern of the code, and how it is used there."""

import ast
import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any, NamedTuple

import app
import workers
from tests.house.tree import code, near

# What looks at every place of a text goes on where it found something.
EVERYWHERE = {"search", "finditer", "findall", "split", "sub", "subn"}
WAYS = {"match", "fullmatch", *EVERYWHERE}


class Used(NamedTuple):
    """A pattern by where it stands, and one of the ways in which it is asked."""

    where: str
    pattern: re.Pattern[str]
    way: str

    def on(self, text: str) -> None:
        """All of its work on this text, whatever is found."""
        for _ in self.pattern.finditer(text) if self.way == "finditer" else ():
            pass
        if self.way != "finditer":
            getattr(self.pattern, self.way)(text)


def patterns() -> list[Used]:
    """All of them, but what is made of a name while we run."""
    ways = _ways()
    found = [
        Used(where, pattern, way)
        for where, pattern in _with_a_name()
        for way in ways.get(where.rpartition(".")[2], {"finditer", "match", "fullmatch"})
    ]
    found += _in_the_middle()
    return sorted({(one.pattern, one.way): one for one in found}.values(), key=str)


def _ways() -> Mapping[str, set[str]]:
    """How what has a name is asked: `NAME.fullmatch(text)`, wherever that stands."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in code():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in WAYS:
                name = ast.unparse(node.value).rpartition(".")[2]
                found[name].add("finditer" if node.attr in EVERYWHERE else node.attr)
    return found


def _with_a_name() -> Iterator[tuple[str, re.Pattern[str]]]:
    for module in _modules(app, workers):
        for name, value in vars(module).items():
            for pattern in _within(value):
                if isinstance(pattern.pattern, str):
                    yield f"{module.__name__}.{name}", pattern


def _in_the_middle() -> Iterator[Used]:
    """Of a function, as it is written there: `re.sub("[^a-z]", "", text)`."""
    for path in code():
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not ast.unparse(node.func).startswith("re."):
                continue
            way = ast.unparse(node.func).removeprefix("re.")
            written = node.args[0] if node.args else None
            if way in WAYS and isinstance(written, ast.Constant) and isinstance(written.value, str):
                where = f"{near(path)}:{node.lineno}"
                way = "finditer" if way in EVERYWHERE else way
                yield Used(where, re.compile(written.value), way)


def _modules(*packages: ModuleType) -> Iterator[ModuleType]:
    for package in packages:
        for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not one.name.endswith(("__main__", ".main")):
                yield importlib.import_module(one.name)


def _within(value: Any, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    """Itself, or what it holds: a table of patterns, or a class with some."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 3:
        inner: Iterable[Any] = ()
        if isinstance(value, Mapping):
            inner = [*value.values(), *value.keys()]
        elif isinstance(value, list | tuple | set | frozenset):
            inner = value
        elif isinstance(value, type) and value.__module__.startswith(("app.", "workers.")):
            inner = list(vars(value).values())
        for one in inner:
            yield from _within(one, depth + 1)


def made_while_running() -> Iterator[tuple[str, str]]:
    """Where a pattern is made of other words than its own, and of which."""
    for path in code():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
                way = ast.unparse(node.func).removeprefix("re.")
                for one in _put_in(node.args[0]) if way in {"compile", *WAYS} else ():
                    yield near(path), ast.unparse(one)


def _put_in(written: ast.expr) -> Iterator[ast.expr]:
    if isinstance(written, ast.JoinedStr):
        yield from (one.value for one in written.values if isinstance(one, ast.FormattedValue))
    elif not isinstance(written, ast.Constant):
        yield written
