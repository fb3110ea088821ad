"""Seconds and memory of a piece of work, and of its parts."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

KB = 1024


class Seconds(dict[str, float]):
    """How long each part took, every time it was done."""

    @contextmanager
    def step(self, part: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self[part] = self.get(part, 0) + time.perf_counter() - began

    def rounded(self) -> dict[str, float]:
        return {part: round(seconds, 2) for part, seconds in self.items()}


@contextmanager
def parts_of(**functions: tuple[Any, str]) -> Iterator[Seconds]:
    """Where the time goes: the seconds in each of these functions, by the name we give it."""
    seconds = Seconds()
    with ExitStack() as stack:
        for part, (owner, name) in functions.items():
            stack.enter_context(
                patch.object(owner, name, _timed(getattr(owner, name), seconds, part))
            )
        yield seconds


def _timed(function: Callable[..., Any], seconds: Seconds, part: str) -> Callable[..., Any]:
    def timed(*args: Any, **kwargs: Any) -> Any:
        with seconds.step(part):
            return function(*args, **kwargs)

    return timed


def milliseconds(
    ask: Callable[[Any], object],
    questions: Sequence[Any],
    before: Callable[[], object] = lambda: None,
) -> list[float]:
    """How long each question takes, once everything is warm; what comes before it takes no time."""
    taken = []
    for question in (questions[0], *questions):
        before()
        began = time.perf_counter()
        ask(question)
        taken.append((time.perf_counter() - began) * 1000)
    return taken[1:]


def median_ms(
    ask: Callable[[Any], object],
    questions: Sequence[Any],
    before: Callable[[], object] = lambda: None,
) -> float:
    return round(statistics.median(milliseconds(ask, questions, before)), 2)


def peak_mb() -> int:
    """The most that this process ever had."""
    return _kilobytes("/proc/self/status", "VmHWM:") // KB


def rss_mb() -> float:
    """What this process has now."""
    return round(_kilobytes("/proc/self/status", "VmRSS:") / KB, 1)


def private_mb() -> float:
    """What only this process has: what would come free if it ended."""
    rollup = "/proc/self/smaps_rollup"
    parts = ("Private_Clean:", "Private_Dirty:")
    return round(sum(_kilobytes(rollup, part) for part in parts) / KB, 1)


def _kilobytes(path: str, field: str) -> int:
    for line in Path(path).read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1])
    raise LookupError(f"{path} says nothing of {field}")
