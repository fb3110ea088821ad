"""Let people sign in where their gemeente does, and know who they are there."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "provider",
        sa.Column("gemeente_code", sa.String(length=6), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("client_id", sa.String(length=200), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("is_only", sa.Boolean(), nullable=False),
        sa.Column("connected_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["gemeente_code"], ["gemeente.code"], name="fk_provider_gemeente_code_gemeente"
        ),
        sa.PrimaryKeyConstraint("gemeente_code", name="pk_provider"),
    )
    op.create_table(
        "known_identity",
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("known_since", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_known_identity_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name="pk_known_identity"),
        sa.UniqueConstraint("user_id", "issuer", name="uq_known_identity_user_id_issuer"),
    )


def downgrade() -> None:
    # The release before knows no such mail.
    op.execute("DELETE FROM delivery WHERE kind = 'identity_joined'")
    op.drop_table("known_identity")
    op.drop_table("provider")
