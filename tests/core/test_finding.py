"""Words in running text as a search finds them, and words by how well they answer."""

from typing import Any

import pytest
from sqlalchemy import ColumnElement, Text, literal, select
from sqlalchemy.orm import Session

from app.core.finding import MOST_TYPED, by_strength, holds, words_in


def is_in(session: Session, typed: str, *texts: str) -> bool:
    written: list[ColumnElement[str]] = [literal(text, Text) for text in texts]
    return bool(session.scalar(select(holds(words_in(*written), typed))))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("straat", True),
        ("STRATEN", True),
        ("klimaat", True),
        ("adaptatie", False),
        ("straat klimaat", True),
        ("straat zon", False),
        ("zon OR straat", False),
        ("straat in de", True),
        ("voor straten", True),
        ("op", False),
        ("strategie", False),
        ("2580", True),
        ("25", False),
        ("", False),
        ("!!! & | :* <->", False),
        ("straat':* & !klimaat", True),
        ("\x00straat\\", True),
    ],
)
def test_every_word_that_tells_something_must_be_there(
    session: Session, typed: str, expected: bool
) -> None:
    found = is_in(session, typed, "De straat", "Klimaatadaptatie volgens NEN 2580", "")

    assert found is expected


def test_straat_is_not_the_beginning_of_strategie(session: Session) -> None:
    assert not is_in(session, "straat", "Een strategie")


@pytest.mark.parametrize(
    "odd", ["𝟙𝟚²", "ª", "ﬁn", "व्य", "l'été", "١٢", "x" * 1_000_000, "a " * 500_000]
)
def test_whatever_is_typed_is_only_words(session: Session, odd: str) -> None:
    assert not is_in(session, odd, "water")


def test_of_many_words_the_first_count(session: Session) -> None:
    known, unknown = " ".join(["water"] * MOST_TYPED), "zon " * 10

    assert is_in(session, f"{known} {unknown}", "Water")


@pytest.mark.parametrize("words", [{}, {"wonen": 100, "groen beheer": 40}])
def test_words_are_a_table(session: Session, words: dict[str, Any]) -> None:
    answer = by_strength(words)

    assert dict(session.execute(select(answer.c.word, answer.c.strength)).all()) == words
