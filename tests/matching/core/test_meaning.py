import numpy as np
import pytest

from app.matching.core import meaning as meanings
from app.matching.core.meaning import meaning
from app.matching.core.reading import words


def likeness(one: str, other: str) -> float:
    directions = meaning().of([words(one), words(other)]).toarray()
    return float(directions[0] @ directions[1])


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("schuldhulpverlening", "armoedebeleid", "rioolbeheer"),
        ("verkeersveiligheid", "fietsbeleid", "jeugdzorg"),
        ("Wmo", "mantelzorg", "bestemmingsplannen"),
    ],
)
def test_what_shares_no_word_may_still_be_near(text: str, near: str, far: str) -> None:
    assert likeness(text, near) > likeness(text, far)


def test_the_same_text_has_the_same_direction() -> None:
    assert likeness("afval scheiden", "afval scheiden") == pytest.approx(1)


def test_a_text_without_words_has_no_direction() -> None:
    assert likeness("", "afval scheiden") == 0


def test_a_text_is_read_alike_alone_and_among_many() -> None:
    texts = [words("jeugdzorg"), words("wegbeheer")] * 600

    together = meaning().of(texts)[[1_100]].toarray()

    assert together == pytest.approx(meaning().of(texts[:1]).toarray())


def test_only_so_many_concepts_count_for_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meanings, "MOST_CONCEPTS", 2)
    values, texts = np.array([3.0, 1.0, 2.0, 5.0]), np.array([0, 0, 0, 2])

    assert meanings._least_of_most(values, texts, 3).tolist() == [2, 0, 0]
