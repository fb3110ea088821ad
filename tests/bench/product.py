"""Speed and memory of the wired product at the size of the country.

    .venv/bin/python -m tests.bench.product --profiles 160000 --opgaven 10000

makes a database on the server of DATABASE_URL (or as the other benches find one), fills it, and
prints one JSON line per measure. Each measure runs in a process of its own, on the real schema and
through the real functions; peers run beside it and say of what sample they speak.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tests.bench import jobs, nights, pages, processes
from tests.bench.country import made
from tests.bench.filled import Ground, fill, ground

Measure = Callable[[Ground], Iterator[dict[str, Any]]]
MEASURES: tuple[Measure, ...] = (
    nights.from_nothing,
    nights.reading_with_objects,
    nights.first_night,
    nights.next_night,
    jobs.of_opgaven,
    jobs.of_profiles,
    pages.own_matches,
    processes.private_memory,
)


def measured(own: Ground, measure: Measure) -> list[dict[str, Any]]:
    """In a process of its own, so that what others loaded does not count."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_all_of, measure, own).result()


def _all_of(measure: Measure, own: Ground) -> list[dict[str, Any]]:
    return list(measure(own))


def say(**values: object) -> None:
    print(json.dumps(values, ensure_ascii=False), flush=True)


def _load() -> float:
    return round(os.getloadavg()[0], 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profiles", type=int, default=160_000)
    parser.add_argument("--opgaven", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ground(Path(folder)) as own:
        fill(own, made(given.profiles, given.opgaven, given.seed))
        say(
            measure="machine",
            processors=os.cpu_count(),
            profiles=given.profiles,
            opgaven=given.opgaven,
            load=_load(),
        )
        for measure in MEASURES:
            for found in measured(own, measure):
                say(**found, load=_load())


if __name__ == "__main__":
    main()
