"""Let gemeenten form networks."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "network",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=600), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_network"),
        sa.UniqueConstraint("name", name="uq_network_name"),
    )
    op.create_table(
        "network_gemeente",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("gemeente_code", sa.String(length=6), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name="fk_network_gemeente_network_id"
        ),
        sa.ForeignKeyConstraint(
            ["gemeente_code"], ["gemeente.code"], name="fk_network_gemeente_gemeente_code"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_network_gemeente"),
    )
    op.create_index("ix_network_gemeente_network_id", "network_gemeente", ["network_id"])
    op.create_index("ix_network_gemeente_gemeente_code", "network_gemeente", ["gemeente_code"])
    op.create_index(
        "uq_network_gemeente_running",
        "network_gemeente",
        ["network_id", "gemeente_code"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("network_gemeente")
    op.drop_table("network")
