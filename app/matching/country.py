"""The whole country as one snapshot has it: asked with facts, it answers with ids."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from uuid import UUID

import numpy as np

from app.matching.core.arrays import Array
from app.matching.core.engine import Engine, profile_question_of, question_of
from app.matching.core.facts import Links, OpgaveFacts, ProfileFacts
from app.matching.core.links import KnownLinks, StoredLinks
from app.matching.core.rank import BEST_KEPT
from app.matching.core.same import SAME, Read, likeness
from app.matching.core.similarity import Asked, Offered
from app.matching.core.vocabulary import Vocabulary
from app.matching.snapshot import (
    Contents,
    Manifest,
    SnapshotRefused,
    id_at,
    place_of,
    read,
)

# It went while we looked, is not for us to read, is damaged, or is of another release.
UNREADABLE = OSError, ValueError, SnapshotRefused


def open_country(folder: Path, version: str) -> "Country":
    """Raises one of `UNREADABLE`."""
    return Country(*read(folder, version))


@dataclass(frozen=True)
class Country:
    """Everybody and every open opgave at one moment; who changed since is told with a question."""

    manifest: Manifest
    contents: Contents

    @cached_property
    def engine(self) -> Engine:
        return Engine(self.contents.state)

    @cached_property
    def gemeenten(self) -> dict[str, int]:
        return {code.decode(): number for number, code in enumerate(self.contents.gemeenten)}

    @cached_property
    def _links(self) -> StoredLinks:
        return StoredLinks(self.contents.words, self.contents.state.similar)

    def links(self, vocabulary: Links) -> KnownLinks:
        """How words are linked by the vocabulary that this was made with."""
        return KnownLinks(self._links, vocabulary)

    def people_for(
        self,
        opgave: OpgaveFacts,
        vocabulary: Vocabulary,
        changed: Collection[UUID],
        *,
        meant_for: Collection[str] | None,
    ) -> list[UUID]:
        """The best for this opgave, best first, of those who did not change.

        It is `meant_for` the gemeenten with these codes, or for all.
        """
        if opgave.gemeente_code not in self.gemeenten:
            return []
        question = question_of(
            opgave,
            None if meant_for is None else self._numbers_of(meant_for),
            self.gemeenten,
            Offered(vocabulary, self.contents.words),
            self.contents.state,
        )
        ids, gone = self.contents.profile_ids, self.engine.nobody_gone()
        _mark(gone, ids, changed)
        return [
            id_at(ids, one.number) for one in self.engine.people_for_new(question, BEST_KEPT, gone)
        ]

    def opgaven_for(
        self,
        profile: ProfileFacts,
        vocabulary: Vocabulary,
        changed: Collection[UUID],
        *,
        is_new: bool,
    ) -> list[UUID]:
        """The best for this profile, best first, of those that did not change."""
        if profile.gemeente_code not in self.gemeenten:
            return []
        ids, gone = self.contents.opgave_ids, self.engine.nothing_gone()
        _mark(gone, ids, changed)
        number = None if is_new else place_of(self.contents.profile_ids, profile.id)
        if number is None:
            asked = Asked(vocabulary, self.contents.words)
            question = profile_question_of(profile, self.gemeenten, asked, self.contents.state)
            found = self.engine.opgaven_for_new(question, BEST_KEPT, gone)
        else:
            found = self.engine.opgaven_for(number, BEST_KEPT, gone)
        return [id_at(ids, one.number) for one in found]

    def same_as(self, wanted: Read, changed: Collection[UUID]) -> list[tuple[UUID, float]]:
        """The opgaven that are the same, most of all first, of those that did not change."""
        ids = self.contents.writings.opgave_ids
        values = likeness(wanted, self.contents.writings.read)
        for one in changed:
            if (number := place_of(ids, one)) is not None:
                values[number] = 0
        found = np.flatnonzero(values >= SAME)
        best = found[np.argsort(-values[found], kind="stable")]
        return [(id_at(ids, number), float(values[number])) for number in best.tolist()]

    def offered_for(self, asked: str, vocabulary: Vocabulary) -> list[str]:
        """The words that people offer and that answer this asked one, in comparable form."""
        postings, private = self.contents.state.postings, self.contents.state.private
        row = Offered(vocabulary, self.contents.words).row(asked)
        return self._in_use(row, postings.rows, private.word)

    def asked_for(self, offered: str, vocabulary: Vocabulary) -> list[str]:
        """The words that opgaven ask and that this offered one answers, in comparable form."""
        column = Asked(vocabulary, self.contents.words).column(offered)
        return self._in_use(column, self.contents.state.asking.rows)

    def _numbers_of(self, codes: Iterable[str]) -> list[int]:
        return [self.gemeenten[code] for code in codes if code in self.gemeenten]

    def _in_use(
        self, terms: Iterable[int], rows: Array, also: Sequence[int] | Array = ()
    ) -> list[str]:
        """Those that have entries of their own in these rows, or are named besides."""
        numbers = np.fromiter(terms, dtype=np.int64)
        used = (rows[numbers + 1] > rows[numbers]) | np.isin(numbers, also)
        return [self.contents.words.normal.text(number) for number in numbers[used].tolist()]


def _mark(gone: Array, ids: Array, changed: Iterable[UUID]) -> None:
    for one in changed:
        number = place_of(ids, one)
        if number is not None:
            gone[number] = True
