"""Rows that go out as columns and come in as columns are the same rows."""

import numpy as np
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core.copying import CODE, ID, read_rows, write_rows
from app.matching.models import SimilarTerms
from tests.support.builders import a_gemeente, a_user

STATEMENT = "SELECT asked_id, offered_id, strength, kind FROM similar_terms ORDER BY 1, 2"
KINDS = {"asked_id": "i4", "offered_id": "i4", "strength": "i2", "kind": "i2"}


def test_what_is_written_is_what_is_read(session: Session) -> None:
    rows = np.array(
        [(1, 2, 100, 0), (1, 2**31 - 1, 0, 6), (7, 1, 45, 3)], dtype=list(KINDS.items())
    )

    write_rows(session, "similar_terms", rows)

    assert read_rows(session, STATEMENT, **KINDS).tolist() == rows.tolist()
    assert session.scalar(select(SimilarTerms.strength).where(SimilarTerms.asked_id == 7)) == 45


def test_no_rows_are_rows_too(session: Session) -> None:
    write_rows(session, "similar_terms", np.empty(0, dtype=list(KINDS.items())))

    assert len(read_rows(session, STATEMENT, **KINDS)) == 0


def test_ids_come_as_their_bytes(session: Session) -> None:
    ids = {a_user(session, gemeente_code=a_gemeente(session).code).id.bytes for _ in range(3)}

    found = read_rows(session, 'SELECT id, 7::bigint FROM "user"', id=ID, seven="i8")

    assert ids <= {bytes(one) for one in found["id"]}
    assert set(found["seven"].tolist()) == {7}


def test_codes_come_as_their_letters(session: Session) -> None:
    a_gemeente(session, code="GM0042")

    found = read_rows(session, "SELECT code, inhabitants FROM gemeente", code=CODE, people="i4")

    assert found.tolist() == [(b"GM0042", 50_000)]


def test_rows_come_in_the_order_of_the_statement(session: Session) -> None:
    backwards = "SELECT n FROM generate_series(1, 10000) AS n ORDER BY n DESC"

    assert read_rows(session, backwards, n="i4")["n"].tolist() == list(range(10_000, 0, -1))


def test_what_another_transaction_did_not_save_is_not_there(session: Session) -> None:
    point = session.begin_nested()
    write_rows(session, "similar_terms", np.array([(1, 2, 3, 4)], dtype=list(KINDS.items())))
    point.rollback()

    assert len(read_rows(session, STATEMENT, **KINDS)) == 0


def test_a_row_that_the_table_refuses_is_refused(session: Session) -> None:
    twice = np.array([(1, 2, 3, 4)] * 2, dtype=list(KINDS.items()))

    with pytest.raises(Exception, match="pk_similar_terms"), session.begin_nested():
        write_rows(session, "similar_terms", twice)
    assert session.scalar(text("SELECT 1")) == 1
