"""Keep who is kept out of their account, since when and why."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("user", sa.Column("shut_out_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "user", sa.Column("shut_out_why", sa.String(500), server_default="", nullable=False)
    )


def downgrade() -> None:
    # To the release before nobody is kept out: their sessions would open again, and it does not
    # know such a mail.
    op.execute(
        """DELETE FROM user_session USING "user"
           WHERE "user".id = user_session.user_id AND shut_out_at IS NOT NULL"""
    )
    op.execute("DELETE FROM delivery WHERE kind = 'shut_out'")
    op.drop_column("user", "shut_out_why")
    op.drop_column("user", "shut_out_at")
