"""Let people answer from a mail, and choose what reaches them along which road."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "response",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("opgave_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(40), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=False),
        sa.Column("again_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(answer = 'later') = (again_on IS NOT NULL)", name="again_when_later"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_response_user_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["opgave_id"], ["opgave.id"], name="fk_response_opgave_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "opgave_id", name="pk_response"),
    )
    op.create_index("ix_response_opgave_id", "response", ["opgave_id"])
    op.create_table(
        "channel_choice",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("family", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_channel_choice_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "family", name="pk_channel_choice"),
    )
    op.create_table(
        "left_out_theme",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("theme", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_left_out_theme_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "theme", name="pk_left_out_theme"),
    )
    op.create_table(
        "left_out_skill",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("label_normal", sa.String(128), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_left_out_skill_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "label_normal", name="pk_left_out_skill"),
    )
    op.create_table(
        "mail_allowance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("opgave_id", sa.Uuid(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("spent", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_mail_allowance_user_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["opgave_id"], ["opgave.id"], name="fk_mail_allowance_opgave_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_mail_allowance"),
        sa.UniqueConstraint(
            "user_id",
            "opgave_id",
            "day",
            name="uq_mail_allowance_user_id_opgave_id_day",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_mail_allowance_opgave_id", "mail_allowance", ["opgave_id"])


def downgrade() -> None:
    op.drop_table("mail_allowance")
    op.drop_table("left_out_skill")
    op.drop_table("left_out_theme")
    op.drop_table("channel_choice")
    op.drop_table("response")
