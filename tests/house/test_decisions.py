"""Each decision has a number of its own, which others name it by."""

from collections.abc import Iterable
from pathlib import Path

from tests.house.tree import ROOT

DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))


def shared(paths: Iterable[Path]) -> list[str]:
    numbers = [path.name[:4] for path in paths]
    return sorted({one for one in numbers if numbers.count(one) > 1})


def test_each_decision_has_a_number_of_its_own() -> None:
    assert DECISIONS
    assert shared(DECISIONS) == []


def test_a_number_of_two_is_found() -> None:
    assert shared([Path("0018-life.md"), Path("0018-together.md"), Path("0019-more.md")]) == [
        "0018"
    ]


def test_a_decision_calls_itself_by_its_number() -> None:
    titles = {path.name: path.read_text().splitlines()[0] for path in DECISIONS}

    assert [name for name, title in titles.items() if not title.startswith(f"# {name[:4]}. ")] == []
