"""Keep what was reported, also when its own people take it back."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _let_what_was_taken_back_stay()


def downgrade() -> None:
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
