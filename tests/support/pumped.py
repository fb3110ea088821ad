"""Text that is made to keep a pattern busy: what it repeats, very often, and then what ends it."""

import importlib
import re
import string
from collections.abc import Iterator, Sequence
from typing import Any

# Python keeps how it reads a pattern to itself; only these tests would miss it.
_reader: Any = importlib.import_module("re._parser")

REPEATED = (
    *("a", "1", " ", "\n", ".", "-", "@", "/", "<", '"', "'", "(", "=", ";", ",", "&", "\\", "é"),
    *("a ", "a.", "a-", "a1", "a@", "1 ", "1.", "1-", "\n ", "> ", "-- ", "a@b.", "06-", "www."),
    *("http://a.", "<a ", "DETAIL: ", "[SQL: ", "de heer A. ", "+31 ", "On a wrote:\n", "Van: a\n"),
)
# Which sign stands for a class that has more: where classes meet, the same one serves both.
FIRST = ("\n a1", "a 1.-", "1-a. ")
REST = string.printable + "éß•–«…"
CLASSES = {
    f"CATEGORY_{no}{name}": re.compile(rf"\{short.upper() if no else short}")
    for name, short in (("SPACE", "s"), ("DIGIT", "d"), ("WORD", "w"))
    for no in ("", "NOT_")
}
REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}
# What no pattern of ours ends with.
END = "\x00"


def texts(pattern: re.Pattern[str], length: int) -> Iterator[str]:
    """Of this many characters each."""
    ways = {("", one) for one in REPEATED}
    for first in FIRST:
        ways.update(_Signs(first + REST).pumps(_reader.parse(pattern.pattern, pattern.flags), ""))
    for before, again in sorted(ways):
        if again:
            yield (before + again * (length // len(again) + 1))[: length - 1] + END


class _Signs:
    """Examples of what a part of a pattern takes, made of the first sign that will do."""

    def __init__(self, signs: str) -> None:
        self._signs = signs

    def pumps(self, nodes: Sequence[Any], before: str) -> Iterator[tuple[str, str]]:
        """What comes before a repetition with what it repeats, and both repeated together."""
        for at, (op, value) in enumerate(nodes):
            here = before + self._of_all(nodes[:at])
            if str(op) in REPEATS:
                again = self._of_all(value[2])
                yield from ((here, again), ("", here + again), ("", here))
            for inner in _inner(str(op), value):
                yield from self.pumps(inner, here)

    def _of_all(self, nodes: Sequence[Any]) -> str:
        return "".join(self._of(str(op), value) for op, value in nodes)

    def _of(self, op: str, value: Any) -> str:
        if op == "LITERAL":
            return chr(value)
        if op in {"IN", "NOT_LITERAL", "ANY"}:
            return next((one for one in self._signs if _takes(op, value, one)), "")
        inner = [] if op.startswith("ASSERT") else _inner(op, value)
        return self._of_all(inner[0]) * max(1, value[0]) if op in REPEATS else self._first(inner)

    def _first(self, inner: Sequence[Any]) -> str:
        return self._of_all(inner[0]) if inner else ""


def _inner(op: str, value: Any) -> list[Any]:
    if op in REPEATS:
        return [value[2]]
    if op == "BRANCH":
        return list(value[1])
    if op in {"SUBPATTERN", "ASSERT", "ASSERT_NOT"}:
        return [value[-1]]
    return [value] if op == "ATOMIC_GROUP" else []


def _takes(op: str, value: Any, one: str) -> bool:
    if op == "ANY":
        return one != "\n"
    if op == "NOT_LITERAL":
        return bool(ord(one) != value)
    is_not = str(value[0][0]) == "NEGATE"
    return is_not != any(_is_in(str(kind), told, one) for kind, told in value)


def _is_in(kind: str, told: Any, one: str) -> bool:
    if kind == "LITERAL":
        return bool(ord(one) == told)
    if kind == "RANGE":
        return bool(told[0] <= ord(one) <= told[1])
    return kind == "CATEGORY" and CLASSES[str(told)].match(one) is not None
