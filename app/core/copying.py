"""Many rows at once, as columns: between PostgreSQL and plain arrays, without an object per row.

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
# Codes of a gemeente, which all have this length.
CODE = "S6"
# How PostgreSQL writes a value of each kind as bytes, high ones first.
SENT = {"i2": "int2send", "i4": "int4send", "i8": "int8send", ID: "uuid_send", CODE: "textsend"}


def read_rows(session: Session, statement: str, **columns: str) -> Array:
    """What a statement gives, as one array with a field per column.

    `columns` names the kinds of the columns, in the order of the statement: "i2", "i4", "i8" for
    whole numbers of so many bytes, `ID`, or `CODE`. All rows come as one value, which PostgreSQL
    keeps below a gigabyte.
    """
    sent = " || ".join(f'{SENT[kind]}("{name}")' for name, kind in columns.items())
    names = ", ".join(f'"{name}"' for name in columns)
    all_rows = f"FROM ({statement}) AS found ({names})"
    packed = f"SELECT string_agg({sent}, ''::bytea) {all_rows}"
    with _driver(session).cursor(binary=True) as cursor:
        [data] = cast("tuple[bytes | None]", cursor.execute(packed.encode()).fetchone())
    rows = np.frombuffer(data or b"", dtype=[(name, _sent(kind)) for name, kind in columns.items()])
    return rows.astype(list(columns.items()))


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
        fields += [(f"{name} length", ">i4"), (name, _sent(kind))]
    return np.dtype(fields)


def _sent(kind: str) -> str:
    """As it is on its way."""
    return kind if kind in (ID, CODE) else f">{kind}"


def _driver(session: Session) -> Connection[Any]:
    session.flush()
    return cast("Connection[Any]", session.connection().connection.driver_connection)
