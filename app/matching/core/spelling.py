"""Whether two labels are one word with a slip of the keyboard."""

import re

from rapidfuzz import fuzz

MIN_LETTERS = 6
MIN_RATIO = 90
MIN_WORD_RATIO = 80


def spelling_ratio(one: str, other: str) -> int:
    """How alike two normalised labels are, and 0 when the difference can carry meaning."""
    if min(len(one.replace(" ", "")), len(other.replace(" ", ""))) < MIN_LETTERS:
        return 0
    ratio = int(fuzz.ratio(one, other, score_cutoff=MIN_RATIO))
    return ratio if ratio and _differs_by_slip(one, other) else 0


def _differs_by_slip(one: str, other: str) -> bool:
    # NEN 2580 and NEN 2767 differ by a single digit, and by everything else.
    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    ours, theirs = one.split(), other.split()
    if len(ours) != len(theirs):
        return True
    return all(_is_slip(*pair) for pair in zip(ours, theirs, strict=True))


def _is_slip(one: str, other: str) -> bool:
    """Interne and externe stand in equal phrases; formele and informele differ by a prefix."""
    shorter, longer = sorted((one, other), key=len)
    has_prefix = longer.endswith(shorter) and len(longer) - len(shorter) > 1
    return not has_prefix and fuzz.ratio(one, other) >= MIN_WORD_RATIO
