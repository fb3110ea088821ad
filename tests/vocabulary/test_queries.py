"""What a search for a word looks for."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app.vocabulary.queries import suggestions, words_for
from tests.support.words import a_vocabulary


@pytest.fixture
def words(session: Session, tmp_path: Path) -> Session:
    a_vocabulary(session, tmp_path)
    return session


def test_a_search_for_a_concept_finds_its_synonyms_and_what_is_narrower(words: Session) -> None:
    sought = words_for(words, "Jeugdzorg")

    assert (sought.label, sought.is_guess) == ("jeugdhulp", False)
    assert set(sought.forms) == {"jeugdzorg", "jeugdhulp", "pleegzorg"}


def test_a_word_written_as_two_is_the_same_word(words: Session) -> None:
    apart, joined = words_for(words, "klimaat adaptatie"), words_for(words, "klimaatadaptatie")

    assert (apart, apart.label) == (joined, "klimaatadaptatie")


def test_a_typing_error_gives_the_nearest_word_and_says_so(words: Session) -> None:
    sought = words_for(words, "klimaatadaptaite")

    assert (sought.label, sought.is_guess) == ("klimaatadaptatie", True)
    assert "klimaatadaptatie" in sought.forms


def test_a_word_that_is_only_a_little_alike_is_not_guessed_at(words: Session) -> None:
    sought = words_for(words, "plein")

    assert (sought.forms, sought.label, sought.is_guess) == (("plein",), "", False)


def test_an_empty_search_looks_for_nothing_and_one_of_signs_only_finds_nothing(
    words: Session,
) -> None:
    assert (words_for(words, "  ").forms, words_for(words, "!!!").forms) == ((), ("",))


def test_a_narrower_word_does_not_find_what_is_broader(words: Session) -> None:
    assert words_for(words, "pleegzorg").forms == ("pleegzorg",)


def test_an_acronym_finds_the_written_out_name(words: Session) -> None:
    sought = words_for(words, "RO")

    assert (sought.label, "planologie" in sought.forms) == ("ruimtelijke ordening", True)


MANY_NAMES = """
INSERT INTO concept_name (concept_id, name, normal, kind)
SELECT (SELECT min(id) FROM concept), name, name, 'SYNONYM'
FROM (SELECT 'vak ' || md5(n::text) AS name FROM generate_series(1, 10000) n) AS made
"""


def plan_of(session: Session, typed: str) -> str:
    """How the database finds suggestions among as many names as an import can bring."""
    # What the database does by itself some time after an import.
    tidied = "SELECT gin_clean_pending_list('ix_concept_name_trigrams')", "ANALYZE concept_name"
    for statement in (MANY_NAMES, *tidied):
        session.execute(text(statement))
    asked: list[tuple[str, Any]] = []
    connection = session.connection()

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    suggestions(session, typed)
    event.remove(connection, "before_cursor_execute", note)
    statement, parameters = next(one for one in asked if "word_similarity(" in one[0])
    return "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars())


def test_suggestions_are_found_by_the_index_on_trigrams(words: Session) -> None:
    plan = plan_of(words, "ruimtelijke ordenen")

    assert plan.count("Bitmap Index Scan on ix_concept_name_trigrams") == 2
    assert "Seq Scan on concept_name" not in plan
