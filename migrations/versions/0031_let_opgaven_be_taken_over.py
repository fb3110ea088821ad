"""Let an opgave be taken over from an opgavehouder who is away."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

MOMENT = sa.DateTime(timezone=True)
PEOPLE = ("proposed_by", "decided_by")


def upgrade() -> None:
    op.create_table(
        "takeover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opgave_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("lapses_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["opgave_id"], ["opgave.id"], name="fk_takeover_opgave_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["user.id"], name="fk_takeover_to_id", ondelete="CASCADE"
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["user.id"], name=f"fk_takeover_{column}", ondelete="SET NULL"
            )
            for column in PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name="pk_takeover"),
    )
    op.create_index("ix_takeover_opgave_id", "takeover", ["opgave_id"])
    op.create_index(
        "uq_takeover_waiting",
        "takeover",
        ["opgave_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    # The release before knows no such mail and no such notice.
    op.execute("DELETE FROM delivery WHERE kind = 'takeover'")
    op.execute("DELETE FROM notice WHERE kind = 'taken_over'")
    op.drop_table("takeover")
