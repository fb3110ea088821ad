"""A state of the engine as a folder of plain arrays, which processes map instead of load.

    <root>/<version>/manifest.json
    <root>/<version>/state.people.gemeente.npy, and so on
    <root>/current -> <version>

A version is written beside, made durable, and only then named `current`; so there is always a whole
one, whenever the power goes. Others are removed at once, for they hold what people wrote: whoever
still reads one keeps it until the last page is let go.
"""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints
from uuid import UUID

import numpy as np

from app.matching.core.arrays import Array
from app.matching.core.engine import State
from app.matching.core.release import FORMAT, RULES
from app.matching.core.same import Read
from app.matching.core.similarity import Words
from app.matching.current import CURRENT

MANIFEST = "manifest.json"


class SnapshotRefused(Exception):
    """There is a snapshot, but not one that this code can read."""


@dataclass(frozen=True)
class Manifest:
    """What it was made from: the version of the vocabulary, and the last change that is in it."""

    version: str
    words: str
    seen: int
    built_at: str
    rules: int = RULES
    format: int = FORMAT


class Writings(NamedTuple):
    """What was written of opgaven that came out once, and whose it is, in the order of the ids."""

    opgave_ids: Array
    read: Read


class Contents(NamedTuple):
    """The state, the words, the codes of gemeenten, whose numbers and marks they are, and texts."""

    state: State
    words: Words
    gemeenten: Array
    profile_ids: Array
    opgave_ids: Array
    profile_marks: Array
    opgave_marks: Array
    writings: Writings


class Snapshot(NamedTuple):
    manifest: Manifest
    contents: Contents


def write(root: Path, manifest: Manifest, contents: Contents) -> Path:
    """Write a version, name it `current`, and remove all others."""
    # What people wrote is for our own processes alone.
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = root / f"{manifest.version}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    for name, array in _arrays(contents):
        with (fresh / f"{name}.npy").open("wb") as file:
            np.save(file, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
    with (fresh / MANIFEST).open("w", encoding="utf-8") as file:
        json.dump(asdict(manifest), file)
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(fresh)
    whole = root / manifest.version
    fresh.rename(whole)
    _name_current(root, manifest.version)
    remove_others(root, manifest.version)
    return whole


def read(root: Path, version: str) -> Snapshot:
    """Map a version; nothing is read before it is asked for.

    Raises FileNotFoundError when it has gone meanwhile, and SnapshotRefused when it is laid out or
    made in another way.
    """
    folder = root / version
    told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if not isinstance(told, dict) or told.keys() != {field.name for field in fields(Manifest)}:
        raise SnapshotRefused(f"{folder} says other things than we know")
    if (told["format"], told["rules"]) != (FORMAT, RULES):
        raise SnapshotRefused(f"{folder} is of another release")
    contents: Contents = _mapped(folder, "", Contents)
    return Snapshot(Manifest(**told), contents)


def remove_others(root: Path, version: str) -> None:
    """Remove every version but this one, and what was left half-written."""
    for folder in root.iterdir():
        if folder.name not in {version, CURRENT}:
            shutil.rmtree(folder, ignore_errors=True)


def ids_as_array(ids: list[UUID]) -> Array:
    """Sixteen bytes each."""
    return np.frombuffer(b"".join(one.bytes for one in ids), dtype=np.uint8).reshape(-1, 16)


def id_at(ids: Array, number: int) -> UUID:
    return UUID(bytes=bytes(ids[number]))


def place_of(ids: Array, wanted: UUID) -> int | None:
    """The number of an id in a list that stands in order, or None."""
    low, high = 0, len(ids)
    while low < high:
        middle = (low + high) // 2
        if bytes(ids[middle]) < wanted.bytes:
            low = middle + 1
        else:
            high = middle
    return low if low < len(ids) and bytes(ids[low]) == wanted.bytes else None


def _arrays(part: Any, path: str = "") -> Iterator[tuple[str, Array]]:
    for name, value in part._asdict().items():
        if isinstance(value, tuple):
            yield from _arrays(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


def _mapped(folder: Path, path: str, kind: Any) -> Any:
    parts: dict[str, Any] = {}
    for name, hint in get_type_hints(kind).items():
        if isinstance(hint, type) and issubclass(hint, tuple):
            parts[name] = _mapped(folder, f"{path}{name}.", hint)
        else:
            mapped = np.load(folder / f"{path}{name}.npy", mmap_mode="r", allow_pickle=False)
            # A plain array over the same pages: the compiled loops know no other.
            parts[name] = np.asarray(mapped)
    return kind(**parts)


def _name_current(root: Path, version: str) -> None:
    link = root / f"{CURRENT}.new"
    link.unlink(missing_ok=True)
    link.symlink_to(version)
    link.replace(root / CURRENT)
    _sync_folder(root)


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
