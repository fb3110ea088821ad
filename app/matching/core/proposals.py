"""Which concepts a pasted text speaks of, each with the very words that tell it."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import groupby, islice
from typing import NamedTuple

from app.core.text import clean_text
from app.matching.core.denying import Part, denied
from app.matching.core.kin import MOST_KIN, kinship, told_by
from app.matching.core.naming import Forms, stem_of
from app.matching.core.reading import EMPTY, hollow, roots
from app.matching.core.vocabulary import Vocabulary
from app.vocabulary.rules import (
    NORMAL_LIMIT,
    SHORT_WORD,
    ConceptFacts,
    normalise,
    squeezed,
)
from app.vocabulary.starter import read_concepts

# What is longer is read up to here: a CV of eight pages fits, with its thousand different words.
TEXT_READ = 20_000
MOST_WORDS, MOST_DIFFERENT = 3_000, 1_000
MOST_PROPOSED = 15
MOST_KINDRED = 4
# Every compound is compared with names, so only those that are used most are looked at.
MOST_COMPOUNDS = 40
SHORTEST_COMPOUND = 7
LONGEST_NAME = 9
# How sure a name is that occurs once, and how much surer it gets with every further time.
SURE, SURE_OF_IMPORTED, SURE_OF_HOLLOW = 80, 60, MOST_KIN + 1
MORE, MOST_MORE = 3, 15

# A word, or a sign that no name runs across. A line that goes on in small letters was only wrapped.
_SIGN = re.compile(r"([^\W_]+(?:[+#]+(?![\w+#]))?|&)|[.:](?=\s|$)|[,;!?()\[\]|•]|\n(?![a-z])")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A concept that a text speaks of, and the words of the text that tell it."""

    label: str
    concept_id: int
    words: tuple[str, ...]
    sureness: int  # 0 to 100
    # The words that seem to say no to it.
    denied_by: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether the text says it in our own words, and does not seem to say no."""
        return self.sureness >= SURE and not self.denied_by


class _Word(NamedTuple):
    """A word of the text: its forms, where it stands, and in which part of a sentence."""

    normal: str
    stem: str
    begins: int
    ends: int
    part: int


class _Phrase(NamedTuple):
    """Words in a row."""

    forms: Forms
    # Words that only hold sentences together begin and end no name that is written otherwise.
    is_whole: bool


class _Mention(NamedTuple):
    concept: int
    first: int
    last: int
    is_certain: bool


class Names:
    """The names of concepts as texts may hold them; built once, then only asked."""

    def __init__(self, words: Vocabulary) -> None:
        self.concepts, self._owners = words.concepts, words.owners
        self._in_order = sorted({*self._owners.joined, *self._owners.stem})
        self._kin: dict[str, list[_Kin]] = defaultdict(list)
        for kin in _kin_of(concept for concept in self.concepts.values() if concept.own):
            for root in kin.roots - hollow():
                self._kin[root].append(kin)

    def named(self, phrase: _Phrase) -> int | None:
        """The one concept that goes by these words."""
        if phrase.is_whole:
            return self._owners.concept(phrase.forms)
        return self._owners.normal.get(phrase.forms.normal)

    def may_begin_with(self, phrase: _Phrase) -> bool:
        """Whether a name may go on from here; most words begin none."""
        return self._begins_with(phrase.forms.joined) or self._begins_with(phrase.forms.stem)

    def _begins_with(self, form: str) -> bool:
        at = bisect_left(self._in_order, form)
        return at < len(self._in_order) and self._in_order[at].startswith(form)

    def kindred(self, word: str) -> tuple[int, int] | None:
        """The concept with a name of which every part is in this compound, and how near it is."""
        told = told_by(word).keys()
        names = {kin for root in told for kin in self._kin.get(root, ()) if kin.roots <= told}
        near = [(kinship(word, kin.name), -kin.concept) for kin in names]
        strength, concept = max(near, default=(0, 0))
        return (-concept, strength) if strength else None


@lru_cache(maxsize=1)
def names_of(words: Vocabulary) -> Names:
    """One per process, until the words change."""
    return Names(words)


def read_ahead() -> None:
    """Read the words that come with the product, so that no first question waits for them."""
    Names(Vocabulary(ConceptFacts(at, one.names) for at, one in enumerate(read_concepts())))
    _short()


class _Kin(NamedTuple):
    name: str
    concept: int
    roots: frozenset[str]


def proposals(text: str, names: Names, most: int = MOST_PROPOSED) -> list[Proposal]:
    """What the text speaks of, the surest first, and last of all what it seems to say no to.

    What it names comes before what is near it.
    """
    plain = clean_text(text[:TEXT_READ])
    words = list(islice(_words(plain), MOST_WORDS))
    mentions = _mentions(words, plain, names)
    used = {at for mention in mentions for at in range(mention.first, mention.last)}
    by = denied(_parts(words, plain), used)
    found = _named([one for one in mentions if one.first not in by], words, plain, names)
    unused = [word for at, word in enumerate(words) if at not in used and at not in by]
    found += _kindred(unused, plain, names, {proposal.concept_id for proposal in found})
    known = {proposal.concept_id for proposal in found}
    found += _denied([one for one in mentions if one.concept not in known], words, plain, names, by)
    # What was found first in the text stays first among what is equally sure.
    return sorted(found, key=lambda one: (bool(one.denied_by), -one.sureness))[:most]


def _denied(
    mentions: Sequence[_Mention],
    words: Sequence[_Word],
    text: str,
    names: Names,
    by: Mapping[int, str],
) -> list[Proposal]:
    """What the text only speaks of to say no, or so it seems."""
    said: dict[int, dict[str, None]] = defaultdict(dict)
    for mention in mentions:
        said[mention.concept][by[mention.first]] = None
    found = _named(mentions, words, text, names)
    return [replace(one, denied_by=tuple(said[one.concept_id])) for one in found]


def _words(text: str) -> Iterator[_Word]:
    part = 0
    forms: dict[str, tuple[str, str]] = {}
    for found in _SIGN.finditer(text):
        sign = found[1] or ""
        if sign not in forms:
            if len(forms) == MOST_DIFFERENT:
                return
            normal = squeezed(normalise(sign))
            forms[sign] = normal, stem_of(normal)
        normal, stem = forms[sign]
        if normal:
            yield _Word(normal, stem, found.start(), found.end(), part)
        else:
            part += 1


def _parts(words: Sequence[_Word], text: str) -> list[Part]:
    """The text as its signs part it."""
    parts, ended = [], 0
    for _, found in groupby(range(len(words)), key=lambda at: words[at].part):
        places = list(found)
        said = tuple(words[at].normal for at in places)
        parts.append(Part(places[0], said, text[ended : words[places[0]].begins]))
        ended = words[places[-1]].ends
    return parts


def _mentions(words: Sequence[_Word], text: str, names: Names) -> list[_Mention]:
    """Every name in the text; of two that share a word only the longer one."""
    loud = _loud_parts(words, text)
    found = [one for at in range(len(words)) for one in _beginning_at(at, words, text, names, loud)]
    sure = {mention.concept for mention in found if mention.is_certain}
    known = [mention for mention in found if mention.is_certain or mention.concept in sure]
    taken: set[int] = set()
    kept = []
    for mention in sorted(known, key=lambda one: (one.first - one.last, one.first)):
        places = range(mention.first, mention.last)
        if taken.isdisjoint(places):
            taken.update(places)
            kept.append(mention)
    return sorted(kept, key=lambda one: one.first)


def _beginning_at(
    at: int, words: Sequence[_Word], text: str, names: Names, loud: Collection[int]
) -> Iterator[_Mention]:
    begins, part = words[at].begins, words[at].part
    for last, phrase in _phrases(at, words):
        concept = names.named(phrase)
        if concept is not None:
            written = text[begins : words[last - 1].ends]
            yield _Mention(concept, at, last, _is_meant(written, is_loud=part in loud))
        if not names.may_begin_with(phrase):
            return


def _phrases(at: int, words: Sequence[_Word]) -> Iterator[tuple[int, _Phrase]]:
    """Ever more words from here on, within one part of a sentence."""
    first, normal, stem = words[at], "", ""
    for last, word in enumerate(words[at : at + LONGEST_NAME], start=at + 1):
        if word.part != first.part or len(normal) > NORMAL_LIMIT:
            return
        normal = f"{normal} {word.normal}" if normal else word.normal
        # An s that stands alone is what is left of a plural as in scenario's.
        stem += "" if stem and word.normal == "s" else word.stem
        is_whole = first.normal not in EMPTY and word.normal not in EMPTY
        yield last, _Phrase(Forms(normal, squeezed(normal), stem), is_whole)


def _is_meant(written: str, *, is_loud: bool) -> bool:
    """A short name is only that name when it is written so: RO is a craft, ro is nothing."""
    plain = written.replace(".", "")
    if len(squeezed(normalise(plain))) > SHORT_WORD:
        return True
    if is_loud:
        return False
    return plain.isupper() or plain in _short() or plain.lower() in _short()


def _loud_parts(words: Sequence[_Word], text: str) -> set[int]:
    """Where everything is in capitals, so that capitals say nothing."""
    long, calm = set(), set()
    for word in words:
        if not text[word.begins : word.ends].isupper():
            calm.add(word.part)
        elif len(word.normal) > SHORT_WORD:
            long.add(word.part)
    return long - calm


def _named(
    mentions: Iterable[_Mention], words: Sequence[_Word], text: str, names: Names
) -> list[Proposal]:
    told: dict[int, list[str]] = defaultdict(list)
    for mention in mentions:
        begins, ends = words[mention.first].begins, words[mention.last - 1].ends
        told[mention.concept].append(" ".join(text[begins:ends].split()))
    return [
        _proposal(names.concepts[concept], said, _sureness(names.concepts[concept], said))
        for concept, said in told.items()
    ]


def _sureness(concept: ConceptFacts, said: Sequence[str]) -> int:
    more = min(MORE * (len(said) - 1), MOST_MORE)
    if all(_is_hollow(one) for one in said):
        return SURE_OF_HOLLOW + more
    return (SURE if concept.own else SURE_OF_IMPORTED) + more


def _is_hollow(said: str) -> bool:
    read = [root for word in normalise(said).split() for root in roots(word)]
    return all(root in hollow() for root in read)


def _kindred(
    words: Sequence[_Word], text: str, names: Names, known: Collection[int]
) -> list[Proposal]:
    """What compounds are about that are no name themselves, such as woningbouwprojecten."""
    written: dict[str, list[str]] = defaultdict(list)
    for word in words:
        if len(word.normal) >= SHORTEST_COMPOUND:
            written[word.normal].append(text[word.begins : word.ends])
    often = Counter({normal: len(said) for normal, said in written.items()})
    told: dict[int, list[str]] = defaultdict(list)
    strength: Counter[int] = Counter()
    compounds = (normal for normal, _ in often.most_common() if len(roots(normal)) > 1)
    for normal in islice(compounds, MOST_COMPOUNDS):
        kin = names.kindred(normal)
        if kin and kin[0] not in known:
            told[kin[0]] += written[normal]
            strength[kin[0]] = max(strength[kin[0]], kin[1])
    return [
        _proposal(names.concepts[concept], told[concept], sureness)
        for concept, sureness in strength.most_common(MOST_KINDRED)
    ]


def _proposal(concept: ConceptFacts, said: Iterable[str], sureness: int) -> Proposal:
    """Every word once, as it was written first."""
    once: dict[str, str] = {}
    for one in said:
        once.setdefault(normalise(one), one)
    return Proposal(concept.names[0], concept.id, tuple(once.values()), sureness)


def _kin_of(concepts: Iterable[ConceptFacts]) -> Iterator[_Kin]:
    """The names that can be a part of a compound; a short one is in too many by chance."""
    for concept in concepts:
        for name in concept.names:
            if len(squeezed(normalise(name))) > SHORT_WORD:
                yield _Kin(name, concept.id, frozenset(told_by(name)))


@cache
def _short() -> frozenset[str]:
    """The short names of our own vocabulary as they are written: RO, Wmo, geur."""
    names = (name for concept in read_concepts() for name in concept.names)
    return frozenset(
        plain
        for plain in (name.replace(".", "") for name in names)
        if len(squeezed(normalise(plain))) <= SHORT_WORD
    )
