"""Plan digests in turns, keep what becomes of mail, and see that workers live."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "worker_heartbeat",
        sa.Column("group", sa.String(40), nullable=False),
        sa.Column("beaten_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("group", name="pk_worker_heartbeat"),
    )
    op.add_column("preference", sa.Column("paused_until", sa.Date(), nullable=True))
    # What an older release plans, it plans in one go.
    op.add_column(
        "digest_run",
        sa.Column("state", sa.String(40), server_default="expanded", nullable=False),
    )
    op.add_column("digest_run", sa.Column("cursor", sa.Uuid(), nullable=True))
    op.add_column(
        "digest_run",
        sa.Column("is_for_everybody", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("delivery", sa.Column("relay_queue_id", sa.String(64), nullable=True))
    op.create_table(
        "attempt",
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("tried_at", MOMENT, nullable=False),
        sa.Column("phase", sa.String(40), nullable=False),
        sa.Column("code", sa.SmallInteger(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name="fk_attempt_delivery_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("delivery_id", "number", name="pk_attempt"),
    )
    op.create_table(
        "bounce",
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.Column("is_hard", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(11), nullable=False),
        sa.Column("counted_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name="fk_bounce_delivery_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("delivery_id", name="pk_bounce"),
    )
    op.create_index(
        "ix_bounce_to_count",
        "bounce",
        ["delivery_id"],
        postgresql_where=sa.text("counted_at IS NULL"),
    )
    op.create_table(
        "address_health",
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("last_soft_on", sa.Date(), nullable=True),
        sa.Column("suppressed_since", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name="pk_address_health"),
    )


def downgrade() -> None:
    op.drop_table("address_health")
    op.drop_table("bounce")
    op.drop_table("attempt")
    op.drop_column("delivery", "relay_queue_id")
    op.drop_column("digest_run", "is_for_everybody")
    op.drop_column("digest_run", "cursor")
    op.drop_column("digest_run", "state")
    op.drop_column("preference", "paused_until")
    op.drop_table("worker_heartbeat")
