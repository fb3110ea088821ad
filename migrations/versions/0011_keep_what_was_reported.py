"""Keep what was reported when its own people take it back, and tell an objection from a thank-you.

Also says when somebody is back who stops earlier.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _let_what_was_taken_back_stay()
    _tell_an_objection_from_a_thank_you()
    _say_when_who_stops_earlier_is_back()


def downgrade() -> None:
    op.drop_column("loan", "returns_on")
    op.drop_column("remark", "is_objection")
    _forget_what_was_taken_back()
    _forget_later_words()


def _let_what_was_taken_back_stay() -> None:
    op.add_column("published_answer", sa.Column("taken_back_at", MOMENT, nullable=True))


def _forget_what_was_taken_back() -> None:
    """The release before removes it at once, and its reports with it."""
    op.execute("DELETE FROM published_answer WHERE taken_back_at IS NOT NULL")
    op.drop_column("published_answer", "taken_back_at")


def _forget_later_words() -> None:
    """Of a word that it does not know the release before makes an error."""
    op.execute("DELETE FROM notice WHERE kind = 'opened_again'")


def _tell_an_objection_from_a_thank_you() -> None:
    op.add_column(
        "remark",
        sa.Column("is_objection", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    # Of what was said before nobody can tell. To hold up a thank-you harms least: either side ends
    # that by agreeing, and what closes over an objection stays closed.
    op.execute(
        """
        UPDATE remark SET is_objection = true
        FROM loan
        WHERE loan.id = remark.loan_id
        AND loan.state = 'beeindigd' AND remark.said_at >= loan.ended_at
        AND loan.professional_closed_at IS NULL AND loan.borrower_closed_at IS NULL
        AND loan.reported_on IS NULL
        AND remark.party <> 'professional'
        """
    )


def _say_when_who_stops_earlier_is_back() -> None:
    # Of who stopped before nobody said it: then it is the first workday after the last day.
    op.add_column("loan", sa.Column("returns_on", sa.Date(), nullable=True))
