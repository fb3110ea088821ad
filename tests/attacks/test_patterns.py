"""No text keeps a pattern busy: each is asked as the code asks it, about what it repeats."""

import multiprocessing
import re
import resource
from multiprocessing.queues import SimpleQueue
from time import process_time

import pytest

from tests.support.patterns import Used, made_while_running, patterns
from tests.support.pumped import texts

LENGTH, SHORTER = 16_000, 4_000
# Milliseconds of the processor; what takes longer must at least take no more than it has to read.
MOST_MS = 25.0
# Four times the text: of what looks back at all it read it would be sixteen.
MOST_GROWTH = 10
TIMES = 3
# Made of what stands in the code itself.
OF_OURS = {
    ("app/core/answers.py", "pattern"),
    ("app/vocabulary/rules.py", "'|'.join(_PRACTISED_BY)"),
}
# Seconds of the processor for one pattern: what tries all ways never ends.
MOST_SECONDS = 10


def grows(used: Used) -> str:
    """The begin of a text that takes far longer when it is longer, or nothing."""
    both = zip(texts(used.pattern, SHORTER), texts(used.pattern, LENGTH), strict=True)
    for shorter, longer in both:
        if took(used, longer) > MOST_MS and growth(used, shorter, longer) > MOST_GROWTH:
            return longer[:20]
    return ""


def growth(used: Used, shorter: str, longer: str) -> float:
    """How many times as long the longer text takes, by the least that was seen of each."""
    measured = [(took(used, longer), took(used, shorter)) for _ in range(TIMES)]
    return min(long for long, _ in measured) / min(short for _, short in measured)


def took(used: Used, text: str) -> float:
    """Milliseconds of the processor."""
    began = process_time()
    used.on(text)
    return (process_time() - began) * 1_000


def try_them_all(
    tried: list[Used], seconds: int, said: "SimpleQueue[tuple[str, str, str]]"
) -> None:
    for used in tried:
        most = int(process_time()) + seconds
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))
        said.put((used.where, used.way, "never ends"))
        said.put((used.where, used.way, grows(used)))


def slow(tried: list[Used], seconds: int = MOST_SECONDS) -> list[tuple[str, str, str]]:
    """Where, asked how, and by which text; in a child, as nothing else ends what goes on and on."""
    context = multiprocessing.get_context("fork")
    said: SimpleQueue[tuple[str, str, str]] = context.SimpleQueue()
    child = context.Process(target=try_them_all, args=(tried, seconds, said))
    child.start()
    child.join()
    answers = {}
    while not said.empty():
        where, way, by = said.get()
        answers[where, way] = by
    return [(*key, by) for key, by in answers.items() if by]


def test_s70_no_pattern_is_kept_busy() -> None:
    tried = patterns()

    assert slow(tried) == []
    assert len(tried) > 40


@pytest.mark.parametrize(
    "pattern", [r"\n\s*[-*]", r"<head\b[^>]*>", r"(?:[a-z0-9]+-?)+\.", r"(a|aa)+b"]
)
def test_what_looks_back_is_found(pattern: str) -> None:
    found = slow([Used("here", re.compile(pattern), "finditer")], seconds=2)

    assert [where for where, _, _ in found] == ["here"]


def test_what_people_write_is_escaped_in_a_pattern() -> None:
    made = set(made_while_running())

    assert {one for one in made if not one[1].startswith("re.escape(")} == OF_OURS
