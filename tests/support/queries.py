"""Counts what is asked of the database, and tells how that is found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """Every statement that is sent inside; nothing is remembered from before."""
    session.flush()
    session.expunge_all()
    statements: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        statements.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(connection, "before_cursor_execute", note)


def plan_of(session: Session, ask: Callable[[], object]) -> str:
    """How the database finds what is asked with the longest statement."""
    asked: list[tuple[str, Any]] = []
    connection = session.connection()

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    ask()
    event.remove(connection, "before_cursor_execute", note)
    statement, parameters = max(asked, key=lambda one: len(one[0]))
    return "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars())
