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
        sa.Column("profiles", sa.Integer(), nullable=False),
        sa.Column("opgaven", sa.Integer(), nullable=False),
        sa.Column("terms", sa.Integer(), nullable=False),
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
    op.create_table(
        "word_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("word", sa.String(80), nullable=False),
        sa.Column("normal", sa.String(128), nullable=False),
        sa.Column("concept_id", sa.Integer(), nullable=True),
        sa.Column("into_id", sa.Integer(), nullable=True),
        sa.Column("other", sa.String(80), nullable=True),
        sa.Column("other_normal", sa.String(128), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(verdict IN ('link', 'concept')) = (concept_id IS NOT NULL)",
            name="ck_word_decision_makes_a_concept",
        ),
        sa.CheckConstraint(
            "(verdict = 'link') = (into_id IS NOT NULL)", name="ck_word_decision_links_to_one"
        ),
        sa.CheckConstraint(
            "(verdict = 'different') = (other IS NOT NULL AND other_normal IS NOT NULL)",
            name="ck_word_decision_differs_from_one",
        ),
        sa.ForeignKeyConstraint(
            ["concept_id"],
            ["concept.id"],
            name="fk_word_decision_concept_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["into_id"], ["concept.id"], name="fk_word_decision_into_id"),
        sa.PrimaryKeyConstraint("id", name="pk_word_decision"),
    )
    op.create_index("ix_word_decision_concept_id", "word_decision", ["concept_id"])
    op.create_index("ix_word_decision_into_id", "word_decision", ["into_id"])
    op.create_index(
        "uq_word_decision_of_word",
        "word_decision",
        ["normal"],
        unique=True,
        postgresql_where=sa.text("verdict <> 'different'"),
    )
    op.create_index(
        "uq_word_decision_of_pair",
        "word_decision",
        ["normal", "other_normal"],
        unique=True,
        postgresql_where=sa.text("verdict = 'different'"),
    )
    opgave = sa.text("to_tsvector('dutch', title || ' ' || text)")
    op.create_index("ix_opgave_words", "opgave", [opgave], postgresql_using="gin")
    own = sa.text("to_tsvector('dutch', function || ' ' || headline || ' ' || about)")
    op.create_index("ix_profile_words", "profile", [own], postgresql_using="gin")


def downgrade() -> None:
    op.drop_index("ix_profile_words", "profile")
    op.drop_index("ix_opgave_words", "opgave")
    op.drop_table("word_decision")
    # What a beheerder made is known to no older release; what stood under it moves up.
    op.execute(
        """
        DELETE FROM concept_merge USING concept made
        WHERE made.source = 'beheer' AND made.id IN (concept_id, into_id)
        """
    )
    op.execute(
        """
        UPDATE concept SET broader_id = made.broader_id FROM concept made
        WHERE made.id = concept.broader_id AND made.source = 'beheer'
        """
    )
    op.execute(
        """
        UPDATE concept SET broader_id = NULL FROM concept made
        WHERE made.id = concept.broader_id AND made.source = 'beheer'
        """
    )
    op.execute("DELETE FROM concept WHERE source = 'beheer'")
    # Whoever has read the words reads them again.
    op.execute("UPDATE vocabulary_version SET version = gen_random_uuid()")
    op.drop_table("dispute")
    op.drop_table("matching_build")
    op.drop_table("similarity_version")
    op.drop_table("similar_terms")
    op.drop_table("term")
    op.drop_table("matching_change")
    op.drop_column("match", "mark")
