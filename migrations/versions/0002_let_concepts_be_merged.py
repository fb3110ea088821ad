"""Let a beheerder merge concepts, and take it back."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "concept_merge",
        sa.Column("concept_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("concept_id <> into_id", name="ck_concept_merge_two_concepts"),
        sa.ForeignKeyConstraint(
            ["concept_id"],
            ["concept.id"],
            name="fk_concept_merge_concept_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["into_id"], ["concept.id"], name="fk_concept_merge_into_id"),
        sa.PrimaryKeyConstraint("concept_id", name="pk_concept_merge"),
    )
    op.create_index("ix_concept_merge_into_id", "concept_merge", ["into_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_concept_merge_into_id", table_name="concept_merge")
    op.drop_table("concept_merge")
