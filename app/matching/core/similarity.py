"""S: which offered words answer an asked word, found without comparing it with all of them.

A row is what `Vocabulary.compare` says of one asked word and every offered one, a column what it
says of one offered word and every asked one. Whatever can have no link is passed over by what that
would need: an equal form, a neighbouring concept, nearly the same letters, or words in common.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from app.matching.core.arrays import KINDS, Array, Private, Similar, ends
from app.matching.core.disputes import ONE_MEANING, is_disputed
from app.matching.core.facts import Kind, Link
from app.matching.core.kin import LEAST_LIKENESS, told_by
from app.matching.core.score import FULL
from app.matching.core.spelling import MIN_LETTERS, MIN_RATIO
from app.matching.core.vocabulary import Term, Vocabulary
from app.vocabulary.rules import squeezed

NO_CONCEPT = -1
# Of how many of each letter a word can show that it has them; together the bits of a sign.
_SHOWN = {
    **dict.fromkeys("qx", 1),
    **dict.fromkeys("fyz", 2),
    **dict.fromkeys("bchjkmpw", 3),
    **dict.fromkeys("dgluv", 4),
    **dict.fromkeys("os", 5),
    **dict.fromkeys(" ainrt", 6),
    **dict.fromkeys("e", 9),
}
# All else shares a place: there the most common one counts.
_OTHERS_AT, _OTHERS = sum(_SHOWN.values()), 6
_SIGN_BYTES = 16
# What adding small numbers in another order may differ.
ROUNDING = 1e-4


class Texts(NamedTuple):
    """Many texts in one row of bytes, and where each begins."""

    rows: Array
    letters: Array

    def text(self, number: int) -> str:
        return self.letters[self.rows[number] : self.rows[number + 1]].tobytes().decode()


class Letters(NamedTuple):
    """Words by length, each with its sign: a bit per letter that it has, in two numbers.

    Signs differ in no more bits than the words do in letters.
    """

    number: Array
    length: Array
    sign: Array
    other_sign: Array


class Roots(NamedTuple):
    """Per root, by its hash, which words have it and how much it tells of them."""

    root: Array
    rows: Array
    number: Array
    tells: Array


class Words(NamedTuple):
    """Words by number, as arrays in which one of the other side finds what it may be linked to.

    `form` holds a hash of every joined form and stem, in order, beside the number of its word; and
    `known` holds every concept that is named, in order, beside the number of the word.
    """

    normal: Texts
    stem: Texts
    concept: Array
    form: Array
    form_number: Array
    known: Array
    known_number: Array
    every: Letters
    unknown: Letters
    roots: Roots

    def number_of(self, normal: str) -> int | None:
        """The number of exactly this word in comparable form, when it is among them."""
        [same] = _equal(self.form, self.form_number, [hash_of(squeezed(normal))])
        return next((number for number in same if self.normal.text(number) == normal), None)


def words_of(vocabulary: Vocabulary, normals: Sequence[str]) -> Words:
    terms = [vocabulary.term(normal) for normal in normals]
    concept = np.array(
        [NO_CONCEPT if term.concept is None else term.concept for term in terms], dtype=np.int32
    )
    forms = np.array(
        [hash_of(form) for term in terms for form in (term.joined, term.stem)], dtype=np.uint64
    )
    in_order, by_concept = np.argsort(forms, kind="stable"), np.argsort(concept, kind="stable")
    by_concept = by_concept[np.searchsorted(concept[by_concept], 0) :]
    every = letters_of([term.normal for term in terms])
    return Words(
        normal=texts_of([term.normal for term in terms]),
        stem=texts_of([term.stem for term in terms]),
        concept=concept,
        form=forms[in_order],
        form_number=(in_order // 2).astype(np.int32),
        known=concept[by_concept],
        known_number=by_concept.astype(np.int32),
        every=every,
        unknown=Letters(*(column[concept[every.number] == NO_CONCEPT] for column in every)),
        roots=roots_of([term.normal for term in terms]),
    )


class _OneSide:
    """Words of which all that are linked to one of the other side are found."""

    def __init__(self, vocabulary: Vocabulary, words: Words) -> None:
        self.vocabulary = vocabulary
        self.words = words

    def _links(
        self,
        term: Term,
        around: Callable[[int], Iterable[int]],
        compare: Callable[[Term], Link | None],
    ) -> dict[int, Link]:
        """Per number of a word its link; `around` gives the concepts that may have one."""
        if not term.normal:
            return {}
        same, concept = self._of_one_form(term), self.words.concept
        links = {number: compare(self._term(number)) for number in same}
        kin = kin_of(self.words.roots, term.normal, len(concept))
        if term.concept is None:
            perhaps = {*near(self.words.every, term.normal), *kin.tolist()}
        else:
            # Of two known words that are not the same their concepts say all there is to say.
            for known in self._of_concepts(around(term.concept)):
                others = [number for number in known if number not in links]
                if others:
                    links.update(dict.fromkeys(others, compare(self._term(others[0]))))
            unknown = kin[concept[kin] == NO_CONCEPT]
            perhaps = {*near(self.words.unknown, term.normal), *unknown.tolist()}
        links.update((number, compare(self._term(number))) for number in perhaps - links.keys())
        return {number: link for number, link in links.items() if link is not None}

    def _of_one_form(self, term: Term) -> set[int]:
        hashes = [hash_of(term.joined), hash_of(term.stem)]
        return set(chain(*_equal(self.words.form, self.words.form_number, hashes)))

    def _of_concepts(self, concepts: Iterable[int]) -> Iterator[list[int]]:
        return _equal(self.words.known, self.words.known_number, list(concepts))

    def _term(self, number: int) -> Term:
        words, concept = self.words, int(self.words.concept[number])
        normal = words.normal.text(number)
        return Term(
            normal,
            squeezed(normal),
            words.stem.text(number),
            None if concept == NO_CONCEPT else concept,
        )


class Offered(_OneSide):
    """Answers which of the words answer an asked one."""

    def row(self, asked: str) -> dict[int, Link]:
        """Per number of an offered word how it answers this asked one, when it does."""
        vocabulary, term = self.vocabulary, self.vocabulary.term(asked)
        return self._links(
            term, vocabulary.answering, lambda offered: vocabulary.compare(term, offered)
        )

    def row_for_all(self, asked: str, private: Private) -> dict[int, Link]:
        """The same with the private terms."""
        row, first = self.row(asked), len(self.words.concept)
        for place in np.flatnonzero(np.isin(private.word, list(row))).tolist():
            link = row[int(private.word[place])]
            not_for = [self.words.normal.text(number) for number in private.exceptions(place)]
            if not is_disputed(asked, link, not_for, self.vocabulary):
                row[first + place] = link
        return row

    def meaning(self, number: int) -> list[int]:
        """The words that mean one thing with this one of them."""
        term = self._term(number)
        if not term.normal:
            return []
        found = self._of_one_form(term)
        if term.concept is not None:
            found.update(*self._of_concepts([term.concept]))
        links = ((other, self.vocabulary.compare(term, self._term(other))) for other in found)
        return [other for other, link in links if link is not None and link.kind in ONE_MEANING]


class Asked(_OneSide):
    """Answers which of the words an offered one answers."""

    def column(self, offered: str, not_for: Sequence[str] = ()) -> dict[int, Link]:
        """Per number of an asked word how this offered one answers it, when it does.

        `not_for` holds asked words of which that is disputed.
        """
        vocabulary, term = self.vocabulary, self.vocabulary.term(offered)
        column = self._links(
            term, vocabulary.answered_by, lambda asked: vocabulary.compare(asked, term)
        )
        return {
            number: link
            for number, link in column.items()
            if not is_disputed(self.words.normal.text(number), link, not_for, vocabulary)
        }


def with_private(similar: Similar, private: Private, offered: Offered) -> Similar:
    """S where private terms answer what their words answer, but for what is disputed."""
    many = len(similar.rows) - 1
    asked = np.repeat(np.arange(many, dtype=np.int32), np.diff(similar.rows))
    by_word = np.argsort(similar.term, kind="stable")
    bounds = np.searchsorted(similar.term[by_word], [private.word, private.word + 1])
    meant = {one: offered.meaning(one) for one in set(private.not_for.tolist())}
    entries, terms = [np.arange(len(asked))], [similar.term]
    for place, (first, last) in enumerate(bounds.T.tolist()):
        column = by_word[first:last]
        disputed = [other for one in private.exceptions(place) for other in meant[one]]
        is_same = similar.kind[column] == KINDS.index(Kind.SAME)
        own = column[is_same | ~np.isin(asked[column], disputed)]
        entries.append(own)
        terms.append(np.full(len(own), many + place, dtype=np.int32))
    entry, term = np.concatenate(entries), np.concatenate(terms)
    order = np.lexsort((term, asked[entry]))
    return Similar(
        rows=ends(np.bincount(asked[entry], minlength=many + len(private.word))),
        term=term[order],
        strength=similar.strength[entry[order]],
        kind=similar.kind[entry[order]],
    )


def near(letters: Letters, normal: str) -> list[int]:
    """All words that may be a slip of the keyboard away, and few others."""
    length = len(normal)
    if length < MIN_LETTERS:
        return []
    # A difference in length alone is already that many letters of both together.
    most = 200 - MIN_RATIO
    bounds = [-(-length * MIN_RATIO // most), length * most // MIN_RATIO + 1]
    first, last = letters.length.searchsorted(np.array(bounds, dtype=np.uint8))
    sign, other_sign = signs_of([normal])
    apart = np.bitwise_count(letters.sign[first:last] ^ sign)
    apart += np.bitwise_count(letters.other_sign[first:last] ^ other_sign)
    # For the longest first, so that only a few have to be looked at by their own length.
    few = np.flatnonzero(apart <= _most_apart(length, bounds[1]))
    own = letters.length[first + few].astype(np.int32)
    found: list[int] = letters.number[first + few[apart[few] <= _most_apart(length, own)]].tolist()
    return found


def _most_apart(length: int, other: Any) -> Any:
    """By how many letters two words of these lengths may differ."""
    return (length + other) * (FULL - MIN_RATIO) // FULL


def kin_of(roots: Roots, normal: str, words: int) -> Array:
    """All words that may share enough of what is told, and few others."""
    likeness = np.zeros(words, dtype=np.float32)
    told = told_by(normal)
    hashes = np.array([hash_of(root) for root in told], dtype=np.uint64)
    places = roots.root.searchsorted(hashes)
    for place, one, tells in zip(places.tolist(), hashes, told.values(), strict=True):
        if place < len(roots.root) and roots.root[place] == one:
            rows = slice(roots.rows[place], roots.rows[place + 1])
            # A word stands once under each of its roots, so nothing is lost by adding at once.
            likeness[roots.number[rows]] += tells * roots.tells[rows]
    return np.flatnonzero(likeness >= LEAST_LIKENESS - ROUNDING)


def roots_of(normals: Sequence[str]) -> Roots:
    told = [
        (hash_of(root), number, tells)
        for number, normal in enumerate(normals)
        for root, tells in told_by(normal).items()
    ]
    told.sort()
    root, first = np.unique(np.array([one for one, *_ in told], dtype=np.uint64), return_index=True)
    return Roots(
        root=root,
        rows=np.append(first, len(told)).astype(np.int32),
        number=np.array([number for _, number, _ in told], dtype=np.int32),
        tells=np.array([tells for *_, tells in told], dtype=np.float32),
    )


def letters_of(normals: Sequence[str]) -> Letters:
    lengths = np.array([len(normal) for normal in normals], dtype=np.uint8)
    order = np.argsort(lengths, kind="stable")
    order = order[lengths[order].searchsorted(1) :]
    sign, other_sign = signs_of(normals)
    return Letters(order.astype(np.int32), lengths[order], sign[order], other_sign[order])


def signs_of(normals: Sequence[str]) -> tuple[Array, Array]:
    signs = b"".join(_sign(normal).to_bytes(_SIGN_BYTES, "little") for normal in normals)
    halves = np.frombuffer(signs, dtype="<u8").reshape(-1, 2)
    return halves[:, 0].copy(), halves[:, 1].copy()


def texts_of(texts: Sequence[str]) -> Texts:
    encoded = [text.encode() for text in texts]
    rows = ends(np.array([len(one) for one in encoded], dtype=np.int64))
    return Texts(rows, np.frombuffer(b"".join(encoded), dtype=np.uint8))


def hash_of(form: str) -> int:
    """The same in every process; two forms with one hash cost a comparison, nothing more."""
    return int.from_bytes(blake2b(form.encode(), digest_size=8).digest())


def _equal(ordered: Array, numbers: Array, values: Sequence[int]) -> Iterator[list[int]]:
    """Per value the numbers that stand beside it."""
    wanted = np.array(values, dtype=ordered.dtype)
    firsts, lasts = ordered.searchsorted(wanted), ordered.searchsorted(wanted, side="right")
    for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
        yield numbers[first:last].tolist()


def _sign(normal: str) -> int:
    sign = 0
    for letter, many in Counter(normal).items():
        sign |= _bits(letter, many)
    return sign


@lru_cache(maxsize=1000)
def _bits(letter: str, many: int) -> int:
    """As many ones as there are letters, in the place of that letter."""
    if letter not in _SHOWN:
        return (1 << min(many, _OTHERS)) - 1 << _OTHERS_AT
    before = sum(shown for other, shown in _SHOWN.items() if other < letter)
    return (1 << min(many, _SHOWN[letter])) - 1 << before
