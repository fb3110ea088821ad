"""Keep the road open: invite, end well, leave nobody waiting, report what is wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

MOMENT = sa.DateTime(timezone=True)
RUNS_AS_AGREED = "state NOT IN ('lopend', 'beeindigd') OR agreed_version IS NOT NULL"
RAN_AS_AGREED = "state NOT IN ('lopend', 'beeindigd', 'afgesloten') OR agreed_version IS NOT NULL"


def upgrade() -> None:
    _let_notices_name_people()
    _create_invitations()
    _create_outcomes()
    _create_news_of_loans()
    _create_closing()
    _create_feedback()
    _create_evidence()
    _create_reports()
    _create_question()
    _create_published_answer()
    _create_awaited_answer()


def downgrade() -> None:
    _let_notices_name_profiles()
    _drop_awaited_answer()
    _drop_published_answer()
    _drop_question()
    _drop_reports()
    _drop_evidence()
    _drop_feedback()
    _drop_closing()
    _drop_news_of_loans()
    _drop_outcomes()
    _drop_invitations()


def _create_invitations() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opgave_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("invited_at", MOMENT, nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("reason", sa.String(40), nullable=True),
        sa.Column("no_words", sa.Text(), nullable=False),
        sa.CheckConstraint("char_length(words) BETWEEN 1 AND 600", name="words_in_range"),
        sa.CheckConstraint("char_length(no_words) <= 500", name="no_words_in_range"),
        sa.CheckConstraint(
            "(state = 'declined') = (reason IS NOT NULL)", name="reason_when_declined"
        ),
        sa.CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name="ended_unless_waiting"),
        sa.ForeignKeyConstraint(
            ["opgave_id"], ["opgave.id"], name="fk_invitation_opgave_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_invitation_user_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name="fk_invitation_by_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
    )
    op.create_index("ix_invitation_opgave_id", "invitation", ["opgave_id"])
    op.create_index("ix_invitation_by_id", "invitation", ["by_id"])
    op.create_index("ix_invitation_of_person", "invitation", ["user_id", "invited_at"])
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_invitation_to_expire", "invitation", ["answer_by"], postgresql_where=waiting
    )
    op.create_index(
        "uq_invitation_waiting",
        "invitation",
        ["opgave_id", "user_id"],
        unique=True,
        postgresql_where=waiting,
    )
    op.create_table(
        "invited_week",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("spent", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("spent BETWEEN 1 AND 3", name="spent_in_range"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_invited_week_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "monday", name="pk_invited_week"),
    )


def _drop_invitations() -> None:
    # Words that the release before does not know: it could not read these rows.
    op.execute("DELETE FROM response WHERE answer = 'no'")
    op.execute("DELETE FROM channel_choice WHERE family = 'invitations'")
    op.execute("DELETE FROM notice WHERE kind IN ('invited', 'invitation_ended')")
    op.execute("DELETE FROM delivery WHERE kind = 'invitation'")
    op.drop_table("invited_week")
    op.drop_table("invitation")


def _create_outcomes() -> None:
    op.create_table(
        "outcome",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("opgave_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.CheckConstraint("char_length(words) <= 500", name="words_in_range"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_outcome_user_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["opgave_id"], ["opgave.id"], name="fk_outcome_opgave_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name="fk_outcome_by_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("user_id", "opgave_id", name="pk_outcome"),
    )
    op.create_index("ix_outcome_opgave_id", "outcome", ["opgave_id"])
    op.create_index("ix_outcome_by_id", "outcome", ["by_id"])


def _drop_outcomes() -> None:
    # To the release before, interest that was closed is interest that stands.
    op.execute("UPDATE response SET answer = 'interested' WHERE answer = 'closed'")
    op.execute("DELETE FROM channel_choice WHERE family = 'outcomes'")
    op.execute("DELETE FROM notice WHERE kind = 'outcome'")
    op.execute("DELETE FROM delivery WHERE kind = 'outcome'")
    op.drop_table("outcome")


def _create_news_of_loans() -> None:
    op.add_column("loan", sa.Column("manager_unreached_at", MOMENT, nullable=True))


def _drop_news_of_loans() -> None:
    # Words that the release before does not know: it could not read these rows.
    op.execute("DELETE FROM channel_choice WHERE family = 'loans'")
    op.execute("DELETE FROM notice WHERE kind = 'loan_moved'")
    op.drop_column("loan", "manager_unreached_at")


def _create_closing() -> None:
    for name, kind in (
        ("professional_closed_at", MOMENT),
        ("borrower_closed_at", MOMENT),
        ("returned_on", sa.Date()),
        ("reported_on", sa.Date()),
        ("closed_at", MOMENT),
        ("closed_by", sa.String(40)),
    ):
        op.add_column("loan", sa.Column(name, kind, nullable=True))
    op.create_index("ix_loan_reported_on", "loan", ["reported_on"])
    _check_loan("ran_as_agreed", RAN_AS_AGREED)
    _check_loan("closed_at_a_moment", "(state = 'afgesloten') = (closed_at IS NOT NULL)")
    _uncheck_loan("runs_as_agreed")


def _drop_closing() -> None:
    # The release before knows no such state: there a loan that is over stays so.
    op.execute("UPDATE loan SET state = 'beeindigd', closed_at = NULL WHERE state = 'afgesloten'")
    _check_loan("runs_as_agreed", RUNS_AS_AGREED)
    _uncheck_loan("closed_at_a_moment")
    _uncheck_loan("ran_as_agreed")
    op.drop_index("ix_loan_reported_on", table_name="loan")
    for name in (
        "closed_by",
        "closed_at",
        "reported_on",
        "returned_on",
        "borrower_closed_at",
        "professional_closed_at",
    ):
        op.drop_column("loan", name)


def _create_feedback() -> None:
    op.add_column("loan", sa.Column("feedback_asked_on", sa.Date(), nullable=True))
    op.create_table(
        "feedback",
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.String(40), nullable=False),
        sa.Column("again", sa.String(40), nullable=False),
        sa.Column("went_well", sa.String(1000), nullable=False),
        sa.Column("different", sa.String(1000), nullable=False),
        sa.Column("goal_words", sa.String(500), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("shown_on", sa.Date(), nullable=True),
        sa.Column("reply", sa.String(1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loan.id"], name="fk_feedback_loan_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("loan_id", "party", name="pk_feedback"),
    )
    op.create_table(
        "shown_skill",
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("showed", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["loan_id"], ["loan.id"], name="fk_shown_skill_loan_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("loan_id", "place", name="pk_shown_skill"),
    )


def _drop_feedback() -> None:
    op.drop_table("shown_skill")
    op.drop_table("feedback")
    op.drop_column("loan", "feedback_asked_on")


def _create_evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("label_normal", sa.String(128), nullable=False),
        sa.Column("gemeente_name", sa.Text(), nullable=False),
        sa.Column("opgave_title", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.CheckConstraint("extract(day FROM month) = 1", name="month_begins"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["profile.user_id"], name="fk_evidence_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
        sa.UniqueConstraint(
            "user_id",
            "source_id",
            "label_normal",
            name="uq_evidence_user_id_source_id_label_normal",
        ),
    )


def _drop_evidence() -> None:
    op.drop_table("evidence")


def _check_loan(name: str, rule: str) -> None:
    """Without holding up who writes meanwhile: what is there is looked at afterwards."""
    full = f"ck_loan_{name}"
    op.create_check_constraint(op.f(full), "loan", rule, postgresql_not_valid=True)
    op.execute(f"ALTER TABLE loan VALIDATE CONSTRAINT {full}")


def _uncheck_loan(name: str) -> None:
    op.drop_constraint(op.f(f"ck_loan_{name}"), "loan", type_="check")


def _create_reports() -> None:
    for table in ("opgave", "profile", "message"):
        op.add_column(table, sa.Column("taken_down_at", MOMENT, nullable=True))
    op.create_table(
        "report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opgave_id", sa.Uuid(), nullable=True),
        sa.Column("profile_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("reporter_id", sa.Uuid(), nullable=True),
        sa.Column("ground", sa.String(40), nullable=False),
        sa.Column("words", sa.String(1000), nullable=False),
        sa.Column("reported_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("ruling", sa.String(40), nullable=True),
        sa.Column("answer", sa.String(1000), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(opgave_id, profile_id, message_id) = 1", name="about_one_thing"
        ),
        sa.CheckConstraint("(decided_at IS NULL) = (ruling IS NULL)", name="decided_with_a_ruling"),
        sa.ForeignKeyConstraint(
            ["opgave_id"], ["opgave.id"], name="fk_report_opgave_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["profile.user_id"], name="fk_report_profile_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name="fk_report_message_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["user.id"], name="fk_report_reporter_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user.id"], name="fk_report_decided_by", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
    )
    for column in (
        "opgave_id",
        "profile_id",
        "message_id",
        "reporter_id",
        "reported_at",
        "decided_at",
        "decided_by",
    ):
        op.create_index(f"ix_report_{column}", "report", [column])
    op.create_index(
        "uq_report_waiting",
        "report",
        ["reporter_id", "opgave_id", "profile_id", "message_id"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL AND reporter_id IS NOT NULL"),
        postgresql_nulls_not_distinct=True,
    )


def _drop_reports() -> None:
    # Words that the release before does not know: it could not read these rows.
    op.execute("DELETE FROM delivery WHERE kind IN ('report_made', 'report_decided')")
    op.drop_table("report")
    for table in ("message", "profile", "opgave"):
        op.drop_column(table, "taken_down_at")


def _let_notices_name_people() -> None:
    """Who asks something need not have a profile."""
    with op.get_context().autocommit_block():
        _point_notices_at('"user" (id)')


def _let_notices_name_profiles() -> None:
    """The release before has nothing to point at for who asked without a profile."""
    with op.get_context().autocommit_block():
        op.execute(
            "DELETE FROM notice WHERE profile_id IS NOT NULL"
            " AND NOT EXISTS (SELECT FROM profile WHERE profile.user_id = notice.profile_id)"
        )
        _point_notices_at("profile (user_id)")


def _point_notices_at(key: str) -> None:
    """While notices are written. First, and once more from the start when it broke off half-way."""
    op.execute("ALTER TABLE notice DROP CONSTRAINT IF EXISTS fk_notice_of")
    op.execute(
        "ALTER TABLE notice ADD CONSTRAINT fk_notice_of FOREIGN KEY (profile_id)"
        f" REFERENCES {key} ON DELETE CASCADE NOT VALID"
    )
    op.execute("ALTER TABLE notice VALIDATE CONSTRAINT fk_notice_of")
    op.execute("ALTER TABLE notice DROP CONSTRAINT IF EXISTS fk_notice_profile_id")
    op.execute("ALTER TABLE notice RENAME CONSTRAINT fk_notice_of TO fk_notice_profile_id")


def _create_question() -> None:
    op.add_column("conversation", sa.Column("asked_at", MOMENT, nullable=True))


def _drop_question() -> None:
    op.drop_column("conversation", "asked_at")


def _create_published_answer() -> None:
    op.create_table(
        "published_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opgave_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "char_length(question) BETWEEN 1 AND 4000",
            name="ck_published_answer_question_in_range",
        ),
        sa.CheckConstraint(
            "char_length(answer) BETWEEN 1 AND 4000", name="ck_published_answer_answer_in_range"
        ),
        sa.ForeignKeyConstraint(
            ["opgave_id"], ["opgave.id"], name="fk_published_answer_opgave_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name="fk_published_answer_conversation_id",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["published_by"],
            ["user.id"],
            name="fk_published_answer_published_by",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_published_answer"),
    )
    for column in ("opgave_id", "conversation_id", "published_by"):
        op.create_index(f"ix_published_answer_{column}", "published_answer", [column])


def _drop_published_answer() -> None:
    op.execute("DELETE FROM notice WHERE kind = 'question_published'")
    op.drop_table("published_answer")


def _create_awaited_answer() -> None:
    op.create_table(
        "awaited_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("answer_before", sa.Date(), nullable=False),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("late_told_at", MOMENT, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name="fk_awaited_answer_conversation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_awaited_answer"),
    )
    waits = sa.text("settled_at IS NULL")
    op.create_index("ix_awaited_answer_conversation_id", "awaited_answer", ["conversation_id"])
    op.create_index(
        "ix_awaited_answer_due", "awaited_answer", ["answer_before"], postgresql_where=waits
    )
    op.create_index(
        "uq_awaited_answer_open",
        "awaited_answer",
        ["conversation_id"],
        unique=True,
        postgresql_where=waits,
    )


def _drop_awaited_answer() -> None:
    op.execute("DELETE FROM notice WHERE kind IN ('answer_due', 'answer_late')")
    op.drop_table("awaited_answer")
