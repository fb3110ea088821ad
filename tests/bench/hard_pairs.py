"""How many hard pairs of words are judged as a municipal official would.

    .venv/bin/python -m tests.bench.hard_pairs

`hard-pairs.csv` holds what is asked, what is offered and what links the two. The words and the code
may be mended until the pairs that are not held are right. Those that are held were written before
the code had answered them; nothing may be mended because of them.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.matching.core.facts import Kind
from app.matching.core.vocabulary import Vocabulary
from tests.matching.core.builders import starter_vocabulary

PAIRS = Path(__file__).parent / "hard-pairs.csv"
NONE = "none"
# To a person a synonym is the same craft, and kin is as far away as what is related.
EQUAL = {Kind.SYNONYM: Kind.SAME, Kind.RELATED: Kind.KIN}
SEEN_BACK = {Kind.NARROWER: Kind.BROADER, Kind.BROADER: Kind.NARROWER}


@dataclass(frozen=True)
class HardPair:
    asked: str
    offered: str
    expected: str
    is_held: bool

    def is_right(self, words: Vocabulary) -> bool:
        """Whether both ways are as expected."""
        there, back = (
            answer(words, self.asked, self.offered),
            answer(words, self.offered, self.asked),
        )
        expected_back = self.expected if self.expected == NONE else back_of(Kind(self.expected))
        return (there, back) == (self.expected, expected_back)


def hard_pairs() -> Iterator[HardPair]:
    with PAIRS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield HardPair(row["asked"], row["offered"], row["expected"], row["held"] == "yes")


def answer(words: Vocabulary, asked: str, offered: str) -> str:
    link = words.link(asked, offered)
    return EQUAL.get(link.kind, link.kind) if link else NONE


def back_of(kind: Kind) -> str:
    return SEEN_BACK.get(kind, kind)


def main() -> None:
    words = starter_vocabulary()
    for part, is_held in (("tuned", False), ("held", True)):
        pairs = [pair for pair in hard_pairs() if pair.is_held is is_held]
        right = sum(pair.is_right(words) for pair in pairs)
        print(json.dumps({"part": part, "right": right, "of": len(pairs)}))


if __name__ == "__main__":
    main()
