"""Words that came later stand where they would have stood from the beginning."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from app.matching.core import extending
from app.matching.core.extending import extended
from app.matching.core.similarity import Words, words_of
from tests.matching.core.builders import starter_vocabulary

NORMALS = (
    "ruimtelijke ordening",
    "ro",
    "",
    "planologie",
    "wolkenfluisteren",
    "planologisch adviseur",
    "een cafe",
    "jeugdhulp",
    "ruimtelijke ordeningen",
    "wolken fluisteren",
    "adviseur planologie",
    "jeugdzorg",
    "七",
)


def arrays(part: Any) -> Iterator[np.ndarray]:
    for value in part:
        if isinstance(value, tuple):
            yield from arrays(value)
        else:
            yield value


def are_equal(one: Words, other: Words) -> bool:
    pairs = zip(arrays(one), arrays(other), strict=True)
    return all(mine.dtype == its.dtype and np.array_equal(mine, its) for mine, its in pairs)


@pytest.mark.parametrize("many", range(len(NORMALS) + 1))
def test_words_that_came_later_are_as_if_they_were_there_at_once(many: int) -> None:
    vocabulary = starter_vocabulary()

    found = extended(words_of(vocabulary, NORMALS[:many]), vocabulary, NORMALS)

    assert are_equal(found, words_of(vocabulary, NORMALS))


@pytest.mark.parametrize("before", [NORMALS[1:4], NORMALS[:3][::-1], (*NORMALS, "meer")])
def test_of_another_list_nothing_is_kept(before: tuple[str, ...]) -> None:
    vocabulary = starter_vocabulary()

    found = extended(words_of(vocabulary, before), vocabulary, NORMALS)

    assert are_equal(found, words_of(vocabulary, NORMALS))


def test_only_words_that_are_new_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    vocabulary, read = starter_vocabulary(), list[str]()
    before = words_of(vocabulary, NORMALS[:-2])

    def words_read(_: object, normals: tuple[str, ...]) -> Words:
        read.extend(normals)
        return words_of(vocabulary, normals)

    monkeypatch.setattr(extending, "words_of", words_read)
    extended(before, vocabulary, NORMALS)

    assert read == list(NORMALS[-2:])
