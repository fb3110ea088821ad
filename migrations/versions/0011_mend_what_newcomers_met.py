"""Mend what people met who came to it new."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    _tell_an_objection_from_a_thank_you()
    _say_when_who_stops_earlier_is_back()


def downgrade() -> None:
    op.drop_column("loan", "returns_on")
    _take_every_word_for_an_objection()


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


def _take_every_word_for_an_objection() -> None:
    op.drop_column("remark", "is_objection")
