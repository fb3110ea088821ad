"""How related texts are, when neither letters nor vocabulary settle it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching.core.related import Index

TITLES = [
    "schuldhulpverlening",
    "verkeersveiligheid rond scholen",
    "beheer van de openbare ruimte",
    "jeugdzorg",
    "vervoer van leerlingen",
]
TEXTS = ["Mensen met schulden op weg helpen.", "", "Groen, wegen en riolering.", "", ""]
INDEX = Index(TITLES, TEXTS)


def first(query: str, index: Index = INDEX) -> str:
    return TITLES[int(np.argmax(index.scores(query)))]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("hulp bij schulden", "schuldhulpverlening"),
        ("rioolbeheerder", "beheer van de openbare ruimte"),
        ("leerlingentransport", "vervoer van leerlingen"),
        (
            "Mijn kind durft niet meer alleen naar school te fietsen",
            "verkeersveiligheid rond scholen",
        ),
        ("pleegzorg", "jeugdzorg"),
    ],
)
def test_what_is_most_related_comes_first(query: str, title: str) -> None:
    assert first(query) == title


def test_many_queries_get_the_scores_of_each() -> None:
    queries = ["hulp bij schulden", "", "pleegzorg"]

    together = INDEX.scores_of(queries)

    for row, query in zip(together, queries, strict=True):
        assert row == pytest.approx(INDEX.scores(query))


def test_the_order_of_the_documents_does_not_matter() -> None:
    turned = Index(TITLES[::-1], TEXTS[::-1])

    for query in ("hulp bij schulden", "veilig naar school", "groen"):
        assert turned.scores(query)[::-1] == pytest.approx(INDEX.scores(query))


@pytest.mark.parametrize("query", ["", " ", "de van het", "?!", "чужое слово", "\x00\u202e"])
def test_a_query_that_says_nothing_prefers_nothing(query: str) -> None:
    assert INDEX.scores(query).tolist() == [0] * len(TITLES)


@pytest.mark.parametrize("size", [0, 1])
def test_few_documents_are_an_index_too(size: int) -> None:
    assert Index(TITLES[:size], TEXTS[:size]).scores("jeugdzorg").shape == (size,)


def test_documents_without_a_word_are_an_index_too() -> None:
    assert Index(["", "?"], ["", ""]).scores("jeugdzorg").tolist() == [0, 0]


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200) | st.text("szorghulpenwat ", max_size=4_000))
def test_whatever_is_asked_every_document_gets_a_number(query: str) -> None:
    found = INDEX.scores(query)

    assert found.shape == (len(TITLES),)
    assert np.isfinite(found).all()
