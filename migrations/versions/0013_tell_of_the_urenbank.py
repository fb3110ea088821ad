"""Tell gemeentebeheerders of the urenbank, search what was done, and put back what was seen."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    # The release before says nothing of these while this one comes up.
    op.add_column("report", sa.Column("named", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "profile",
        sa.Column("comes_back", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("profile", "comes_back")
    op.drop_column("report", "named")
