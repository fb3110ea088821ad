"""Keep down what was taken down, wherever else it stands."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

MOMENT = sa.DateTime(timezone=True)
FIRST_SUBJECTS = ("opgave_id", "profile_id", "message_id")
# By column of a report the table of what it is about.
SUBJECTS = {"published_id": "published_answer", "invitation_id": "invitation"}


def upgrade() -> None:
    _let_words_go_down_with_their_message()
    _keep_what_was_reported()
    _count_any_seven_days()
    _let_more_be_reported()


def downgrade() -> None:
    _refuse_while_hours_were_carried()
    _let_less_be_reported()
    _count_each_week()
    _forget_later_words()
    _forget_what_was_reported()
    _let_words_stand_without_their_message()


def _refuse_while_hours_were_carried() -> None:
    """Rows of hours are never changed, and the release before cannot read these."""
    carried = "SELECT count(*) FROM hour_transfer WHERE kind = 'merger'"
    if op.get_bind().scalar(sa.text(carried)):
        raise RuntimeError(
            "Er staan uren die van een samengevoegde gemeente naar haar opvolger gingen. De vorige "
            "versie kan die niet lezen: ga vooruit met een verbeterde versie, of zet een back-up terug."
        )


def _count_any_seven_days() -> None:
    """Invitations themselves are counted; the week from Monday to Sunday is no limit any more."""
    op.drop_table("invited_week")


def _count_each_week() -> None:
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
    op.execute(
        """
        INSERT INTO invited_week (user_id, monday, spent)
        SELECT user_id, monday, least(count(*), 3)
        FROM (
          SELECT user_id,
                 date_trunc('week', invited_at AT TIME ZONE 'Europe/Amsterdam')::date AS monday
          FROM invitation
        ) given
        GROUP BY user_id, monday
        """
    )


def _keep_what_was_reported() -> None:
    op.add_column("report", sa.Column("copy", sa.Text(), server_default="", nullable=False))


def _forget_what_was_reported() -> None:
    op.drop_column("report", "copy")


def _let_more_be_reported() -> None:
    op.add_column("published_answer", sa.Column("taken_down_at", MOMENT, nullable=True))
    for column, table in SUBJECTS.items():
        op.add_column("report", sa.Column(column, sa.Uuid(), nullable=True))
        op.create_foreign_key(
            f"fk_report_{column}", "report", table, [column], ["id"], ondelete="CASCADE"
        )
        op.create_index(f"ix_report_{column}", "report", [column])
    _be_about_one_of((*FIRST_SUBJECTS, *SUBJECTS))


def _let_less_be_reported() -> None:
    # What the release before does not know it could not read, and what is down it would show.
    op.execute("DELETE FROM published_answer WHERE taken_down_at IS NOT NULL OR is_silenced")
    op.execute(
        """DELETE FROM delivery WHERE subject_id IN (SELECT id FROM report
        WHERE published_id IS NOT NULL OR invitation_id IS NOT NULL)"""
    )
    op.execute("DELETE FROM report WHERE published_id IS NOT NULL OR invitation_id IS NOT NULL")
    _be_about_one_of(FIRST_SUBJECTS)
    for column in SUBJECTS:
        op.drop_column("report", column)
    op.drop_column("published_answer", "taken_down_at")


def _be_about_one_of(columns: tuple[str, ...]) -> None:
    full = "ck_report_about_one_thing"
    op.drop_constraint(op.f(full), "report", type_="check")
    op.create_check_constraint(op.f(full), "report", f"num_nonnulls({', '.join(columns)}) = 1")
    op.drop_index("uq_report_waiting", "report")
    op.create_index(
        "uq_report_waiting",
        "report",
        ["reporter_id", *columns],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL AND reporter_id IS NOT NULL"),
        postgresql_nulls_not_distinct=True,
    )


def _forget_later_words() -> None:
    """Of a word that it does not know the release before makes an error."""
    op.execute("DELETE FROM notice WHERE kind = 'given_back'")
    op.execute("DELETE FROM delivery WHERE kind = 'answer_awaited'")


def _let_words_go_down_with_their_message() -> None:
    op.add_column("invitation", sa.Column("taken_down_at", MOMENT, nullable=True))
    op.add_column("published_answer", sa.Column("revised_at", MOMENT, nullable=True))
    op.add_column(
        "published_answer",
        sa.Column("is_silenced", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    # What was taken down before these could say so.
    op.execute(
        """
        UPDATE invitation SET taken_down_at = message.taken_down_at
        FROM message WHERE message.id = invitation.id AND message.taken_down_at IS NOT NULL
        """
    )
    op.execute(
        """
        UPDATE published_answer SET is_silenced = true
        FROM message
        WHERE message.conversation_id = published_answer.conversation_id
        AND published_answer.published_at BETWEEN message.said_at AND message.taken_down_at
        """
    )


def _let_words_stand_without_their_message() -> None:
    op.drop_column("published_answer", "is_silenced")
    op.drop_column("published_answer", "revised_at")
    op.drop_column("invitation", "taken_down_at")
