"""Keep a reaction for a year when who reacted asks for it."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "kept_reaction",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("opgave_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_kept_reaction_user_id_user", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["opgave_id"],
            ["opgave.id"],
            name="fk_kept_reaction_opgave_id_opgave",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "opgave_id", name="pk_kept_reaction"),
    )
    op.create_index("ix_kept_reaction_opgave_id", "kept_reaction", ["opgave_id"])


def downgrade() -> None:
    # The release before keeps no reaction for longer: the night after, they go.
    op.drop_table("kept_reaction")
