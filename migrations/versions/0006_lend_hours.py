"""Let an opgave live on after it is open, and gemeenten lend each other hours."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    _let_opgaven_live()


def downgrade() -> None:
    _end_life_of_opgaven()


def _let_opgaven_live() -> None:
    op.add_column(
        "opgave",
        sa.Column("people_taken", sa.SmallInteger(), server_default="0", nullable=False),
    )
    # The name that 0001 gave it in the database.
    op.execute("ALTER TABLE opgave DROP CONSTRAINT ck_opgave_ck_opgave_open_is_complete")
    op.execute("UPDATE opgave SET status = 'afgerond' WHERE status = 'gesloten'")
    _check(
        "published_is_complete",
        "status NOT IN ('open', 'in_gesprek', 'bezet', 'lopend')"
        " OR (closes_on IS NOT NULL AND starts_on IS NOT NULL"
        " AND ends_on IS NOT NULL AND hours_per_week IS NOT NULL AND hours_per_week > 0)",
    )
    _check("seats_are_there", "people_taken BETWEEN 0 AND people_needed")


def _end_life_of_opgaven() -> None:
    op.execute("ALTER TABLE opgave DROP CONSTRAINT ck_opgave_seats_are_there")
    op.execute("ALTER TABLE opgave DROP CONSTRAINT ck_opgave_published_is_complete")
    op.execute("UPDATE opgave SET status = 'open' WHERE status = 'in_gesprek'")
    op.execute("UPDATE opgave SET status = 'concept' WHERE status = 'ter_beoordeling'")
    op.execute(
        "UPDATE opgave SET status = 'gesloten'"
        " WHERE status IN ('afgerond', 'verlopen', 'bezet', 'lopend')"
    )
    _check(
        "ck_opgave_open_is_complete",
        "status <> 'open' OR (closes_on IS NOT NULL AND starts_on IS NOT NULL"
        " AND ends_on IS NOT NULL AND hours_per_week IS NOT NULL AND hours_per_week > 0)",
    )
    op.drop_column("opgave", "people_taken")


def _check(name: str, holds: str) -> None:
    """Asked of new rows at once, and of those that are there without holding up who writes."""
    op.execute(f"ALTER TABLE opgave ADD CONSTRAINT ck_opgave_{name} CHECK ({holds}) NOT VALID")
    op.execute(f"ALTER TABLE opgave VALIDATE CONSTRAINT ck_opgave_{name}")
