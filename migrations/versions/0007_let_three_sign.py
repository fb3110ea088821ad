"""Let three parties sign what they agree on, and keep what was worked."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_loans()
    _create_hours()


def downgrade() -> None:
    # A word that the release before does not know: it could not read these rows.
    op.execute("DELETE FROM delivery WHERE kind = 'loan'")
    _drop_hours()
    _drop_loans()


def _create_loans() -> None:
    op.create_table(
        "loan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opgave_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("lender_code", sa.String(6), nullable=False),
        sa.Column("borrower_code", sa.String(6), nullable=False),
        sa.Column("manager_name", sa.String(100), nullable=False),
        sa.Column("manager_email", sa.String(254), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("agreed_version", sa.SmallInteger(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("activated_at", MOMENT, nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("end_talk_on", sa.Date(), nullable=True),
        sa.Column("end_talk_told_for", sa.Date(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", sa.String(40), nullable=True),
        sa.Column("reason", sa.String(40), nullable=True),
        sa.Column("reason_words", sa.String(1000), nullable=False),
        sa.CheckConstraint("lender_code <> borrower_code", name="between_two"),
        sa.CheckConstraint(
            "state NOT IN ('lopend', 'beeindigd') OR agreed_version IS NOT NULL",
            name="runs_as_agreed",
        ),
        sa.ForeignKeyConstraint(["opgave_id"], ["opgave.id"], name="fk_loan_opgave_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_loan_user_id"),
        sa.ForeignKeyConstraint(["lender_code"], ["gemeente.code"], name="fk_loan_lender_code"),
        sa.ForeignKeyConstraint(["borrower_code"], ["gemeente.code"], name="fk_loan_borrower_code"),
        sa.PrimaryKeyConstraint("id", name="pk_loan"),
    )
    for column in (
        "opgave_id",
        "user_id",
        "lender_code",
        "borrower_code",
        "manager_email",
        "state",
        "last_day",
        "end_talk_on",
    ):
        op.create_index(f"ix_loan_{column}", "loan", [column])
    op.create_index(
        "uq_loan_under_way",
        "loan",
        ["opgave_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('gevraagd', 'lopend')"),
    )
    op.create_table(
        "terms",
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("hours_per_week", sa.SmallInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("returns_on", sa.Date(), nullable=False),
        sa.Column("cost_basis", sa.String(40), nullable=False),
        sa.Column("euros_per_hour", sa.Numeric(6, 2), nullable=True),
        sa.Column("learning_goal", sa.String(500), nullable=False),
        sa.Column("words", sa.String(1000), nullable=False),
        sa.Column("opgave_title", sa.Text(), nullable=False),
        sa.Column("professional_name", sa.Text(), nullable=False),
        sa.Column("lender_name", sa.Text(), nullable=False),
        sa.Column("borrower_name", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(40), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("professional_signed_at", MOMENT, nullable=True),
        sa.Column("lender_signed_at", MOMENT, nullable=True),
        sa.Column("lender_signed_by", sa.String(100), nullable=False),
        sa.Column("borrower_signed_at", MOMENT, nullable=True),
        sa.Column("borrower_signed_as", sa.Text(), nullable=False),
        sa.Column("borrower_signed_by", sa.Uuid(), nullable=True),
        sa.Column("agreed_at", MOMENT, nullable=True),
        sa.CheckConstraint("hours_per_week BETWEEN 1 AND 40", name="hours_in_range"),
        sa.CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        sa.CheckConstraint("returns_on > ends_on", name="returns_after_end"),
        sa.CheckConstraint(
            "(cost_basis = 'kosten') = (euros_per_hour IS NOT NULL)", name="costs_are_named"
        ),
        sa.CheckConstraint(
            "agreed_at IS NULL OR (professional_signed_at IS NOT NULL"
            " AND lender_signed_at IS NOT NULL AND borrower_signed_at IS NOT NULL)",
            name="agreed_by_three",
        ),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loan.id"], name="fk_terms_loan_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["borrower_signed_by"],
            ["user.id"],
            name="fk_terms_borrower_signed_by",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("loan_id", "version", name="pk_terms"),
    )
    op.create_foreign_key(
        "fk_loan_agreed_version", "loan", "terms", ["id", "agreed_version"], ["loan_id", "version"]
    )
    op.create_table(
        "remark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("words", sa.String(1000), nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loan.id"], name="fk_remark_loan_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_remark"),
    )
    op.create_index("ix_remark_loan_id", "remark", ["loan_id"])
    op.create_table(
        "lent_week",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("hours", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("hours BETWEEN 0 AND 40", name="hours_of_a_week"),
        sa.CheckConstraint("extract(isodow FROM monday) = 1", name="begins_on_monday"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_lent_week_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "monday", name="pk_lent_week"),
    )
    op.create_table(
        "worked_week",
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.CheckConstraint("minutes BETWEEN 0 AND 3600", name="minutes_of_a_week"),
        sa.CheckConstraint("extract(isodow FROM monday) = 1", name="begins_on_monday"),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loan.id"], name="fk_worked_week_loan_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("loan_id", "monday", name="pk_worked_week"),
    )


def _drop_loans() -> None:
    op.drop_table("worked_week")
    op.drop_table("lent_week")
    op.drop_table("remark")
    op.drop_constraint("fk_loan_agreed_version", "loan")
    op.drop_table("terms")
    op.drop_table("loan")


def _create_hours() -> None:
    op.create_table(
        "hour_account",
        sa.Column("gemeente_code", sa.String(6), nullable=False),
        sa.Column("credit_limit_minutes", sa.Integer(), nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("credit_limit_minutes >= 0", name="limit_in_range"),
        sa.ForeignKeyConstraint(
            ["gemeente_code"], ["gemeente.code"], name="fk_hour_account_gemeente_code"
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["user.id"], name="fk_hour_account_changed_by", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("gemeente_code", name="pk_hour_account"),
    )
    op.create_table(
        "hour_settling",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("settled_at", MOMENT, nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["user.id"], name="fk_hour_settling_settled_by", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["user.id"], name="fk_hour_settling_undone_by", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_hour_settling"),
    )
    op.create_index(
        "uq_hour_settling_standing",
        "hour_settling",
        ["year"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "hour_transfer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debit_code", sa.String(6), nullable=False),
        sa.Column("credit_code", sa.String(6), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("settling_id", sa.Uuid(), nullable=True),
        sa.Column("opgave_id", sa.Uuid(), nullable=True),
        sa.Column("opgave_title", sa.String(120), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=True),
        sa.Column("week", sa.Date(), nullable=True),
        sa.Column("booked_at", MOMENT, nullable=False),
        sa.Column("booked_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("minutes > 0", name="has_minutes"),
        sa.CheckConstraint("debit_code <> credit_code", name="between_two"),
        sa.CheckConstraint("extract(isodow FROM week) = 1", name="begins_on_monday"),
        sa.CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reversal_names_what"
        ),
        sa.CheckConstraint(
            "kind = 'reversal' OR (kind = 'settlement') = (settling_id IS NOT NULL)",
            name="settlement_names_year",
        ),
        sa.ForeignKeyConstraint(
            ["debit_code"], ["gemeente.code"], name="fk_hour_transfer_debit_code"
        ),
        sa.ForeignKeyConstraint(
            ["credit_code"], ["gemeente.code"], name="fk_hour_transfer_credit_code"
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["hour_transfer.id"], name="fk_hour_transfer_reverses_id"
        ),
        sa.ForeignKeyConstraint(
            ["settling_id"], ["hour_settling.id"], name="fk_hour_transfer_settling_id"
        ),
        sa.ForeignKeyConstraint(["opgave_id"], ["opgave.id"], name="fk_hour_transfer_opgave_id"),
        sa.PrimaryKeyConstraint("id", name="pk_hour_transfer"),
        sa.UniqueConstraint("reverses_id", name="uq_hour_transfer_reverses_id"),
    )
    op.create_index("ix_hour_transfer_debit", "hour_transfer", ["debit_code", "booked_at"])
    op.create_index("ix_hour_transfer_credit", "hour_transfer", ["credit_code", "booked_at"])
    op.create_index("ix_hour_transfer_loan", "hour_transfer", ["loan_id", "week"])
    op.create_index("ix_hour_transfer_opgave_id", "hour_transfer", ["opgave_id"])
    op.create_index("ix_hour_transfer_settling_id", "hour_transfer", ["settling_id"])
    _refuse_change()


def _refuse_change() -> None:
    """What is booked stays, whoever asks: it is taken back by a row the other way."""
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'a row of % is never changed: reverse it', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
        END
        $$
        """
    )
    op.execute(
        "CREATE TRIGGER row_stays BEFORE UPDATE OR DELETE ON hour_transfer"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER table_stays BEFORE TRUNCATE ON hour_transfer"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _drop_hours() -> None:
    op.drop_table("hour_transfer")
    op.execute("DROP FUNCTION refuse_change()")
    op.drop_table("hour_settling")
    op.drop_table("hour_account")
