"""Who is waited for, as the lists of own opgaven and of own reactions show it."""

from collections.abc import Iterable
from dataclasses import dataclass

# As the parts of other lists are called in which somebody finds what waits for them.
WAITS_FOR_YOU = "Wacht op jou"
WAITS_FOR_US = "Wacht op jullie"


@dataclass(frozen=True)
class WaitingLine:
    """What goes on with an opgave: what it is, where, and who is waited for there."""

    href: str
    what: str
    said: str
    # Says that the reader is waited for; nothing when another is, or nobody.
    mark: str = ""


def marked_first(lines: Iterable[WaitingLine]) -> list[WaitingLine]:
    """What waits for the reader before the rest, each in the order in which it came."""
    return sorted(lines, key=lambda line: not line.mark)
