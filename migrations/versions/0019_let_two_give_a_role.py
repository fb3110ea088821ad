"""Let two people give a role that has power over others."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

MOMENT = sa.DateTime(timezone=True)
PEOPLE = ("proposed_by", "decided_by")


def upgrade() -> None:
    op.add_column("role_grant", sa.Column("reason", sa.Text(), server_default="", nullable=False))
    op.add_column("role_grant", sa.Column("confirmed_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_role_grant_confirmed_by",
        "role_grant",
        "user",
        ["confirmed_by"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_table(
        "role_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("lapses_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_role_proposal_user_id", ondelete="CASCADE"
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["user.id"], name=f"fk_role_proposal_{column}", ondelete="SET NULL"
            )
            for column in PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name="pk_role_proposal"),
    )
    op.create_index(
        "uq_role_proposal_waiting",
        "role_proposal",
        ["user_id", "role"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    # The release before knows no such mail.
    op.execute("DELETE FROM delivery WHERE kind = 'role_proposed'")
    op.drop_table("role_proposal")
    op.drop_constraint("fk_role_grant_confirmed_by", "role_grant")
    op.drop_column("role_grant", "confirmed_by")
    op.drop_column("role_grant", "reason")
