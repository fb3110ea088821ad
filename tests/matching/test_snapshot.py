"""A snapshot says what was written, is always whole, and leaves nothing of people behind."""

import os
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from app.matching.core import same
from app.matching.core.engine import Engine
from app.matching.core.similarity import Offered, words_of
from app.matching.current import current_version
from app.matching.snapshot import (
    Contents,
    Manifest,
    SnapshotRefused,
    Writings,
    id_at,
    ids_as_array,
    place_of,
    read,
    write,
)
from tests.matching.core.builders import starter_vocabulary
from tests.matching.core.test_engine import Country, labels_of_a_theme

IDS = sorted(UUID(int=number * 2**97 + 1) for number in range(9))


@pytest.fixture(scope="module")
def country() -> Country:
    return Country(7, starter_vocabulary(), labels_of_a_theme())


@pytest.fixture(scope="module")
def contents(country: Country) -> Contents:
    state = country.engine().state
    return Contents(
        state=state,
        words=words_of(country.vocabulary, country.terms.normals),
        gemeenten=np.array(country.codes, dtype="S6"),
        profile_ids=ids_as_array([profile.id for profile in country.profiles]),
        opgave_ids=ids_as_array([opgave.id for opgave in country.opgaven]),
        profile_marks=np.zeros(len(country.profiles), dtype=np.uint64),
        opgave_marks=np.zeros(len(country.opgaven), dtype=np.uint64),
        writings=Writings(ids_as_array([]), same.read([])),
    )


def manifest(version: str) -> Manifest:
    return Manifest(version, words="words", seen=12, built_at="2026-11-23T02:00:00+00:00")


def test_what_is_mapped_answers_as_what_was_written(
    country: Country, contents: Contents, tmp_path: Path
) -> None:
    write(tmp_path, manifest("one"), contents)

    found = read(tmp_path, "one")
    engine = Engine(found.contents.state)

    assert found.manifest == manifest("one")
    assert [engine.people_for(number) for number in range(5)] == [
        country.engine().people_for(number) for number in range(5)
    ]
    offered = Offered(country.vocabulary, found.contents.words)
    assert [offered.row(label) for label in country.labels] == [
        country.offered.row(label) for label in country.labels
    ]


def test_nobody_can_write_in_what_is_mapped(contents: Contents, tmp_path: Path) -> None:
    write(tmp_path, manifest("one"), contents)
    mapped = read(tmp_path, "one").contents

    with pytest.raises(ValueError, match="read-only"):
        mapped.profile_ids[0, 0] = 1


def test_the_last_one_written_is_current_and_the_only_one_left(
    contents: Contents, tmp_path: Path
) -> None:
    for version in ("one", "two"):
        write(tmp_path, manifest(version), contents)

    assert current_version(tmp_path) == "two"
    assert {path.name for path in tmp_path.iterdir()} == {"two", "current"}


def test_who_still_reads_an_old_one_is_not_disturbed(contents: Contents, tmp_path: Path) -> None:
    write(tmp_path, manifest("one"), contents)
    old = read(tmp_path, "one")
    before = Engine(old.contents.state).people_for(0)

    write(tmp_path, manifest("two"), contents)

    assert Engine(old.contents.state).people_for(0) == before
    with pytest.raises(FileNotFoundError):
        read(tmp_path, "one")


def test_without_a_snapshot_there_is_no_version(tmp_path: Path) -> None:
    assert current_version(tmp_path / "nothing") is None


def test_a_write_that_was_cut_off_changes_nothing(
    contents: Contents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, manifest("one"), contents)
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("no room")))

    with pytest.raises(OSError, match="no room"):
        write(tmp_path, manifest("two"), contents)
    monkeypatch.undo()

    assert current_version(tmp_path) == "one"
    write(tmp_path, manifest("three"), contents)
    assert {path.name for path in tmp_path.iterdir()} == {"three", "current"}


def test_another_format_is_refused(contents: Contents, tmp_path: Path) -> None:
    write(tmp_path, replace(manifest("one"), format=99), contents)

    with pytest.raises(SnapshotRefused):
        read(tmp_path, "one")


def test_an_id_is_found_by_its_bytes() -> None:
    ids = ids_as_array(IDS)

    assert [place_of(ids, one) for one in IDS] == list(range(len(IDS)))
    assert [id_at(ids, number) for number in range(len(IDS))] == IDS
    assert [place_of(ids, UUID(int=number)) for number in (0, 2, 2**128 - 1)] == [None] * 3
    assert place_of(ids_as_array([]), IDS[0]) is None
