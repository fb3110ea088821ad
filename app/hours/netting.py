"""Bringing all balances of a year to nothing with as few settlings as can be found.

Of gemeenten whose balances together are nothing, one fewer settlings than gemeenten are enough:
the largest debt against the largest credit, again and again. So the more such groups, the fewer
settlings. Two that are each other's opposite always belong together in a best answer. Of a few
that are left every way to group them is tried; of many, groups of three and four are taken as
they are found, and the rest is one group.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import combinations

# For so many every way to group them is tried: a hundred thousand steps.
MOST_TRIED = 14

Account = tuple[int, str]


@dataclass(frozen=True)
class Settling:
    """The debtor makes good to the creditor what it borrowed more than it lent."""

    debtor: str
    creditor: str
    minutes: int


def settle(balances: Mapping[str, int]) -> list[Settling]:
    """The same for the same balances, in whatever order they come."""
    return [settling for group in groups(balances) for settling in _settle_group(group)]


def groups(balances: Mapping[str, int]) -> list[list[Account]]:
    """Those who settle among each other; the balances of a group are together nothing."""
    if sum(balances.values()):
        raise ValueError("these balances are together not nothing")
    left = sorted((minutes, code) for code, minutes in balances.items() if minutes)
    found = _taken(left, _pairs(left))
    if len(left) > MOST_TRIED:
        found += _taken(left, _triples(left))
    if len(left) > MOST_TRIED:
        found += _taken(left, _quadruples(left))
    if len(left) > MOST_TRIED:
        return [*found, left]
    return found + _best(left)


def _taken(left: list[Account], offered: Iterable[tuple[Account, ...]]) -> list[list[Account]]:
    """Take each group of which nobody is taken yet, out of those who are left."""
    found = []
    free = set(left)
    for group in offered:
        if free.issuperset(group):
            free.difference_update(group)
            found.append(list(group))
    left[:] = [one for one in left if one in free]
    return found


def _pairs(accounts: list[Account]) -> Iterator[tuple[Account, ...]]:
    by_minutes = _by_minutes(accounts)
    for minutes in sorted(by_minutes):
        if minutes < 0:
            yield from zip(by_minutes[minutes], by_minutes.get(-minutes, ()), strict=False)


def _triples(accounts: list[Account]) -> Iterator[tuple[Account, ...]]:
    by_minutes = _by_minutes(accounts)
    for one, two in combinations(accounts, 2):
        for three in by_minutes.get(-one[0] - two[0], ()):
            if two < three:
                yield one, two, three


def _quadruples(accounts: list[Account]) -> Iterator[tuple[Account, ...]]:
    pairs: dict[int, list[tuple[Account, Account]]] = {}
    for one, two in combinations(accounts, 2):
        pairs.setdefault(one[0] + two[0], []).append((one, two))
    for minutes, found in pairs.items():
        for pair in found:
            for other in pairs.get(-minutes, ()):
                if pair[1] < other[0]:
                    yield *pair, *other


def _by_minutes(accounts: list[Account]) -> dict[int, list[Account]]:
    found: dict[int, list[Account]] = {}
    for account in accounts:
        found.setdefault(account[0], []).append(account)
    return found


def _best(accounts: list[Account]) -> list[list[Account]]:
    """As many groups as there can be.

    Laid in a row, accounts make as many groups as there are places where the sum so far is
    nothing. `most` knows the most such places for each set of accounts, whatever their order.
    """
    every = 1 << len(accounts)
    sums, most = [0] * every, [0] * every
    for chosen in range(1, every):
        lowest = (chosen & -chosen).bit_length() - 1
        sums[chosen] = sums[chosen & (chosen - 1)] + accounts[lowest][0]
        most[chosen] = max(most[rest] for rest in _without_one(chosen)) + (not sums[chosen])
    return _cut(accounts, sums, most)


def _cut(accounts: list[Account], sums: list[int], most: list[int]) -> list[list[Account]]:
    """Walk back along a best row, and cut it where the sum is nothing."""
    found: list[list[Account]] = []
    chosen = len(most) - 1
    while chosen:
        if not sums[chosen]:
            found.append([])
        counted = most[chosen] - (not sums[chosen])
        rest = next(one for one in _without_one(chosen) if most[one] == counted)
        found[-1].append(accounts[(chosen ^ rest).bit_length() - 1])
        chosen = rest
    return found


def _without_one(chosen: int) -> Iterator[int]:
    left = chosen
    while left:
        lowest = left & -left
        yield chosen ^ lowest
        left ^= lowest


def _settle_group(group: list[Account]) -> Iterator[Settling]:
    """The largest debt against the largest credit, until nothing is left."""
    debts = [(minutes, code) for minutes, code in group if minutes < 0]
    credits_ = [(-minutes, code) for minutes, code in group if minutes > 0]
    heapify(debts)
    heapify(credits_)
    while debts:
        (debt, debtor), (credit, creditor) = heappop(debts), heappop(credits_)
        minutes = min(-debt, -credit)
        yield Settling(debtor, creditor, minutes)
        if debt + minutes:
            heappush(debts, (debt + minutes, debtor))
        if credit + minutes:
            heappush(credits_, (credit + minutes, creditor))
