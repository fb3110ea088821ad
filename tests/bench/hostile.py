"""How long what nobody should write takes, piece by piece.

    .venv/bin/python -m tests.bench.hostile

A line per way in and per text: the longest of three times, in milliseconds of the processor, and
whether it is within the limit. What a process reads first has lines of its own.
"""

import json
import time
from collections.abc import Callable
from functools import partial

from app.matching.core.kin import kinship
from app.matching.core.proposals import Names, proposals, read_ahead
from app.matching.core.similarity import Offered, words_of
from app.vocabulary.rules import normalise
from app.vocabulary.starter import read_concepts
from tests.matching.core.builders import starter_vocabulary
from tests.support.hostile import HOSTILE

KNOWN = "ruimtelijke ordening"
SHORT_CV = "Ik werk als planoloog (RO) aan woningbouwprojecten en denk mee over mobiliteit."
LIMIT_MS = 50.0
TIMES = 3


def ways_in(names: Names) -> dict[str, Callable[[str], object]]:
    """Everything that reads what people write, as a function of one text."""
    words = starter_vocabulary()
    stored = words_of(words, [normalise(name) for one in read_concepts() for name in one.names])
    known = words.term(KNOWN)
    return {
        "normalise": normalise,
        "term": words.term,
        "link": partial(words.link, KNOWN),
        "compare": lambda text: words.compare(known, words.term(text)),
        "kinship": partial(kinship, KNOWN),
        "words_of": lambda text: words_of(words, [text]),
        "row": Offered(words, stored).row,
        "proposals": partial(proposals, names=names),
    }


def slowest(way: Callable[[str], object], text: str) -> float:
    return max(milliseconds(partial(way, text)) for _ in range(TIMES))


def milliseconds(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return (time.process_time() - begin) * 1_000


def tell(way: str, text: str, took: float) -> None:
    print(json.dumps({"way": way, "text": text, "ms": round(took, 1), "within": took < LIMIT_MS}))


def main() -> None:
    built: list[Names] = []
    tell("read ahead", "when a process starts", milliseconds(read_ahead))
    tell("first proposals", SHORT_CV, milliseconds(lambda: built.append(first_names())))
    ways = ways_in(built[0])
    for way, ask in ways.items():
        ask(KNOWN)  # compiled loops are read from disk once
        for name, text in HOSTILE.items():
            tell(way, name, slowest(ask, text))


def first_names() -> Names:
    names = Names(starter_vocabulary())
    proposals(SHORT_CV, names)
    return names


if __name__ == "__main__":
    main()
