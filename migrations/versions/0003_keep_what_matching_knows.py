"""Keep similar words, what changed since a snapshot, and what people say of a reason."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("match", sa.Column("mark", sa.BigInteger(), nullable=True))
    op.create_table(
        "matching_change",
        sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=True),
        sa.Column("opgave_id", sa.Uuid(), nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(profile_id, opgave_id) = 1", name="ck_matching_change_of_one"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_matching_change"),
    )
    op.create_table(
        "term",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("normal", sa.String(128), nullable=False),
        sa.Column("is_asked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_term"),
        sa.UniqueConstraint("normal", name="uq_term_normal"),
    )
    op.create_table(
        "similar_terms",
        sa.Column("asked_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("offered_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("strength", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("asked_id", "offered_id", name="pk_similar_terms"),
    )
    op.create_table(
        "similarity_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scorer", sa.SmallInteger(), nullable=False),
        sa.Column("words", sa.Uuid(), nullable=True),
        sa.CheckConstraint("id = 1", name="ck_similarity_version_one_row"),
        sa.PrimaryKeyConstraint("id", name="pk_similarity_version"),
    )
    op.create_table(
        "matching_build",
        sa.Column("version", sa.Uuid(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.Column("profiles", sa.Integer(), nullable=False),
        sa.Column("opgaven", sa.Integer(), nullable=False),
        sa.Column("terms", sa.Integer(), nullable=False),
        sa.Column("new_terms", sa.Integer(), nullable=False),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.Column("seconds", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_matching_build"),
    )
    op.create_index("ix_matching_build_began_at", "matching_build", ["began_at"])
    op.create_table(
        "dispute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("asked", sa.String(80), nullable=False),
        sa.Column("offered", sa.String(80), nullable=True),
        sa.Column("opgave_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["profile.user_id"], name="fk_dispute_user_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["opgave_id"], ["opgave.id"], name="fk_dispute_opgave_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_dispute"),
    )
    op.create_index(
        "uq_dispute_standing",
        "dispute",
        ["user_id", "asked", "offered"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    op.drop_table("dispute")
    op.drop_table("matching_build")
    op.drop_table("similarity_version")
    op.drop_table("similar_terms")
    op.drop_table("term")
    op.drop_table("matching_change")
    op.drop_column("match", "mark")
