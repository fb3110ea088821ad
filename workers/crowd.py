"""Many rows like one that was made with care, made inside the database."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

# A row like that of the first, with other values for what must differ.
COPY = """
INSERT INTO "{table}"
SELECT copied.*
FROM generate_series(2, :count) AS number,
     LATERAL jsonb_populate_record(
         NULL::"{table}",
         (SELECT to_jsonb(one) FROM "{table}" one WHERE {column} = :first)
             || jsonb_build_object({differs})
     ) AS copied
"""
OWN = "md5('crowd' || number)::uuid"
FRESH = "gen_random_uuid()"
# Per table the column of the person, and what differs per copy.
PEOPLE = {
    "user": ("id", f"'id', {OWN}, 'email', 'collega' || number || '@gemeente.example'"),
    "profile": ("user_id", f"'user_id', {OWN}"),
    "match": ("profile_id", f"'id', {FRESH}, 'profile_id', {OWN}"),
    "notice": ("user_id", f"'id', {FRESH}, 'user_id', {OWN}"),
}


def address(number: int) -> str:
    return f"collega{number}@gemeente.example"


def copy_person(
    session: Session, first: UUID, count: int, tables: Mapping[str, tuple[str, str]] = PEOPLE
) -> None:
    """So many people in all, each with what the first of them has in these tables."""
    session.flush()
    for table, (column, differs) in tables.items():
        statement = COPY.format(table=table, column=column, differs=differs)
        session.execute(text(statement), {"count": count, "first": first})
