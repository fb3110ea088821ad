"""Let an opgave live on after it is open, and gemeenten lend each other hours."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _index_facts()
    _let_opgaven_live()
    _create_together()


def downgrade() -> None:
    _drop_together()
    _end_life_of_opgaven()
    op.drop_index("ix_outbox_message_named", "outbox_message")
    op.drop_index("ix_outbox_message_payload", "outbox_message")


def _index_facts() -> None:
    """While facts are written. First, and once more from the start when it broke off half-way."""
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute("DROP INDEX IF EXISTS ix_outbox_message_payload")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_outbox_message_payload ON outbox_message"
            " USING gin (payload jsonb_path_ops)"
        )
        op.execute("DROP INDEX IF EXISTS ix_outbox_message_named")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_outbox_message_named"
            " ON outbox_message (name, occurred_at)"
        )
        op.execute("SET lock_timeout = '1s'")


def _let_opgaven_live() -> None:
    op.add_column(
        "opgave",
        sa.Column("people_taken", sa.SmallInteger(), server_default="0", nullable=False),
    )
    op.add_column("opgave", sa.Column("submitted_at", MOMENT, nullable=True))
    op.add_column("opgave", sa.Column("submitted_by", sa.Uuid(), nullable=True))
    op.add_column(
        "opgave",
        sa.Column("sent_back_words", sa.String(1000), server_default="", nullable=False),
    )
    op.add_column(
        "opgave", sa.Column("in_return", sa.String(1000), server_default="", nullable=False)
    )
    op.add_column("opgave", sa.Column("atelier", sa.String(120), server_default="", nullable=False))
    op.add_column("opgave", sa.Column("times", sa.SmallInteger(), nullable=True))
    op.add_column(
        "opgave",
        sa.Column("colleagues_weeks", sa.SmallInteger(), server_default="4", nullable=False),
    )
    op.add_column("opgave", sa.Column("copied_from", sa.Uuid(), nullable=True))
    _points_at("copied_from", "opgave")
    op.create_index("ix_opgave_copied_from", "opgave", ["copied_from"])
    _points_at("submitted_by", "user")
    op.create_index("ix_opgave_submitted_by", "opgave", ["submitted_by"])
    op.create_table(
        "gemeente_choice",
        sa.Column("gemeente_code", sa.String(6), nullable=False),
        sa.Column("reviews_opgaven", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["gemeente_code"], ["gemeente.code"], name="fk_gemeente_choice_gemeente_code"
        ),
        sa.PrimaryKeyConstraint("gemeente_code", name="pk_gemeente_choice"),
    )
    # The name that 0001 gave it in the database.
    op.execute("ALTER TABLE opgave DROP CONSTRAINT ck_opgave_ck_opgave_open_is_complete")
    op.execute("UPDATE opgave SET status = 'afgerond' WHERE status = 'gesloten'")
    _check(
        "published_is_complete",
        "status NOT IN ('open', 'in_gesprek', 'bezet', 'lopend')"
        " OR (closes_on IS NOT NULL AND starts_on IS NOT NULL"
        " AND ends_on IS NOT NULL AND (coalesce(hours_per_week, 0) > 0"
        " OR kind = 'klankbord' AND coalesce(times, 0) > 0))",
    )
    _check("colleagues_have_weeks", "colleagues_weeks BETWEEN 1 AND 26")
    _check("seats_are_there", "people_taken BETWEEN 0 AND people_needed")


def _end_life_of_opgaven() -> None:
    op.execute("ALTER TABLE opgave DROP CONSTRAINT ck_opgave_seats_are_there")
    op.execute("ALTER TABLE opgave DROP CONSTRAINT ck_opgave_published_is_complete")
    # What asks a number of times has no place in the law of before.
    op.execute("UPDATE opgave SET hours_per_week = 1 WHERE kind = 'klankbord' AND times > 0")
    op.execute("UPDATE opgave SET status = 'open' WHERE status = 'in_gesprek'")
    op.execute("UPDATE opgave SET status = 'concept' WHERE status = 'ter_beoordeling'")
    op.execute(
        "UPDATE opgave SET status = 'gesloten'"
        " WHERE status IN ('afgerond', 'verlopen', 'bezet', 'lopend')"
    )
    _check(
        "ck_opgave_open_is_complete",
        "status <> 'open' OR (closes_on IS NOT NULL AND starts_on IS NOT NULL"
        " AND ends_on IS NOT NULL AND hours_per_week IS NOT NULL AND hours_per_week > 0)",
    )
    op.drop_table("gemeente_choice")
    for column in ("copied_from", "colleagues_weeks", "times", "atelier", "in_return"):
        op.drop_column("opgave", column)
    for column in ("sent_back_words", "submitted_by", "submitted_at", "people_taken"):
        op.drop_column("opgave", column)


def _points_at(column: str, table: str) -> None:
    """A column that is new points nowhere yet, so that nothing is read while rows are locked."""
    name = f"fk_opgave_{column}"
    op.execute(
        f"ALTER TABLE opgave ADD CONSTRAINT {name} FOREIGN KEY ({column})"
        f' REFERENCES "{table}" (id) ON DELETE SET NULL NOT VALID'
    )
    op.execute(f"ALTER TABLE opgave VALIDATE CONSTRAINT {name}")


def _check(name: str, holds: str) -> None:
    """Asked of new rows at once, and of those that are there without holding up who writes."""
    op.execute(f"ALTER TABLE opgave ADD CONSTRAINT ck_opgave_{name} CHECK ({holds}) NOT VALID")
    op.execute(f"ALTER TABLE opgave VALIDATE CONSTRAINT ck_opgave_{name}")


def _create_together() -> None:
    op.create_table(
        "joined_opgave",
        sa.Column("opgave_id", sa.Uuid(), nullable=False),
        sa.Column("with_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("opgave_id <> with_id", name="with_another"),
        sa.ForeignKeyConstraint(
            ["opgave_id"], ["opgave.id"], name="fk_joined_opgave_opgave_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["with_id"], ["opgave.id"], name="fk_joined_opgave_with_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["joined_by"], ["user.id"], name="fk_joined_opgave_joined_by", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("opgave_id", "with_id", name="pk_joined_opgave"),
    )
    op.create_index("ix_joined_opgave_with_id", "joined_opgave", ["with_id"])
    op.create_table(
        "followed_opgave",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("opgave_id", sa.Uuid(), nullable=False),
        sa.Column("followed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_followed_opgave_user_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["opgave_id"], ["opgave.id"], name="fk_followed_opgave_opgave_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "opgave_id", name="pk_followed_opgave"),
    )
    op.create_index("ix_followed_opgave_opgave_id", "followed_opgave", ["opgave_id"])
    op.create_table(
        "joint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["begun_by"], ["user.id"], name="fk_joint_begun_by", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_joint"),
    )
    op.create_table(
        "joint_opgave",
        sa.Column("joint_id", sa.Uuid(), nullable=False),
        sa.Column("opgave_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["joint_id"], ["joint.id"], name="fk_joint_opgave_joint_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["opgave_id"], ["opgave.id"], name="fk_joint_opgave_opgave_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["user.id"], name="fk_joint_opgave_asked_by", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["agreed_by"], ["user.id"], name="fk_joint_opgave_agreed_by", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("joint_id", "opgave_id", name="pk_joint_opgave"),
    )
    op.create_index("ix_joint_opgave_opgave_id", "joint_opgave", ["opgave_id"])
    op.create_index(
        "uq_joint_opgave_agreed",
        "joint_opgave",
        ["opgave_id"],
        unique=True,
        postgresql_where=sa.text("agreed_at IS NOT NULL"),
    )


def _drop_together() -> None:
    op.drop_table("joint_opgave")
    op.drop_table("joint")
    op.drop_table("followed_opgave")
    op.drop_table("joined_opgave")
