"""Know who stays away, and keep of each night what was removed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"

MOMENT = sa.DateTime(timezone=True)
# By what the nightly work looks for rows that are old.
AGES = {
    "delivery": "created_at",
    "notice": "told_at",
    "outbox_message": "occurred_at",
    "sign_in": "asked_at",
}


def upgrade() -> None:
    _find_what_is_old()
    # Nobody knows when people were here last: it counts from now on, so that nobody goes unwarned.
    op.add_column(
        "user", sa.Column("signed_in_at", MOMENT, server_default=sa.func.now(), nullable=False)
    )
    op.add_column(
        "user", sa.Column("told_away", sa.SmallInteger(), server_default="0", nullable=False)
    )
    op.add_column("user", sa.Column("told_away_at", MOMENT, nullable=True))
    # Empty until the log is first made shorter; then it says that this house did it.
    op.add_column("audit_link", sa.Column("seal", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "retention_run",
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("done", JSONB(), nullable=False),
        sa.Column("waiting", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("night", name="pk_retention_run"),
    )


def _find_what_is_old() -> None:
    """While the site goes on; first of all, so that it can be done again when it is cut off."""
    with op.get_context().autocommit_block():
        # It waits for whoever was at work, and holds up nobody.
        op.execute("SET lock_timeout = 0")
        for table, column in AGES.items():
            name = f"ix_{table}_{column}"
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.create_index(name, table, [column], postgresql_concurrently=True)
        op.execute("SET lock_timeout = '1s'")


def downgrade() -> None:
    # The release before knows no such mails.
    op.execute(
        "DELETE FROM delivery"
        " WHERE kind IN ('account_unused', 'account_ended', 'handed_over', 'review')"
    )
    op.execute("DELETE FROM notice WHERE kind = 'asker_left'")
    # Nor that what happens to an opgave can be mailed at once.
    op.execute("DELETE FROM channel_choice WHERE family = 'own' AND channel = 'at_once'")
    op.drop_table("retention_run")
    for table, column in AGES.items():
        op.drop_index(f"ix_{table}_{column}", table)
    op.drop_column("audit_link", "seal")
    op.drop_column("user", "told_away_at")
    op.drop_column("user", "told_away")
    op.drop_column("user", "signed_in_at")
