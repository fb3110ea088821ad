"""Which concepts somebody may mean."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app.vocabulary.queries import LONGEST_QUERY, meant_by, suggestions
from tests.support.words import a_vocabulary


@pytest.fixture
def words(session: Session, tmp_path: Path) -> Session:
    a_vocabulary(session, tmp_path)
    return session


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("klimaatadaptaite", ["klimaatadaptatie"]),
        ("klimaat adaptaite", ["klimaatadaptatie"]),
        ("jeugdzrog", ["jeugdhulp"]),
        ("maatschappelijke", ["Wet maatschappelijke ondersteuning"]),
        ("plein", []),
        ("!!!", []),
        ("", []),
    ],
)
def test_a_slip_of_the_pen_or_a_part_of_a_name_gives_what_is_nearest(
    words: Session, typed: str, meant: list[str]
) -> None:
    assert meant_by(words, typed) == meant


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


def test_s67_of_a_very_long_text_only_its_begin_is_asked(words: Session) -> None:
    typed = ("klimaat " * 2_000)[:10_000]
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, _statement: str, values: Any, *_more: Any) -> None:
        asked.append(repr(values))

    event.listen(words.connection(), "before_cursor_execute", note)
    meant_by(words, typed)
    of_much, asked[:] = list(asked), []
    meant_by(words, typed[:LONGEST_QUERY])

    assert (of_much, max(map(len, of_much)) < 1_000) == (asked, True)
