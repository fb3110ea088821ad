from collections.abc import Sequence

import numpy as np
import pytest

from app.matching.core import embedding
from app.matching.core.embedding import E5, TEXT_LIMIT, Vectors
from app.matching.core.related import Index


class Model:
    """Stands in for the package, which is not always there; it hears what it is given."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def query(self, texts: list[str]) -> Vectors:
        self.heard += texts
        return np.array([[len(text), 1] for text in texts], np.float32)

    passage = query


class ByTopic:
    """Knows two topics, whatever the words."""

    TOPICS = {"armoede": 0, "geldzorgen": 0, "riool": 1}

    def asked(self, texts: Sequence[str]) -> Vectors:
        return np.eye(3, dtype=np.float32)[[self.TOPICS.get(text, 2) for text in texts]]

    found = asked


def test_each_text_is_read_once() -> None:
    model = Model()

    vectors = E5(model).found(["aa", "b", "aa"])

    assert model.heard == ["aa", "b"]
    assert vectors.tolist() == [[2, 1], [1, 1], [2, 1]]


@pytest.mark.parametrize("text", ["\ud800zorg", "zorg\x00"])
def test_what_the_model_cannot_read_is_left_out(text: str) -> None:
    model = Model()

    E5(model).asked([text])

    assert model.heard == ["zorg"]


def test_a_text_without_end_is_read_to_its_limit() -> None:
    model = Model()

    E5(model).asked(["x" * 2 * TEXT_LIMIT])

    assert len(model.heard[0]) == TEXT_LIMIT


def test_a_package_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "PACKAGE", "no_such_package")

    assert not embedding.is_installed()


def test_what_means_the_same_is_found_without_a_shared_word() -> None:
    index = Index(["riool", "armoede"], ["", ""], ByTopic())

    scores = index.scores("geldzorgen")

    assert scores[1] > scores[0]
