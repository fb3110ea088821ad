"""Many rows at once, as columns: PostgreSQL's binary COPY to and from plain arrays.

Only rows of one width: whole numbers and ids, and none of them NULL.
"""

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection
from sqlalchemy.orm import Session

Array = NDArray[Any]

# Signature, flags and the length of an extension; and after the last row a count of minus one.
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
# Sixteen bytes, which are no number.
ID = "V16"


def read_rows(session: Session, statement: str, **columns: str) -> Array:
    """What a statement gives, as one array with a field per column.

    `columns` names the kinds of the columns, in the order of the statement: "i2", "i4", "i8" for
    whole numbers of so many bytes, or `ID`.
    """
    layout = _layout(columns)
    with (
        _driver(session).cursor() as cursor,
        cursor.copy(_binary(f"({statement}) TO STDOUT")) as out,
    ):
        data = b"".join(bytes(block) for block in out)
    count = (len(data) - len(HEADER) - len(TRAILER)) // layout.itemsize
    rows = np.frombuffer(data, dtype=layout, offset=len(HEADER), count=count)
    found = np.empty(count, dtype=list(columns.items()))
    for name in columns:
        found[name] = rows[name]
    return found


def write_rows(session: Session, table: str, rows: Array) -> None:
    """Append rows to a table: a field per column, named as that is."""
    columns = {name: kind[0].str[1:] for name, kind in (rows.dtype.fields or {}).items()}
    laid_out = np.empty(len(rows), dtype=_layout(columns))
    laid_out["fields"] = len(columns)
    for name in columns:
        laid_out[f"{name} length"] = laid_out.dtype[name].itemsize
        laid_out[name] = rows[name]
    target = f"{table} ({', '.join(columns)}) FROM STDIN"
    with _driver(session).cursor() as cursor, cursor.copy(_binary(target)) as into:
        into.write(HEADER + laid_out.tobytes() + TRAILER)


def _binary(what: str) -> Any:
    return f"COPY {what} (FORMAT BINARY)"


def _layout(columns: dict[str, str]) -> np.dtype[Any]:
    """A row on its way: how many fields, and of each its length and its bytes, high ones first."""
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in columns.items():
        fields += [(f"{name} length", ">i4"), (name, kind if kind == ID else f">{kind}")]
    return np.dtype(fields)


def _driver(session: Session) -> Connection[Any]:
    session.flush()
    return cast("Connection[Any]", session.connection().connection.driver_connection)
