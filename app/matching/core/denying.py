"""Which words of a text somebody says no to: “geen ervaring met inkoop”, “handhaving: nee”.

Dutch says no in more ways than are listed here, and says yes with the same words. So this is only a
reason to ask: what seems denied is proposed as well, but chosen by nobody else than its writer.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Container, Iterator, Sequence, Set
from typing import NamedTuple

# What follows these in its part of a sentence is denied.
UNKNOWN = frozenset({"onbekend", "onervaren"})
FORWARD = UNKNOWN | {
    *("amper", "geen", "nauwelijks", "niet", "niets", "noch", "nooit", "weinig", "zonder")
}
# What comes before these is, when nothing is named after them.
BACKWARD = (FORWARD | {"nee"}) - {"zonder"}
DENYING = FORWARD | BACKWARD
# After these somebody says what is so.
AFFIRMING = frozenset({"behalve", "dan", "doch", "echter", "juist", "maar", "wel"})
# Not only this, no beginner, not without trouble: what begins so after such a word denies nothing.
NOT_DENYING = tuple(
    f"{words} "
    for words in (
        *("alleen", "enkel", "louter", "slechts", "uitsluitend"),
        *("beginner", "groentje", "leek", "nieuweling", "onbekende", "vreemde", "vreemdeling"),
        *("bang", "onbekend", "onervaren", "nieuw", "vreemd", "saai", "vies"),
        *("geheim", "geheimen", "moeite", "probleem", "problemen", "punt", "twijfel"),
        *("aflatend", "aflatende", "af", "om", "terug", "uit de weg", "weg te denken"),
        *("gedoe", "jargon", "meer met", "omwegen", "poespas"),
        *("in de laatste plaats", "te vergeten", "voor niets", "voor een gat"),
    )
)
# Whether or not, not for nothing: after these such a word denies nothing either.
UNDONE_AFTER = frozenset({"dan", "voor"})
# With any of these, or more words, a part says something of its own; else it goes on with a list.
OWN_SAYING = AFFIRMING | {
    *("al", "ben", "des", "doe", "ervaring", "goede", "graag", "heb", "ik", "jaar", "jaren"),
    *("kan", "kennis", "mijn", "ruime", "sinds", "sterk", "veel", "verder", "vooral", "werk"),
}
LONGEST_IN_LIST = 4
LONGEST_VERDICT = 7
# I do not; I not yet.
LONGEST_OWN_NO = 3
SHORTEST_SAYING = 2
# How many parts before its own a word says no to, and how many parts are read for such a word.
MOST_BACK = 10
MOST_READ = 500
COMMA = re.compile(r"\s*,\s*")
IN_A_LIST = re.compile(r"\s*[,:]\s*(?:[-*•–]\s*)?")
OF_WHAT_IS_NAMED = re.compile(r"\s*[:?(]\s*")
BULLET = re.compile(r"\n[^\S\n]*[-*•–·]")
BLANK_LINE = re.compile(r"\n\s*\n")
JOINING = frozenset({"de", "en", "het", "of"})
POINTING = frozenset({"allemaal", "daar", "dat", "deze", "die", "dit", "hier", "zoiets"})
MINE = frozenset({"ik", "me", "mij", "mijn"})
# A part of only these is what somebody says of the part before it.
VERDICT = DENYING | {"affiniteit", "ervaring", "gedaan", "kennis", "mee", "nog", "verstand"}


class Part(NamedTuple):
    """Words in a row that no sign parts: their places begin at `first`, after this sign."""

    first: int
    said: tuple[str, ...]
    sign: str

    @property
    def places(self) -> range:
        return range(self.first, self.first + len(self.said))


class _Carried(NamedTuple):
    """The word that a list goes on with, and whether the list stands under a heading."""

    word: str = ""
    is_heading: bool = False


class _Read(NamedTuple):
    """What a part denies, each with the word that does so, and what it says beyond itself."""

    denied: dict[int, str]
    # The word with which a list may go on after it.
    forward: str = ""
    # The word that may be said of what comes before it.
    backward: str = ""


def denied(parts: Sequence[Part], named: Set[int]) -> dict[int, str]:
    """The places of what is denied, each with the word that does so.

    `named` holds the places of what the text names.
    """
    found: dict[int, str] = {}
    carried, left = _Carried(), MOST_READ
    for at, part in enumerate(parts):
        ends_with = parts[at + 1].sign if at + 1 < len(parts) else ""
        carried = _as_it_goes_on(carried, part, ends_with)
        if not left or (not carried.word and DENYING.isdisjoint(part.said)):
            continue
        left -= 1
        read = _read(part, named, carried.word)
        found.update(read.denied)
        before = list(_said_of(parts, at, named, found)) if read.backward else []
        for one in before:
            found.update(dict.fromkeys(one.places, read.backward))
        is_verdict = bool(before) and named.isdisjoint(part.places)
        carried = _Carried("" if is_verdict else read.forward, carried.is_heading)
    return found


def _as_it_goes_on(carried: _Carried, part: Part, ends_with: str) -> _Carried:
    """What was denied before this part, as far as it goes on with that."""
    if not carried.word or ":" in ends_with or not OWN_SAYING.isdisjoint(part.said):
        return _Carried()
    is_heading = carried.is_heading or ":" in part.sign
    is_short = len(part.said) <= LONGEST_IN_LIST
    if is_heading and "\n" in part.sign:
        has_ended = ":" not in part.sign and BLANK_LINE.search(part.sign) is not None
        goes_on = not has_ended and (is_short or BULLET.search(part.sign) is not None)
    else:
        goes_on = is_short and IN_A_LIST.fullmatch(part.sign) is not None
    return _Carried(carried.word, is_heading) if goes_on else _Carried()


def _read(part: Part, named: Set[int], carried: str) -> _Read:
    said, denying = part.said, list(_denying(part, named))
    turns = sorted(set(_turns(said)))
    found, forward = _forward(part, set(denying), set(turns), carried)
    marks = _Marks(
        stops=sorted({*denying, *turns}),
        turns=turns,
        joined=[at for at, word in enumerate(said) if word == "en"],
        names=[at for at, place in enumerate(part.places) if place in named],
    )
    backward, is_of_names, until = "", False, 0
    for at in denying:
        begins = marks.reach_back(said[at], at)
        if begins is not None:
            places = range(part.first + max(begins, until), part.first + at)
            found.update(dict.fromkeys(places, said[at]))
            backward = said[at] if begins == 0 else backward
            is_of_names |= marks.has_name(begins, at)
            until = at
    return _Read(found, "" if is_of_names or forward == "zonder" else forward, backward)


class _Marks(NamedTuple):
    """Where a part says no or turns, where it only turns, where it joins and where it names."""

    stops: Sequence[int]
    turns: Sequence[int]
    joined: Sequence[int]
    names: Sequence[int]

    def reach_back(self, word: str, at: int) -> int | None:
        """From where this word denies what comes before its place, if it does so."""
        if word not in BACKWARD or (word != "noch" and self._is_followed(at)):
            return None
        begins = _last_before(self.turns, at) + 1
        joined = _last_before(self.joined, at)
        return None if joined >= begins and not self.has_name(joined, at) else begins

    def _is_followed(self, at: int) -> bool:
        """Whether something is named after this place, before the next stop."""
        following = bisect_right(self.stops, at)
        until = self.stops[following] if following < len(self.stops) else None
        named = bisect_right(self.names, at)
        return named < len(self.names) and (until is None or self.names[named] < until)

    def has_name(self, begins: int, ends: int) -> bool:
        named = bisect_left(self.names, begins)
        return named < len(self.names) and self.names[named] < ends


def _last_before(places: Sequence[int], at: int) -> int:
    found = bisect_left(places, at)
    return places[found - 1] if found else -1


def _denying(part: Part, named: Set[int]) -> Iterator[int]:
    """Where the part says no; not without something is with it."""
    said = part.said
    found = [
        at
        for at, word in enumerate(said)
        if word in DENYING and part.first + at not in named and not _is_undone(said, at)
    ]
    words = {said[at] for at in found}
    if "zonder" not in words or len(words) == 1:
        yield from found


def _is_undone(said: Sequence[str], at: int) -> bool:
    following = " ".join(said[at + 1 : at + 5]) + " "
    before = said[at - 1] if at else ""
    is_doubled = said[at] in UNKNOWN and before in DENYING
    return following.startswith(NOT_DENYING) or before in UNDONE_AFTER or is_doubled


def _turns(said: tuple[str, ...]) -> Iterator[int]:
    """Where the part turns from no to yes; what ends in “wel” does where it begins."""
    yield from (at for at, word in enumerate(said) if word in AFFIRMING)
    if said[-1] == "wel" and "en" in said:
        yield len(said) - 1 - said[::-1].index("en")


def _forward(
    part: Part, denying: Collection[int], turns: Collection[int], carried: str
) -> tuple[dict[int, str], str]:
    """What is denied by a word before it, and by which word the part ends."""
    word, found = carried, {}
    for at, place in enumerate(part.places):
        word = "" if at in turns else word
        if word:
            found[place] = word
        if at in denying and part.said[at] in FORWARD:
            word = part.said[at]
    return found, word


def _said_of(
    parts: Sequence[Part], at: int, named: Set[int], known: Container[int]
) -> Iterator[Part]:
    """The parts before this one of which its no is said as well, the nearest first."""
    if named.isdisjoint(parts[at].places):
        if not at or not _is_verdict(parts[at]):
            return
        at -= 1
        yield parts[at]
    for before in range(at - 1, max(-1, at - 1 - MOST_BACK), -1):
        is_joined = COMMA.fullmatch(parts[before + 1].sign) is not None
        if not is_joined or parts[before].first in known or not _is_bare(parts[before], named):
            return
        yield parts[before]


def _is_verdict(part: Part) -> bool:
    """Whether it says something of the part before it: “dat doe ik niet”, “geen ervaring”."""
    said, is_comma = part.said, COMMA.fullmatch(part.sign) is not None
    is_colon = OF_WHAT_IS_NAMED.fullmatch(part.sign) is not None
    if len(said) > LONGEST_VERDICT or not (is_comma or is_colon):
        return False
    if said[0] in POINTING:
        return not MINE.isdisjoint(said)
    if said[0] == "ik":
        return len(said) <= LONGEST_OWN_NO
    return not DENYING.isdisjoint(said[:3]) if is_colon else VERDICT.issuperset(said)


def _is_bare(part: Part, named: Set[int]) -> bool:
    """Whether it holds names and nothing else."""
    if len(part.said) <= SHORTEST_SAYING:
        return True
    words = zip(part.places, part.said, strict=True)
    return all(place in named or word in JOINING for place, word in words)
