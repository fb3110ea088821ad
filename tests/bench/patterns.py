"""How long each pattern of the code looks at 100 kB that is made to keep it busy.

    .venv/bin/python -m tests.bench.patterns

A line for each: the slowest text, in milliseconds of the processor, how many times as long that is
as for a quarter of it (4 when nothing is read twice), and whether it is within the limit.
"""

import json

from tests.attacks.test_patterns import growth, took
from tests.support.patterns import patterns
from tests.support.pumped import texts

LENGTH = 100_000
LIMIT_MS = 10.0


def main() -> None:
    for used in patterns():
        both = zip(texts(used.pattern, LENGTH), texts(used.pattern, LENGTH // 4), strict=True)
        slowest, longer, shorter = max((took(used, one), one, quarter) for one, quarter in both)
        told = {"where": used.where, "way": used.way, "text": longer[:20], "ms": round(slowest, 1)}
        grown = round(growth(used, shorter, longer), 1)
        print(json.dumps({**told, "growth": grown, "within": slowest < LIMIT_MS}))


if __name__ == "__main__":
    main()
