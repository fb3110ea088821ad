"""The few unmistakable strays: words for which this house has a better one."""

import io
import keyword
import tokenize
from pathlib import Path

import pytest

from tests.house.tree import code, near, templates

INSTEAD = {
    "vacancy": "opgave",
    "vacancies": "opgaven",
    "municipality": "gemeente",
    "municipalities": "gemeenten",
    "candidate": "profile",
    "candidates": "profiles",
    "newsletter": "digest",
}


def strays_in(text: str) -> list[str]:
    plain = text.lower()
    return [word for word in INSTEAD if word in plain]


def identifiers(source: str) -> str:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    names = {one.string for one in tokens if one.type == tokenize.NAME}
    return " ".join(sorted(name for name in names if not keyword.iskeyword(name)))


@pytest.mark.parametrize("path", [*code(), *templates()], ids=near)
def test_files_have_names_of_this_house(path: Path) -> None:
    assert strays_in(near(path)) == []


@pytest.mark.parametrize("path", code(), ids=near)
def test_code_speaks_the_words_of_this_house(path: Path) -> None:
    assert strays_in(identifiers(path.read_text())) == []


@pytest.mark.parametrize("path", templates(), ids=near)
def test_pages_and_mails_speak_the_words_of_this_house(path: Path) -> None:
    assert strays_in(path.read_text()) == []


@pytest.mark.parametrize("word", INSTEAD)
def test_a_stray_is_found(word: str) -> None:
    assert word in strays_in(identifiers(f"def open_{word.title()}_of(x): return x"))


def test_words_in_comments_and_texts_are_no_identifiers() -> None:
    assert identifiers("x = 'vacancy'  # a municipality") == "x"
