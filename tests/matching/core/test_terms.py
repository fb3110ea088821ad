import numpy as np
import pytest

from app.matching.core.terms import Terms, bm25, rarity, standard, tf_idf

TEXTS = [["zorg", "zorg", "wet"], ["zorg"], []]


def of_letters(word: str) -> str:
    return word


def test_every_term_of_every_text_is_counted() -> None:
    terms = Terms(of_letters)

    counts = terms.counts([["aab", "a"], ["b"]]).toarray()

    assert counts[:, [terms.number("a"), terms.number("b")]].tolist() == [[3, 1], [0, 1]]


def test_a_closed_list_counts_only_what_it_knows() -> None:
    terms = Terms(of_letters, ["a"])
    terms.close()

    assert terms.counts([["abc"]]).toarray().tolist() == [[1]]


def test_the_fewer_texts_have_a_term_the_more_it_tells() -> None:
    terms = Terms(lambda word: [word])
    weights = rarity(terms.counts(TEXTS))

    assert weights[terms.number("wet")] > weights[terms.number("zorg")] > 0


def test_a_word_is_worth_more_in_a_shorter_text() -> None:
    terms = Terms(lambda word: [word])

    worth = bm25(terms.counts([["zorg"], ["zorg", "wet", "plan"], ["plan"]])).toarray()

    assert worth[0, terms.number("zorg")] > worth[1, terms.number("zorg")] > 0


def test_rows_have_length_one_or_are_empty() -> None:
    counts = Terms(lambda word: [word]).counts(TEXTS)

    rows = tf_idf(counts, rarity(counts)).toarray()

    assert np.linalg.norm(rows, axis=1).tolist() == pytest.approx([1, 1, 0])


def test_nothing_stands_out_where_all_is_equal() -> None:
    assert standard(np.array([[3.0, 3.0], [1.0, 3.0]])).tolist() == [[0, 0], [-1, 1]]


def test_no_texts_are_no_rows() -> None:
    assert bm25(Terms(of_letters).counts([])).shape == (0, 0)
