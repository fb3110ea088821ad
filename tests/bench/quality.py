"""How well related texts are found, on questions whose answers others wrote.

    .venv/bin/python -m tests.bench.quality FOLDER [--json] [--half one|other] [--semantic]

FOLDER holds `t*.jsonl` (a query a line, with the ids of what it should find) and `corpora/*.jsonl`
(the candidates); the corpora may also stand beside the folder. Every line of the answer is one
task: the number of queries and candidates, how often the first is right, how often one of the first
ten is, and the mean of one divided by the place of the first that is right (MRR). Equal scores
share their places.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process, utils

from app.matching.core.embedding import PACKAGE, e5, is_installed
from app.matching.core.related import Index

Scores = NDArray[np.float64]
System = Callable[[Sequence[str], Sequence[str], Sequence[str]], Scores]

HEADLINE = ("t1", "t3", "t6", "t7", "t8", "t9")
WITH_TEXT = "titel+tekst"
NEVER = -np.inf
HALVES = ("one", "other")


@dataclass(frozen=True)
class Task:
    name: str
    queries: list[dict[str, Any]]
    candidates: list[dict[str, Any]]


@dataclass(frozen=True)
class Figures:
    task: str
    n: int
    candidates: int
    r_at_1: float
    r_at_10: float
    mrr: float


def related(queries: Sequence[str], titles: Sequence[str], texts: Sequence[str]) -> Scores:
    return Index(titles, texts).scores_of(queries)


def semantic(queries: Sequence[str], titles: Sequence[str], texts: Sequence[str]) -> Scores:
    """With the optional language model beside the rest."""
    return Index(titles, texts, e5()).scores_of(queries)


def token_set_ratio(queries: Sequence[str], titles: Sequence[str], _: Sequence[str]) -> Scores:
    """What people would pick: rapidfuzz on the titles."""
    sides = ([utils.default_process(text) for text in side] for side in (queries, titles))
    found: Scores = process.cdist(*sides, scorer=fuzz.token_set_ratio, dtype=np.float64)
    return found


SYSTEMS: dict[str, System] = {"related": related, "token_set_ratio": token_set_ratio}


def tasks(folder: Path, half: str | None = None) -> Iterator[Task]:
    for path in sorted(folder.glob("t*.jsonl")):
        queries = [query for query in _lines(path) if half in (None, _half(query))]
        if queries:
            yield Task(path.stem, queries, _lines(_corpus(folder, queries[0]["corpus"])))


def measure(task: Task, system: System) -> Figures:
    with_text = task.queries[0]["velden"] == WITH_TEXT
    titles = [candidate["titel"] for candidate in task.candidates]
    texts = [candidate.get("tekst", "") if with_text else "" for candidate in task.candidates]
    scores = system([query["query"] for query in task.queries], titles, texts)
    at = {candidate["id"]: number for number, candidate in enumerate(task.candidates)}
    found = [
        placed(_allowed(task, query, row), [at[id_] for id_ in query["relevant"] if id_ in at])
        for query, row in zip(task.queries, scores, strict=True)
    ]
    means = (round(float(mean), 4) for mean in np.mean(found, axis=0))
    return Figures(task.name, len(task.queries), len(titles), *means)


def placed(scores: Scores, relevant: Sequence[int]) -> tuple[float, float, float]:
    """The chance of a relevant one at place one, in the first ten, and one over its place.

    Those with the score of the best relevant one stand in any order, each as likely as the other.
    """
    best = max(scores[at] for at in relevant)
    before = int((scores > best).sum())
    equal = int((scores == best).sum())
    right = sum(scores[at] == best for at in relevant)
    chances = list(_first_right(equal, right))
    within = [sum(chances[: max(0, most - before)]) for most in (1, 10)]
    mrr = sum(chance / (before + place) for place, chance in enumerate(chances, start=1))
    return within[0], within[1], mrr


def headline(figures: Sequence[Figures]) -> float:
    counted = [line.mrr for line in figures if line.task.split("_")[0] in HEADLINE]
    return round(float(np.mean(counted)), 4) if counted else 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    found = list(tasks(options.folder, options.half))
    if not found:
        print(f"{options.folder}: no t*.jsonl with queries here", file=sys.stderr)
        return 1
    if options.semantic and not is_installed():
        print(f"{PACKAGE} is not installed, see requirements-semantic.txt", file=sys.stderr)
        return 1
    systems = SYSTEMS | {"semantic": semantic} if options.semantic else SYSTEMS
    results = {name: [measure(task, run) for task in found] for name, run in systems.items()}
    print(_as_json(results) if options.json else _as_table(results))
    return 0


def _first_right(equal: int, right: int) -> Iterator[float]:
    """The chance that the first right one of a shuffled row is at each place of it."""
    still = 1.0
    for place in range(equal - right + 1):
        chance = right / (equal - place)
        yield still * chance
        still *= 1 - chance


def _allowed(task: Task, query: dict[str, Any], row: Scores) -> Scores:
    """A query may ask for candidates of its own group only."""
    if "groep" not in query:
        return row
    own = [candidate.get("groep") == query["groep"] for candidate in task.candidates]
    return np.where(own, row, NEVER)


def _half(query: dict[str, Any]) -> str:
    return HALVES[crc32(query["qid"].encode()) % 2]


def _corpus(folder: Path, name: str) -> Path:
    own = folder / "corpora" / f"{name}.jsonl"
    return own if own.exists() else folder.parent / "corpora" / f"{name}.jsonl"


def _lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.quality")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true", help="figures for a program")
    parser.add_argument("--half", choices=HALVES, help="only this half of the queries")
    parser.add_argument("--semantic", action="store_true", help="measure with the model as well")
    return parser.parse_args(arguments)


def _as_json(results: dict[str, list[Figures]]) -> str:
    plain = {
        name: {"tasks": [asdict(line) for line in figures], "headline": headline(figures)}
        for name, figures in results.items()
    }
    return json.dumps(plain, indent=2)


def _as_table(results: dict[str, list[Figures]]) -> str:
    lines = [f"{'system':16} {'task':28} {'n':>5} {'cand.':>6} {'R@1':>6} {'R@10':>6} {'MRR':>6}"]
    for name, figures in results.items():
        lines += [
            f"{name:16} {one.task:28} {one.n:5} {one.candidates:6} "
            f"{one.r_at_1:6.3f} {one.r_at_10:6.3f} {one.mrr:6.3f}"
            for one in figures
        ]
        lines.append(f"{name:16} {'headline':28} {headline(figures):33.4f}")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
