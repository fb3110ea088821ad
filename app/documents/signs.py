"""Which signs can stand in a document: an archive takes none that its fonts do not have."""

import unicodedata
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).parent / "fonts"
# Each of these has all that is set in its family; the first has two weights.
FAMILIES = (("source-sans-3-regular", "source-sans-3-bold"), ("dejavu-sans",))
UNKNOWN = "\N{REPLACEMENT CHARACTER}"
# Tells only how the sign before it looks.
VARIATIONS = frozenset(map(chr, range(0xFE00, 0xFE10)))
LINE = "\n"


def readable(text: str) -> str:
    """With a replacement for every sign that our fonts lack, such as most pictures."""
    lines = unicodedata.normalize("NFC", text).splitlines()
    return LINE.join("".join(map(_shown, line)) for line in lines)


def _shown(sign: str) -> str:
    if sign == "\t":
        return " "
    if sign in VARIATIONS or unicodedata.category(sign) in {"Cc", "Cs"}:
        return ""
    return sign if ord(sign) in _known() else UNKNOWN


@cache
def _known() -> frozenset[int]:
    found: set[int] = set()
    for family in FAMILIES:
        found |= set.intersection(*map(_signs_of, family))
    return frozenset(found)


def _signs_of(font: str) -> set[int]:
    with TTFont(FONTS / f"{font}.ttf", lazy=True) as opened:
        return set(opened.getBestCmap())
