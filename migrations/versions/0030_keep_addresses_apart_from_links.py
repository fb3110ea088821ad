"""Keep the address of whom there is no account as what it is, and not as a link to sign in."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

# A link that opened nothing, which a mail was about: of somebody who was invited, or who left.
OF_BEFORE = """
INSERT INTO kept_address (id, email, why, kept_at)
SELECT id, email,
  CASE WHEN EXISTS (
    SELECT FROM delivery WHERE subject_id = sign_in.id AND kind = 'account_ended'
  ) THEN 'left' ELSE 'invited' END,
  asked_at
FROM sign_in WHERE expires_at = asked_at
"""


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "kept_address",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("kept_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_kept_address"),
    )
    for column in ("email", "kept_at"):
        op.create_index(f"ix_kept_address_{column}", "kept_address", [column])
    op.execute(OF_BEFORE)
    op.execute("DELETE FROM sign_in WHERE expires_at = asked_at")


def downgrade() -> None:
    op.execute(
        """INSERT INTO sign_in (id, email, asked_at, expires_at)
           SELECT id, email, kept_at, kept_at FROM kept_address"""
    )
    op.drop_table("kept_address")
