"""Let a passkey be the second step."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("user_session", sa.Column("challenge", sa.LargeBinary(), nullable=True))
    op.add_column("user_session", sa.Column("challenged_at", MOMENT, nullable=True))
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("signed", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_passkey_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("credential", name="uq_passkey_credential"),
    )
    op.create_index("ix_passkey_user_id", "passkey", ["user_id"])


def downgrade() -> None:
    # The release before has no words for such a change.
    op.execute(
        "DELETE FROM delivery WHERE kind = 'factor_changed' AND subject_id IN ("
        "SELECT (payload ->> 'change_id')::uuid FROM outbox_message"
        " WHERE name = 'factor.changed' AND payload ->> 'change' LIKE 'passkey%')"
    )
    # Who has nothing but a passkey couples an app then, as everybody does the first time.
    op.drop_table("passkey")
    op.drop_column("user_session", "challenged_at")
    op.drop_column("user_session", "challenge")
