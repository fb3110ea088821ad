"""How few settlings bring the hours of a year to nothing, beside settling loan by loan.

    .venv/bin/python -m tests.bench.netting --gemeenten 40 --seed 1

makes up a year of loans among so many gemeenten, settles it, and prints one JSON line. Loans are
as people make them: most are of a day a week for some months, some are a few hours, and large
gemeenten lend and borrow more. The peers settle each loan apart, and each pair of gemeenten.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import median
from time import perf_counter

from app.hours.netting import Settling, groups, settle
from app.hours.rules import HOUR, balances

GEMEENTEN, SEEDS = 40, 20
# Of a gemeente in a year, in the middle.
LOANS_EACH = 6
HOURS_A_WEEK = (2, 4, 8, 8, 8, 12, 16, 16, 24, 32)
WEEKS = (4, 8, 10, 12, 13, 16, 20, 26, 39)
GOAL = 0.6
SHOWN = ("loans", "pairs", "settlings", "groups", "ms")


@dataclass(frozen=True)
class Booked:
    """All weeks of one loan together."""

    debit_code: str
    credit_code: str
    minutes: int


def a_year(gemeenten: int, seed: int, loans_each: int = LOANS_EACH) -> list[Booked]:
    chance = Random(seed)
    codes = [f"GM{number:04}" for number in range(gemeenten)]
    # A few are large, most are not.
    sizes = [chance.paretovariate(1.5) for _ in codes]
    made: list[Booked] = []
    while len(made) < gemeenten * loans_each:
        borrower, lender = chance.choices(codes, sizes, k=2)
        if borrower != lender:
            made.append(Booked(borrower, lender, _minutes(chance)))
    return made


def settles(owed: dict[str, int], settlings: Sequence[Settling]) -> bool:
    """Whether every balance is what was made good, to the minute."""
    made_good = balances(Booked(one.debtor, one.creditor, one.minutes) for one in settlings)
    return all(made_good.get(code, 0) == minutes for code, minutes in owed.items())


def measure(gemeenten: int, seed: int, loans_each: int) -> dict[str, float]:
    loans = a_year(gemeenten, seed, loans_each)
    owed = balances(loans)
    began = perf_counter()
    found = settle(owed)
    seconds = perf_counter() - began
    return {
        "loans": len(loans),
        "pairs": len({frozenset((one.debit_code, one.credit_code)) for one in loans}),
        "settlings": len(found),
        "groups": len(groups(owed)),
        "reproduced": settles(owed, found),
        "ms": round(seconds * 1_000, 1),
    }


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--gemeenten", type=int, default=GEMEENTEN)
    asked.add_argument("--loans", type=int, default=LOANS_EACH, help="of a gemeente in a year")
    asked.add_argument("--seed", type=int, default=1, help="of the first year")
    asked.add_argument("--years", type=int, default=SEEDS)
    given = asked.parse_args()
    seeds = range(given.seed, given.seed + given.years)
    years = [measure(given.gemeenten, seed, given.loans) for seed in seeds]
    fewer = [1 - year["settlings"] / year["loans"] for year in years]
    print(
        json.dumps(
            {
                "measure": "settling a year of hours",
                "gemeenten": given.gemeenten,
                "years": len(years),
                **{name: median(year[name] for year in years) for name in SHOWN},
                "fewer than loan by loan (least)": round(min(fewer), 3),
                "fewer than loan by loan (median)": round(median(fewer), 3),
                "every balance reproduced": all(year["reproduced"] for year in years),
                "ms (most)": max(year["ms"] for year in years),
                "goal": GOAL,
                "passes": min(fewer) >= GOAL and all(year["reproduced"] for year in years),
            }
        )
    )


def _minutes(chance: Random) -> int:
    """A week that was missed now and then, and hours that were not whole."""
    weeks = chance.choice(WEEKS)
    missed = sum(chance.random() < 0.1 for _ in range(weeks))
    minutes = chance.choice(HOURS_A_WEEK) * HOUR * (weeks - missed)
    return max(HOUR, minutes + chance.choice((0, 0, 0, 0, 15, 30, -30, 45)))


if __name__ == "__main__":
    main()
