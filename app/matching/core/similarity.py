"""S: which offered words answer an asked word, found without comparing it with all of them.

A row is what `Vocabulary.compare` says of one asked word and every offered one, a column what it
says of one offered word and every asked one. Whatever can have no link is passed over by what that
would need: an equal form, a neighbouring concept, nearly the same letters, or words in common.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from app.matching.core.arrays import KINDS, Array, Private, Similar, ends
from app.matching.core.disputes import ONE_MEANING, is_disputed
from app.matching.core.facts import Kind, Link
from app.matching.core.kernels import near_in_letters
from app.matching.core.kin import LEAST_LIKENESS, told_by
from app.matching.core.spelling import MIN_LETTERS, MIN_RATIO
from app.matching.core.vocabulary import Term, Vocabulary
from app.vocabulary.rules import squeezed

# Letters, digits, the space, and everything else: enough to tell most words apart by counting.
SORTS = 32
# The letters of Dutch, the most common first.
_LETTERS = {letter: sort for sort, letter in enumerate("enatirodslgvhkmubpwjczfxyq")}
_DIGIT, _SPACE, _OTHER = 26, 27, 28
NO_CONCEPT = -1
# What adding small numbers in another order may differ.
ROUNDING = 1e-4


class Texts(NamedTuple):
    """Many texts in one row of bytes, and where each begins."""

    rows: Array
    letters: Array

    def text(self, number: int) -> str:
        return bytes(self.letters[self.rows[number] : self.rows[number + 1]]).decode()


class Letters(NamedTuple):
    """Words by length, with how often each sort of letter is in them."""

    number: Array
    length: Array
    counts: Array


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
        same = _equal(self.form, self.form_number, hash_of(squeezed(normal)))
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
    return Words(
        normal=texts_of([term.normal for term in terms]),
        stem=texts_of([term.stem for term in terms]),
        concept=concept,
        form=forms[in_order],
        form_number=(in_order // 2).astype(np.int32),
        known=concept[by_concept],
        known_number=by_concept.astype(np.int32),
        every=letters_of([(at, term.normal) for at, term in enumerate(terms)]),
        unknown=letters_of(
            [(at, term.normal) for at, term in enumerate(terms) if term.concept is None]
        ),
        roots=roots_of([term.normal for term in terms]),
    )


class _OneSide:
    """Words of which all that may be linked to one of the other side are found."""

    def __init__(self, vocabulary: Vocabulary, words: Words) -> None:
        self.vocabulary = vocabulary
        self.words = words

    def _perhaps(self, term: Term, around: Callable[[int], Iterable[int]]) -> set[int]:
        """Numbers of words; `around` gives the concepts to which a concept may be linked."""
        words, found = self.words, self._of_one_form(term)
        kin = kin_of(words.roots, term.normal, len(words.concept))
        if term.concept is None:
            return found.union(near(words.every, term.normal), kin.tolist())
        # Of two known words the vocabulary says all there is to say.
        found.update(kin[words.concept[kin] == NO_CONCEPT].tolist())
        found.update(self._of_concepts(around(term.concept)))
        return found.union(near(words.unknown, term.normal))

    def _of_one_form(self, term: Term) -> set[int]:
        hashes = map(hash_of, (term.joined, term.stem))
        return {
            number
            for one in hashes
            for number in _equal(self.words.form, self.words.form_number, one)
        }

    def _of_concepts(self, concepts: Iterable[int]) -> Iterator[int]:
        for concept in concepts:
            yield from _equal(self.words.known, self.words.known_number, concept)

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
        numbers = self._perhaps(term, vocabulary.answering) if term.normal else ()
        links = ((number, vocabulary.compare(term, self._term(number))) for number in numbers)
        return {number: link for number, link in links if link is not None}

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
            found.update(self._of_concepts([term.concept]))
        links = ((other, self.vocabulary.compare(term, self._term(other))) for other in found)
        return [other for other, link in links if link is not None and link.kind in ONE_MEANING]


class Asked(_OneSide):
    """Answers which of the words an offered one answers."""

    def column(self, offered: str, not_for: Sequence[str] = ()) -> dict[int, Link]:
        """Per number of an asked word how this offered one answers it, when it does.

        `not_for` holds asked words of which that is disputed.
        """
        vocabulary, term = self.vocabulary, self.vocabulary.term(offered)
        numbers = self._perhaps(term, vocabulary.answered_by) if term.normal else ()
        links = ((number, vocabulary.compare(self._term(number), term)) for number in numbers)
        column = {number: link for number, link in links if link is not None}
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


def near(letters: Letters, normal: str) -> Iterator[int]:
    """All words that may be a slip of the keyboard away, and few others."""
    length = len(normal)
    if length < MIN_LETTERS:
        return iter(())
    # A difference in length alone is already that many letters of both together.
    most = 200 - MIN_RATIO
    first = int(np.searchsorted(letters.length, length * MIN_RATIO / most, side="left"))
    last = int(np.searchsorted(letters.length, length * most / MIN_RATIO, side="right"))
    counts = counts_of([normal])[0]
    found = near_in_letters(counts, length, letters.counts, letters.length, first, last)
    return map(int, letters.number[found])


def kin_of(roots: Roots, normal: str, words: int) -> Array:
    """All words that may share enough of what is told, and few others."""
    likeness = np.zeros(words, dtype=np.float32)
    for root, tells in told_by(normal).items():
        at = int(np.searchsorted(roots.root, np.uint64(hash_of(root))))
        if at < len(roots.root) and int(roots.root[at]) == hash_of(root):
            rows = slice(roots.rows[at], roots.rows[at + 1])
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


def letters_of(words: Sequence[tuple[int, str]]) -> Letters:
    ordered = sorted((len(normal), number, normal) for number, normal in words if normal)
    return Letters(
        number=np.array([number for _, number, _ in ordered], dtype=np.int32),
        length=np.array([length for length, *_ in ordered], dtype=np.uint8),
        counts=counts_of([normal for *_, normal in ordered]),
    )


def counts_of(normals: Sequence[str]) -> Array:
    """Per word how many letters of each sort it has; in bytes, for a word is at most 128 long."""
    counts = np.zeros((len(normals), SORTS), dtype=np.uint8)
    for at, normal in enumerate(normals):
        for letter in normal:
            counts[at, _sort(letter)] += 1
    return counts


def texts_of(texts: Sequence[str]) -> Texts:
    encoded = [text.encode() for text in texts]
    rows = ends(np.array([len(one) for one in encoded], dtype=np.int64))
    return Texts(rows, np.frombuffer(b"".join(encoded), dtype=np.uint8))


def hash_of(form: str) -> int:
    """The same in every process; two forms with one hash cost a comparison, nothing more."""
    return int.from_bytes(blake2b(form.encode(), digest_size=8).digest())


def _equal(ordered: Array, numbers: Array, value: int) -> list[int]:
    wanted = ordered.dtype.type(value)
    first, last = np.searchsorted(ordered, wanted), np.searchsorted(ordered, wanted, side="right")
    found: list[int] = numbers[first:last].tolist()
    return found


def _sort(letter: str) -> int:
    if letter in _LETTERS:
        return _LETTERS[letter]
    if letter == " ":
        return _SPACE
    return _DIGIT if letter.isdecimal() else _OTHER
