"""Create the tables of the first rooms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    # Alike names while somebody types.
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_table(
        "concept",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("uri", sa.Text(), nullable=True),
        sa.Column("theme", sa.String(length=40), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("broader_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["broader_id"], ["concept.id"], name="fk_concept_broader_id"),
        sa.PrimaryKeyConstraint("id", name="pk_concept"),
        sa.UniqueConstraint("uri", name="uq_concept_uri"),
    )
    op.create_index("ix_concept_broader_id", "concept", ["broader_id"], unique=False)
    op.create_index("ix_concept_source", "concept", ["source"], unique=False)
    op.create_table(
        "different_words",
        sa.Column("one", sa.String(length=128, collation="C"), nullable=False),
        sa.Column("other", sa.String(length=128, collation="C"), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("one < other", name="ck_different_words_alphabetical"),
        sa.PrimaryKeyConstraint("one", "other", name="pk_different_words"),
    )
    op.create_table(
        "digest_run",
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("period", name="pk_digest_run"),
    )
    op.create_table(
        "gemeente",
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_name", sa.Text(), nullable=False),
        sa.Column("province", sa.Text(), nullable=False),
        sa.Column("inhabitants", sa.Integer(), nullable=False),
        sa.Column("inhabitants_on", sa.Date(), nullable=False),
        sa.Column("is_provincial_capital", sa.Boolean(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("successor_code", sa.String(length=6), nullable=True),
        sa.CheckConstraint("inhabitants > 0", name="ck_gemeente_has_inhabitants"),
        sa.ForeignKeyConstraint(
            ["successor_code"], ["gemeente.code"], name="fk_gemeente_successor_code"
        ),
        sa.PrimaryKeyConstraint("code", name="pk_gemeente"),
    )
    op.create_index("ix_gemeente_province", "gemeente", ["province"], unique=False)
    op.create_index("ix_gemeente_sort_name", "gemeente", ["sort_name"], unique=False)
    op.create_table(
        "nightly_run",
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("matches", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("night", name="pk_nightly_run"),
    )
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("relayed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox_message"),
    )
    op.create_index(
        "ix_outbox_message_waiting",
        "outbox_message",
        ["id"],
        unique=False,
        postgresql_where="relayed_at IS NULL",
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in"),
    )
    op.create_index("ix_sign_in_email", "sign_in", ["email"], unique=False)
    op.create_table(
        "vocabulary_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Uuid(), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_vocabulary_version_one_row"),
        sa.PrimaryKeyConstraint("id", name="pk_vocabulary_version"),
    )
    op.create_table(
        "concept_name",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("concept_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("normal", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["concept_id"], ["concept.id"], name="fk_concept_name_concept_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_concept_name"),
        sa.UniqueConstraint("concept_id", "normal", name="uq_concept_name_concept_id_normal"),
    )
    op.create_index(
        "ix_concept_name_begins",
        "concept_name",
        ["normal"],
        unique=False,
        postgresql_ops={"normal": "text_pattern_ops"},
    )
    op.create_index(
        "ix_concept_name_trigrams",
        "concept_name",
        ["normal"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"normal": "gin_trgm_ops"},
    )
    op.create_table(
        "email_domain",
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("gemeente_code", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(
            ["gemeente_code"], ["gemeente.code"], name="fk_email_domain_gemeente_code"
        ),
        sa.PrimaryKeyConstraint("domain", name="pk_email_domain"),
    )
    op.create_index(
        "ix_email_domain_gemeente_code", "email_domain", ["gemeente_code"], unique=False
    )
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fact_id", sa.BigInteger(), nullable=False),
        sa.Column("reaction", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column(
            "next_attempt_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["fact_id"], ["outbox_message.id"], name="fk_job_fact_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.UniqueConstraint("fact_id", "reaction", name="uq_job_fact_id_reaction"),
    )
    op.create_index(
        "ix_job_due", "job", ["next_attempt_at"], unique=False, postgresql_where="state = 'pending'"
    )
    op.create_index(
        "ix_job_undone", "job", ["fact_id"], unique=False, postgresql_where="state <> 'done'"
    )
    op.create_table(
        "related_concepts",
        sa.Column("one_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("one_id < other_id", name="ck_related_concepts_smaller_first"),
        sa.ForeignKeyConstraint(
            ["one_id"], ["concept.id"], name="fk_related_concepts_one_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["concept.id"], name="fk_related_concepts_other_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("one_id", "other_id", name="pk_related_concepts"),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("gemeente_code", sa.String(length=6), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email = lower(email)", name="ck_user_email_is_lower"),
        sa.ForeignKeyConstraint(["gemeente_code"], ["gemeente.code"], name="fk_user_gemeente_code"),
        sa.PrimaryKeyConstraint("id", name="pk_user"),
        sa.UniqueConstraint("email", name="uq_user_email"),
    )
    op.create_index("ix_user_gemeente_code", "user", ["gemeente_code"], unique=False)
    op.create_table(
        "access_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("gemeente_code", sa.String(length=6), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user.id"], name="fk_access_request_decided_by", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["gemeente_code"], ["gemeente.code"], name="fk_access_request_gemeente_code"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_access_request"),
        sa.UniqueConstraint("email", name="uq_access_request_email"),
    )
    op.create_index("ix_access_request_state", "access_request", ["state"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("dedupe_key", sa.String(length=120), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_owner", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("last_answer", sa.Text(), nullable=False),
        sa.Column("news_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("news_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_delivery_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("dedupe_key", name="uq_delivery_dedupe_key"),
        sa.UniqueConstraint("message_id", name="uq_delivery_message_id"),
    )
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["next_attempt_at"],
        unique=False,
        postgresql_where="state = 'pending'",
    )
    op.create_index("ix_delivery_of_person", "delivery", ["user_id", "kind", "state"], unique=False)
    op.create_index("ix_delivery_state", "delivery", ["state"], unique=False)
    op.create_index(
        "ix_delivery_unsure",
        "delivery",
        ["submitted_at"],
        unique=False,
        postgresql_where="state = 'submitting'",
    )
    op.create_table(
        "opgave",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gemeente_code", sa.String(length=6), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("co_owner_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("themes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("hours_per_week", sa.SmallInteger(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("people_needed", sa.SmallInteger(), nullable=False),
        sa.Column("audience", sa.String(length=40), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status <> 'open' OR (closes_on IS NOT NULL AND starts_on IS NOT NULL AND ends_on IS NOT NULL AND hours_per_week IS NOT NULL AND hours_per_week > 0)",
            name="ck_opgave_open_is_complete",
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on", name="ck_opgave_ends_after_start"
        ),
        sa.CheckConstraint("people_needed > 0", name="ck_opgave_needs_people"),
        sa.ForeignKeyConstraint(["co_owner_id"], ["user.id"], name="fk_opgave_co_owner_id"),
        sa.ForeignKeyConstraint(
            ["gemeente_code"], ["gemeente.code"], name="fk_opgave_gemeente_code"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name="fk_opgave_owner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_opgave"),
    )
    op.create_index("ix_opgave_closes_on", "opgave", ["closes_on"], unique=False)
    op.create_index("ix_opgave_co_owner_id", "opgave", ["co_owner_id"], unique=False)
    op.create_index("ix_opgave_gemeente_code", "opgave", ["gemeente_code"], unique=False)
    op.create_index("ix_opgave_owner_id", "opgave", ["owner_id"], unique=False)
    op.create_index("ix_opgave_published_at", "opgave", ["published_at"], unique=False)
    op.create_index("ix_opgave_status", "opgave", ["status"], unique=False)
    op.create_table(
        "preference",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("frequency", sa.String(length=40), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_preference_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name="pk_preference"),
    )
    op.create_table(
        "profile",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("visibility", sa.String(length=40), nullable=False),
        sa.Column("function", sa.String(length=80), nullable=False),
        sa.Column("headline", sa.String(length=120), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("themes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("movement", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("travel_km", sa.SmallInteger(), nullable=False),
        sa.Column("remote", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_profile_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name="pk_profile"),
    )
    op.create_index("ix_profile_state", "profile", ["state"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["user.id"], name="fk_role_grant_granted_by", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_role_grant_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_role_grant"),
    )
    op.create_index(
        "uq_role_grant_running",
        "role_grant",
        ["user_id", "role"],
        unique=True,
        postgresql_where="ended_at IS NULL",
    )
    op.create_table(
        "user_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_user_session_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_user_session"),
    )
    op.create_index("ix_user_session_expires_at", "user_session", ["expires_at"], unique=False)
    op.create_index("ix_user_session_user_id", "user_session", ["user_id"], unique=False)
    op.create_table(
        "asked_skill",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opgave_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("label_normal", sa.String(length=128), nullable=False),
        sa.Column("must", sa.Boolean(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name="ck_asked_skill_level_in_range"),
        sa.ForeignKeyConstraint(
            ["opgave_id"], ["opgave.id"], name="fk_asked_skill_opgave_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_asked_skill"),
    )
    op.create_index("ix_asked_skill_label_normal", "asked_skill", ["label_normal"], unique=False)
    op.create_index("ix_asked_skill_opgave_id", "asked_skill", ["opgave_id"], unique=False)
    op.create_table(
        "availability_window",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("hours_per_week", sa.SmallInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on",
            name="ck_availability_window_ends_after_start",
        ),
        sa.CheckConstraint("hours_per_week > 0", name="ck_availability_window_has_hours"),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["profile.user_id"],
            name="fk_availability_window_user_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_availability_window"),
    )
    op.create_index(
        "ix_availability_window_user_id", "availability_window", ["user_id"], unique=False
    )
    op.create_table(
        "match",
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column("opgave_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.SmallInteger(), nullable=False),
        sa.Column("tier", sa.SmallInteger(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("value BETWEEN 0 AND 100", name="ck_match_value_in_range"),
        sa.ForeignKeyConstraint(
            ["opgave_id"], ["opgave.id"], name="fk_match_opgave_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["profile.user_id"], name="fk_match_profile_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("profile_id", "opgave_id", name="pk_match"),
    )
    op.create_index("ix_match_of_opgave", "match", ["opgave_id", "tier", "value"], unique=False)
    op.create_index("ix_match_of_profile", "match", ["profile_id", "tier", "value"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("opgave_id", sa.Uuid(), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["opgave_id"], ["opgave.id"], name="fk_notice_opgave_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["profile.user_id"], name="fk_notice_profile_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_notice_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint(
            "user_id",
            "kind",
            "opgave_id",
            "profile_id",
            name="uq_notice_user_id_kind_opgave_id_profile_id",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_notice_of_person", "notice", ["user_id", "told_at"], unique=False)
    op.create_index("ix_notice_opgave_id", "notice", ["opgave_id"], unique=False)
    op.create_index("ix_notice_profile_id", "notice", ["profile_id"], unique=False)
    op.create_index(
        "ix_notice_unread", "notice", ["user_id"], unique=False, postgresql_where="read_at IS NULL"
    )
    op.create_table(
        "skill",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("label_normal", sa.String(length=128), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("years", sa.SmallInteger(), nullable=False),
        sa.Column("energy", sa.SmallInteger(), nullable=False),
        sa.Column("direction", sa.String(length=40), nullable=False),
        sa.Column("evidence", sa.String(length=300), nullable=False),
        sa.CheckConstraint("energy BETWEEN 1 AND 5", name="ck_skill_energy_in_range"),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name="ck_skill_level_in_range"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["profile.user_id"], name="fk_skill_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_skill"),
    )
    op.create_index("ix_skill_label_normal", "skill", ["label_normal"], unique=False)
    op.create_index("ix_skill_user_id", "skill", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_skill_user_id", table_name="skill")
    op.drop_index("ix_skill_label_normal", table_name="skill")
    op.drop_table("skill")
    op.drop_index("ix_notice_unread", table_name="notice", postgresql_where="read_at IS NULL")
    op.drop_index("ix_notice_profile_id", table_name="notice")
    op.drop_index("ix_notice_opgave_id", table_name="notice")
    op.drop_index("ix_notice_of_person", table_name="notice")
    op.drop_table("notice")
    op.drop_index("ix_match_of_profile", table_name="match")
    op.drop_index("ix_match_of_opgave", table_name="match")
    op.drop_table("match")
    op.drop_index("ix_availability_window_user_id", table_name="availability_window")
    op.drop_table("availability_window")
    op.drop_index("ix_asked_skill_opgave_id", table_name="asked_skill")
    op.drop_index("ix_asked_skill_label_normal", table_name="asked_skill")
    op.drop_table("asked_skill")
    op.drop_index("ix_user_session_user_id", table_name="user_session")
    op.drop_index("ix_user_session_expires_at", table_name="user_session")
    op.drop_table("user_session")
    op.drop_index(
        "uq_role_grant_running", table_name="role_grant", postgresql_where="ended_at IS NULL"
    )
    op.drop_table("role_grant")
    op.drop_index("ix_profile_state", table_name="profile")
    op.drop_table("profile")
    op.drop_table("preference")
    op.drop_index("ix_opgave_status", table_name="opgave")
    op.drop_index("ix_opgave_published_at", table_name="opgave")
    op.drop_index("ix_opgave_owner_id", table_name="opgave")
    op.drop_index("ix_opgave_gemeente_code", table_name="opgave")
    op.drop_index("ix_opgave_co_owner_id", table_name="opgave")
    op.drop_index("ix_opgave_closes_on", table_name="opgave")
    op.drop_table("opgave")
    op.drop_index(
        "ix_delivery_unsure", table_name="delivery", postgresql_where="state = 'submitting'"
    )
    op.drop_index("ix_delivery_state", table_name="delivery")
    op.drop_index("ix_delivery_of_person", table_name="delivery")
    op.drop_index("ix_delivery_due", table_name="delivery", postgresql_where="state = 'pending'")
    op.drop_table("delivery")
    op.drop_index("ix_access_request_state", table_name="access_request")
    op.drop_table("access_request")
    op.drop_index("ix_user_gemeente_code", table_name="user")
    op.drop_table("user")
    op.drop_table("related_concepts")
    op.drop_index("ix_job_undone", table_name="job", postgresql_where="state <> 'done'")
    op.drop_index("ix_job_due", table_name="job", postgresql_where="state = 'pending'")
    op.drop_table("job")
    op.drop_index("ix_email_domain_gemeente_code", table_name="email_domain")
    op.drop_table("email_domain")
    op.drop_index(
        "ix_concept_name_trigrams",
        table_name="concept_name",
        postgresql_using="gin",
        postgresql_ops={"normal": "gin_trgm_ops"},
    )
    op.drop_index(
        "ix_concept_name_begins",
        table_name="concept_name",
        postgresql_ops={"normal": "text_pattern_ops"},
    )
    op.drop_table("concept_name")
    op.drop_table("vocabulary_version")
    op.drop_index("ix_sign_in_email", table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_index(
        "ix_outbox_message_waiting",
        table_name="outbox_message",
        postgresql_where="relayed_at IS NULL",
    )
    op.drop_table("outbox_message")
    op.drop_table("nightly_run")
    op.drop_index("ix_gemeente_sort_name", table_name="gemeente")
    op.drop_index("ix_gemeente_province", table_name="gemeente")
    op.drop_table("gemeente")
    op.drop_table("digest_run")
    op.drop_table("different_words")
    op.drop_index("ix_concept_source", table_name="concept")
    op.drop_index("ix_concept_broader_id", table_name="concept")
    op.drop_table("concept")
    op.execute("DROP EXTENSION IF EXISTS pg_trgm")
