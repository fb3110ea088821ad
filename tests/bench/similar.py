"""How well opgaven that are the same are told from those that only look alike, and how fast.

    .venv/bin/python -m tests.bench.similar
    .venv/bin/python -m tests.bench.similar --opgaven 10000

`similar-pairs.csv` holds pairs of opgaven as gemeenten would write them: the same one in other
words, or another one near it (another task within the theme, another aim for the same skills,
another meaning of the same words). The pairs of a topic belong together. Of every three topics
about one is held back, by a hash of its number: nothing may be changed because of those.
"""

import csv
import json
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from pathlib import Path

from app.matching.core.same import SAME, Read, Written, likeness, read

PAIRS = Path(__file__).parent / "similar-pairs.csv"
ONE_IN = 3


@dataclass(frozen=True)
class Pair:
    topic: str
    is_same: bool
    differs: str
    one: Written
    other: Written

    @property
    def is_held(self) -> bool:
        return int(sha256(self.topic.encode()).hexdigest(), 16) % ONE_IN == 0


@dataclass(frozen=True)
class Verdicts:
    """How often two were called the same, rightly or not."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.right + self.missed, 1)


def pairs() -> Iterator[Pair]:
    with PAIRS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Pair(
                topic=row["topic"],
                is_same=row["kind"] == "same",
                differs=row["differs"],
                one=Written(row["title"], row["text"], tuple(row["skills"].split(";"))),
                other=Written(
                    row["other_title"], row["other_text"], tuple(row["other_skills"].split(";"))
                ),
            )


def value(one: Written, other: Written) -> float:
    return float(likeness(read([one]), read([other]))[0])


def verdicts(judged: Sequence[Pair], least: float = SAME) -> Verdicts:
    said = [(pair.is_same, value(pair.one, pair.other) >= least) for pair in judged]
    return Verdicts(said.count((True, True)), said.count((False, True)), said.count((True, False)))


def strangers(judged: Sequence[Pair]) -> tuple[int, int]:
    """Of all opgaven about different topics, how many twos are called the same."""
    written = list({text: pair.topic for pair in judged for text in (pair.one, pair.other)}.items())
    wrong = compared = 0
    every: Read = read([text for text, _ in written])
    for text, topic in written:
        values = likeness(read([text]), every)
        others = [found for found, (_, its) in zip(values, written, strict=True) if its != topic]
        wrong += sum(found >= SAME for found in others)
        compared += len(others)
    return wrong // 2, compared // 2


def quality() -> None:
    everything = list(pairs())
    for part, is_held in (("tuned", False), ("held", True)):
        judged = [pair for pair in everything if pair.is_held is is_held]
        found, (wrong, compared) = verdicts(judged), strangers(judged)
        said = {
            "part": part,
            "pairs": len(judged),
            "precision": round(found.precision, 3),
            "recall": round(found.recall, 3),
            "of other topics called the same": f"{wrong} of {compared}",
        }
        print(json.dumps(said))
    kinds = sorted({pair.differs for pair in everything if pair.differs})
    for differs, is_held in product(kinds, (False, True)):
        near = [one for one in everything if one.differs == differs and one.is_held is is_held]
        told = sum(value(one.one, one.other) < SAME for one in near)
        part, apart = "held" if is_held else "tuned", f"{told} of {len(near)}"
        print(json.dumps({"part": part, "differs": differs, "told apart": apart}))


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--opgaven", type=int, help="also how fast, among so many")
    asked = parser.parse_args()
    quality()
    if asked.opgaven:
        from tests.bench.similar_speed import measure  # noqa: PLC0415

        measure(asked.opgaven)


if __name__ == "__main__":
    main()
