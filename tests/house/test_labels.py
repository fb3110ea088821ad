"""Every value that a person can meet has a Dutch word of its own."""

import inspect
from collections.abc import Mapping
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from app.labels import LABELS
from tests.house.tree import ROOT, near

# Rooms keep what people choose or see in their rules; the cellar has what all rooms share.
CELLAR = ROOT / "app" / "core"
HOMES = [
    *sorted((ROOT / "app").glob("*/rules.py")),
    *(CELLAR / name for name in ("actor.py", "heartbeat.py", "jobs.py", "phases.py")),
]


def kinds_in(path: Path) -> list[type[Enum]]:
    module = import_module(near(path).removesuffix(".py").replace("/", "."))
    found = inspect.getmembers(module, inspect.isclass)
    return [
        kind for _, kind in found if issubclass(kind, Enum) and kind.__module__ == module.__name__
    ]


KINDS = [kind for path in HOMES for kind in kinds_in(path)]


def without_word(kind: type[Enum], labels: Mapping[Any, Mapping[Any, str]]) -> list[str]:
    """Members without a word, or with the word of another member."""
    words = [labels.get(kind, {}).get(member, "") for member in kind]
    return [
        member.name
        for member, word in zip(kind, words, strict=True)
        if not word.strip() or words.count(word) > 1
    ]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_value_has_a_word_of_its_own(kind: type[Enum]) -> None:
    assert without_word(kind, LABELS) == []


def test_no_words_are_kept_for_values_that_left() -> None:
    assert {kind.__name__ for kind in LABELS} - {kind.__name__ for kind in KINDS} == set()


def test_a_value_without_a_word_of_its_own_is_found() -> None:
    class Season(Enum):
        SPRING = "spring"
        SUMMER = "summer"
        AUTUMN = "autumn"

    labels = {Season: {Season.SPRING: "lente", Season.SUMMER: "lente"}}

    assert without_word(Season, labels) == ["SPRING", "SUMMER", "AUTUMN"]
