"""Give every role a last day, of which people hear before."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    # What runs today goes on for a year, so that everybody is warned long before; the release
    # before writes no last day, and what it gives gets one as well.
    op.add_column(
        "role_grant",
        sa.Column(
            "ends_on", sa.Date(), server_default=sa.text("CURRENT_DATE + 365"), nullable=False
        ),
    )
    op.add_column("role_grant", sa.Column("warned_on", sa.Date(), nullable=True))
    op.create_index(
        "ix_role_grant_ends_on",
        "role_grant",
        ["ends_on"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    # To the release before a role runs until somebody ends it.
    op.execute(
        "UPDATE role_grant SET ended_at = now() WHERE ended_at IS NULL AND ends_on < CURRENT_DATE"
    )
    # Nor does it know such a mail.
    op.execute("DELETE FROM delivery WHERE kind = 'role_ending'")
    op.drop_index("ix_role_grant_ends_on", "role_grant")
    op.drop_column("role_grant", "warned_on")
    op.drop_column("role_grant", "ends_on")
